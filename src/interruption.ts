/** The end of a cell that waits: what it waits for listens to the cell's signal. */

/** Where notebooks/python/prelude.ts keeps the signal of the cell that runs. */
const SIGNAL = Symbol.for("cim.interruption");

/**
 * The signal of the cell that runs now, in our kernel; elsewhere there is none. It fires when the cell is interrupted. Ask
 * for it where the waiting begins: each cell has its own, and what goes on after its cell is not ended with another one.
 * The long calls of this library listen to it unless they are given another signal.
 *
 * @example
 * ```ts
 * import { interruption } from "@cim/infrastructure";
 * import { setTimeout as wait } from "node:timers/promises";
 * const signal = interruption();
 * await wait(10, undefined, signal ? { signal } : {}); // in a notebook, "Interrupt" ends this at once
 * ```
 */
export function interruption(): AbortSignal | undefined {
  return (globalThis as { [SIGNAL]?: AbortSignal })[SIGNAL];
}
