/** Paths as people give them. */
import { resolve } from "node:path";

/** A path from where the command was called: a task itself runs in the project's folder. */
export function given(path: string): string {
  return resolve(Deno.env.get("INIT_CWD") ?? Deno.cwd(), path);
}
