/** How far long work is, in a line that changes. */
import { bar } from "../table/text.ts";
import type { Terminal } from "./terminal.ts";

/** How often it is said, in milliseconds: seldom where each is a line that stays, as in a journal. */
const PROGRESS_MS = Deno.stderr.isTerminal() ? 200 : 10_000;

/** Says how far something is, now and then. */
export function progressOf(
  terminal: Pick<Terminal, "progress">,
  what: string,
): (done: number, total: number) => void {
  const say = nowAndThen(terminal);
  return (done, total) => say(`${what} … ${bar(done, total)}`);
}

/** Says of many lines one now and then, and none again before another one. */
export function nowAndThen(terminal: Pick<Terminal, "progress">): (line: string) => void {
  let said = performance.now();
  let last: string | undefined;
  return (line) => {
    if (line === last || performance.now() - said < PROGRESS_MS) return;
    [said, last] = [performance.now(), line];
    terminal.progress(line);
  };
}
