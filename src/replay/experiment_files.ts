/** The files of a run that was kept, held against what its manifest says of them. */
import { createHash } from "node:crypto";
import { join } from "node:path";

/** How each file of a run is. */
export interface CheckedFiles {
  sound: string[];
  /** Whose SHA-256 is another than the manifest says. */
  changed: string[];
  missing: string[];
}

/** SHA-256 of a file. */
export async function hashOfFile(file: string): Promise<string> {
  return createHash("sha256").update(await Deno.readFile(file)).digest("hex");
}

/** Checks each file of a run. @param files their SHA-256, by their names */
export async function checkedFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<CheckedFiles> {
  const found: CheckedFiles = { sound: [], changed: [], missing: [] };
  for (const [file, sha256] of Object.entries(files)) {
    try {
      const isSound = await hashOfFile(join(folder, file)) === sha256;
      found[isSound ? "sound" : "changed"].push(file);
    } catch (error) {
      found[error instanceof Deno.errors.NotFound ? "missing" : "changed"].push(file);
    }
  }
  return found;
}

/** The first file that is not as it was written; where none at all is there, a manifest lies by itself, as it may. */
export function damagedFile({ sound, changed, missing }: CheckedFiles): string | undefined {
  return sound.length + changed.length === 0 ? undefined : [...changed, ...missing][0];
}
