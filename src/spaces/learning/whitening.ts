/** Turning and stretching rows. */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { listed, meansOf, type Rows } from "./rows.ts";
import { ledoitWolf } from "./shrinkage.ts";

/** The variance that an axis has at least, beside the 1 of what was scaled. */
const LEAST_VARIANCE = 1e-9;

/**
 * The map after which residuals vary alike in all directions: Euclid's distance then is Mahalanobis', by their shrunk
 * covariance ({@linkcode ledoitWolf}).
 */
export function whitening(residuals: readonly (readonly number[])[]): Matrix {
  const { values, vectors } = eigen(new Matrix(ledoitWolf(residuals).rows));
  return vectors.mulRowVector(values.map((own) => 1 / Math.sqrt(Math.max(own, LEAST_VARIANCE))));
}

/** The directions in which rows vary, one a column, the most first (principal components; Hotelling, 1933). */
export function principal(rows: Rows): Matrix {
  const means = meansOf(rows);
  const way = new Matrix(listed(rows, () => means));
  return eigen(way.transpose().mmul(way).div(rows.count)).vectors;
}

/** Rows along other axes: the columns of a matrix. */
export function turned({ values, width, count }: Rows, map: Matrix): Rows {
  const axes = map.columns;
  const factors = map.to1DArray();
  const into = new Float64Array(count * axes);
  for (let row = 0; row < count; row++) {
    for (let at = 0; at < width; at++) {
      const value = values[row * width + at]!;
      for (let axis = 0; axis < axes; axis++) {
        into[row * axes + axis]! += value * factors[at * axes + axis]!;
      }
    }
  }
  return { values: into, width: axes, count };
}

/** Of a symmetric matrix, the greatest first. */
function eigen(matrix: Matrix): { values: number[]; vectors: Matrix } {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, {
    assumeSymmetric: true,
  });
  const order = [...realEigenvalues.keys()]
    .sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  return {
    values: order.map((at) => realEigenvalues[at]!),
    vectors: eigenvectorMatrix.subMatrixColumn(order),
  };
}
