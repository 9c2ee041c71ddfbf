import { expect, test } from "vitest";
import { planeOf, windowOf } from "../../../src/spaces/cells/plane.ts";
import { SpaceInvalid } from "../../../src/spaces/error.ts";
import { pointOf, type Space } from "../../../src/spaces/space.ts";

const share = { unit: "1", scale: "linear", range: [0, 1] } as const;
const hour = { name: "hour", unit: "h", scale: "circular", range: [0, 24] } as const;
const space: Space = {
  name: "host",
  domains: [
    { name: "load", dimensions: [{ name: "cpu", ...share }, { name: "memory", ...share }] },
    { name: "time", dimensions: [hour] },
  ],
};

test("a thing is where its two dimensions say, and nowhere if one is not known", () => {
  const plane = planeOf(space, "memory", "cpu");
  expect(plane.placeOf(pointOf(space, { cpu: 0.25, memory: 0.5, hour: 3 }))).toEqual([0.5, 0.25]);
  expect(plane.placeOf(pointOf(space, { cpu: 0.25, hour: 3 }))).toBeUndefined();
  expect([...plane.pointAt([0.5, 0.25])]).toEqual([0.25, 0.5, NaN]);
});

test("a dimension that is not there is refused, with those that are", () => {
  expect(() => planeOf(space, "cpu", "disk")).toThrow(
    new SpaceInvalid("y", 'the space host has no dimension "disk": it has cpu, memory, hour'),
  );
  expect(() => planeOf(space, "cpu", "cpu")).toThrow(SpaceInvalid);
});

test("a window has the whole range, what lies somewhat beyond it, and of a circle one turn", () => {
  const { x, y } = windowOf(planeOf(space, "cpu", "hour"), [[1.5, 0.25], [1e30, 0]]);
  expect(x[0]).toBeLessThan(0);
  expect(x[1]).toBeGreaterThan(1.5);
  expect(x[1]).toBeLessThan(1.6);
  expect(y).toEqual([0, 1]);
});
