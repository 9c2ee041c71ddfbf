/** What is not known, guessed from what is. */
import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { listed, meansOf, type Rows } from "./rows.ts";
import { ledoitWolf } from "./shrinkage.ts";

/** For which columns are known: how each of the others follows from them. */
interface Regression {
  readonly known: readonly number[];
  readonly unknown: readonly number[];
  /** A row for each unknown column, and in it a factor for each known one. */
  readonly factors: Matrix;
}

/** So many patterns of gaps are remembered. */
const MOST_REMEMBERED = 1_000;

/**
 * Fills the gaps of rows with what is to be expected there, given what is known of the row: linear regression by the
 * shrunk covariance of all columns ({@linkcode ledoitWolf}), first of rows whose gaps have the mean, and then of rows
 * that were filled so (the conditional means of Little and Rubin, Statistical Analysis with Missing Data, 2002, 11.2).
 */
export class Gaps {
  readonly #covariance: Matrix;
  readonly #remembered = new Map<string, Regression>();

  /** @param rows scaled, so that 0 is the mean of each column */
  private constructor(rows: Rows) {
    this.#covariance = covarianceOf(rows);
  }

  /** What rows like these have in their gaps. */
  static of(rows: Rows): Gaps {
    const values = rows.values.map((value) => Number.isNaN(value) ? 0 : value);
    return new Gaps(new Gaps({ ...rows, values }).fill(rows));
  }

  /** The same rows without gaps. One of which nothing is known becomes the mean. */
  fill({ values, width, count }: Rows): Rows {
    const into = values.slice();
    for (let row = 0; row < count; row++) {
      const own = into.subarray(row * width, (row + 1) * width);
      if (!own.some(Number.isNaN)) continue;
      const { known, unknown, factors } = this.#regression(own);
      for (const [at, place] of unknown.entries()) {
        own[place] = known.reduce((sum, from, of) => sum + factors.get(at, of) * own[from]!, 0);
      }
    }
    return { values: into, width, count };
  }

  #regression(row: Float64Array): Regression {
    const key = row.reduce((text, value) => text + (Number.isNaN(value) ? "." : "x"), "");
    const remembered = this.#remembered.get(key);
    if (remembered) return remembered;
    const places = [...row.keys()];
    const known = places.filter((at) => !Number.isNaN(row[at]));
    const unknown = places.filter((at) => Number.isNaN(row[at]));
    const factors = known.length === 0
      ? Matrix.zeros(unknown.length, 0)
      : new CholeskyDecomposition(this.#covariance.selection(known, known))
        .solve(this.#covariance.selection(known, unknown)).transpose();
    if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(key, { known, unknown, factors });
    return { known, unknown, factors };
  }
}

/** A column that says nothing, or the same as another, has a variance of its own, if a small one. */
const LEAST_VARIANCE = 1e-6;

function covarianceOf(rows: Rows): Matrix {
  const means = meansOf(rows);
  const covariance = ledoitWolf(listed(rows, () => means)).rows;
  for (const [at, row] of covariance.entries()) row[at]! += LEAST_VARIANCE;
  return new Matrix(covariance);
}
