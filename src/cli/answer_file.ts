/** A file that an answer is written to. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { basename, dirname, extname, join } from "node:path";
import { given } from "./given.ts";
import { TableUnfit } from "./table_file.ts";

/** How the answer is written, by the ending of its file's name. */
const WRITERS: Record<string, string> = {
  ".parquet": "FORMAT parquet, COMPRESSION zstd",
  ".csv": "FORMAT csv, HEADER",
};

/** Where an answer goes: it is whole there, or not there. */
export class AnswerFile {
  readonly #path: string;
  readonly #writer: string;

  private constructor(path: string, writer: string) {
    [this.#path, this.#writer] = [path, writer];
  }

  /**
   * Looks, before long work rather than after it, whether something can be written there.
   *
   * @param out its path, as it was given
   * @throws {TableUnfit} where the ending of its name says no format, or its folder is not there
   */
  static async at(out: string): Promise<AnswerFile> {
    const writer = WRITERS[extname(out).toLowerCase()];
    if (!writer) {
      const endings = Object.keys(WRITERS).join(", ");
      throw new TableUnfit(out, `its name ends in none of ${endings}: say what to write`);
    }
    const folder = await Deno.stat(dirname(given(out))).catch(() => undefined);
    if (!folder?.isDirectory) throw new TableUnfit(out, "there is no such folder: make it first");
    return new AnswerFile(given(out), writer);
  }

  /**
   * Writes what a query gives beside its place, and then puts it there.
   *
   * @param query of ours: its names quoted, its values parameters
   * @throws {TableUnfit} where it cannot be written
   */
  async write(connection: DuckDBConnection, query: string, signal: AbortSignal): Promise<void> {
    const out = this.#path;
    const file = join(dirname(out), `.${basename(out)}.${crypto.randomUUID()}.part`);
    try {
      await connection.run(`COPY (${query}) TO $file (${this.#writer})`, { file });
      signal.throwIfAborted();
      await Deno.rename(file, out);
    } catch (error) {
      if (signal.aborted) throw error;
      throw new TableUnfit(
        out,
        `cannot be written: ${error instanceof Error ? error.message : error}`,
      );
    } finally {
      await Deno.remove(file).catch(() => {}); // it has its own name by now, or was never made
    }
  }
}
