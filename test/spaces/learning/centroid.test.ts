import { describe, expect, test } from "vitest";
import { centroid } from "../../../src/spaces/learning/centroid.ts";
import { pointsOf, spaceOf } from "./space_of.ts";

const space = spaceOf({ load: ["load.cpu", "load.memory"], day: ["day.hour°"] });

describe("The middle of some points", () => {
  test("is their mean over those that know a dimension", () => {
    expect([...centroid(space, pointsOf([0, NaN, 0.25], [0.5, 0.25, 0.25]))])
      .toEqual([0.25, 0.25, 0.25]);
  });

  test("on a circle lies the short way between them", () => {
    const [, , hour] = centroid(space, pointsOf([0, 0, 0.9], [0, 0, 0.2]));
    expect(hour).toBeCloseTo(0.05, 12);
  });

  test("is not known where no point knows it, or where they lie all around a circle", () => {
    const around = pointsOf([NaN, 0, 0], [NaN, 0, 0.25], [NaN, 0, 0.5], [NaN, 0, 0.75]);
    expect([...centroid(space, around)]).toEqual([NaN, 0, NaN]);
    expect([...centroid(space, [])]).toEqual([NaN, NaN, NaN]);
  });

  test("of one point is that point", () => {
    expect([...centroid(space, pointsOf([0.5, NaN, 0.75]))]).toEqual([0.5, NaN, 0.75]);
  });
});
