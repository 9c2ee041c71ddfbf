import { describe, expect, test } from "vitest";
import { requireContext } from "../../src/spaces/context.ts";
import { SpaceInvalid } from "../../src/spaces/error.ts";
import { Metric } from "../../src/spaces/metric.ts";
import type { Space } from "../../src/spaces/space.ts";
import { weightOf } from "../../src/spaces/weights.ts";

const share = { unit: "1", scale: "linear", range: [0, 1] } as const;
const host: Space = {
  name: "host",
  domains: [{ name: "load", dimensions: [{ name: "load.cpu", ...share }] }],
};

test("What no weight is said of counts once, whatever its name", () => {
  expect(weightOf({ load: 3 }, "load")).toBe(3);
  expect(weightOf({ load: 3 }, "load.cpu")).toBe(1);
  expect(weightOf({}, "constructor")).toBe(1);
});

describe("A weight is refused, with where it is,", () => {
  test.each([
    ["below 0", { load: -1 }, "load: -1 is no weight: say 0, or from 1e-15 to 1000000000000000"],
    ["NaN", { "load.cpu": NaN }, "load.cpu: NaN is no weight"],
    ["infinite", { load: Infinity }, "load: Infinity is no weight"],
    ["too small for products of it", { load: 1e-16 }, "load: 1e-16 is no weight"],
    ["too large for products of it", { load: 1e16 }, "load: 10000000000000000 is no weight"],
    [
      "of what the space does not have",
      { disk: 1 },
      "disk: the space host has no such domain or dimension: it has load, load.cpu",
    ],
  ])("%s", (_, weights, why) => {
    expect(() => new Metric(host, { salience: weights })).toThrow(`salience/${why}`);
    expect(() => new Metric(host, { context: weights })).toThrow(`context/${why}`);
    const context = { name: "backup", about: "Where is room?", weights };
    expect(() => requireContext(host, context)).toThrow(SpaceInvalid);
    expect(() => requireContext(host, context)).toThrow(`contexts/backup/weights/${why}`);
  });
});

test("A context has a name", () => {
  expect(() => requireContext(host, { name: "", about: "", weights: {} })).toThrow(
    "contexts: one has no name",
  );
});
