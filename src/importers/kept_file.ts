/** What an import keeps of how far it is: small files, each of which one run at a time works with. */
import { dirname } from "node:path";
import type { Static, TSchema } from "typebox";
import { Value } from "typebox/value";
import { writeWhole } from "../log/durable_file.ts";
import { lockedFile } from "../setup/file_lock.ts";
import { ImportError } from "./import_error.ts";

/**
 * Waits until no other run works with a file, until what is returned is closed: two that import the same at once would
 * import it twice.
 *
 * @param how.warn told once where another run has it
 */
export async function lockKept(
  path: string,
  { warn, signal }: { warn: (line: string) => void; signal: AbortSignal },
): Promise<Deno.FsFile> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const waiting = () => warn("somebody else is importing this: waiting for that to end …");
  return await lockedFile(`${path}.lock`, { signal, waiting });
}

/**
 * Reads one.
 *
 * @returns undefined where there is none
 * @throws {ImportError} `kept` where it is something else: what is imported already would be imported again
 */
export async function readKept<T extends TSchema>(
  path: string,
  schema: T,
): Promise<Static<T> | undefined> {
  let kept: unknown;
  try {
    kept = JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (Value.Check(schema, kept)) return kept;
  const why = "it does not say what has been imported: remove it to import all of it again";
  throw new ImportError("kept", path, why);
}

/** Writes one, whole or not at all, also when the power fails. */
export async function writeKept(path: string, kept: object): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await writeWhole(path, `${JSON.stringify(kept, undefined, 2)}\n`);
}
