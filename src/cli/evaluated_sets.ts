/** Folders with what methods are judged by: tables, and series with what came before. */
import { basename, join } from "node:path";
import { given, Unreadable } from "./given.ts";

/** The files of a series' folder: what was normal, and what came after it. */
const [TRAIN, TEST] = ["train.parquet", "test.parquet"];

/** Something to judge by. */
export interface EvaluatedSet {
  /** Its path in the folder, without an ending. */
  readonly name: string;
  /** The folder that it is in, with whose others a mean is made of it. */
  readonly group: string;
  /** Its file, or the two of a series. */
  readonly files: readonly [table: string] | readonly [history: string, rows: string];
}

/**
 * What is in a folder and in those in it, by name: each Parquet file is a table; a folder with train.parquet and
 * test.parquet is a series.
 *
 * @throws {Unreadable} where it cannot be read, or there is none
 */
export async function setsIn(data: string): Promise<EvaluatedSet[]> {
  const sets: EvaluatedSet[] = [];
  const within = async (path: readonly string[]): Promise<void> => {
    const folder = join(data, ...path);
    const entries = await Array.fromAsync(Deno.readDir(given(folder)));
    const groupOf = (own: readonly string[]) => own.join("/") || basename(given(data));
    const files = entries.map(({ name }) => name).filter((name) => name.endsWith(".parquet"));
    if (files.includes(TRAIN!) && files.includes(TEST!)) {
      const group = groupOf(path.slice(0, -1));
      const name = path.join("/") || group;
      sets.push({ name, group, files: [join(folder, TRAIN!), join(folder, TEST!)] });
      return;
    }
    for (const file of files.sort()) {
      const name = [...path, file.replace(/\.parquet$/, "")].join("/");
      sets.push({ name, group: groupOf(path), files: [join(folder, file)] });
    }
    const folders = entries.filter((own) => own.isDirectory && !own.name.startsWith("."));
    for (const name of folders.map((own) => own.name).sort()) await within([...path, name]);
  };
  try {
    await within([]);
  } catch (error) {
    throw new Unreadable(
      `Cannot read ${data}: ${error instanceof Error ? error.message : error}`,
      { cause: error },
    );
  }
  if (sets.length > 0) return sets;
  throw new Unreadable(`Cannot read ${data}: no name in it ends in .parquet`);
}
