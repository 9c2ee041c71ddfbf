/** How far long work is, in a line that changes. */
import { bar } from "../table/text.ts";
import type { Terminal } from "./terminal.ts";

/** How often it is said, in milliseconds. */
const PROGRESS_MS = 200;

/** Says how far something is, now and then. */
export function progressOf(
  terminal: Pick<Terminal, "progress">,
  what: string,
): (done: number, total: number) => void {
  let said = performance.now();
  return (done, total) => {
    if (performance.now() - said < PROGRESS_MS) return;
    said = performance.now();
    terminal.progress(`${what} … ${bar(done, total)}`);
  };
}
