import { expect, test } from "vitest";
import { roomFor } from "../../src/notebook/space_map_name.ts";
import type { Place } from "../../src/spaces/cells/plane.ts";
import type { Ring } from "../../src/spaces/cells/ring.ts";

const cell: Ring = [[0, 0], [200, 0], [200, 100], [0, 100]];
const name = { width: 60, height: 18 };

test("a name is written in the middle of its cell", () => {
  const [x, y] = roomFor(name, [cell], [])!;
  expect(Math.abs(y - 50)).toBeLessThanOrEqual(10);
  expect(x).toBeGreaterThan(60);
  expect(x).toBeLessThan(140);
});

test("it does not cover things, where there is other room", () => {
  const things: Place[] = [[60, 50], [100, 50], [140, 50]];
  const [x, y] = roomFor(name, [cell], things)!;
  for (const thing of things) {
    expect(Math.abs(thing[0] - x) > 30 || Math.abs(thing[1] - y) > 9).toBe(true);
  }
});

test("where it would reach out of its cell it is not written", () => {
  expect(roomFor({ width: 220, height: 18 }, [cell], [])).toBeUndefined();
  expect(roomFor(name, [], [])).toBeUndefined();
});
