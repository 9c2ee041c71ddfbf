/** A covariance that can be trusted although there are few rows: Ledoit and Wolf's. */

/** A covariance that was shrunk, and by how much. */
export interface Shrunk {
  /** Symmetric; of as many rows as there are columns in the data. */
  readonly rows: number[][];
  /** What share of it is the mean variance, the same for each column: 0 to 1. */
  readonly shrinkage: number;
}

/**
 * The covariance of rows whose mean is 0, shrunk towards a multiple of the identity by the share that is expected to be
 * nearest to the truth (Ledoit and Wolf, "A well-conditioned estimator for large-dimensional covariance matrices",
 * Journal of Multivariate Analysis 88, 2004). A single column is not shrunk.
 *
 * @param residuals rows without their mean, without gaps
 * @example
 * ```ts
 * import { ledoitWolf } from "@cim/infrastructure";
 * import { deepStrictEqual } from "node:assert";
 * const { rows } = ledoitWolf([[1, 0], [-1, 0], [0, 1], [0, -1]]);
 * deepStrictEqual(rows, [[0.5, 0], [0, 0.5]]);
 * ```
 */
export function ledoitWolf(residuals: readonly (readonly number[])[]): Shrunk {
  const count = residuals.length;
  const width = residuals[0]?.length ?? 0;
  const rows = Array.from({ length: width }, () => new Array<number>(width).fill(0));
  let fourth = 0;
  for (const residual of residuals) {
    let square = 0;
    for (let row = 0; row < width; row++) {
      const value = residual[row]!;
      square += value * value;
      const into = rows[row]!;
      for (let column = 0; column <= row; column++) into[column]! += value * residual[column]!;
    }
    fourth += square * square;
  }
  let norm = 0;
  let trace = 0;
  for (let row = 0; row < width; row++) {
    for (let column = 0; column <= row; column++) {
      const value = rows[row]![column]! / count;
      rows[row]![column] = rows[column]![row] = value;
      norm += (row === column ? 1 : 2) * value * value;
    }
    trace += rows[row]![row]!;
  }
  const mean = trace / width;
  // How far the covariance is from its target, and how much of that is chance.
  const distance = norm - 2 * mean * trace + width * mean * mean;
  const chance = Math.min(distance, (fourth / count - norm) / count);
  const shrinkage = width < 2 || !(chance > 0) ? 0 : chance / distance;
  for (const [at, row] of rows.entries()) {
    for (let column = 0; column < width; column++) row[column]! *= 1 - shrinkage;
    row[at]! += shrinkage * mean;
  }
  return { rows, shrinkage };
}
