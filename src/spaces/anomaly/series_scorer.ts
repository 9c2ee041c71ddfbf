/** How unusual each row of a stream is: in memory that does not grow. */
import { Chance } from "../learning/chance.ts";
import { Gaps } from "../learning/gaps.ts";
import type { Rows } from "../learning/rows.ts";
import { Calibration } from "./calibration.ts";
import { type ColumnScale, place, placed, scaleOf } from "./column_scale.ts";
import { Drift } from "./drift.ts";
import { type AnomalyOptions, rowsOf } from "./history.ts";
import { UsualPast } from "./usual_past.ts";
import { UsualRegion } from "./usual_region.ts";

/** A unit is this share of a column's range at least. */
const LEAST_OF_RANGE = 0.01;
/** A value that is farther than so many units from the middle counts as that far. */
const FARTHEST = 1e6;
/** What was learned counts from the next of so many rows on. */
const REFRESHED_EVERY = 16;
/** The whole history teaches as much as it did again after so many times its rows. */
const MEMORY = 2;
/** The score forgets half of what was in so many rows. */
const HALF_LIFE = 3;
const KEPT = 0.5 ** (1 / HALF_LIFE);
/** p-values are calibrated on so many of the last rows. */
const CALIBRATED_ON = 2_000;

/** How unusual a row of a stream is. */
export interface SeriesScore {
  /**
   * Higher for what is more anomalous: the exponentially smoothed mean of log(1 + distance) of this row and those before
   * it, with a half-life of 3 rows. NaN where nothing is known of the row, as the next two are.
   */
  readonly score: number;
  /** Of this row alone, from what is usual: about 2 for what is. */
  readonly distance: number;
  /** How often one of the last rows was as far away as that: at least 1/(calibratedOn + 1). */
  readonly p: number;
  /** The place of the nearest prototype, from 0; −1 where nothing is known. */
  readonly concept: number;
  /** Each column's part of the distance, which is their sum; NaN where a value is missing. One alone may be negative. */
  readonly shares: Float64Array;
  /** With how many distances this one was compared: 2,000, or as many as the history had rows and came since. */
  readonly calibratedOn: number;
  /** Whether the last 500 rows are no longer like those that p is calibrated on: then it says little. */
  readonly drifted: boolean;
}

/**
 * Scores the rows of a stream, one after the other, against a history that is taken as normal. The distance of a row has
 * two parts: how far it is from what it usually is, all columns together ({@linkcode UsualRegion}: several prototypes, a
 * pooled covariance), and how far from what the past of each column lets expect ({@linkcode UsualPast}: levels at eight
 * scales of time). The stream is learned as it comes, what is unusual in it less, and forgotten at a pace by the length
 * of the history. p-values are conformal, calibrated on the last 2,000 distances: at first those of the history. What
 * lasts becomes usual, an anomaly too: its p-values grow, and the rows are said to have drifted. After a jump in one
 * column the levels come back to where they were by and by, and so does the distance.
 *
 * A row takes width² + 250 × width steps or so, and memory is 2 × width² + 200 × width numbers and 4,000 distances or so,
 * however long the stream is.
 *
 * @example
 * ```ts
 * import { SeriesScorer } from "@cim/infrastructure";
 * import { ok, strictEqual } from "node:assert";
 * const history = Float64Array.from({ length: 1_000 }, (_, row) => Math.sin(row / 5));
 * const scorer = SeriesScorer.fit(history, 1);
 * const usual = scorer.next([Math.sin(1_000 / 5)]);
 * const unusual = scorer.next([-2]);
 * ok(unusual.score > usual.score);
 * strictEqual(unusual.p, 1 / (unusual.calibratedOn + 1));
 * strictEqual(unusual.shares[0], unusual.distance);
 * ```
 */
export class SeriesScorer {
  readonly #scale: ColumnScale;
  readonly #region: UsualRegion;
  readonly #past: UsualPast;
  readonly #rate: number;
  readonly #point: Float64Array;
  readonly #drift = new Drift();
  #calibration = new Calibration(0);
  #rows = 0;
  #weighted = 0;
  #weights = 0;

  private constructor(scale: ColumnScale, region: UsualRegion, past: UsualPast, rate: number) {
    [this.#scale, this.#region, this.#past, this.#rate] = [scale, region, past, rate];
    this.#point = new Float64Array(scale.middles.length);
  }

  /**
   * Learns what is usual.
   *
   * @param history rows in the order of time, one after the other; NaN where a value is missing
   * @param width how many columns there are
   * @throws {NothingToLearn} where the history has no rows
   * @throws {RangeError} where it is not made of rows of that width
   */
  static fit(history: Float64Array, width: number, options: AnomalyOptions = {}): SeriesScorer {
    const fitting = SeriesScorer.fitting(history, width, options);
    for (;;) {
      const { done, value } = fitting.next();
      if (done) return value;
    }
  }

  /**
   * {@linkcode SeriesScorer.fit} step by step, for those who have to look after other things in between.
   *
   * @returns after each step the share of the rows that are done, and the scorer at the end
   */
  static *fitting(
    history: Float64Array,
    width: number,
    { seed = 1 }: AnomalyOptions = {},
  ): Generator<number, SeriesScorer> {
    const rows = rowsOf(history, width);
    const scale = scaleOf(rows, LEAST_OF_RANGE);
    const known = placed(rows, scale, FARTHEST);
    const whole = known.values.some(Number.isNaN) ? Gaps.of(known).fill(known) : known;
    yield 0;
    const region = UsualRegion.of(whole, new Chance(seed));
    yield 0;
    const past = UsualPast.of(known);
    const rate = 1 / (MEMORY * rows.count);
    const scorer = new SeriesScorer(scale, region, past, rate);
    const again = new SeriesScorer(scale, region.copy(), past.copy(), rate);
    scorer.#calibration = yield* again.#calibrated(rows);
    return scorer;
  }

  /** How far the rows of the history would be, if they came once more. */
  *#calibrated({ values, width, count }: Rows): Generator<number, Calibration> {
    const calibration = new Calibration(CALIBRATED_ON);
    const shares = new Float64Array(width);
    for (let row = 0; row < count; row++) {
      const distance = this.#take(values.subarray(row * width, (row + 1) * width), shares);
      if (!Number.isNaN(distance)) calibration.push(distance);
      if (row % CALIBRATED_ON === 0) yield row / count;
    }
    return calibration;
  }

  /** With how many distances the next one will be compared. */
  get calibratedOn(): number {
    return this.#calibration.size;
  }

  /**
   * Takes the next row of the stream.
   *
   * @param row a value for each column; NaN where it is missing
   * @throws {RangeError} for another number of values; nothing is learned from them then
   */
  next(row: ArrayLike<number>): SeriesScore {
    if (row.length !== this.#point.length) {
      throw new RangeError(
        `Cannot score a row of ${row.length} values: the history has ${this.#point.length} columns`,
      );
    }
    const shares = new Float64Array(row.length);
    const distance = this.#take(row, shares);
    const calibratedOn = this.#calibration.size;
    if (Number.isNaN(distance)) {
      const drifted = this.#drift.isThere;
      return { score: NaN, distance, p: NaN, concept: -1, shares, calibratedOn, drifted };
    }
    const p = this.#calibration.p(distance);
    this.#drift.push(distance, this.#calibration);
    this.#calibration.push(distance);
    this.#weighted = KEPT * this.#weighted + Math.log1p(Math.max(0, distance));
    this.#weights = KEPT * this.#weights + 1;
    return {
      score: this.#weighted / this.#weights,
      distance,
      p,
      concept: this.#region.nearest,
      shares,
      calibratedOn,
      drifted: this.#drift.isThere,
    };
  }

  /** Measures a row and learns from it. */
  #take(row: ArrayLike<number>, shares: Float64Array): number {
    const point = this.#point;
    const known = place(row, this.#scale, FARTHEST, point);
    if (known === 0) {
      shares.fill(NaN);
      return NaN;
    }
    if (this.#rows++ % REFRESHED_EVERY === 0) {
      this.#region.refresh();
      this.#past.refresh();
    }
    shares.fill(0);
    this.#region.measure(point, known, shares);
    this.#region.learn(known, this.#rate);
    this.#past.take(point, known, this.#rate, shares);
    let distance = 0;
    for (let at = 0; at < shares.length; at++) {
      if (Number.isNaN(point[at]!)) shares[at] = NaN;
      else distance += shares[at]!;
    }
    return distance;
  }
}
