import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SpaceInvalid } from "../../src/spaces/error.ts";
import { Metric } from "../../src/spaces/metric.ts";
import { type NeighbourOptions, Neighbours } from "../../src/spaces/neighbours.ts";
import { type Coordinates, pointOf, type Space } from "../../src/spaces/space.ts";
import { anyThings } from "./any_space.ts";

/** What the metric says, of all points one by one. */
function measured(
  metric: Metric,
  points: readonly Coordinates[],
  point: Coordinates,
  count: number,
  { except, within = Infinity }: NeighbourOptions = {},
) {
  return points
    .map((own, index) => ({ index, distance: metric.distance(point, own) }))
    .filter(({ index, distance }) => index !== except && distance <= within)
    .sort((a, b) => a.distance - b.distance || a.index - b.index)
    .slice(0, count);
}

describe("The nearest neighbours are those that the metric finds one by one, to the last digit,", () => {
  test.each([["complete", false], ["with missing values", true]])(
    "whatever the domains, scales, weights and covariance: %s",
    (_, missing) => {
      const drawn = anyThings(60, { missing }).chain((all) =>
        fc.record({
          all: fc.constant(all),
          again: fc.array(fc.nat(58), { maxLength: 40 }), // some are there more than once
          count: fc.integer({ min: 1, max: 20 }),
          options: fc.record({ except: fc.nat(58), within: fc.constantFrom(0, 0.5, 3) }, {
            requiredKeys: [],
          }),
        })
      );
      fc.assert(fc.property(drawn, ({ all: { space, options, things }, ...asked }) => {
        const metric = new Metric(space, options);
        const [query, ...points] = things.map((thing) => pointOf(space, thing));
        const all = [...points, ...asked.again.map((at) => points[at]!)];
        const neighbours = new Neighbours(metric, all);
        for (const point of [query!, all[3]!]) {
          expect(neighbours.nearest(point, asked.count, asked.options))
            .toEqual(measured(metric, all, point, asked.count, asked.options));
        }
      }));
    },
  );

  test("where ties are everywhere: points on a grid, and on a circle", () => {
    const metric = new Metric(day, { salience: { "a.x": 3 } });
    const points = [...Array(1728).keys()].map((at) =>
      Float64Array.of(at % 12 / 12, Math.floor(at / 12) % 12 / 12, Math.floor(at / 144) / 12)
    );
    const neighbours = new Neighbours(metric, points);
    for (let at = 0; at < points.length; at += 97) {
      expect(neighbours.nearest(points[at]!, 10)).toEqual(
        measured(metric, points, points[at]!, 10),
      );
    }
  });

  test("where coordinates are enormous", () => {
    const metric = new Metric(day);
    const points = [1, 1e80, 1e120, 1e200, -1e308, Infinity, 2].map((x) =>
      Float64Array.of(x, 0, 0)
    );
    const neighbours = new Neighbours(metric, points);
    for (const point of points) {
      expect(neighbours.nearest(point, 4)).toEqual(measured(metric, points, point, 4));
    }
  });
});

test("On a circle a whole turn is no way, whatever the rounding of weights and variances", () => {
  const points = [1, ...Array<number>(60).fill(0)].map((at) => Float64Array.of(0, 0, at));
  for (let weight = 1; weight < 50; weight++) {
    const covariance = { dimensions: ["b.hour"], rows: [[weight / 7]] };
    const metric = new Metric(day, { salience: { "b.hour": weight / 3, b: 0.7 }, covariance });
    const nearest = new Neighbours(metric, points).nearest(points[5]!, 3);
    expect(nearest).toEqual([0, 1, 2].map((index) => ({ index, distance: 0 })));
  }
});

test("Of a hundred thousand equal points the first are the nearest", () => {
  const point = Float64Array.of(0.5, 0.5, 0.5);
  const neighbours = new Neighbours(new Metric(day), Array<Coordinates>(100_000).fill(point));
  expect(neighbours.nearest(point, 3).map(({ index }) => index)).toEqual([0, 1, 2]);
});

test("Without points, or where nothing matters, there are no neighbours", () => {
  const point = Float64Array.of(0, 0, 0);
  expect(new Neighbours(new Metric(day), []).nearest(point, 3)).toEqual([]);
  const nothing = new Metric(day, { context: { a: 0, b: 0 } });
  expect(new Neighbours(nothing, [point]).nearest(point, 3)).toEqual([]);
});

test("A point of another space, and numbers that are none, are refused", () => {
  const neighbours = new Neighbours(new Metric(day), [Float64Array.of(0, 0, 0)]);
  const point = Float64Array.of(0, 0, 0);
  expect(() => neighbours.nearest(Float64Array.of(0), 1)).toThrow(SpaceInvalid);
  expect(() => neighbours.nearest(point, 0))
    .toThrow("count: 0 is no number of neighbours: say 1 or more");
  expect(() => neighbours.nearest(point, 1, { within: NaN }))
    .toThrow("within: NaN is no distance: say 0 or more");
  expect(() => new Neighbours(new Metric(day), [Float64Array.of(1)]))
    .toThrow("points/0: it has 1 coordinates, and the space day 3 dimensions");
});

const share = { unit: "1", scale: "linear", range: [0, 1] } as const;
const day: Space = {
  name: "day",
  domains: [
    { name: "a", dimensions: [{ name: "a.x", ...share }, { name: "a.y", ...share }] },
    { name: "b", dimensions: [{ name: "b.hour", unit: "d", scale: "circular", range: [0, 1] }] },
  ],
};
