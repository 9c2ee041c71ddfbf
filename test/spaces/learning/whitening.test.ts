import { expect, test } from "vitest";
import { Chance } from "../../../src/spaces/learning/chance.ts";
import { listed, meansOf, type Rows } from "../../../src/spaces/learning/rows.ts";
import { ledoitWolf } from "../../../src/spaces/learning/shrinkage.ts";
import { principal, turned, whitening } from "../../../src/spaces/learning/whitening.ts";

/** Rows that vary much in one direction, little in another, and not at all in the third. */
function rows(): Rows {
  const chance = new Chance(1);
  const list = Array.from({ length: 500 }, () => {
    const [much, little] = [10 * (chance.share() - 0.5), chance.share() - 0.5];
    return [much + little, much - little, 0];
  });
  return { values: Float64Array.from(list.flat()), width: 3, count: 500 };
}
const residuals = (own: Rows) => listed(own, () => meansOf(own));

test("Whitened rows vary alike in all directions in which they vary", () => {
  const own = rows();
  const { rows: covariance } = ledoitWolf(residuals(turned(own, whitening(residuals(own)))));
  // Shrinkage has made it a little less where there is less.
  for (const axis of [0, 1]) {
    expect(covariance[axis]![axis]).toBeGreaterThan(0.8);
    expect(covariance[axis]![axis]).toBeLessThan(1.1);
  }
  expect(Math.abs(covariance[0]![1]!)).toBeLessThan(0.05);
  expect(covariance.flat().every(Number.isFinite)).toBe(true);
});

test("The first principal direction is that in which rows vary most, and distances stay as they are", () => {
  const own = rows();
  const along = turned(own, principal(own));
  const variances = [0, 1, 2].map((axis) =>
    residuals(along).reduce((sum, row) => sum + row[axis]! ** 2 / 500, 0)
  );
  expect(variances[0]).toBeGreaterThan(10 * variances[1]!);
  expect(variances[1]).toBeGreaterThan(10 * variances[2]!);
  const length = (of: Rows) => of.values.reduce((sum, value) => sum + value ** 2, 0);
  expect(length(along)).toBeCloseTo(length(own), 6);
});
