/** How far long work is: in lines, to whoever listens; in a notebook that is whoever looks at the cell. */
import { bar } from "./table/text.ts";

/** Told in a line what is being waited for. */
export type Say = (line: string) => void;

/** Where notebooks/python/prelude.ts keeps what shows a line below the cell that runs, until it is called without one. */
const SHOW = Symbol.for("cim.progress");

/** What is done sooner is not spoken of, in milliseconds. */
const PATIENCE_MS = 700;
/** How often a line changes at most, in milliseconds. */
const CHANGE_MS = 100;
/** How often somebody who listens is told, in milliseconds. */
const TELL_MS = 200;

let isShowing = false;

/**
 * Does long work that says how far it is. Where nobody was given to listen, our kernel shows it below the cell, for as
 * long as the work lasts; of what is done within it, or beside it, nothing is shown.
 */
export async function saying<T>(
  given: Say | undefined,
  work: (say: Say | undefined) => Promise<T>,
): Promise<T> {
  const show = (globalThis as { [SHOW]?: (line?: string) => Promise<void> })[SHOW];
  if (given || !show || isShowing) return await work(given);
  isShowing = true;
  let last: string | undefined;
  let isShown = false;
  let due = performance.now() + PATIENCE_MS;
  const showLast = () => {
    if (last === undefined) return;
    isShown = true;
    due = performance.now() + CHANGE_MS;
    void show(last);
  };
  const timer = setTimeout(showLast, PATIENCE_MS); // also where nothing more is said
  try {
    return await work((line) => {
      last = line;
      if (performance.now() >= due) showLast();
    });
  } finally {
    isShowing = false;
    clearTimeout(timer);
    if (isShown) void show();
  }
}

/** {@linkcode saying} of work that has only one line to say. */
export function sayingOnly<T>(line: string, work: () => Promise<T>): Promise<T> {
  return saying(undefined, (say) => {
    say?.(line);
    return work();
  });
}

/** Says of something how far it is, now and then. */
export function tellingOf(say: Say, what: string): (done: number, total: number) => void {
  let due = performance.now() + TELL_MS;
  return (done, total) => {
    if (performance.now() < due) return;
    due = performance.now() + TELL_MS;
    say(told(what, done, total));
  };
}

/** How far something is, in a line. */
export function told(what: string, done: number, total: number): string {
  return `${what} … ${bar(done, total)}`;
}

/** What an experiment tells meanwhile, in lines. */
export function toldOfExperiment(say: Say) {
  return {
    onProgress: (what: string, done: number, total: number) => say(told(what, done, total)),
    onQuestion: (table: string, at: number, total: number) =>
      say(`Asking ${table} …, ${at} of ${total}`),
  };
}
