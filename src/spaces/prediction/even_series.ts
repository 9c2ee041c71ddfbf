/** A quantity through time, at even steps. */
import { middleOf } from "./order.ts";

/** What a quantity was at a moment. */
export interface Reading {
  /** Seconds since 1970, or since whatever others count from. */
  readonly at: number;
  /** NaN where it was not known any more. */
  readonly value: number;
}

/** A quantity at even steps, the oldest first; NaN where it is not known. */
export interface EvenSeries {
  readonly values: Float64Array;
  /** Seconds from one value to the next. */
  readonly step: number;
}

/** A reading counts for so many usual gaps between readings; after that nothing is known. */
const GAPS = 3;

/**
 * What a quantity was at even steps back from its last reading: at each the newest reading by then. One that is older
 * than three usual gaps, and than a step, tells nothing any more.
 *
 * @param readings in the order of time
 * @param step in seconds
 * @throws {RangeError} for a step that is none
 * @example
 * ```ts
 * import { evenSeries } from "@cim/infrastructure";
 * import { deepStrictEqual } from "node:assert";
 * const readings = [{ at: 0, value: 5 }, { at: 70, value: 6 }, { at: 100, value: 7 }];
 * deepStrictEqual([...evenSeries(readings, 50).values], [5, 5, 7]);
 * ```
 */
export function evenSeries(readings: readonly Reading[], step: number): EvenSeries {
  if (!(step > 0) || !Number.isFinite(step)) {
    throw new RangeError(`Cannot go through time in steps of ${step}: say seconds, more than 0`);
  }
  const last = readings.at(-1);
  if (!last) return { values: new Float64Array(), step };
  const gaps = Float64Array.from(readings.slice(1), ({ at }, place) => at - readings[place]!.at);
  const patience = Math.max(step, GAPS * (gaps.length === 0 ? 0 : middleOf(gaps)));
  const count = Math.floor((last.at - readings[0]!.at) / step) + 1;
  const values = new Float64Array(count).fill(NaN);
  let newest = readings.length - 1;
  for (let back = 0; back < count; back++) {
    const moment = last.at - back * step;
    while (readings[newest]!.at > moment) newest--;
    const { at, value } = readings[newest]!;
    if (moment - at <= patience) values[count - 1 - back] = value;
  }
  return { values, step };
}
