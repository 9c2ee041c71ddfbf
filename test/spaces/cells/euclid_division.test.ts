import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cellsOf, GRID } from "../../../src/spaces/cells/cells.ts";
import { euclidSegments } from "../../../src/spaces/cells/euclid_division.ts";
import { NearestConcept, PlanePrototypes } from "../../../src/spaces/cells/field.ts";
import { gridSegments } from "../../../src/spaces/cells/grid_division.ts";
import { outlined, OUTSIDE } from "../../../src/spaces/cells/outline.ts";
import { planeOf, type PlaneWindow } from "../../../src/spaces/cells/plane.ts";
import { compileConcept } from "../../../src/spaces/compiled_concept.ts";
import type { Concept } from "../../../src/spaces/concept.ts";
import type { Space } from "../../../src/spaces/space.ts";
import { areaOf } from "./any_plane.ts";

const share = { unit: "1", scale: "linear", range: [0, 1] } as const;
const of = (name: string, ...names: string[]) => ({
  name,
  dimensions: names.map((name) => ({ name, ...share })),
});
const space: Space = {
  name: "host",
  domains: [of("load", "cpu", "memory"), of("wear", "age", "repairs")],
};
const plane = planeOf(space, "cpu", "memory");
const WINDOW: PlaneWindow = { x: [-0.1, 1.1], y: [0, 1] };

const number = fc.double({ min: -0.2, max: 1.2, noNaN: true });
const anyConcepts = fc.record({
  weights: fc.record({ cpu: fc.constantFrom(1, 0.25, 7), load: fc.constantFrom(1, 3) }),
  concepts: fc.array(
    fc.array(fc.record({ cpu: number, memory: number, age: number }), {
      minLength: 1,
      maxLength: 4,
    }),
    { minLength: 1, maxLength: 5 },
  ),
}).map(({ weights, concepts }) =>
  concepts.map((prototypes, at): Concept => ({ name: `c${at}`, weights, prototypes }))
);

test("Voronoi's cells and those that are found place by place are the same", () => {
  fc.assert(
    fc.property(anyConcepts, (concepts) => {
      const compiled = concepts.map((concept) => compileConcept(space, concept));
      const segments = euclidSegments(plane, compiled, WINDOW);
      fc.pre(segments !== undefined); // prototypes as good as in one place
      for (const { from, to } of segments.filter(({ right }) => right === OUTSIDE)) {
        const isEdge = (axis: 0 | 1, at: number) =>
          [from, to].every((place) => Math.abs(place[axis] - at) < 1e-9);
        expect(
          WINDOW.x.some((at) => isEdge(0, at)) || WINDOW.y.some((at) => isEdge(1, at)),
          `${from} to ${to}`,
        ).toBe(true);
      }
      const euclid = outlined(segments, [1e-9, 1e-9]);
      const field = new NearestConcept(new PlanePrototypes(plane, compiled));
      const grid = outlined(gridSegments(field, WINDOW, GRID), [1e-9, 1e-9]);
      const lengths = grid.borders.reduce((sum, border) => sum + border.length, 0);
      // A border can be off by a part of a square, where it has a corner.
      const most = 0.2 * (lengths + 10) * (1.2 / GRID.columns) * (1 / GRID.rows);
      for (const kind of concepts.keys()) {
        const [one, other] = [euclid, grid].map(({ rings }) => areaOf(rings.get(kind) ?? []));
        expect(Math.abs(one! - other!)).toBeLessThanOrEqual(most);
      }
      const whole = [...euclid.rings.values()].reduce((sum, rings) => sum + areaOf(rings), 0);
      expect(whole).toBeCloseTo(1.2, 9);
    }),
    { numRuns: 40 },
  );
});

describe("Distance is Euclid's on a plane", () => {
  const near = { name: "near", prototypes: [{ cpu: 0, memory: 0, age: 0, repairs: 0 }] };
  const far = { name: "far", prototypes: [{ cpu: 1, memory: 1, age: 1, repairs: 1 }] };
  const method = (x: string, y: string, ...concepts: Concept[]) =>
    cellsOf(planeOf(space, x, y), concepts, WINDOW).method;

  test("of two dimensions of a domain, whatever their weights", () => {
    expect(method("memory", "cpu", near, far)).toBe("euclid");
    const weights = { cpu: 3, load: 0.5, age: 7 };
    expect(method("cpu", "memory", { ...near, weights }, { ...far, weights })).toBe("euclid");
  });

  test("but not of two domains, where it is the way around the block", () => {
    expect(method("cpu", "age", near, far)).toBe("grid");
  });

  test("nor where concepts have metrics of their own, or one does not know both dimensions", () => {
    expect(method("cpu", "memory", near, { ...far, weights: { cpu: 2 } })).toBe("grid");
    expect(method("cpu", "memory", near, { ...far, prototypes: [{ cpu: 1 }] })).toBe("grid");
    const covariance = { dimensions: ["cpu", "memory"], rows: [[1, 0.5], [0.5, 1]] };
    const whitened = { metric: "whitened", covariance } as const;
    expect(method("cpu", "memory", { ...near, ...whitened }, { ...far, ...whitened })).toBe("grid");
  });
});

test("of two concepts with a prototype in one place the first has the cell", () => {
  const both = [0, 1].map((at) => ({ name: `${at}`, prototypes: [{ cpu: 0.5, memory: 0.5 }] }));
  const { cells, method } = cellsOf(plane, both, WINDOW);
  expect(method).toBe("grid"); // a triangulation would not know which
  expect(areaOf(cells[0]!.rings)).toBeCloseTo(1.2, 12);
  expect(cells[1]!.rings).toEqual([]);
});
