import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cellsOf } from "../../../src/spaces/cells/cells.ts";
import { type Plane, planeOf, type PlaneWindow } from "../../../src/spaces/cells/plane.ts";
import { isInside } from "../../../src/spaces/cells/ring.ts";
import { Classifier } from "../../../src/spaces/classifier.ts";
import { SpaceInvalid } from "../../../src/spaces/error.ts";
import type { Space } from "../../../src/spaces/space.ts";
import { anyPlane, areaOf, placesIn, sameAround } from "./any_plane.ts";

const WINDOW: PlaneWindow = { x: [-0.3, 1.2], y: [-0.2, 1.3] };
/** A window that is all of the plane: of a circle there is no more. */
const windowFor = ({ axes }: Plane): PlaneWindow => {
  const along = (axis: 0 | 1) => {
    const which = axes[axis];
    const isCircular = "dimension" in which && which.dimension.scale === "circular";
    return isCircular ? [0, 1] as const : WINDOW["xy"[axis] as "x" | "y"];
  };
  return { x: along(0), y: along(1) };
};
const share = { unit: "1", scale: "linear", range: [0, 1] } as const;
const load = ["cpu", "memory", "disk"].map((name) => ({ name, ...share }));
const space: Space = { name: "host", domains: [{ name: "load", dimensions: load }] };

describe("On any plane, with any concepts and metrics,", () => {
  test("each place is in the cell of the concept that the classifier finds nearest", () => {
    let asked = 0;
    fc.assert(
      fc.property(anyPlane, ({ plane, concepts }) => {
        const window = windowFor(plane);
        const { cells } = cellsOf(plane, concepts, window);
        const classifier = new Classifier(plane.space, concepts);
        for (const place of placesIn(window, 7)) {
          const concept = sameAround(
            window,
            place,
            (at) => classifier.classify(plane.pointAt(at)).concept,
          );
          if (concept === undefined) continue; // within a pixel of a border
          asked++;
          const there = cells.filter(({ rings }) => isInside(rings, place));
          expect(there.map((cell) => cell.concept)).toEqual(concept === null ? [] : [concept]);
        }
      }),
      { numRuns: 25 },
    );
    expect(asked).toBeGreaterThan(25 * 49 / 2);
  });

  test("it is in the part that is of no known concept where the classifier says unknown", () => {
    fc.assert(
      fc.property(anyPlane, ({ plane, concepts }) => {
        const window = windowFor(plane);
        const { unknown } = cellsOf(plane, concepts, window);
        const classifier = new Classifier(plane.space, concepts);
        for (const place of placesIn(window, 7)) {
          const isUnknown = sameAround(
            window,
            place,
            (at) => classifier.classify(plane.pointAt(at)).status === "unknown",
          );
          if (isUnknown !== undefined) expect(isInside(unknown, place)).toBe(isUnknown);
        }
      }),
      { numRuns: 25 },
    );
  });

  test("the cells are the whole window, and nothing of it twice", () => {
    fc.assert(
      fc.property(anyPlane, ({ plane, concepts }) => {
        const window = windowFor(plane);
        const { cells } = cellsOf(plane, concepts, window);
        const whole = (window.x[1] - window.x[0]) * (window.y[1] - window.y[0]);
        const areas = cells.map(({ rings }) => areaOf(rings));
        if (areas.every((area) => area === 0)) return; // no distance is known
        for (const area of areas) expect(area).toBeGreaterThanOrEqual(0);
        expect(areas.reduce((sum, area) => sum + area, 0) / whole).toBeCloseTo(1, 9);
      }),
      { numRuns: 25 },
    );
  });
});

test("the others of the dimensions do not count, and what was said of the two counts for them", () => {
  const plane = planeOf(space, "memory", "disk");
  const prototypes = [{ cpu: 0, memory: 0, disk: 0.5 }, { cpu: 1, memory: 1, disk: 0.5 }];
  const concepts = prototypes.map((prototype, at) => ({ name: `${at}`, prototypes: [prototype] }));
  const { borders } = cellsOf(plane, concepts, { x: [0, 1], y: [0, 1] });
  expect(borders).toHaveLength(1);
  expect(borders[0]!.map(([memory]) => memory)).toEqual([0.5, 0.5]);
});

test("a concept whose dimensions are not on the plane has no cell", () => {
  const concepts = [
    { name: "busy", prototypes: [{ cpu: 1 }] },
    { name: "full", prototypes: [{ disk: 1 }] },
  ];
  const { cells } = cellsOf(planeOf(space, "cpu", "memory"), concepts, WINDOW);
  expect(cells.map(({ rings }) => rings.length)).toEqual([1, 0]);
});

test("without concepts nothing has a cell, and all is unknown", () => {
  const { cells, borders, unknown } = cellsOf(planeOf(space, "cpu", "memory"), [], WINDOW);
  expect([cells, borders]).toEqual([[], []]);
  expect(areaOf(unknown)).toBeCloseTo(1.5 * 1.5, 12);
});

test("a context decides whether a domain matters, and one that makes no sense is refused", () => {
  const plane = planeOf(space, "cpu", "memory");
  const concepts = [{ name: "a", prototypes: [{ cpu: 0 }] }, {
    name: "b",
    prototypes: [{ cpu: 0.5, memory: 1 }],
  }];
  const context = (weights: Record<string, number>) => ({ name: "x", about: "x", weights });
  const area = (weights: Record<string, number>) =>
    areaOf(cellsOf(plane, concepts, WINDOW, context(weights)).cells[0]!.rings);
  expect(area({})).not.toBeCloseTo(area({ memory: 0 }), 2);
  expect(() => area({ sea: 1 })).toThrow(SpaceInvalid);
});

test("it is the same picture each time", () => {
  fc.assert(
    fc.property(anyPlane, ({ plane, concepts }) => {
      expect(cellsOf(plane, concepts, WINDOW)).toEqual(cellsOf(plane, concepts, WINDOW));
    }),
    { numRuns: 5 },
  );
});
