import { expect, test } from "vitest";
import { Chance } from "../../../src/spaces/learning/chance.ts";
import { conformal, leastErrors, nearestWithin } from "../../../src/spaces/prediction/conformal.ts";
import { noise } from "./noise.ts";

test("of exchangeable errors an interval holds the next with its probability, however they are distributed", () => {
  const shapes: ((chance: Chance) => number)[] = [
    noise,
    (chance) => Math.exp(noise(chance)),
    (chance) => noise(chance) / Math.abs(noise(chance)), // so heavy that it has no mean
  ];
  for (const shape of shapes) {
    for (const [level, count] of [[0.8, 9], [0.8, 50], [0.5, 20], [0.95, 99]] as const) {
      const chance = new Chance(7);
      let held = 0;
      for (let run = 0; run < 4_000; run++) {
        const errors = Float64Array.from({ length: count }, () => shape(chance));
        const { low, high } = conformal(errors, level)!;
        const next = shape(chance);
        if (low <= next && next <= high) held++;
      }
      expect(held / 4_000).toBeGreaterThan(level - 0.025);
      expect(held / 4_000).toBeLessThan(level + 0.025);
    }
  }
});

test("with fewer errors than an interval needs there is none", () => {
  expect([0.5, 0.8, 0.9, 0.95, 0.99].map(leastErrors)).toEqual([3, 9, 19, 39, 199]);
  for (const level of [0.5, 0.8, 0.9, 0.95, 0.99]) {
    const least = leastErrors(level);
    const errors = Float64Array.from({ length: least }, (_, at) => at);
    expect(conformal(errors.slice(1), level)).toBeNull();
    expect(conformal(errors, level)).toEqual({ low: 0, high: least - 1 });
  }
});

test("a forecast is moved to the nearest end of its own interval, and not if it lies in it", () => {
  const moves = [[-1, 2], [1, 2], [-2, -1]].map(([low, high]) =>
    nearestWithin({ low: low!, high: high! })
  );
  expect(moves).toEqual([0, 1, -1]);
});
