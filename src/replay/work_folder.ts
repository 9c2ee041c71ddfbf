/** Where a model is built that is to be kept in a file. */
import { dirname, join } from "node:path";
import { removePaths } from "../projections/sql/aside.ts";
import { hold } from "../projections/sql/hold.ts";
import { ReplayRange } from "./until.ts";

const PREFIX = ".cim-replay-";
/** The database in it. */
const DATABASE = "model.duckdb";
/** A folder that is younger, in milliseconds, may be one whose database is only about to be made. */
const YOUNG_MS = 60_000;

/**
 * Makes a folder beside the place that the model will have, so that it can be renamed, and removes what was left of
 * others that were killed there.
 *
 * @returns the path of the database to build in it
 * @throws {ReplayRange} when the folder of that place cannot be written
 */
export async function workFolder(into: string): Promise<string> {
  const place = dirname(into);
  try {
    const made = join(await Deno.makeTempDir({ prefix: PREFIX, dir: place }), DATABASE);
    await removeLeftOvers(place).catch(() => {}); // the next one does it
    return made;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ReplayRange(`Cannot keep a model in ${into}: its folder cannot be written (${why})`, {
      cause: error,
    });
  }
}

async function removeLeftOvers(place: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(place)) {
    if (!isDirectory || !name.startsWith(PREFIX)) continue;
    const folder = join(place, name);
    const { mtime } = await Deno.stat(folder);
    if (!mtime || Date.now() - mtime.getTime() < YOUNG_MS) continue;
    // Whoever builds holds the database.
    using held = await hold(join(folder, DATABASE));
    if (held) await removePaths(folder);
  }
}
