/** Files with tables, for tests of the command line; and the command line, run on them. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { closeDatabase, openDatabase } from "../../src/projections/sql/database.ts";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

/** A folder for files, gone with the test. */
export class TableFolder implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  static async make(): Promise<TableFolder> {
    return new TableFolder(await Deno.makeTempDir({ prefix: "cim-tables-" }));
  }

  /** Writes what a query gives, in the format of the name's ending. */
  async write(name: string, query: string): Promise<string> {
    const database = await openDatabase(":memory:");
    try {
      const format = name.endsWith(".csv") ? "csv" : "parquet";
      const file = join(this.folder, name);
      await database.connection.run(`COPY (${query}) TO $file (FORMAT ${format})`, { file });
      return name;
    } finally {
      closeDatabase(database);
    }
  }

  /** The rows of a file. */
  async read(name: string): Promise<Record<string, unknown>[]> {
    const database = await openDatabase(":memory:");
    try {
      const file = join(this.folder, name).replace(/[*?[]/g, "[$&]");
      const reader = name.endsWith(".csv") ? "read_csv" : "read_parquet";
      const answer = await database.connection.runAndReadAll(`FROM ${reader}($file)`, { file });
      return answer.getRowObjects();
    } finally {
      closeDatabase(database);
    }
  }

  /** What there is in it. */
  async names(): Promise<string[]> {
    const entries = await Array.fromAsync(Deno.readDir(this.folder));
    return entries.map(({ name }) => name).sort();
  }

  /** Starts `cim` in it. */
  start(...args: string[]): Deno.ChildProcess {
    return new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", main, ...args],
      cwd: this.folder,
      env: { NO_COLOR: "1", INIT_CWD: this.folder },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }

  /** Runs `cim` in it to its end. */
  async cim(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const { code, stdout, stderr } = await this.start(...args).output();
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)) as [
      string,
      string,
    ];
    return { code, out, err };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}
