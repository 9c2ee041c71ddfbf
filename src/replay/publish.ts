/** Publishing a model: a database file that is whole takes the place of the one that others open. */
import { dirname } from "node:path";

/**
 * Gives a closed database file the name under which others open it. Whoever does finds the old model or the new one,
 * and each is whole, also after a power failure.
 *
 * @param built lies in the same file system as `target`
 */
export async function publishFile(built: string, target: string): Promise<void> {
  {
    using file = await Deno.open(built, { read: true, write: true });
    await file.sync();
  }
  // What a writer of the old model left unfinished must not be applied to the new one.
  await Deno.remove(`${target}.wal`).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.rename(built, target);
  if (Deno.build.os === "windows") return; // which keeps the names in a folder by itself
  using folder = await Deno.open(dirname(target));
  await folder.sync();
}
