import { describe, expect, test } from "vitest";
import { salience } from "../../../src/spaces/learning/salience.ts";
import { pointsOf, spaceOf } from "./space_of.ts";

const space = spaceOf({ load: ["load.cpu", "load.memory"], wear: ["wear.age"] });

describe("What matters", () => {
  test("is what differs between concepts and not inside them; it is 1 on average", () => {
    const weights = salience(space, [
      pointsOf([0, 0.4, 0.1], [0.1, 0.9, 0.5], [0.1, 0.1, 0.9]),
      pointsOf([0.9, 0.1, 0.5], [1, 0.8, 0.9], [0.9, 0.6, 0.1]),
    ]);
    expect(weights["load.cpu"]).toBeGreaterThan(2.5);
    expect(weights["load.memory"]).toBeLessThan(0.1);
    expect(weights["load.memory"]).toBeGreaterThan(0);
    expect(weights["wear.age"]).toBe(0);
    expect(Object.values(weights).reduce((sum, own) => sum + own, 0)).toBeCloseTo(3, 12);
  });

  test("is all, alike, where there is one concept, or nothing varies, or nothing is known", () => {
    const alike = { "load.cpu": 1, "load.memory": 1, "wear.age": 1 };
    expect(salience(space, [pointsOf([0, 0, 0], [1, 1, 1])])).toEqual(alike);
    expect(salience(space, [pointsOf([0, 0, 0]), pointsOf([0, 0, 0])])).toEqual(alike);
    expect(salience(space, [pointsOf([NaN, NaN, NaN])])).toEqual(alike);
  });

  test("is finite where concepts differ on a dimension on which no member varies", () => {
    const weights = salience(space, [
      pointsOf([0, 0, 0.1], [0, 0, 0.2]),
      pointsOf([1, 0, 0.6], [1, 0, 0.7]),
    ]);
    expect(weights["load.cpu"]).toBeGreaterThan(weights["wear.age"]!);
    expect(weights["wear.age"]).toBeGreaterThan(0);
    expect(weights["load.memory"]).toBe(0);
  });
});
