import fc from "fast-check";
import { expect, test } from "vitest";
import { evenSeries } from "../../../src/spaces/prediction/even_series.ts";

const read = (...readings: [at: number, value: number][]) =>
  readings.map(([at, value]) => ({ at, value }));

test("a step has the newest reading by then, and steps count back from the last one", () => {
  const { values, step } = evenSeries(read([0, 1], [50, 2], [90, 3], [100, 4]), 50);
  expect([[...values], step]).toEqual([[1, 2, 4], 50]);
});

test("what was not read for three usual gaps is not known", () => {
  const often = Array.from({ length: 20 }, (_, at): [number, number] => [10 * at, at]);
  const { values } = evenSeries(read(...often, [1_000, 7]), 10);
  const known = [...values.keys()].filter((at) => !Number.isNaN(values[at]!));
  expect(known).toEqual([...Array.from({ length: 23 }, (_, at) => at), 100]);
});

test("a reading that says that nothing is known counts as one", () => {
  expect([...evenSeries(read([0, 1], [10, NaN], [20, 3]), 10).values]).toEqual([1, NaN, 3]);
});

test("of nothing there is nothing, and of one reading one value", () => {
  expect(evenSeries([], 10).values).toHaveLength(0);
  expect([...evenSeries(read([5, 2]), 10).values]).toEqual([2]);
});

test.each([0, -1, NaN, Infinity])("a step of %s is refused", (step) => {
  expect(() => evenSeries([], step)).toThrow(`in steps of ${step}: say seconds, more than 0`);
});

test("it is the same as asking for each moment anew", () => {
  const readings = fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer()), {
    minLength: 1,
    maxLength: 40,
  }).map((all) => {
    let at = 0;
    return all.map(([gap, value]) => ({ at: at += gap, value }));
  });
  fc.assert(fc.property(readings, fc.integer({ min: 1, max: 30 }), (readings, step) => {
    const last = readings.at(-1)!.at;
    const gaps = readings.slice(1).map(({ at }, before) => at - readings[before]!.at)
      .sort((a, b) => a - b);
    const middle = gaps.length === 0
      ? 0
      : (gaps[(gaps.length - 1) >> 1]! + gaps[gaps.length >> 1]!) / 2;
    const { values } = evenSeries(readings, step);
    for (const [place, value] of values.entries()) {
      const moment = last - (values.length - 1 - place) * step;
      const newest = readings.findLast(({ at }) => at <= moment)!;
      const isOld = moment - newest.at > Math.max(step, 3 * middle);
      expect(value).toBe(isOld ? NaN : newest.value);
    }
  }));
});
