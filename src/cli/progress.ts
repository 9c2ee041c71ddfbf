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
  const say = nowAndThen(terminal);
  return (done, total) => say(`${what} … ${bar(done, total)}`);
}

/** Says of many lines one now and then. */
export function nowAndThen(terminal: Pick<Terminal, "progress">): (line: string) => void {
  let said = performance.now();
  return (line) => {
    if (performance.now() - said < PROGRESS_MS) return;
    said = performance.now();
    terminal.progress(line);
  };
}
