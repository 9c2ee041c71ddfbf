/** Folders in which a database is made that is of no use once whoever makes it has gone. */
import { join } from "node:path";
import { removePaths } from "./aside.ts";
import { hold } from "./hold.ts";

/** A folder that is younger, in milliseconds, may be one whose database is only about to be made. */
const YOUNG_MS = 60_000;

/**
 * Makes a folder, and removes what was left there of others that were killed. Whoever works in it holds the database's
 * path ({@linkcode hold}), and removes the folder at the end.
 *
 * @param place the folder that it is to be in
 * @param prefix what the names of all such folders begin with
 * @param database the name of the database in it
 * @returns its path
 */
export async function workFolder(place: string, prefix: string, database: string): Promise<string> {
  const made = await Deno.makeTempDir({ prefix, dir: place });
  await removeLeftOvers(place, prefix, database).catch(() => {}); // the next one does it
  return made;
}

async function removeLeftOvers(place: string, prefix: string, database: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(place)) {
    if (!isDirectory || !name.startsWith(prefix)) continue;
    const folder = join(place, name);
    const { mtime, uid } = await Deno.stat(folder);
    // In a place that all share, those of other users are theirs.
    if (uid !== Deno.uid() || !mtime || Date.now() - mtime.getTime() < YOUNG_MS) continue;
    using held = await hold(join(folder, database));
    if (held) await removePaths(folder);
  }
}
