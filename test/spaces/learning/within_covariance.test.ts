import { describe, expect, test } from "vitest";
import { withinCovariance } from "../../../src/spaces/learning/within_covariance.ts";
import { Metric } from "../../../src/spaces/metric.ts";
import { pointsOf, spaceOf } from "./space_of.ts";

describe("The covariance inside concepts", () => {
  const space = spaceOf({ load: ["load.cpu", "load.memory"], wear: ["wear.age"] });

  test("is of differences from the prototypes, domain by domain", () => {
    const points = pointsOf([0.1, 0, 0], [-0.1, 0, 0.2], [1, 1.1, 0.2], [1, 0.9, 0]);
    const prototypes = pointsOf([0, 0, 0.1], [0, 0, 0.1], [1, 1, 0.1], [1, 1, 0.1]);
    const { dimensions, rows } = withinCovariance(space, points, prototypes);
    expect(dimensions).toEqual(["load.cpu", "load.memory", "wear.age"]);
    expect(rows[0]![0]).toBeCloseTo(0.005, 5);
    expect(rows[1]![1]).toBeCloseTo(0.005, 5);
    expect(rows[2]![2]).toBeCloseTo(0.01, 5);
    expect([rows[0]![2], rows[1]![2], rows[2]![0]]).toEqual([0, 0, 0]);
  });

  test("takes the short way round a circle", () => {
    const day = spaceOf({ day: ["day.hour°"] });
    const { rows } = withinCovariance(day, pointsOf([0.95], [0.05]), pointsOf([0], [0]));
    expect(rows[0]![0]).toBeCloseTo(0.0025, 5);
  });

  test("makes a metric where dimensions are constant, collinear, missing, and of a single point", () => {
    const collinear = pointsOf([0, 0, 0.5], [0.5, 0.5, 0.5], [1, 1, 0.5]);
    const middle = pointsOf([0.5, 0.5, 0.5], [0.5, 0.5, 0.5], [0.5, 0.5, 0.5]);
    const missing = pointsOf([0, NaN, NaN], [0.5, NaN, NaN], [1, NaN, NaN]);
    for (const points of [collinear, missing, pointsOf([0, 0, 0])]) {
      const covariance = withinCovariance(space, points, middle);
      const metric = new Metric(space, { covariance });
      expect(metric.distance(Float64Array.of(0, 0, 0), Float64Array.of(0, 1, 0))).toBeGreaterThan(
        0,
      );
    }
  });

  test("has the variance of those who know a dimension, however many do not", () => {
    const half = pointsOf([0, 0, 0.1], [0, 0, -0.1], [0, 0, NaN], [0, 0, NaN]);
    const { rows } = withinCovariance(space, half, half.map(() => Float64Array.of(0, 0, 0)));
    expect(rows[2]![2]).toBeCloseTo(0.01, 5);
  });
});
