/** What anomalies are told from. */
import { NothingToLearn } from "../learning/error.ts";
import type { Rows } from "../learning/rows.ts";

/** How a history is learned. */
export interface AnomalyOptions {
  /** What chance is drawn from: 1 without it. */
  readonly seed?: number;
}

/**
 * A history as rows.
 *
 * @param values row by row
 * @throws {NothingToLearn} where there are none
 * @throws {RangeError} where they make no rows of that width
 */
export function rowsOf(values: Float64Array, width: number): Rows {
  if (!Number.isInteger(width) || width < 1 || values.length % width !== 0) {
    throw new RangeError(
      `Cannot take ${values.length} values as rows of ${width}: say how many values a row has`,
    );
  }
  if (!values.some(Number.isFinite)) {
    throw new NothingToLearn(
      "history",
      `there is no number in ${values.length} values: give rows to compare with`,
    );
  }
  return { values, width, count: values.length / width };
}

/** Some of the rows, by their places. */
export function rowsAt({ values, width }: Rows, places: ArrayLike<number>): Rows {
  const into = new Float64Array(places.length * width);
  for (let at = 0; at < places.length; at++) {
    into.set(values.subarray(places[at]! * width, (places[at]! + 1) * width), at * width);
  }
  return { values: into, width, count: places.length };
}
