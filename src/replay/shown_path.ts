/** Paths as people are told them. */
import { isAbsolute, relative } from "node:path";

/** A path from the folder that the program runs in, where it lies in that; the whole of it elsewhere. */
export function shownPath(path: string): string {
  const from = relative(Deno.cwd(), path);
  return from === "" || isAbsolute(from) || /^\.\.(?:$|[\\/])/.test(from) ? path : from;
}
