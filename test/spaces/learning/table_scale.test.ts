import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TableScale } from "../../../src/spaces/learning/table_scale.ts";

const scaled = (...columns: number[][]) => {
  const own = columns.map((column) => Float64Array.from(column));
  const scale = TableScale.of(own);
  return { ...scale.rows(own), scale };
};

describe("The columns of a table", () => {
  test("are counted in standard deviations from their means", () => {
    const { values } = scaled([1, 2, 3], [30, 20, 10]);
    const one = Math.sqrt(1.5);
    for (const [at, value] of [-one, one, 0, 0, one, -one].entries()) {
      expect(values[at]).toBeCloseTo(value, 12);
    }
  });

  test("are logarithmic where that makes skewed values less so, zero and below it included", () => {
    const powers = [-1, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 100_000];
    const even = powers.map((_, at) => at);
    const { scale } = scaled(powers, even);
    expect(scale.columns.map(({ low }) => low === undefined)).toEqual([false, true]);
  });

  test("say the same in any unit", () => {
    const amount = fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 1e9, noNaN: true }));
    fc.assert(fc.property(
      fc.array(amount, { minLength: 1, maxLength: 30 }),
      fc.constantFrom(1e-9, 1 / 1_024, 1_000, 1e9),
      (column, unit) => {
        const [one, other] = [scaled(column), scaled(column.map((value) => value * unit))];
        for (const [at, value] of one.values.entries()) {
          expect(other.values[at]).toBeCloseTo(value, 6);
        }
      },
    ));
  });

  test("say nothing where they are constant or empty, and are never NaN but where a value is missing", () => {
    const { values, width } = scaled([7, 7, 7], [NaN, NaN, NaN], [1, NaN, Infinity], [
      1e308,
      -1e308,
      0,
    ]);
    const column = (at: number) => [...values].filter((_, place) => place % width === at);
    expect(column(0)).toEqual([0, 0, 0]);
    expect(column(1)).toEqual([0, 0, 0]);
    expect(column(2)).toEqual([0, 0, 0]);
    expect(column(3).every(Number.isFinite)).toBe(true);
    expect(scaled([1, NaN, 3]).values[1]).toBeNaN();
  });
});
