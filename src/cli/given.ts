/** Paths as people give them. */
import { resolve } from "node:path";

/** A path from where the command was called: a task itself runs in the project's folder. */
export function given(path: string): string {
  return resolve(Deno.env.get("INIT_CWD") ?? Deno.cwd(), path);
}

/** A file that somebody has named and that cannot be read. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
  /** Stable, for programs. */
  readonly code = "unreadable";
}

/**
 * The text in a file.
 *
 * @throws {Unreadable} when there is none
 */
export async function contentOf(path: string): Promise<string> {
  return await Deno.readTextFile(given(path)).catch((error) => {
    throw new Unreadable(`Cannot read ${path}: ${error.message}`, { cause: error });
  });
}
