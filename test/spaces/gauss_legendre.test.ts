import { expect, test } from "vitest";
import { gaussLegendre } from "../../src/spaces/gauss_legendre.ts";

test.each([1, 2, 3, 7, 16, 100, 500])("%i nodes give the integrals of powers exactly", (count) => {
  const nodes = gaussLegendre(count);
  for (const power of [0, 1, count, 2 * count - 1]) {
    const integral = nodes.reduce((sum, { at, weight }) => sum + weight * at ** power, 0);
    expect(integral * (power + 1)).toBeCloseTo(1, 11);
  }
});
