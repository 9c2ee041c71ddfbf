import fc from "fast-check";
import { expect, test } from "vitest";
import { RollingForecasts } from "../../../src/spaces/prediction/rolling.ts";
import { walk } from "./noise.ts";

const SOUGHT = { horizon: 6, level: 0.8 };
const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const series = fc.array(fc.option(number, { nil: NaN, freq: 6 }), { minLength: 30, maxLength: 80 });

test("What is chosen at a moment is the same, whatever comes after it", () => {
  fc.assert(fc.property(series, series, (before, after) => {
    const values = Float64Array.from([...before, ...after]);
    const now = before.length - 1;
    const one = new RollingForecasts({ values: values.slice(0, now + 1), step: 3_600 }, SOUGHT);
    const other = new RollingForecasts({ values, step: 3_600 }, SOUGHT);
    expect(other.chosenBy(now)).toEqual(one.chosenBy(now));
  }));
});

test("Moments of the past are an eighth of the horizon apart, and there is something known at each", () => {
  const values = walk(100, 1).map((value, at) => at === 16 ? NaN : value);
  const { origins } = new RollingForecasts({ values, step: 3_600 }, { horizon: 64, level: 0.8 });
  expect(origins).toEqual([0, 8, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96]);
});

test("Errors are what was, less what was forecast, and only where it is known what was", () => {
  const values = Float64Array.of(1, 2, 4, NaN, 16);
  const rolling = new RollingForecasts({ values, step: 3_600 }, { horizon: 3, level: 0.8 });
  expect([...rolling.errors("naive", 1)!]).toEqual([2, NaN, 14]);
  expect([...rolling.errors("naive", 2)!]).toEqual([NaN, 12, NaN]);
  expect(rolling.errors("day before", 1)).toBeNull();
});
