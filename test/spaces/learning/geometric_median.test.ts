import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { geometricMedian } from "../../../src/spaces/learning/geometric_median.ts";
import { Metric } from "../../../src/spaces/metric.ts";
import { pointsOf, spaceOf } from "./space_of.ts";

const plane = spaceOf({ load: ["load.cpu", "load.memory"] });

describe("The geometric median", () => {
  test("of a triangle is the point that sees each of its sides under 120° (Torricelli)", () => {
    const [x, y] = geometricMedian(plane, pointsOf([0, 0], [1, 0], [0.5, 0.8]));
    expect(x).toBeCloseTo(0.5, 9);
    expect(y).toBeCloseTo(1 / (2 * Math.sqrt(3)), 9);
  });

  test("of a triangle with an angle of 120° or more is that corner", () => {
    const [x, y] = geometricMedian(plane, pointsOf([0, 0], [1, 0], [0.2, 0.1]));
    expect(x).toBeCloseTo(0.2, 9);
    expect(y).toBeCloseTo(0.1, 9);
  });

  test("is not moved by an outlier, as the centroid is", () => {
    const [x] = geometricMedian(plane, pointsOf([0, 0], [0.1, 0], [0.2, 0], [1_000, 0]));
    expect(x).toBeGreaterThanOrEqual(0.1);
    expect(x).toBeLessThanOrEqual(0.2);
  });

  test("lies at the middle of a circle's arc, and where only some know a dimension at theirs", () => {
    const day = spaceOf({ day: ["day.hour°"], load: ["load.cpu"] });
    const [hour, cpu] = geometricMedian(day, pointsOf([0.9, NaN], [0, NaN], [0.1, 0.5]));
    expect(Math.min(hour!, 1 - hour!)).toBeLessThan(1e-9);
    expect(cpu).toBe(0.5);
  });

  test("has the least sum of distances in the space's own metric: no step away makes it less", () => {
    const space = spaceOf({ load: ["load.cpu", "load.memory"], wear: ["wear.age"] });
    const metric = new Metric(space);
    const coordinate = fc.double({ min: 0, max: 1, noNaN: true });
    const point = fc.tuple(coordinate, coordinate, coordinate);
    fc.assert(fc.property(
      fc.array(point, { minLength: 1, maxLength: 8 }),
      point,
      fc.constantFrom(1e-3, 0.1, 1),
      (rows, to, length) => {
        const points = pointsOf(...rows);
        const sum = (at: Float64Array) =>
          points.reduce((sum, own) => sum + metric.distance(at, own), 0);
        const median = geometricMedian(space, points);
        const beside = median.map((own, at) => own + length * (to[at]! - own));
        expect(sum(median)).toBeLessThanOrEqual(sum(beside) + 1e-7);
      },
    ));
  });
});
