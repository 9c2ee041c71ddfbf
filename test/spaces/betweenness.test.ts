import fc from "fast-check";
import { expect, test } from "vitest";
import { betweenness } from "../../src/spaces/betweenness.ts";
import { Metric } from "../../src/spaces/metric.ts";
import { pointOf, type Space } from "../../src/spaces/space.ts";
import { anyThings } from "./any_space.ts";

const share = { unit: "1", scale: "linear", range: [0, 1] } as const;
const dimension = (name: string) => ({ name, ...share });
const one: Space = {
  name: "one",
  domains: [{ name: "load", dimensions: [dimension("x"), dimension("y")] }],
};
const two: Space = {
  name: "two",
  domains: [
    { name: "a", dimensions: [dimension("x")] },
    { name: "b", dimensions: [dimension("y")] },
  ],
};
const at = (x: number | null, y: number | null) => pointOf(one, { x, y });

test("Inside a domain only the straight line is between, across domains every way that goes on is", () => {
  const corner = [at(0, 0), at(1, 0), at(1, 1)] as const;
  expect(betweenness(new Metric(one), ...corner)).toBeCloseTo(Math.SQRT1_2, 15);
  expect(betweenness(new Metric(two), ...corner)).toBe(1);
  expect(betweenness(new Metric(one), at(0, 0), at(0.5, 0.5), at(1, 1))).toBe(1);
});

test("A thing lies between itself and itself, and any other does not", () => {
  expect(betweenness(new Metric(one), at(0, 0), at(0, 0), at(0, 0))).toBe(1);
  expect(betweenness(new Metric(one), at(0, 0), at(1, 0), at(0, 0))).toBe(0);
});

test("Things are compared by what is known of all three", () => {
  expect(betweenness(new Metric(one), at(0, 0), at(0.5, null), at(1, 1))).toBe(1);
  expect(betweenness(new Metric(one), at(0, null), at(null, 1), at(1, 1))).toBeNaN();
});

test("It lies from 0 to 1, and is the same from the other side", () => {
  fc.assert(fc.property(anyThings(3, { missing: true }), ({ space, options, things }) => {
    const metric = new Metric(space, options);
    const [x, y, z] = things.map((thing) => pointOf(space, thing));
    const between = betweenness(metric, x!, y!, z!);
    if (Number.isNaN(between)) return;
    expect(between).toBeGreaterThanOrEqual(0);
    expect(between).toBeLessThanOrEqual(1);
    expect(betweenness(metric, z!, y!, x!)).toBeCloseTo(between, 9);
  }));
});
