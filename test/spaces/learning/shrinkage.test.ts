import { expect, test } from "vitest";
import { ledoitWolf } from "../../../src/spaces/learning/shrinkage.ts";

/** By scikit-learn 1.9.1's LedoitWolf(assume_centered=True).fit(X): covariance_ and shrinkage_. */
const REFERENCE = [
  {
    X: [
      [2, 1, 0.5],
      [-1, -1.5, 0.25],
      [0.5, 1, -1],
      [-2, -0.5, 0.5],
      [1.5, 0.75, 0.25],
      [-1, -0.75, -0.5],
      [0.25, 0.5, 1.5],
      [-0.25, -0.5, -1.5],
    ],
    covariance: [[1.3939812433388596, 0.5819134079504412, 0.07146305009917699], [
      0.5819134079504412,
      0.863112871173545,
      0.07656755367768964,
    ], [0.07146305009917699, 0.07656755367768964, 0.8835308854875954]],
    shrinkage: 0.34662354195038186,
  },
  {
    X: [[1, 2], [2, 4], [-3, -6]],
    covariance: [[7.000000000000001, 6.222222222222223], [6.222222222222223, 16.333333333333336]],
    shrinkage: 0.3333333333333333,
  },
  {
    X: [[1.5, 0.5, -1], [-0.5, 1, 0.25], [0.75, -2, 0.5], [-1.75, 0.5, 0.25], [0.25, 0.125, 2]],
    covariance: [
      [1.1385416666666668, 0, 0],
      [0, 1.1385416666666668, 0],
      [0, 0, 1.1385416666666668],
    ],
    shrinkage: 1,
  },
];

test.each(REFERENCE)("The shrunk covariance is scikit-learn's: $shrinkage", (reference) => {
  const { rows, shrinkage } = ledoitWolf(reference.X);
  expect(shrinkage).toBeCloseTo(reference.shrinkage, 12);
  for (const [row, own] of rows.entries()) {
    for (const [column, value] of own.entries()) {
      expect(value).toBeCloseTo(reference.covariance[row]![column]!, 12);
    }
  }
});

test("What does not vary has no covariance and nothing to shrink; one column is not shrunk", () => {
  expect(ledoitWolf([[0, 0], [0, 0]])).toEqual({ rows: [[0, 0], [0, 0]], shrinkage: 0 });
  expect(ledoitWolf([[1], [-3]])).toEqual({ rows: [[5]], shrinkage: 0 });
});
