/** What the tests of `deno task report` share: the command in a copy of the project, its files, and a program's name. */
import { existsSync } from "node:fs";
import { join } from "node:path";

/** A program may be called anything. */
export const HOSTILE = "<img src=x onerror=alert(1)>";

/** Runs `deno task` in a copy of the project. */
export async function runTask(folder: string, args: readonly string[]) {
  const start = performance.now();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", ...args],
    cwd: folder,
    env: { NO_COLOR: "1", INIT_CWD: folder },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out: out!, err: err!, seconds: (performance.now() - start) / 1000 };
}

/** The files of the reports, below their folder and in their order, and what is in them. */
export function reportFiles(folder: string): Map<string, string> {
  const reports = join(folder, "reports");
  const paths = ["", "sample"].filter((inside) => existsSync(join(reports, inside)))
    .flatMap((inside) =>
      [...Deno.readDirSync(join(reports, inside))].filter(({ isFile }) => isFile)
        .map(({ name }) => join(inside, name))
    );
  return new Map(paths.sort().map((path) => [path, Deno.readTextFileSync(join(reports, path))]));
}

/** A running program of that name. */
export class HostileProgram {
  private constructor(private readonly child: Deno.ChildProcess) {}

  /** Starts it from a folder. */
  static async start(folder: string): Promise<HostileProgram> {
    const sleep = ["/usr/bin/sleep", "/bin/sleep"].find((path) => existsSync(path));
    await Deno.copyFile(sleep!, join(folder, HOSTILE));
    return new HostileProgram(
      new Deno.Command(join(folder, HOSTILE), { args: ["1200"] }).spawn(),
    );
  }

  /** Ends it. */
  async end(): Promise<void> {
    this.child.kill();
    await this.child.status;
  }
}
