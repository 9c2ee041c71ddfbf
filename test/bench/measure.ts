/** What a benchmark says: a ratio to a baseline of the same run, or a number, and its limit. */

/** One measure. A ratio is of rates (at least) or of times and sizes (at most). */
export interface Measure {
  name: string;
  /** What it is compared with. */
  baseline: string;
  ours: string;
  theirs: string;
  ratio: number;
  atLeast?: number;
  atMost?: number;
}

/** Whether a measure is within its limit. */
export function isWithin({ ratio, atLeast = 0, atMost = Infinity }: Measure): boolean {
  return ratio >= atLeast && ratio <= atMost;
}

/** The middle one of some numbers. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}
