/** Which of many p-values are worth a look. */

/**
 * The places of those that are taken for anomalies, so that of what is taken a share of q at most is expected to be
 * normal: the false discovery rate (Benjamini and Hochberg, "Controlling the False Discovery Rate", Journal of the Royal
 * Statistical Society B 57, 1995). It holds for independent p-values, and for those that rise together, as those of one
 * calibration do (Bates et al., "Testing for outliers with conformal p-values", Annals of Statistics 51, 2023). Where
 * they may depend in any way, as those of the rows of a series do, divide q by 1 + 1/2 + … + 1/m for m of them
 * (Benjamini and Yekutieli, Annals of Statistics 29, 2001). No p is less than 1/(n + 1) if n points were calibrated on: of
 * m p-values either m / (q·(n + 1)) are found together, or none is.
 *
 * @param pValues in any order; NaN, where nothing is known, is none
 * @param q the expected share of false ones, 0 to 1
 * @returns places in the list, in its order
 * @throws {RangeError} for a q or a p-value beyond 0 to 1
 * @example
 * ```ts
 * import { discoveries } from "@cim/infrastructure";
 * import { deepStrictEqual } from "node:assert";
 * deepStrictEqual(discoveries([0.9, 0.001, 0.04, 0.02], 0.05), [1, 3]);
 * ```
 */
export function discoveries(pValues: ArrayLike<number>, q: number): number[] {
  if (!(q >= 0 && q <= 1)) {
    throw new RangeError(`Cannot take ${q} as a false discovery rate: say a share from 0 to 1`);
  }
  const all = Array.from(pValues);
  for (const [at, p] of all.entries()) {
    if (!(p < 0 || p > 1)) continue;
    throw new RangeError(`Cannot take ${p} as a p-value (at ${at}): it is from 0 to 1`);
  }
  const sorted = all.filter((p) => !Number.isNaN(p)).sort((a, b) => a - b);
  const last = sorted.findLastIndex((p, at) => p <= (at + 1) * q / sorted.length);
  if (last < 0) return [];
  return [...all.keys()].filter((at) => all[at]! <= sorted[last]!);
}
