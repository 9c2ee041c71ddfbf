/** How far off forecasts may be, from how far off they were. */

/** An interval in which errors lie. */
export interface ErrorInterval {
  readonly low: number;
  readonly high: number;
}

/** 0, or the end of the interval that is nearest to it: by so much a forecast is moved into its own interval. */
export function nearestWithin({ low, high }: ErrorInterval): number {
  return Math.min(high, Math.max(low, 0));
}

/**
 * So many errors are needed at least for an interval of a level: with fewer its ends would lie beyond them all.
 *
 * @param level of the interval, 0 to 1 and neither
 * @example
 * ```ts
 * import { leastErrors } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * strictEqual(leastErrors(0.8), 9);
 * ```
 */
export function leastErrors(level: number): number {
  // A level such as 0.8 has no exact double: what is a whole number but for that is meant as one.
  return Math.ceil(2 / (1 - level) - 1 - 1e-9);
}

/**
 * Where the next error lies with the probability of the level, whatever errors are distributed like, if it is
 * exchangeable with those that were: split conformal prediction (Vovk, Gammerman and Shafer, Algorithmic Learning in a
 * Random World, 2005), with as much left out below as above (Linusson, Johansson and Löfström, "Signed-error conformal
 * regression", 2014).
 *
 * @param errors what was less what was forecast; they are put in order
 * @returns null where there are fewer than {@linkcode leastErrors}
 */
export function conformal(errors: Float64Array, level: number): ErrorInterval | null {
  errors.sort();
  return conformalOf(errors, level);
}

/** The same, of errors that are in order. */
export function conformalOf(errors: Float64Array, level: number): ErrorInterval | null {
  const { length } = errors;
  if (length < leastErrors(level)) return null;
  const outside = Math.floor((length + 1) * (1 - level) / 2 + 1e-9);
  return { low: errors[outside - 1]!, high: errors[length - outside]! };
}
