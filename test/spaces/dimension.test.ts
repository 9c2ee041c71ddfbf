import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  coordinate,
  difference,
  type Dimension,
  FARTHEST,
  requireDimension,
  valueAt,
} from "../../src/spaces/dimension.ts";
import { SpaceInvalid } from "../../src/spaces/error.ts";

const of = (scale: Dimension["scale"], low: number, high: number): Dimension => ({
  name: "d.x",
  unit: "1",
  scale,
  range: [low, high],
});
const anyDimension = fc.tuple(
  fc.constantFrom("linear", "log", "circular"),
  fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
  fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
).map(([scale, low, width]) => of(scale as Dimension["scale"], low, low + width));

test("A value lies at 0 at the low end of its range and at 1 at the high end", () => {
  expect(coordinate(of("linear", -20, 80), -20)).toBe(0);
  expect(coordinate(of("linear", -20, 80), 80)).toBe(1);
  expect(coordinate(of("linear", -20, 80), 130)).toBe(1.5);
  expect(coordinate(of("log", 1, 1023), 0)).toBe(0);
  expect(coordinate(of("log", 1, 1023), 1023)).toBe(1);
  expect(coordinate(of("log", 1, 1023), 31)).toBeCloseTo(0.5, 12);
  expect(coordinate(of("log", 1, 1023), -31)).toBeCloseTo(-0.5, 12);
  expect(coordinate(of("circular", 0, 24), 6)).toBe(0.25);
  expect(coordinate(of("circular", 0, 24), -6)).toBe(0.75);
});

test("What is not known, or is no finite number, is missing, and never 0", () => {
  for (const scale of ["linear", "log", "circular"] as const) {
    for (const value of [null, undefined, NaN, Infinity, -Infinity, "1" as unknown as number]) {
      expect(coordinate(of(scale, 1, 2), value)).toBeNaN();
    }
  }
});

test("It makes no difference in which unit something is measured", () => {
  const unit = fc.double({ min: 1e-9, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(
      anyDimension,
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      unit,
      (of, value, unit) => {
        const inUnit: Dimension = { ...of, range: [of.range[0] * unit, of.range[1] * unit] };
        const way = coordinate(inUnit, value * unit) - coordinate(of, value);
        const off = of.scale === "circular" ? way - Math.round(way) : way;
        const width = of.range[1] - of.range[0];
        // A narrow range far from 0 has few digits of its own.
        const exact = (1 + (Math.abs(value) + of.range[0]) / width) * (1 + of.range[0] / width);
        expect(Math.abs(off)).toBeLessThanOrEqual(1e-14 * exact);
      },
    ),
  );
});

test("A coordinate says the value again, on a circle within the turn", () => {
  fc.assert(fc.property(anyDimension, fc.double({ min: -1, max: 2, noNaN: true }), (of, at) => {
    const back = coordinate(of, valueAt(of, at));
    expect(Math.abs(difference(of.scale === "circular", back, at))).toBeLessThan(1e-9);
  }));
  expect(valueAt(of("linear", 0, 1), NaN)).toBeNaN();
});

test("Every finite number has a coordinate, however enormous or tiny it or the range is", () => {
  const bound = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(
      fc.constantFrom<Dimension["scale"]>("linear", "log", "circular"),
      bound,
      bound,
      fc.oneof(bound, fc.constantFrom(Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, 0)),
      (scale, one, other, value) => {
        const dimension = of(scale, Math.min(one, other), Math.max(one, other));
        try {
          requireDimension(dimension);
        } catch {
          return; // refused, as the next test says
        }
        const at = coordinate(dimension, value);
        expect(Math.abs(at)).toBeLessThanOrEqual(FARTHEST);
        expect(valueAt(dimension, at)).not.toBeNaN();
      },
    ),
    { numRuns: 2000 },
  );
});

test("On a circle the way from one to the other is the shorter one, at most half a turn", () => {
  expect(difference(true, 0.9, 0.1)).toBeCloseTo(0.2, 15);
  expect(difference(true, 0.1, 0.9)).toBeCloseTo(-0.2, 15);
  expect(Math.abs(difference(true, 0, 0.5))).toBe(0.5);
  expect(difference(false, 0.9, 0.1)).toBeCloseTo(-0.8, 15);
});

describe("A range is refused, with the dimension's name,", () => {
  test.each([
    ["that goes nowhere", of("linear", 1, 1), "d.x/range: it goes from 1 to 1"],
    ["that goes down", of("linear", 2, 1), "it goes from 2 to 1"],
    ["that is not finite", of("linear", 0, Infinity), "it goes from 0 to Infinity"],
    ["of a log that begins at 0", of("log", 0, 1), "a log has no 0"],
    ["wider than a number", of("linear", -Number.MAX_VALUE, Number.MAX_VALUE), "too far"],
  ])("%s", (_, dimension, why) => {
    expect(() => requireDimension(dimension)).toThrow(SpaceInvalid);
    expect(() => requireDimension(dimension)).toThrow(why);
  });
});
