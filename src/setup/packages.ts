/**
 * The npm packages of deno.lock, in `node_modules`: every task begins with this, which is one small read once they are
 * there. It imports nothing that would have to be downloaded first.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { lockedFile } from "./file_lock.ts";
import { downloadFailure, SetupError, writing } from "./setup_error.ts";

/**
 * Downloads what is missing, once; of several processes that need it at once one does it and the others wait.
 *
 * @param project the folder with `deno.json` and `deno.lock`
 * @param progress called with a line for people when there is something to wait for
 * @throws {SetupError} in one line, what is missing and what to do
 */
export async function npmPackages(
  project: string,
  progress?: (line: string) => void,
): Promise<void> {
  const lock = await Deno.readTextFile(join(project, "deno.lock"));
  const digest = createHash("sha256").update(`${Deno.version.deno}\n${lock}`).digest("hex");
  const stamp = join(project, "node_modules", ".cim-setup");
  const ready = () => Deno.readTextFile(stamp).then((text) => text === digest, () => false);
  if (await ready()) return;
  const local = join(project, "data", "local");
  const mutex = await writing(local, async () => {
    await Deno.mkdir(local, { recursive: true });
    return await lockedFile(join(local, "packages.lock"), {
      waiting: () => progress?.("Another process is downloading the packages, waiting …"),
    });
  });
  try {
    if (await ready()) return;
    progress?.("Downloading the packages of deno.lock (once) …");
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["install", "--quiet", "--frozen"],
      cwd: project,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    if (!success) throw downloadFailure(new TextDecoder().decode(stderr), project);
    await writing(stamp, () => Deno.writeTextFile(stamp, digest));
  } finally {
    mutex.close();
  }
}

if (import.meta.main) {
  try {
    await npmPackages(fileURLToPath(new URL("../..", import.meta.url)), console.error);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`cim: ${error.message}`);
    Deno.exit(1);
  }
}
