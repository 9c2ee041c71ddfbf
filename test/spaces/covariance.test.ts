import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Covariance, DomainCovariance } from "../../src/spaces/covariance.ts";
import { SpaceInvalid } from "../../src/spaces/error.ts";
import { Metric } from "../../src/spaces/metric.ts";
import { pointOf, type Space } from "../../src/spaces/space.ts";

const share = { unit: "1", scale: "linear", range: [0, 1] } as const;
const turn = { unit: "h", scale: "circular", range: [0, 24] } as const;
const load = {
  name: "load",
  dimensions: [{ name: "load.cpu", ...share }, { name: "load.memory", ...share }],
};
const host: Space = { name: "host", domains: [load] };
const of = (...rows: number[][]): Covariance => ({
  dimensions: ["load.cpu", "load.memory"].slice(0, rows.length),
  rows,
});

describe("A covariance is refused", () => {
  test.each([
    [
      "of collinear dimensions",
      of([0.04, 0.08], [0.08, 0.16]),
      "covariance/load.memory: it varies only",
    ],
    // 0.3 · 0.3 is 0.09 only nearly: rounding must not make it pass.
    [
      "of nearly collinear ones",
      of([0.1, 0.3], [0.3, 0.9000000000000001]),
      "shrink the covariance",
    ],
    ["of a constant dimension", of([0]), "covariance/load.cpu: its variance is 0"],
    ["with a variance below 0", of([-1]), "its variance is -1"],
    ["that is not symmetric", of([1, 0.5], [0.4, 1]), "covariance/rows: they are not symmetric"],
    ["with NaN", of([NaN]), "covariance/rows: they are not symmetric numbers"],
    [
      "with a row too few",
      { ...of([1, 0], [0, 1]), rows: [[1, 0]] },
      "there are 1: say 2 rows of 2",
    ],
    ["with a short row", { ...of([1, 0], [0, 1]), rows: [[1, 0], [0]] }, "say 2 rows of 2 numbers"],
    [
      "of a dimension that the space does not have",
      { dimensions: ["load.disk"], rows: [[1]] },
      "covariance/dimensions/0: the space host has no dimension load.disk: it has load.cpu",
    ],
    [
      "of one dimension twice",
      { dimensions: ["load.cpu", "load.cpu"], rows: [[1, 0], [0, 1]] },
      "covariance/dimensions/1: load.cpu is there twice",
    ],
  ])("%s", (_, covariance, why) => {
    expect(() => new Metric(host, { covariance })).toThrow(SpaceInvalid);
    expect(() => new Metric(host, { covariance })).toThrow(why);
  });
});

test("Collinear dimensions have distances once the covariance is shrunk", () => {
  const metric = new Metric(host, { covariance: of([0.0401, 0.08], [0.08, 0.1601]) });
  const [a, b] = [{ "load.cpu": 0, "load.memory": 0 }, { "load.cpu": 0.1, "load.memory": 0.2 }];
  expect(metric.distance(pointOf(host, a), pointOf(host, b))).toBeCloseTo(0.5, 3);
});

test("What is not known is left out of the covariance before it is inverted", () => {
  const whole = new DomainCovariance(of([2, 1], [1, 4]), load);
  expect([...whole.inverse([0, 1])].map((cell) => cell * 7)).toEqual([
    expect.closeTo(4, 12),
    expect.closeTo(-1, 12),
    expect.closeTo(-1, 12),
    expect.closeTo(2, 12),
  ]);
  expect(whole.inverse([1])[0]).toBeCloseTo(0.25, 15);
});

test("So many sets of known dimensions there can be, inverses stay what they are", () => {
  const dimensions = Array.from({ length: 10 }, (_, at) => ({ name: `x.${at}`, ...share }));
  const rows = dimensions.map((_, row) =>
    dimensions.map((_, column) => row === column ? row + 1 : 0)
  );
  const names = dimensions.map(({ name }) => name);
  const many = new DomainCovariance({ dimensions: names, rows }, { name: "x", dimensions });
  fc.assert(
    fc.property(fc.subarray([...names.keys()], { minLength: 1 }), (places) => {
      const inverse = many.inverse(places);
      for (const [at, place] of places.entries()) {
        expect(inverse[at * (places.length + 1)]).toBeCloseTo(1 / (place + 1), 12);
      }
    }),
    { numRuns: 1000 },
  );
});

test("A circular dimension varies with no other: the shorter way round is no more and no less", () => {
  const day = {
    name: "day",
    dimensions: [{ name: "day.load", ...share }, { name: "day.hour", ...turn }],
  };
  const space: Space = { name: "day", domains: [day] };
  const metric = new Metric(space, {
    covariance: { dimensions: ["day.load", "day.hour"], rows: [[1, 0.9], [0.9, 1]] },
  });
  const at = (load: number, hour: number) => pointOf(space, { "day.load": load, "day.hour": hour });
  expect(metric.distance(at(0, 0), at(0.6, 12))).toBe(metric.distance(at(0.6, 12), at(0, 0)));
  const straight = metric.distance(at(0, 0), at(0.6, 14.4));
  expect(straight).toBeLessThanOrEqual(
    metric.distance(at(0, 0), at(0.3, 7.2)) + metric.distance(at(0.3, 7.2), at(0.6, 14.4)),
  );
});
