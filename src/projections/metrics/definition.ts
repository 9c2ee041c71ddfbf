/** Which version of the fold this is: another one makes the series anew. */
import { createHash } from "node:crypto";

const FILES = ["names.ts", "measured.ts", "used_times.ts", "counts.ts", "fold.ts"];

let known: Promise<string> | undefined;

/** A hash of the files that say what comes of an event. */
export function definition(): Promise<string> {
  return known ??= read();
}

async function read(): Promise<string> {
  const hash = createHash("sha256");
  for (const file of FILES) hash.update(await Deno.readFile(new URL(file, import.meta.url)));
  return hash.digest("hex").slice(0, 16);
}
