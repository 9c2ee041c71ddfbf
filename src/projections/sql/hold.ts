/** Holding a database's file: one projection at a time works on it. */

/**
 * Takes a lock beside the file, until what is returned is closed or the process ends, however it ends. The database has
 * one too, but lets one process open a file twice, and holds nothing while it is closed to be copied.
 *
 * @returns undefined where another projection, of this process or another, has the file
 */
export async function hold(path: string): Promise<Deno.FsFile | undefined> {
  const file = await Deno.open(`${path}.lock`, { create: true, write: true });
  if (await file.tryLock(true)) return file;
  file.close();
}
