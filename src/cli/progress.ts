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

/**
 * Says of many lines one now and then, and none again before another one.
 *
 * @param journalMs how often, in milliseconds, where each is a line that stays
 */
export function nowAndThen(
  terminal: Pick<Terminal, "progress">,
  journalMs = PROGRESS_MS,
): (line: string) => void {
  const everyMs = Deno.stderr.isTerminal() ? PROGRESS_MS : journalMs;
  let said = performance.now();
  let last: string | undefined;
  return (line) => {
    if (line === last || performance.now() - said < everyMs) return;
    [said, last] = [performance.now(), line];
    terminal.progress(line);
  };
}
