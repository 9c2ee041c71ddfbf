/** What each dimension of a stream is usually like after its own past. */
import type { Rows } from "../learning/rows.ts";
import { inverseOf } from "./inverse.ts";

/** Levels forget half of what was in so many rows. */
const HALF_LIVES = [1, 2, 4, 8, 16, 32, 64, 128];
const STEPS = Float64Array.from(HALF_LIVES, (rows) => 1 - 0.5 ** (1 / rows));
const LEVELS = STEPS.length;
/** A dimension's value, and its levels. */
const SIZE = LEVELS + 1;
const SQUARE = SIZE * SIZE;
/** This share of a covariance is the mean variance: next to none, for what a value is beside its levels varies little. */
const SHRUNK = 1e-5;
const LEAST_VARIANCE = 1e-6;
/** No dimension is farther than so many times what is usual: else a new level would hide whatever comes next. */
const FARTHEST = 20;
/** What is more than so many times as far as usual teaches less. */
const TAUGHT_BY = 3;

/**
 * For each dimension its value and exponentially smoothed levels of what it was, at eight scales from one row to 128: how
 * far they are, together, from what is usual of them is the squared Mahalanobis distance, divided by their number, about
 * 1 for what is usual. So what no value says is seen: a jump, a standstill, a rhythm that is gone.
 */
export class UsualPast {
  readonly #width: number;
  /** Row by row those of each dimension; NaN before its first value. */
  readonly #levels: Float64Array;
  readonly #means: Float64Array;
  /** One after the other, of which the lower triangles count; nothing goes from one dimension to another. */
  readonly #covariances: Float64Array;
  readonly #inverses: Float64Array;
  readonly #difference = new Float64Array(SIZE);

  private constructor(width: number) {
    this.#width = width;
    this.#levels = new Float64Array(width * LEVELS).fill(NaN);
    this.#means = new Float64Array(width * SIZE);
    this.#covariances = new Float64Array(width * SQUARE);
    this.#inverses = new Float64Array(width * SQUARE);
  }

  /** @param rows in units from the middle, in the order of time; NaN where something is not known */
  static of({ values, width }: Rows): UsualPast {
    const past = new UsualPast(width);
    const difference = past.#difference;
    for (let column = 0; column < width; column++) {
      const means = past.#means.subarray(column * SIZE, (column + 1) * SIZE);
      const covariance = past.#covariances.subarray(column * SQUARE, (column + 1) * SQUARE);
      const eachRow = (then: () => void) => {
        past.#levels.fill(NaN, column * LEVELS, (column + 1) * LEVELS);
        let known = 0;
        for (let at = column; at < values.length; at += width) {
          if (Number.isNaN(values[at]!)) continue;
          known++;
          past.#follow(values[at]!, column);
          then();
        }
        return Math.max(1, known);
      };
      const sums = new Float64Array(SIZE);
      const known = eachRow(() => {
        for (let at = 0; at < SIZE; at++) sums[at]! += difference[at]!;
      });
      for (let at = 0; at < SIZE; at++) means[at] = sums[at]! / known;
      eachRow(() => {
        for (let row = 0; row < SIZE; row++) {
          for (let of = 0; of <= row; of++) {
            covariance[row * SIZE + of]! += difference[row]! * difference[of]! / known;
          }
        }
      });
    }
    return past;
  }

  /** One that learns for itself. */
  copy(): UsualPast {
    const other = new UsualPast(this.#width);
    other.#levels.set(this.#levels);
    other.#means.set(this.#means);
    other.#covariances.set(this.#covariances);
    return other;
  }

  /** Takes account of what was learned; before it nothing can be measured. */
  refresh(): void {
    const shrunk = new Float64Array(SQUARE);
    for (let from = 0; from < this.#covariances.length; from += SQUARE) {
      let trace = 0;
      for (let at = 0; at < SQUARE; at++) shrunk[at] = (1 - SHRUNK) * this.#covariances[from + at]!;
      for (let at = 0; at < SQUARE; at += SIZE + 1) trace += this.#covariances[from + at]!;
      for (let at = 0; at < SQUARE; at += SIZE + 1) {
        shrunk[at]! += SHRUNK * trace / SIZE + LEAST_VARIANCE;
      }
      this.#inverses.set(inverseOf(shrunk, SIZE), from);
    }
  }

  /**
   * Adds each dimension's part of the distance to the shares, and learns from it.
   *
   * @param point in units from the middle; NaN where something is not known
   * @param known how many dimensions are, at least 1
   * @param rate how much what is usual teaches, 0 to 1
   */
  take(point: Float64Array, known: number, rate: number, shares: Float64Array): void {
    for (let column = 0; column < this.#width; column++) {
      const value = point[column]!;
      if (Number.isNaN(value)) continue;
      this.#follow(value, column);
      const square = this.#square(column);
      shares[column]! += Math.min(square / SIZE, FARTHEST) / known;
      this.#learn(column, rate * Math.min(1, TAUGHT_BY * SIZE / Math.max(square, 1e-9)));
    }
  }

  /** Moves the levels, and says how far they and the value are from their means. */
  #follow(value: number, column: number): void {
    const levels = this.#levels;
    const difference = this.#difference;
    const mean = column * SIZE;
    let level = column * LEVELS;
    if (Number.isNaN(levels[level])) levels.fill(value, level, level + LEVELS);
    difference[0] = value - this.#means[mean]!;
    for (let at = 0; at < LEVELS; at++, level++) {
      const own = levels[level] = levels[level]! + STEPS[at]! * (value - levels[level]!);
      difference[at + 1] = own - this.#means[mean + at + 1]!;
    }
  }

  #square(column: number): number {
    const difference = this.#difference;
    const inverses = this.#inverses;
    let square = 0;
    for (let row = 0, from = column * SQUARE; row < SIZE; row++, from += SIZE) {
      let sum = 0;
      for (let at = 0; at < row; at++) sum += inverses[from + at]! * difference[at]!;
      square += difference[row]! * (2 * sum + inverses[from + row]! * difference[row]!);
    }
    return square;
  }

  #learn(column: number, rate: number): void {
    const difference = this.#difference;
    const means = this.#means;
    const covariances = this.#covariances;
    const mean = column * SIZE;
    for (let row = 0, from = column * SQUARE; row < SIZE; row++, from += SIZE) {
      const part = rate * difference[row]!;
      means[mean + row]! += part;
      for (let at = 0; at <= row; at++) {
        covariances[from + at] = (1 - rate) * (covariances[from + at]! + part * difference[at]!);
      }
    }
  }
}
