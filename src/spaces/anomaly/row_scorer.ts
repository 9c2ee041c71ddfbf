/** How unusual rows are that come in no order, among others that need not all be usual. */
import { Chance } from "../learning/chance.ts";
import { Gaps } from "../learning/gaps.ts";
import type { Rows } from "../learning/rows.ts";
import { Calibration } from "./calibration.ts";
import { placed, scaleOf } from "./column_scale.ts";
import { type AnomalyOptions, rowsAt, rowsOf } from "./history.ts";
import { RegionDistance } from "./region_distance.ts";
import { trimmedRegion } from "./trimmed_region.ts";

/** So many rows are held out for p-values, of fewer than 2,000 a half, and of fewer than 400 a quarter. */
const HELD_OUT = 1_000;
const FEW = 400;

/** How unusual some rows are. */
export class RowScores {
  readonly #distance: RegionDistance;
  readonly #rows: Rows;
  #shares: Float64Array | undefined;

  /** Made by {@linkcode RowScorer}. */
  constructor(
    distance: RegionDistance,
    rows: Rows,
    /** Each row's distance from the region, about 1 for what is usual; NaN where nothing is known of it. */
    readonly score: Float64Array,
    /** How often what was held out is as far away: at least 1/(heldOut + 1). NaN where nothing is known of a row. */
    readonly p: Float64Array,
  ) {
    this.#distance = distance;
    this.#rows = rows;
  }

  /**
   * Each column's part of each row's score, which is their sum, row by row; NaN where a value is missing. One alone may be
   * negative. They are reckoned when they are first asked for, from the rows as they are then.
   */
  get shares(): Float64Array {
    return this.#shares ??= this.#sharesOfAll();
  }

  #sharesOfAll(): Float64Array {
    const { values, width } = this.#rows;
    const shares = new Float64Array(values.length);
    for (let from = 0; from < values.length; from += width) {
      const to = from + width;
      this.#distance.shares(values.subarray(from, to), shares.subarray(from, to));
    }
    return shares;
  }
}

/** What is usual of rows: see {@linkcode fitRows}. */
export class RowScorer {
  readonly #distance: RegionDistance;
  readonly #width: number;
  readonly #calibration: Calibration;

  /** Made by {@linkcode fitRows}. */
  constructor(distance: RegionDistance, width: number, calibration: Calibration) {
    this.#distance = distance;
    this.#width = width;
    this.#calibration = calibration;
  }

  /** How many rows p-values are calibrated on, from which nothing else was learned. */
  get heldOut(): number {
    return this.#calibration.size;
  }

  /**
   * Scores rows, each by itself. It takes width²/2 steps a row, and twice as many more for shares.
   *
   * @param rows one after the other; NaN where a value is missing
   * @throws {RangeError} where they are not of the width that was learned
   */
  score(rows: Float64Array): RowScores {
    if (rows.length % this.#width !== 0) {
      throw new RangeError(
        `Cannot score ${rows.length} values as rows: ${this.#width} columns were learned from`,
      );
    }
    const all = { values: rows, width: this.#width, count: rows.length / this.#width };
    const score = this.#distance.of(all);
    const p = score.map((distance) => this.#calibration.p(distance));
    return new RowScores(this.#distance, all, score, p);
  }
}

/**
 * Learns what is usual among rows, some of which may be anomalies themselves: the region of the three fifths that lie
 * closest together ({@linkcode trimmedRegion}). A row's score is its squared Mahalanobis distance from it, divided by the
 * number of its known columns; units and offsets of columns, and their order, make no difference. p-values are split
 * conformal: of rows that were held out, up to 1,000. The same rows and seed give the same scores.
 *
 * @param rows one after the other; NaN where a value is missing
 * @param width how many columns there are
 * @throws {NothingToLearn} where there are no rows
 * @throws {RangeError} where they are not of that width
 * @example
 * ```ts
 * import { fitRows } from "@cim/infrastructure";
 * import { ok, strictEqual } from "node:assert";
 * const rows = Float64Array.from({ length: 2_000 }, (_, at) => Math.sin(at) + at % 2);
 * const scorer = fitRows(rows, 2, { seed: 1 });
 * const { score, p, shares } = scorer.score(Float64Array.of(0, 1, 5, NaN));
 * ok(score[1]! > score[0]!);
 * strictEqual(p[1], 1 / (scorer.heldOut + 1));
 * strictEqual(shares[2], score[1]);
 * ```
 */
export function fitRows(
  rows: Float64Array,
  width: number,
  { seed = 1 }: AnomalyOptions = {},
): RowScorer {
  const all = rowsOf(rows, width);
  const chance = new Chance(seed);
  const order = chance.shuffled(Array(all.count).keys());
  const held = all.count < FEW
    ? Math.floor(all.count / 4)
    : Math.min(Math.floor(all.count / 2), HELD_OUT);
  const calibrating = rowsAt(all, order.slice(0, held));
  const learned = rowsAt(all, order.slice(held));
  const scale = scaleOf(learned, 0);
  const known = placed(learned, scale, Infinity);
  const whole = known.values.some(Number.isNaN) ? Gaps.of(known).fill(known) : known;
  const region = trimmedRegion(whole, chance);
  const { middles, units } = region.scale;
  const distance = new RegionDistance({
    scale: {
      middles: scale.middles.map((middle, at) => middle + scale.units[at]! * middles[at]!),
      units: scale.units.map((unit, at) => unit * units[at]!),
    },
    covariance: region.covariance,
  });
  const distances = distance.of(calibrating).filter((own) => !Number.isNaN(own));
  return new RowScorer(distance, width, Calibration.of(distances));
}
