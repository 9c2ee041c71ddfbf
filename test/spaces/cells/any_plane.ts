/** Any plane through any space with concepts, and what is where in a picture of it. */
import fc from "fast-check";
import { Classifier } from "../../../src/spaces/classifier.ts";
import type { Concept } from "../../../src/spaces/concept.ts";
import { GRID } from "../../../src/spaces/cells/cells.ts";
import type { Ring } from "../../../src/spaces/cells/ring.ts";
import {
  type Place,
  type Plane,
  planeOf,
  type PlaneWindow,
} from "../../../src/spaces/cells/plane.ts";
import { principalPlane } from "../../../src/spaces/cells/principal_plane.ts";
import { SpaceInvalid } from "../../../src/spaces/error.ts";
import { dimensionsOf, pointOf, type Space } from "../../../src/spaces/space.ts";
import { anyCovariance, anySpace, anyValues, anyWeights } from "../any_space.ts";

/** Some concepts of a space, each with its own metric and reach. */
export function anyConcepts(space: Space): fc.Arbitrary<Concept[]> {
  const concept = fc.record({
    prototypes: fc.array(anyValues(space, { missing: true }), { minLength: 1, maxLength: 3 }),
    covariance: fc.option(anyCovariance(space), { nil: undefined }),
    weights: anyWeights(space),
    sensitivity: fc.double({ min: 0.2, max: 3, noNaN: true }),
  });
  return fc.array(concept, { minLength: 1, maxLength: 5 }).map((all) =>
    all.map(({ covariance, ...others }, at): Concept => ({
      name: `c${at}`,
      ...others,
      ...(covariance && { metric: "whitened", covariance }),
    })).filter((concept) => isValid(space, concept))
  );
}

/** A plane, of two dimensions or of the principal components of things, and concepts. */
export const anyPlane: fc.Arbitrary<{ plane: Plane; concepts: Concept[] }> = anySpace
  .filter((space) => dimensionsOf(space).length > 1)
  .chain((space) => {
    const names = dimensionsOf(space).map(({ name }) => name);
    return fc.record({
      concepts: anyConcepts(space),
      axes: fc.option(fc.shuffledSubarray(names, { minLength: 2, maxLength: 2 })),
      things: fc.array(anyValues(space, { missing: true }), { minLength: 3, maxLength: 9 }),
    }).chain(({ concepts, axes, things }) => {
      const points = things.map((values) => pointOf(space, values));
      try {
        const plane = axes
          ? planeOf(space, axes[0]!, axes[1]!)
          : principalPlane(space, points, concepts);
        return fc.constant({ plane, concepts });
      } catch (error) { // nothing has two dimensions that matter
        if (!(error instanceof SpaceInvalid)) throw error;
        return fc.constant({ plane: planeOf(space, names[0]!, names[1]!), concepts });
      }
    });
  });

function isValid(space: Space, concept: Concept): boolean {
  try {
    new Classifier(space, [concept]);
    return true;
  } catch {
    return false; // a prototype that knows nothing
  }
}

/** What rings enclose; a hole counts less than nothing. */
export function areaOf(rings: readonly Ring[]): number {
  let area = 0;
  for (const ring of rings) {
    for (const [at, [toX, toY]] of ring.entries()) {
      const [fromX, fromY] = ring.at(at - 1)!;
      area += (fromX * toY - toX * fromY) / 2;
    }
  }
  return area;
}

/** Places all over a window, 1 + `count` in a row. */
export function placesIn({ x, y }: PlaneWindow, count: number): Place[] {
  // Not on a node of the grid, and not on a line that a range or its half could be.
  const shares = Array.from({ length: count }, (_, at) => (at + 0.513) / count);
  return shares.flatMap((up) =>
    shares.map((across): Place => [x[0] + across * (x[1] - x[0]), y[0] + up * (y[1] - y[0])])
  );
}

/** What is said of a place and of those around it by a square and a half; undefined where it is not the same of all. */
export function sameAround<T>(
  { x, y }: PlaneWindow,
  place: Place,
  said: (place: Place) => T,
): T | undefined {
  const [width, height] = [(x[1] - x[0]) / GRID.columns, (y[1] - y[0]) / GRID.rows];
  const own = said(place);
  for (const across of [-1.5, -0.75, 0, 0.75, 1.5]) {
    for (const up of [-1.5, -0.75, 0, 0.75, 1.5]) {
      const other = said([place[0] + across * width, place[1] + up * height]);
      if (other !== own) return undefined;
    }
  }
  return own;
}
