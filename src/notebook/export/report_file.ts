/** A report on disk. */
import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Writes the page to `path`: beside it first, to the disk, then renamed. Whoever reads `path` meanwhile, or after a
 * power cut, finds the old report or the new one, and never a part.
 */
export async function writeReport(path: string, html: string): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const beside = join(folder, `.${basename(path)}.${randomUUID()}.part`);
  try {
    const file = await open(beside, "wx");
    try {
      await file.writeFile(html);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  const entry = await open(folder, "r"); // the new name, too, has to be on the disk
  try {
    await entry.sync();
  } finally {
    await entry.close();
  }
}
