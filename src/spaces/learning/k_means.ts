/** Several prototypes for one concept. */
import { difference } from "../dimension.ts";
import { type Coordinates, dimensionsOf, type Space } from "../space.ts";
import { centroid } from "./centroid.ts";
import type { Chance } from "./chance.ts";

const MOST_ROUNDS = 100;

/** Points in groups, each around its mean. */
export interface Clustering {
  /** At most as many as were asked for: fewer where there are fewer different points. */
  readonly prototypes: readonly Coordinates[];
  /** For each point the place of its prototype; −1 for one that knows no dimension that a prototype knows. */
  readonly members: Int32Array;
}

/**
 * k means (Lloyd, "Least squares quantization in PCM", 1982), begun as k-means++ does (Arthur and Vassilvitskii, 2007):
 * the sum of squared differences is made small, each over the dimensions that are known of both, as if the others
 * differed as much. Of two prototypes that are as near the first counts, so that the same chance gives the same groups.
 * It takes points × prototypes × dimensions × about 20 steps.
 *
 * @param count how many prototypes, at least 1
 * @param weights of squared differences, in the order of a point's coordinates; 1 without it
 */
export function kMeans(
  space: Space,
  points: readonly Coordinates[],
  count: number,
  chance: Chance,
  weights?: Float64Array,
): Clustering {
  const circular = dimensionsOf(space).map(({ scale }) => scale === "circular");
  const weight = weights ?? new Float64Array(circular.length).fill(1);
  const square = (x: Coordinates, y: Coordinates) => squareOf(x, y, weight, circular);
  const members = new Int32Array(points.length).fill(-1);
  let prototypes = start(points, count, chance, square);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    if (!assign(points, prototypes, members, square)) break;
    const groups: Coordinates[][] = prototypes.map(() => []);
    for (const [at, member] of members.entries()) {
      if (member >= 0) groups[member]!.push(points[at]!);
    }
    prototypes = prototypes.map((old, at) =>
      groups[at]!.length === 0 ? old : centroid(space, groups[at]!)
    );
  }
  return { prototypes, members };
}

type Square = (x: Coordinates, y: Coordinates) => number;

/** The next one is drawn by its squared distance from the nearest that is there. */
function start(
  points: readonly Coordinates[],
  count: number,
  chance: Chance,
  square: Square,
): Coordinates[] {
  const known = points.filter((point) => point.some((value) => !Number.isNaN(value)));
  if (known.length === 0) return [];
  const prototypes = [known[chance.below(known.length)]!];
  const nearest = known.map((point) => square(point, prototypes[0]!));
  while (prototypes.length < count) {
    const total = nearest.reduce((sum, own) => sum + finite(own), 0);
    if (total === 0) break;
    let left = chance.share() * total;
    let drawn = nearest.findIndex((own) => (left -= finite(own)) < 0);
    if (drawn < 0) drawn = nearest.findLastIndex((own) => finite(own) > 0);
    prototypes.push(known[drawn]!);
    for (const [at, point] of known.entries()) {
      const own = square(point, known[drawn]!);
      if (!(nearest[at]! <= own)) nearest[at] = own;
    }
  }
  return prototypes;
}

/** Gives each point to the nearest prototype; whether any has changed. */
function assign(
  points: readonly Coordinates[],
  prototypes: readonly Coordinates[],
  members: Int32Array,
  square: Square,
): boolean {
  let hasChanged = false;
  for (const [at, point] of points.entries()) {
    let nearest = -1;
    let least = Infinity;
    for (const [place, prototype] of prototypes.entries()) {
      const own = square(point, prototype);
      if (own < least) [nearest, least] = [place, own];
    }
    hasChanged ||= members[at] !== nearest;
    members[at] = nearest;
  }
  return hasChanged;
}

function squareOf(
  x: Coordinates,
  y: Coordinates,
  weights: Float64Array,
  circular: readonly boolean[],
): number {
  let sum = 0;
  let known = 0;
  let total = 0;
  for (let at = 0; at < weights.length; at++) {
    const weight = weights[at]!;
    const way = difference(circular[at]!, x[at]!, y[at]!);
    total += weight;
    if (Number.isNaN(way)) continue;
    sum += weight * way * way;
    known += weight;
  }
  return known === 0 ? NaN : sum * total / known;
}

function finite(square: number): number {
  return Number.isFinite(square) ? square : 0;
}
