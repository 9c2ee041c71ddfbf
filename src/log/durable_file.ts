/** Files that are on disk when we say so, and whole or not there at all. */
import { basename, dirname, join } from "node:path";

/** The ending of a file that is being written. Whatever has it belongs to nobody once its writer has gone. */
export const PART = ".part";

/** An open file in a folder under a name of its own, to be given its own name by {@linkcode publish}. */
export async function partIn(folder: string): Promise<{ path: string; file: Deno.FsFile }> {
  const path = await Deno.makeTempFile({ dir: folder, prefix: ".archive-", suffix: PART });
  return { path, file: await Deno.open(path, { write: true }) };
}

/** Writes all of the bytes. */
export async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let from = 0; from < bytes.length;) from += await file.write(bytes.subarray(from));
}

/** Syncs a written file and gives it its name, replacing what has that name; after that it outlives a power failure. */
export async function publish(
  { path, file }: { path: string; file: Deno.FsFile },
  name: string,
): Promise<void> {
  await file.sync();
  const folder = dirname(path);
  await Deno.rename(path, join(folder, name));
  await syncFolder(folder);
}

/** Writes all of a file that one process at a time writes: what was of that name is replaced by the whole of it. */
export async function writeWhole(path: string, content: string): Promise<void> {
  const part = `${path}${PART}`;
  using file = await Deno.open(part, { write: true, create: true, truncate: true });
  await writeAll(file, new TextEncoder().encode(content));
  await publish({ path: part, file }, basename(path));
}

/** Syncs the names in a folder. Windows has no such thing, and keeps them by itself. */
async function syncFolder(folder: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using opened = await Deno.open(folder);
  await opened.sync();
}
