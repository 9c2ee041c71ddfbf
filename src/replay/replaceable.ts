/** Whether a file may be replaced by a model. */
import { closeDatabase, type Database, openDatabase } from "../projections/sql/database.ts";
import { oneLine } from "../projections/projector_error.ts";
import { isInUse, ModelInUse } from "./model_error.ts";
import { ReplayRange } from "./until.ts";

/** What a DuckDB database has behind the checksum of its first block. */
const MARK = { at: 8, text: "DUCK" };

/**
 * Makes sure that nothing is lost that we have not made: what is there is a model, of whatever log and version. A
 * database that cannot be opened may be anybody's. Nothing of it is touched.
 *
 * @throws {ReplayRange} when there is something else
 * @throws {ModelInUse} when somebody has it open for writing
 */
export async function requireReplaceable(path: string): Promise<void> {
  const refused = (why: string, cause?: unknown) =>
    new ReplayRange(`Cannot keep a model in ${path}: ${why}`, { cause });
  try {
    if (!await isDatabase(path)) {
      throw refused("it is there and is no DuckDB database; name another file");
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    if (error instanceof ReplayRange) throw error;
    throw refused(oneLine(error), error);
  }
  let database: Database;
  try {
    database = await openDatabase(path, { access_mode: "READ_ONLY" });
  } catch (error) {
    if (isInUse(error)) throw new ModelInUse(path, error);
    const why = oneLine(error);
    throw refused(`what is there cannot be opened (${why}); name another file or remove it`, error);
  }
  try {
    await database.connection.run("SELECT last_sequence FROM fold.checkpoint LIMIT 0");
  } catch (error) {
    throw refused("it is there and is a database, but no model of ours; name another file", error);
  } finally {
    closeDatabase(database);
  }
}

async function isDatabase(path: string): Promise<boolean> {
  using file = await Deno.open(path);
  const bytes = new Uint8Array(MARK.at + MARK.text.length);
  await file.read(bytes);
  return new TextDecoder().decode(bytes.subarray(MARK.at)) === MARK.text;
}
