/** How far rows are from a region: many rows at once. */
import type { Rows } from "../learning/rows.ts";
import { type ColumnScale, place } from "./column_scale.ts";
import { inverseFactor, ofFactor, times } from "./inverse.ts";
import { Unknown } from "./unknown.ts";

/** No value counts as farther from the middle than so many units: squared, it is still a number. */
const FARTHEST = 1e100;

/** A region of rows. */
export interface Region {
  readonly scale: ColumnScale;
  /** Of the columns in their units, row by row. */
  readonly covariance: Float64Array;
}

/**
 * The squared Mahalanobis distance from a region's middle (Mahalanobis, "On the generalised distance in statistics",
 * 1936), divided by the number of columns that are known: about 1 for what the region is made of. What is not known has
 * no part in it.
 */
export class RegionDistance {
  readonly #scale: ColumnScale;
  readonly #width: number;
  readonly #inverse: Float64Array;
  /** L⁻¹, and a row and a column of zeros if its size is odd. */
  readonly #factor: Float64Array;
  readonly #even: number;
  readonly #point: Float64Array;

  constructor({ scale, covariance }: Region) {
    const width = scale.middles.length;
    const factor = inverseFactor(covariance, width);
    this.#scale = scale;
    this.#width = width;
    this.#inverse = ofFactor(factor, width);
    this.#even = width + width % 2;
    this.#factor = new Float64Array(this.#even ** 2);
    for (let row = 0; row < width; row++) {
      this.#factor.set(factor.subarray(row * width, (row + 1) * width), row * this.#even);
    }
    this.#point = new Float64Array(width);
  }

  /** Of each row; NaN for one of which nothing is known. Four are measured at a time, as far as nothing is missing. */
  of({ values, width, count }: Rows): Float64Array {
    const into = new Float64Array(count);
    const four = new Float64Array(4 * this.#even);
    for (let row = 0; row < count; row += 4) {
      this.#placeFour(values, row * width, four);
      this.#ofFour(four, into, row);
    }
    for (let row = 0; row < count; row++) {
      if (Number.isNaN(into[row]!)) into[row] = this.#ofIncomplete(values, row * width);
    }
    return into;
  }

  /** Each column's part of a row's distance, which is their sum; NaN where a value is missing. */
  shares(row: Float64Array, into: Float64Array): void {
    const point = this.#point;
    const known = place(row, this.#scale, FARTHEST, point);
    const unknown = known < this.#width ? new Unknown(point, this.#inverse) : undefined;
    unknown?.fill(point);
    times(this.#inverse, point, into);
    for (let at = 0; at < point.length; at++) into[at]! *= point[at]! / known;
    for (const at of unknown?.places ?? []) into[at] = NaN;
  }

  #ofIncomplete(values: Float64Array, from: number): number {
    const shares = new Float64Array(this.#width);
    this.shares(values.subarray(from, from + this.#width), shares);
    const known = shares.filter((share) => !Number.isNaN(share));
    return known.length === 0 ? NaN : known.reduce((sum, share) => sum + share, 0);
  }

  /** The first values of four rows, then their second ones, and so on; what is beyond the last row is not known. */
  #placeFour(values: Float64Array, from: number, four: Float64Array): void {
    const { middles, units } = this.#scale;
    const width = this.#width;
    for (let row = 0; row < 4; row++) {
      for (let column = 0, at = row; column < width; column++, at += 4) {
        const value = from < values.length ? values[from++]! : NaN;
        const own = (value - middles[column]!) / units[column]!;
        // Neither does infinity pass for a number here.
        four[at] = own <= FARTHEST && own >= -FARTHEST ? own : NaN;
      }
    }
  }

  /** Two rows of the factor with four points: each number that is read counts for several products. */
  #ofFour(four: Float64Array, into: Float64Array, first: number): void {
    const factor = this.#factor;
    const even = this.#even;
    let q0 = 0, q1 = 0, q2 = 0, q3 = 0;
    for (let row = 0; row < even; row += 2) {
      const from = row * even;
      const next = from + even;
      let a0 = 0, a1 = 0, a2 = 0, a3 = 0, b0 = 0, b1 = 0, b2 = 0, b3 = 0;
      for (let column = 0, at = 0; column <= row + 1; column++, at += 4) {
        const a = factor[from + column]!, b = factor[next + column]!;
        const x0 = four[at]!, x1 = four[at + 1]!, x2 = four[at + 2]!, x3 = four[at + 3]!;
        a0 += a * x0;
        a1 += a * x1;
        a2 += a * x2;
        a3 += a * x3;
        b0 += b * x0;
        b1 += b * x1;
        b2 += b * x2;
        b3 += b * x3;
      }
      q0 += a0 * a0 + b0 * b0;
      q1 += a1 * a1 + b1 * b1;
      q2 += a2 * a2 + b2 * b2;
      q3 += a3 * a3 + b3 * b3;
    }
    into[first] = q0 / this.#width;
    into[first + 1] = q1 / this.#width;
    into[first + 2] = q2 / this.#width;
    into[first + 3] = q3 / this.#width;
  }
}
