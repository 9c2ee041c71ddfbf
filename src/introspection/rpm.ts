/** The rpm database is a binary format that only rpm reads well. */
import type { MachineFiles } from "./files.ts";
import type { Installed, Package } from "./package.ts";
import { ProgramFailed, type RunProgram } from "./system_programs.ts";

const DATABASES = ["/usr/lib/sysimage/rpm", "/var/lib/rpm"];
const FORMAT = "%{NAME}\\t%{EPOCHNUM}:%{VERSION}-%{RELEASE}\\t%{ARCH}\\n";

/**
 * Asks `rpm`, if there is a database; if rpm fails, the packages are a gap.
 *
 * @param run absent where we are not on the machine: then they are a gap too
 */
export async function rpmPackages(files: MachineFiles, run?: RunProgram): Promise<Installed> {
  const nothing: Installed = { source: "rpm", packages: [], whole: false };
  const database = DATABASES.find((folder) => files.list(folder).length > 0);
  if (database === undefined) return nothing;
  if (run === undefined) {
    files.gap(database, "only rpm on the running machine reads it");
    return nothing;
  }
  try {
    const packages = parseRpm(await run("rpm", ["-qa", "--qf", FORMAT]));
    return { source: "rpm", packages, whole: packages.length > 0 };
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    files.gap(database, error.message);
    return nothing;
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
