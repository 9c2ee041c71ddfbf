/** Where what is made of a log is kept: each log has a folder of its own. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { EventLog } from "./log.ts";

/** How much of an incarnation is in its folder's name to be read by people, in characters. */
const READABLE = 40;
/** How many hexadecimal digits tell folders apart. */
const DIGITS = 16;

/**
 * The folder of a log that is on another server. Its name begins with what the server says of its incarnation, of which
 * nothing but letters and digits is taken, and ends with a hash of all of it: no two logs have the same, and whatever
 * the server says it is one part of a path, on every file system.
 *
 * @param folder of the workspace
 */
export function logFolder(
  folder: string,
  { name, incarnation }: Pick<EventLog, "name" | "incarnation">,
): string {
  const readable = incarnation.slice(0, READABLE).replace(/[^0-9A-Za-z]+/g, "-");
  const hash = createHash("sha256").update(JSON.stringify([name, incarnation])).digest("hex");
  return join(folder, "logs", `${readable}-${hash.slice(0, DIGITS)}`.replace(/^-+/, ""));
}
