import { expect, test } from "vitest";
import type { Place } from "../../../src/spaces/cells/plane.ts";
import { clearance, isInside, type Ring } from "../../../src/spaces/cells/ring.ts";

const square = (low: number, high: number): Ring => [
  [low, low],
  [high, low],
  [high, high],
  [low, high],
];
const frame = [square(0, 10), square(4, 6).toReversed()];

test("what is in a hole is not inside", () => {
  const places: Place[] = [[1, 1], [5, 5], [3, 5], [11, 5], [5, -1]];
  expect(places.map((place) => isInside(frame, place))).toEqual([true, false, true, false, false]);
  expect(isInside([], [0, 0])).toBe(false);
});

test("the clearance is to the nearest line, or its end", () => {
  expect(clearance(frame, [2, 5])).toBe(2);
  expect(clearance(frame, [3, 5])).toBe(1);
  expect(clearance(frame, [13, 14])).toBe(5);
});
