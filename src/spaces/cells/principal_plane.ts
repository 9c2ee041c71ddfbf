/** The plane in which some points differ most. */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import type { Concept } from "../concept.ts";
import { difference } from "../dimension.ts";
import { SpaceInvalid } from "../error.ts";
import { type Coordinates, dimensionsOf, requireSpace, type Space } from "../space.ts";
import { weightOf, type Weights } from "../weights.ts";
import { BEYOND, type Plane, type PlaneAxis } from "./plane.ts";

/** Loadings that differ by less are the same but for rounding. */
const SAME = 1e-9;

/**
 * The plane of the first two principal components of some points' coordinates (Pearson, "On lines and planes of closest
 * fit to systems of points in space", 1901), through their mean. Only dimensions count that matter to one of the concepts
 * and that are known of some point; the others stay unknown on it. For this alone, what is not known of a point is the
 * mean of the others, and nothing is farther beyond its range than the range is wide. Of each axis the greatest loading is
 * above 0, so that it does not turn around.
 *
 * @param context weights of what matters at the moment
 * @throws {SpaceInvalid} where not two dimensions are left
 */
export function principalPlane(
  space: Space,
  points: readonly Coordinates[],
  concepts: readonly Concept[],
  context: Weights = {},
): Plane {
  requireSpace(space);
  const dimensions = dimensionsOf(space);
  const isCircular = dimensions.map(({ scale }) => scale === "circular");
  const mean = dimensions.map((_, at) => meanOf(points, at, isCircular[at]!));
  const matter = mattering(space, concepts, context);
  const used = [...dimensions.keys()].filter((at) =>
    matter.has(dimensions[at]!.name) && !Number.isNaN(mean[at]!)
  );
  if (used.length < 2) {
    const those = used.map((at) => dimensions[at]!.name).join() || "none";
    throw new SpaceInvalid(
      space.name,
      `of its dimensions ${those} is known of things and matters to a concept, and a plane needs two: ` +
        `choose any two of ${dimensions.map(({ name }) => name).join(", ")}`,
    );
  }
  const offsets = points.map((point) =>
    used.map((at) => {
      const known = clamped(point[at]!, isCircular[at]!);
      return Number.isNaN(known) ? 0 : difference(isCircular[at]!, mean[at]!, known);
    })
  );
  const [first, second] = components(offsets, used.length);
  const axis = ({ vector, share }: Component): PlaneAxis => ({
    share,
    loadings: used.map((at, place) => ({ dimension: dimensions[at]!, loading: vector[place]! })),
  });
  return {
    space,
    axes: [axis(first), axis(second)],
    pointAt([x, y], point = new Float64Array(dimensions.length).fill(NaN)) {
      for (const [place, at] of used.entries()) {
        point[at] = mean[at]! + x * first.vector[place]! + y * second.vector[place]!;
      }
      return point;
    },
    placeOf(point) {
      let [x, y, known] = [0, 0, 0];
      for (const [place, at] of used.entries()) {
        const value = clamped(point[at]!, isCircular[at]!);
        if (Number.isNaN(value)) continue;
        const way = difference(isCircular[at]!, mean[at]!, value);
        x += way * first.vector[place]!;
        y += way * second.vector[place]!;
        known++;
      }
      return known === 0 ? undefined : [x, y];
    },
  };
}

interface Component {
  vector: readonly number[];
  share: number;
}

/** The first two eigenvectors of the offsets' covariance, and their shares of the variance. */
function components(offsets: readonly number[][], width: number): [Component, Component] {
  const covariance = Matrix.zeros(width, width);
  for (let row = 0; row < width; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = 0;
      for (const offset of offsets) sum += offset[row]! * offset[column]!;
      covariance.set(row, column, sum);
      covariance.set(column, row, sum);
    }
  }
  const { realEigenvalues: values, eigenvectorMatrix: vectors } = new EigenvalueDecomposition(
    covariance,
    { assumeSymmetric: true },
  );
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  const order = [...values.keys()].sort((a, b) => values[b]! - values[a]! || a - b);
  const component = (at: number): Component => ({
    vector: turned(vectors.getColumn(at)),
    share: total > 0 ? Math.max(0, values[at]!) / total : 0,
  });
  return [component(order[0]!), component(order[1]!)];
}

function turned(vector: number[]): number[] {
  const greatest = Math.max(...vector.map(Math.abs));
  const first = vector.find((loading) => Math.abs(loading) >= greatest - SAME)!;
  return first < 0 ? vector.map((loading) => -loading) : vector;
}

/** The mean of what is known; of a circle the direction in which most lies (Mardia, "Statistics of directional data", 1972). */
function meanOf(points: readonly Coordinates[], at: number, isCircular: boolean): number {
  const known = points.map((point) => clamped(point[at]!, isCircular))
    .filter((value) => !Number.isNaN(value));
  if (!isCircular) return known.reduce((sum, value) => sum + value, 0) / known.length;
  if (known.length === 0) return NaN;
  const [sine, cosine] = [Math.sin, Math.cos].map((wave) =>
    known.reduce((sum, value) => sum + wave(2 * Math.PI * value), 0)
  ) as [number, number];
  return Math.atan2(sine, cosine) / (2 * Math.PI);
}

function clamped(value: number, isCircular: boolean): number {
  return isCircular ? value : Math.min(1 + BEYOND, Math.max(-BEYOND, value));
}

/** The dimensions that matter to some concept; all of them where there is none. */
function mattering(space: Space, concepts: readonly Concept[], context: Weights): Set<string> {
  const weighs = (concept: Concept | undefined, name: string) =>
    weightOf(concept?.weights ?? {}, name) * weightOf(context, name) > 0;
  const isKnown = (concept: Concept | undefined, name: string) =>
    !concept || concept.prototypes.some((prototype) => Number.isFinite(prototype[name]));
  const matter = new Set<string>();
  for (const concept of concepts.length > 0 ? concepts : [undefined]) {
    for (const domain of space.domains.filter(({ name }) => weighs(concept, name))) {
      for (const { name } of domain.dimensions) {
        if (weighs(concept, name) && isKnown(concept, name)) matter.add(name);
      }
    }
  }
  return matter;
}
