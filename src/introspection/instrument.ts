/** What measures a machine: each system has its own way. */
import type { Point } from "./point.ts";

/** What one look at a machine tells. */
export interface Look {
  /** When: seconds of a clock that only goes forward. */
  seconds: number;
  /** What was measured; shares are over the time since the look before, and absent in the first one. */
  points: Point[];
}

/**
 * Measures one machine. It remembers its last look of each kind, since what a machine does is the difference of its
 * counters between two of them.
 */
export interface Instrument {
  /** Looks at the machine as a whole. */
  host(): Promise<Look>;
  /** Looks at the programs that it runs. */
  programs(): Promise<Look>;
}

/** How many programs are measured, unless something else is said. */
export const MOST_PROGRAMS = 40;
