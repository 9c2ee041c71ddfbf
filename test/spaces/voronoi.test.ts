import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Metric } from "../../src/spaces/metric.ts";
import { type Coordinates, pointOf, type Space } from "../../src/spaces/space.ts";
import { Voronoi } from "../../src/spaces/voronoi.ts";
import { anyThings } from "./any_space.ts";

const share = { unit: "1", scale: "linear", range: [0, 1] } as const;
const space: Space = {
  name: "plane",
  domains: [{ name: "a", dimensions: [{ name: "a.x", ...share }, { name: "a.y", ...share }] }],
};
const metric = new Metric(space);
const cellsOf = (...points: [number, number][]) =>
  new Voronoi(points.map((at, concept) => ({ concept, metric, point: Float64Array.from(at) })));

test("A point lies in the cell of the nearest prototype, and on a border in that of the first", () => {
  const voronoi = cellsOf([0, 0], [1, 0], [0, 1]);
  const points = Float64Array.of(0.1, 0.2, 0.9, 0.2, 0.5, 0, 0.2, 0.7, NaN, NaN);
  expect([...voronoi.cells(points)]).toEqual([0, 1, 0, 2, -1]);
});

describe("Cells adjoin", () => {
  test("where the way from prototype to prototype meets no third cell", () => {
    expect(cellsOf([0, 0], [0.5, 0], [1, 0]).adjoining()).toEqual([[0, 1], [1, 2]]);
  });

  test("and not where they touch in one point: a square's opposite corners", () => {
    expect(cellsOf([0, 0], [1, 0], [1, 1], [0, 1]).adjoining())
      .toEqual([[0, 1], [0, 3], [1, 2], [2, 3]]);
  });

  test("or where a point shows it, of which these two are the nearest", () => {
    // The third is in the way, but beyond it the first two have a border.
    const voronoi = cellsOf([0, 0], [1, 0], [0.5, 0.25]);
    expect(voronoi.adjoining()).toEqual([[0, 2], [1, 2]]);
    expect(voronoi.adjoining(Float64Array.of(0.45, -0.6))).toEqual([[0, 1], [0, 2], [1, 2]]);
  });

  test("of which only those of some prototypes can be asked for", () => {
    const voronoi = cellsOf([0, 0], [0.5, 0], [1, 0], [0.5, 0.25]);
    const points = Float64Array.of(0.45, -0.6, 0.9, 0.1);
    for (const own of [[], [0], [1, 2], [0, 1, 2, 3]]) {
      const expected = voronoi.adjoining(points)
        .filter((pair) => pair.some((at) => own.includes(at)));
      expect(voronoi.adjoining(points, own)).toEqual(expected);
    }
  });

  test("and of two prototypes in one place only the first has a cell", () => {
    expect(cellsOf([0, 0], [1, 0], [0, 0]).adjoining()).toEqual([[0, 1]]);
  });

  test("over the end of a circle", () => {
    const hour = { name: "t.hour", unit: "h", scale: "circular", range: [0, 24] } as const;
    const day: Space = { name: "day", domains: [{ name: "t", dimensions: [hour] }] };
    const prototypes = [1, 9, 12, 20].map((at, concept) => (
      { concept, metric: new Metric(day), point: pointOf(day, { "t.hour": at }) }
    ));
    expect(new Voronoi(prototypes).adjoining()).toEqual([[0, 1], [0, 3], [1, 2], [2, 3]]);
  });

  test("in one metric for all as every point shows, whose nearest two they are", () => {
    fc.assert(fc.property(anyThings(16), ({ space, options, things }) => {
      const points = things.map((thing) => pointOf(space, thing));
      const metric = new Metric(space, options);
      const [point, ...others] = points as [Coordinates, ...Coordinates[]];
      const [a, b, c] = others
        .map((own, at) => ({ at, distance: metric.distance(point, own) }))
        .sort((x, y) => x.distance - y.distance);
      // Where two are as near, or one is here, no border is to be seen from here.
      if (!(b!.distance * 1.001 < c!.distance && a!.distance * 1.001 < b!.distance)) return;
      const voronoi = new Voronoi(others.map((own, concept) => ({ concept, metric, point: own })));
      expect(voronoi.adjoining(point)).toContainEqual([a!.at, b!.at].sort((x, y) => x - y));
    }));
  });
});
