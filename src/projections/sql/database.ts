/** A DuckDB database: opening it, and telling what its errors mean. */
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";

/** An open database with its one connection. */
export interface Database {
  instance: DuckDBInstance;
  connection: DuckDBConnection;
}

/**
 * Opens a database, which is made if it is not there.
 *
 * @param path of its file; `:memory:` for one that is gone with the process
 * @param settings of DuckDB, by their names
 */
export async function openDatabase(
  path: string,
  settings: Record<string, string> = {},
): Promise<Database> {
  const instance = await DuckDBInstance.create(path, settings);
  try {
    const connection = await instance.connect();
    // Whatever zone the machine is in, a moment is one in UTC.
    await connection.run("SET TimeZone = 'UTC'");
    return { instance, connection };
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

/** Closes it; what was committed stays in its file. */
export function closeDatabase({ instance, connection }: Database): void {
  connection.closeSync();
  instance.closeSync();
}

/** Whether an error of DuckDB is about the values that it was given. */
export function isAboutValues(error: unknown): boolean {
  return error instanceof Error &&
    /^(Invalid Input|Conversion|Out of Range) Error/.test(error.message);
}

/** What says that there is no room, or no access: nothing is damaged by that. */
const OUT_OF_REACH =
  /No space left on device|Disk quota exceeded|Out of Memory|(failed to|could not) (allocate|pin)|Too many open files|Read-only file system|Permission denied/;
/** What says that a file is not as it was written. Whatever a value says, an error about one does not begin so. */
const DAMAGE =
  /^IO Error: .*(Corrupt |not a valid DuckDB database|enough bytes|Is a directory|with version number)|^Serialization Error/;

/**
 * Whether an error is about where the database or a file beside it lies: the disk, the memory, the file itself. A commit
 * for which there is no room is an error of the transaction.
 */
export function isAboutPlace(error: unknown): boolean {
  return error instanceof Error &&
    (/^(IO|Out of Memory|Permission|TransactionContext) Error/.test(error.message) ||
      isAboutDamage(error) || hasGivenUp(error) ||
      Object.values(Deno.errors).some((kind) => error instanceof kind) ||
      "code" in error && /^E[A-Z]+$/.test(String(error.code)));
}

/** Whether an error of DuckDB says that a file is not as it was written, or is none of its files. */
export function isAboutDamage(error: unknown): boolean {
  return error instanceof Error && DAMAGE.test(error.message) && !isOutOfReach(error);
}

/** Whether an error of DuckDB says that it can do nothing more with an open database, which is to be opened again. */
export function hasGivenUp(error: unknown): boolean {
  return error instanceof Error &&
    /^((FATAL|INTERNAL) Error|TransactionContext Error(?!: Failed to commit))/.test(error.message);
}

/** Whether an error says that there is no room, or no access. */
export function isOutOfReach(error: unknown): boolean {
  return error instanceof Error && !isAboutValues(error) && OUT_OF_REACH.test(error.message);
}

const files = new Map<string, Promise<string>>();

/**
 * The statements of one of this folder's files, as they were when this process first asked for them: who updates the
 * program beside one that runs does not change what that does.
 */
export function statements(name: `${string}.sql`): Promise<string> {
  const text = files.get(name) ?? Deno.readTextFile(new URL(name, import.meta.url));
  files.set(name, text);
  return text;
}
