/** Where the values of columns usually are, and how far they spread. */
import type { Rows } from "../learning/rows.ts";

/** The middle and the unit of each column: a value is seen as so many units away from the middle. */
export interface ColumnScale {
  /** The mean of the values that are known; NaN where none is. */
  readonly middles: Float64Array;
  /** The standard deviation; 1, or the middle's size if it is more, where all values are the same. */
  readonly units: Float64Array;
}

/**
 * The scale of each column, over the values in it that are known: finite ones.
 *
 * @param leastOfRange a unit is this share of the column's range at least: what hardly ever changes has a unit too
 */
export function scaleOf({ values, width, count }: Rows, leastOfRange: number): ColumnScale {
  const middles = new Float64Array(width);
  const units = new Float64Array(width);
  for (let column = 0; column < width; column++) {
    const all = Float64Array.from({ length: count }, (_, row) => values[row * width + column]!);
    const known = all.filter(Number.isFinite);
    const greatest = known.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    // In shares of the greatest, so that no square is too large for a number.
    const share = (value: number) => greatest === 0 ? 0 : value / greatest;
    let [sum, squares, low, high] = [0, 0, Infinity, -Infinity];
    for (const value of known) {
      const own = share(value);
      sum += own;
      low = Math.min(low, own);
      high = Math.max(high, own);
    }
    const mean = high === low ? high : sum / known.length;
    for (const value of known) squares += (share(value) - mean) ** 2;
    const deviation = Math.sqrt(squares / known.length);
    middles[column] = mean * greatest;
    units[column] = high > low
      ? Math.max(deviation, leastOfRange * (high - low)) * greatest
      : Math.max(greatest, 1);
    if (known.length === 0) [middles[column], units[column]] = [NaN, 1];
  }
  return { middles, units };
}

/**
 * One row's values in units from the middle; NaN where one is not known.
 *
 * @param farthest no value counts as farther than so many units
 * @returns how many are known
 */
export function place(
  row: ArrayLike<number>,
  { middles, units }: ColumnScale,
  farthest: number,
  into: Float64Array,
): number {
  let known = 0;
  for (let at = 0; at < into.length; at++) {
    const value = row[at]!;
    const own = Number.isFinite(value) ? (value - middles[at]!) / units[at]! : NaN;
    into[at] = own > farthest ? farthest : own < -farthest ? -farthest : own;
    if (own === own) known++;
  }
  return known;
}

/** All rows in units from the middle. */
export function placed(rows: Rows, scale: ColumnScale, farthest: number): Rows {
  const { values, width, count } = rows;
  const into = new Float64Array(values.length);
  for (let from = 0; from < values.length; from += width) {
    place(
      values.subarray(from, from + width),
      scale,
      farthest,
      into.subarray(from, from + width),
    );
  }
  return { values: into, width, count };
}
