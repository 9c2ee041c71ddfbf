/** Putting aside: what lies where a database is to be, and is of no use, stays for whoever wants to look at it. */

/**
 * Gives what has this name, with its write-ahead log, the name `….aside`, and says in `….aside.txt` why. What was put
 * aside before is removed, so that no more than one is kept.
 *
 * @returns where it is now
 */
export async function putAside(path: string, reason: string): Promise<string> {
  const aside = `${path}.aside`;
  await removePaths(aside, `${aside}.wal`);
  await Deno.rename(path, aside);
  if (await isThere(`${path}.wal`)) await Deno.rename(`${path}.wal`, `${aside}.wal`);
  await Deno.writeTextFile(`${aside}.txt`, `${reason}\n`);
  return aside;
}

/** Whether there is anything of this name. */
export async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, (error) => {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  });
}

/** Removes files and folders, if they are there. */
export async function removePaths(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await Deno.remove(path, { recursive: true }).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}

/**
 * Fails where nothing could be written: a full disk lets everything be read, and the database does not write what stays
 * as it was.
 *
 * @param path of a file that is there for this moment only
 */
export async function probe(path: string): Promise<void> {
  try {
    await Deno.writeFile(path, new Uint8Array(4_096));
  } finally {
    await removePaths(path);
  }
}
