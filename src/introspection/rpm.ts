/** The rpm database is a binary format that only rpm reads well: the one subprocess of this room. */
import type { MachineFiles } from "./files.ts";
import type { Package } from "./packages.ts";

const DATABASES = ["/usr/lib/sysimage/rpm", "/var/lib/rpm"];
const TIMEOUT_MILLISECONDS = 10_000;

/** Asks `rpm`, if there is a database and we are on the machine; else, or if rpm fails, the packages are a gap. */
export async function rpmPackages(files: MachineFiles, signal?: AbortSignal): Promise<Package[]> {
  const database = DATABASES.find((folder) => files.list(folder).length > 0);
  if (database === undefined) return [];
  if (!files.live) {
    files.gap(database, "only rpm on the running machine reads it");
    return [];
  }
  const timeout = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
  try {
    const { success, stdout, code } = await new Deno.Command("rpm", {
      args: ["-qa", "--qf", "%{NAME}\\t%{EPOCHNUM}:%{VERSION}-%{RELEASE}\\t%{ARCH}\\n"],
      env: { LC_ALL: "C" },
      stdin: "null",
      stderr: "null",
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    }).output();
    if (!success) {
      files.gap(database, timeout.aborted ? "rpm took over 10 s" : `rpm failed: ${code}`);
    }
    return success ? parseRpm(new TextDecoder().decode(stdout)) : [];
  } catch (error) {
    signal?.throwIfAborted();
    files.gap(database, `rpm cannot be run: ${(error as Error).message}`);
    return [];
  }
}

/** Lines of name, epoch:version-release and architecture with tabs between. Keys (`gpg-pubkey`) are no packages. */
export function parseRpm(text: string): Package[] {
  return text.split("\n").flatMap((line) => {
    const [name = "", version = "", architecture = ""] = line.split("\t");
    return name === "" || name === "gpg-pubkey"
      ? []
      : [{ name, version: version.replace(/^0:/, ""), architecture }];
  });
}
