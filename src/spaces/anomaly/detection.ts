/** How well anomalies are told, against what is known. */

/** How well scores tell anomalies from what is normal: 1 is best. */
export interface Detection {
  /** How often an anomaly has a higher score than something normal; half of it where they have the same. 0.5 is chance. */
  readonly rocAuc: number;
  /** The mean precision at each anomaly, from the highest score down; their share is chance. */
  readonly averagePrecision: number;
}

/**
 * Judges scores: the area under the receiver operating characteristic (Hanley and McNeil, Radiology 143, 1982), and the
 * average precision, Σ (Rₙ − Rₙ₋₁)·Pₙ over different scores. A score that is not known (NaN) is the lowest.
 *
 * @param isAnomaly of each thing
 * @param scores of each, higher for what is more anomalous
 * @returns NaN for both where there are no anomalies, or nothing else
 * @throws {RangeError} where there are not as many of one as of the other
 * @example
 * ```ts
 * import { detectionOf } from "@cim/infrastructure";
 * import { deepStrictEqual } from "node:assert";
 * const detection = detectionOf([false, false, true, true], [0.1, 0.4, 0.35, 0.8]);
 * deepStrictEqual(detection, { rocAuc: 0.75, averagePrecision: 0.5 + 1 / 3 });
 * ```
 */
export function detectionOf(
  isAnomaly: readonly boolean[],
  scores: ArrayLike<number>,
): Detection {
  if (isAnomaly.length !== scores.length) {
    throw new RangeError(
      `Cannot judge ${scores.length} scores: it is known of ${isAnomaly.length} things what they are`,
    );
  }
  const all = Array.from(scores, (score) => Number.isNaN(score) ? -Infinity : score);
  const order = [...all.keys()].sort((a, b) => all[a] === all[b] ? a - b : all[b]! - all[a]!);
  const anomalies = isAnomaly.filter(Boolean).length;
  const others = isAnomaly.length - anomalies;
  if (anomalies === 0 || others === 0) return { rocAuc: NaN, averagePrecision: NaN };
  let [found, falsely, pairs, precision] = [0, 0, 0, 0];
  for (let at = 0; at < order.length;) {
    const score = all[order[at]!]!;
    const before = { found, falsely };
    for (; at < order.length && all[order[at]!] === score; at++) {
      if (isAnomaly[order[at]!]) found++;
      else falsely++;
    }
    pairs += (falsely - before.falsely) * (before.found + found) / 2;
    precision += (found - before.found) * found / (found + falsely);
  }
  return { rocAuc: pairs / (anomalies * others), averagePrecision: precision / anomalies };
}
