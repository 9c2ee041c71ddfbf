/** Which resources are anomalous in a step, so that few of those that are said to be are not. */
import { Calibration } from "../spaces/anomaly/calibration.ts";
import { discoveries } from "../spaces/anomaly/discoveries.ts";
import { stepOf } from "./anomaly_course.ts";
import type { EvidenceRow } from "./anomaly_evidence.ts";

/** A smoothed departure of less than this share of a dimension's range is none, however rare it is. */
const LEAST_EFFECT = 0.05;
/** p-values are calibrated on so many of the last normal values of a dimension, of all resources together. */
const CALIBRATED_ON = 20_000;
/** With fewer than so many nothing is said. */
const LEAST_CALIBRATED = 1_000;
/** So many discoveries make an anomaly that lasts: until then a row is taken for normal, and calibrated on. */
export const LASTING = 4;
/** And it is over only after as many rows of nothing, or twice as many if it lasted. */
const REMEMBERED = 2 * LASTING;

/** What is said of a row: a half hour of a resource. What is by dimension is in the order of `Coverage.dimensions`. */
export interface JudgedRow extends EvidenceRow {
  /** By dimension: how often normal values are as unusual; NaN where nothing is known, or too little to calibrate on. */
  readonly pValues: Float64Array;
  /** Of all dimensions together: the smallest of theirs, times how many there are (Bonferroni). */
  readonly p: number;
  /** By dimension: −log₂ of its p-value, in bits; 0 where nothing is known or it is no difference. */
  readonly bits: Float64Array;
  /** On how many normal values the smallest p-value was calibrated. */
  readonly calibratedOn: number;
  readonly isDiscovery: boolean;
}

/**
 * Judges rows in the order of time, step by step, by what came before. A dimension's p-value is conformal, among the
 * normal values of that dimension of all resources; the row's is the smallest, times their number. Of the rows of a step
 * those are discoveries that Benjamini and Hochberg's procedure finds ({@linkcode discoveries}). What is part of a
 * lasting anomaly is not taken for normal.
 *
 * @param rows in the order of time
 * @param width how many dimensions there are
 * @param q the share of false discoveries, 0 to 1
 */
export function* judgedRows(
  rows: readonly EvidenceRow[],
  width: number,
  q: number,
): Generator<JudgedRow> {
  const pools = Array.from({ length: width }, () => new Calibration(CALIBRATED_ON));
  const lasting = new Map<string, number>();
  const learn = ({ unusual }: EvidenceRow) => {
    for (const [at, value] of unusual.entries()) {
      if (!Number.isNaN(value)) pools[at]!.push(value);
    }
  };
  for (let from = 0, to = 0; from < rows.length; from = to) {
    const step = stepOf(rows[from]!.at);
    while (to < rows.length && stepOf(rows[to]!.at) === step) to++;
    const own = rows.slice(from, to);
    for (const row of own) if (row.isNormal) learn(row);
    const judged = own.filter(({ isNormal }) => !isNormal).map((row) => ({
      row,
      ...judge(row, pools),
    }));
    const found = new Set(discoveries(judged.map(({ p }) => p), q));
    for (const [place, { row, ...told }] of judged.entries()) {
      const isDiscovery = found.has(place);
      const before = lasting.get(row.id) ?? 0;
      const now = isDiscovery ? Math.min(before + 1, REMEMBERED) : Math.max(0, before - 1);
      lasting.set(row.id, now);
      if (now < LASTING) learn(row);
      yield { ...row, ...told, isDiscovery };
    }
  }
}

function judge(
  { unusual, effect }: EvidenceRow,
  pools: readonly Calibration[],
): Pick<JudgedRow, "p" | "pValues" | "bits" | "calibratedOn"> {
  let [known, least, calibratedOn] = [0, 1, 0];
  const pValues = unusual.map((value, at) => {
    const pool = pools[at]!;
    return pool.size < LEAST_CALIBRATED ? NaN : pool.p(value);
  });
  const bits = unusual.map((value, at) => {
    if (Number.isNaN(value)) return 0;
    known++;
    const p = pValues[at]!;
    if (!(effect[at]! >= LEAST_EFFECT) || Number.isNaN(p)) return 0;
    if (p < least) [least, calibratedOn] = [p, pools[at]!.size];
    return -Math.log2(p);
  });
  return { p: known === 0 ? NaN : Math.min(1, known * least), pValues, bits, calibratedOn };
}
