/** A report on disk. */
import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Writes a file to `path`: beside it first, to the disk, then renamed. Whoever reads `path` meanwhile, or after a
 * power cut, finds the old report or the new one, and never a part.
 */
export async function writeReport(path: string, content: string | Uint8Array): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const beside = join(folder, `.${basename(path)}.${randomUUID()}.part`);
  try {
    const file = await open(beside, "wx");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** Writes a folder of files, of which one that is there is replaced by all of them at once; by none it is removed. */
export async function writeReportFolder(
  path: string,
  files: ReadonlyMap<string, string | Uint8Array>,
): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const beside = join(folder, `.${basename(path)}.${randomUUID()}.part`);
  const old = `${beside}.old`;
  try {
    await mkdir(beside);
    for (const [name, content] of files) await writeReport(join(beside, name), content);
    await rename(path, old).catch((error) => {
      if (error.code !== "ENOENT") throw error;
    });
    if (files.size > 0) await rename(beside, path);
  } finally {
    await rm(beside, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
  }
  await syncFolder(folder);
}

async function syncFolder(folder: string): Promise<void> {
  const entry = await open(folder, "r"); // the new name, too, has to be on the disk
  try {
    await entry.sync();
  } finally {
    await entry.close();
  }
}
