import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SpaceInvalid } from "../../src/spaces/error.ts";
import { Metric } from "../../src/spaces/metric.ts";
import { PrototypeSet } from "../../src/spaces/nearest_prototype.ts";
import type { Prototype } from "../../src/spaces/prototype.ts";
import { type Coordinates, pointOf, type Space } from "../../src/spaces/space.ts";
import { anyOptions, anyThings } from "./any_space.ts";

/** So often every point is there: enough for prototypes to be laid out for those that know as much. */
const TIMES = 40;

/** What the metric says of one point, by all its distances. */
function measured(prototypes: readonly Prototype[], point: Coordinates) {
  const all = prototypes
    .map(({ metric, point: own, concept }, prototype) => (
      { prototype, concept, distance: metric.distance(point, own) }
    ))
    .filter(({ distance }) => !Number.isNaN(distance))
    .sort((a, b) => a.distance - b.distance || a.prototype - b.prototype);
  const runnerUp = all.find(({ concept }) => concept !== all[0]!.concept);
  return {
    prototype: all[0]?.prototype ?? -1,
    distance: all[0]?.distance ?? NaN,
    runnerUp: runnerUp?.distance ?? NaN,
  };
}

function matrix(points: readonly Coordinates[]): Float64Array {
  const width = points[0]!.length;
  const all = new Float64Array(points.length * width);
  for (const [at, point] of points.entries()) all.set(point, at * width);
  return all;
}

function expectMeasured(prototypes: readonly Prototype[], points: readonly Coordinates[]): void {
  const nearest = new PrototypeSet(prototypes).nearest(matrix(points));
  for (const [at, point] of points.entries()) {
    const expected = measured(prototypes, point);
    expect(nearest.prototype[at]).toBe(expected.prototype);
    expectClose(nearest.distance[at]!, expected.distance);
    expectClose(nearest.runnerUp[at]!, expected.runnerUp);
  }
}

function expectClose(distance: number, expected: number): void {
  if (!Number.isFinite(expected)) expect(distance).toBe(expected);
  else expect(Math.abs(distance - expected)).toBeLessThanOrEqual(1e-9 * (1 + expected));
}

describe("The nearest prototype of many points is the metric's own nearest, of equals the first,", () => {
  test.each([["complete", false], ["with missing values", true]])(
    "whatever the domains, scales, weights and covariances: %s",
    (_, missing) => {
      const drawn = anyThings(10, { missing }).chain((all) =>
        fc.record({
          all: fc.constant(all),
          others: anyOptions(all.space),
          concepts: fc.array(fc.nat(2), { minLength: 7, maxLength: 7 }),
        })
      );
      fc.assert(fc.property(drawn, ({ all: { space, options, things }, others, concepts }) => {
        const points = things.map((thing) => pointOf(space, thing));
        const metrics = [new Metric(space, options), new Metric(space, options)];
        metrics.push(new Metric(space, others));
        const prototypes = concepts.map((concept, at) => (
          { concept, metric: metrics[concept]!, point: points[at]! }
        ));
        // Some points are prototypes.
        const asked = points.slice(5).flatMap((point) => Array<Coordinates>(TIMES).fill(point));
        expectMeasured(prototypes, asked);
      }));
    },
  );

  test("where ties are everywhere: points and prototypes on a grid", () => {
    const cells = [...Array(81).keys()];
    const points = cells.map((at) => Float64Array.of(at % 9 / 8, Math.floor(at / 9) / 8, 0));
    for (const options of [{}, { salience: { "a.x": 3 } }]) {
      const metric = new Metric(plane, options);
      const prototypes = points.filter((_, at) => at % 5 === 0).map((point, at) => (
        { concept: at % 3, metric, point }
      ));
      expectMeasured(prototypes, points);
    }
  });

  test("where coordinates are enormous, infinite, or far away and close together", () => {
    const metric = new Metric(plane);
    const of = (...at: number[]) => Float64Array.from(at);
    const near = [1e9, 1e9 + 1e-6, 1e9 - 1e-6].map((x, concept) => (
      { concept, metric, point: of(x, 1e9, 0) }
    ));
    const far = { concept: 3, metric, point: of(1e200, 0, NaN) };
    const points = [
      of(1e9 + 1e-6, 1e9, 0),
      of(1e200, 0, 1),
      of(Infinity, 0, 1),
      of(-1e308, 1e308, 0),
    ];
    expectMeasured(near, points);
    expectMeasured([...near, far], points);
  });
});

test("A point of which nothing is known that matters has no nearest prototype, and one concept no runner-up", () => {
  const prototypes = [{ concept: 4, metric: new Metric(plane), point: Float64Array.of(0, 0, 0) }];
  const { prototype, distance, runnerUp } = new PrototypeSet(prototypes)
    .nearest(Float64Array.of(NaN, NaN, NaN, 1, 0, 0));
  expect([...prototype]).toEqual([-1, 0]);
  expect([...distance]).toEqual([NaN, 1]);
  expect([...runnerUp]).toEqual([NaN, NaN]);
});

test("No prototypes, or points that do not fit, are refused", () => {
  const metric = new Metric(plane);
  expect(() => new PrototypeSet([])).toThrow(SpaceInvalid);
  expect(() => new PrototypeSet([{ concept: 0, metric, point: Float64Array.of(1) }]))
    .toThrow("prototypes/0: it has 1 coordinates, in a space of 3; give 3");
  const set = new PrototypeSet([{ concept: 0, metric, point: Float64Array.of(1, 1, 1) }]);
  expect(() => set.nearest(new Float64Array(4)))
    .toThrow("points: 4 coordinates are no whole points of 3");
});

const share = { unit: "1", scale: "linear", range: [0, 1] } as const;
const plane: Space = {
  name: "plane",
  domains: [{
    name: "a",
    dimensions: ["a.x", "a.y", "a.z"].map((name) => ({ name, ...share })),
  }],
};
