import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SENSITIVITY, THRESHOLD } from "../../src/spaces/concept.ts";
import { SpaceInvalid } from "../../src/spaces/error.ts";
import { sensitivityOf, similarity } from "../../src/spaces/similarity.ts";

const distance = fc.double({ min: 0, max: 1e180, noNaN: true });

test("Similarity is 1 at no distance and falls towards 0, never out of that range", () => {
  expect(similarity(0, 3)).toBe(1);
  expect(similarity(1, 1)).toBe(1 / Math.E);
  expect(similarity(Infinity, 1)).toBe(0);
  expect(similarity(NaN, 1)).toBeNaN();
  const sensitivity = fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true });
  fc.assert(fc.property(distance, distance, sensitivity, (one, other, c) => {
    expect(similarity(one, c)).toBeGreaterThanOrEqual(0);
    expect(similarity(one, c)).toBeLessThanOrEqual(1);
    if (one <= other) expect(similarity(one, c)).toBeGreaterThanOrEqual(similarity(other, c));
  }));
});

test("A quarter of a dimension's range is at the threshold where a concept says nothing else", () => {
  expect(similarity(0.25, SENSITIVITY)).toBeCloseTo(THRESHOLD, 15);
});

test("With the sensitivity of some members, that share of them is at or above the threshold, and no more than needed", () => {
  fc.assert(
    fc.property(
      fc.array(distance, { minLength: 1, maxLength: 60 }),
      fc.double({ min: 0.01, max: 0.999, noNaN: true }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (distances, threshold, share) => {
        const c = sensitivityOf(distances, threshold, share);
        expect(c).toBeGreaterThan(0);
        expect(c).toBeLessThan(Infinity);
        const near = distances.filter((distance) => similarity(distance, c) >= threshold);
        expect(near.length).toBeGreaterThanOrEqual(share * distances.length);
        // Those that are clearly farther than the last that is needed are outside.
        const last = distances.toSorted((a, b) => a - b)[Math.ceil(share * distances.length) - 1]!;
        if (last < 1e-9) return;
        for (const distance of distances) {
          if (distance > last * 1.001) expect(similarity(distance, c)).toBeLessThan(threshold);
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test("Of twenty members nineteen are within, at 95 %", () => {
  const distances = Array.from({ length: 20 }, (_, at) => at + 1);
  const c = sensitivityOf(distances);
  expect(distances.filter((distance) => similarity(distance, c) >= 0.85)).toHaveLength(19);
});

test("Members that do not say how far their concept reaches give the default", () => {
  expect(sensitivityOf([0, 0, 0])).toBeCloseTo(SENSITIVITY, 12);
  expect(sensitivityOf([])).toBeCloseTo(SENSITIVITY, 12);
  expect(sensitivityOf([NaN, Infinity, 0, 5e-324])).toBeCloseTo(SENSITIVITY, 12);
});

describe("What makes no sense is refused:", () => {
  test.each([
    [() => similarity(1, 0), "sensitivity: 0 is no sensitivity: say a number above 0"],
    [() => similarity(1, NaN), "sensitivity: NaN"],
    [() => similarity(1, Infinity), "sensitivity: Infinity"],
    [() => sensitivityOf([1], 1), "threshold: 1 is none"],
    [() => sensitivityOf([1], 0), "threshold: 0 is none"],
    [() => sensitivityOf([1], 0.5, 0), "share: 0 is none"],
    [() => sensitivityOf([1], 0.5, 1.5), "share: 1.5 is none"],
  ])("%s", (ask, why) => {
    expect(ask).toThrow(SpaceInvalid);
    expect(ask).toThrow(why);
  });
});
