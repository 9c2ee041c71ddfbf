import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { expect, test } from "vitest";
import { inverseFactor, inverseOf } from "../../../src/spaces/anomaly/inverse.ts";
import { Unknown } from "../../../src/spaces/anomaly/unknown.ts";

const COVARIANCE = Matrix.from1DArray(
  4,
  4,
  [2, 0.5, 0.3, 1, 0.5, 1, 0.2, 0.1, 0.3, 0.2, 3, 0.7, 1, 0.1, 0.7, 2],
);
const inverse = inverseOf(Float64Array.from(COVARIANCE.to1DArray()), 4);

test("An inverse is that of ml-matrix, and finite where columns say the same", () => {
  const theirs = new CholeskyDecomposition(COVARIANCE).solve(Matrix.eye(4)).to1DArray();
  for (const [at, own] of inverse.entries()) expect(own).toBeCloseTo(theirs[at]!, 12);
  expect(inverseFactor(Float64Array.of(1, 1, 1, 1), 2).every(Number.isFinite)).toBe(true);
});

test("What is not known adds nothing to the distance of what is", () => {
  for (const lacking of [[1], [0, 3], [1, 2, 3]]) {
    const row = Float64Array.of(1, -2, 0.5, 3);
    for (const at of lacking) row[at] = NaN;
    const known = [...row.keys()].filter((at) => !Number.isNaN(row[at]));
    new Unknown(row, inverse).fill(row);
    const full = Matrix.rowVector([...row])
      .mmul(Matrix.from1DArray(4, 4, [...inverse])).mmul(Matrix.columnVector([...row])).get(0, 0);
    const part = Matrix.columnVector(known.map((at) => row[at]!));
    const own = new CholeskyDecomposition(COVARIANCE.selection(known, known)).solve(part);
    expect(full).toBeCloseTo(part.transpose().mmul(own).get(0, 0), 12);
  }
});
