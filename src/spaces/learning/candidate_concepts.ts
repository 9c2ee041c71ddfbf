/** Concepts that nobody has named yet: groups of points without labels. */
import { type Concept, THRESHOLD } from "../concept.ts";
import { Metric } from "../metric.ts";
import { nearestOf } from "../prototype.ts";
import { sensitivityOf } from "../similarity.ts";
import { type Coordinates, pointOf, requireSpace, type Space } from "../space.ts";
import { Chance } from "./chance.ts";
import { DistanceTable } from "./distance_table.ts";
import { distinctions } from "./distinction.ts";
import { NothingToLearn } from "./error.ts";
import { firstMedoids, kMedoids } from "./k_medoids.ts";
import { meanSilhouette } from "./silhouette.ts";
import { valuesOf } from "./values_of.ts";

/** Groups are found among so many points; each further one belongs to the nearest. */
const MOST_COMPARED = 1_000;
/** Up to this mean silhouette "no substantial structure has been found" (Kaufman and Rousseeuw, 1990, table 4). */
const STRUCTURE = 0.25;

/** How candidates are looked for. */
export interface CandidateOptions {
  /** The most concepts to look for: 10 without it. */
  readonly most?: number;
  /** What chance draws the points by that are compared, where there are more than 1,000: 1 without it. */
  readonly seed?: number;
}

/** Candidates, and why there are so many of them. */
export interface Candidates {
  /** One for each group, around a point of it; named by what tells it from the others. */
  readonly concepts: Concept[];
  /** For each point the place of its concept; −1 for one of which nothing is known. */
  readonly members: Int32Array;
  /** The mean silhouette, −1 to 1, that each number of concepts has. */
  readonly silhouettes: { readonly concepts: number; readonly silhouette: number }[];
  /** The number of concepts in a sentence, with its reason. */
  readonly reason: string;
}

/**
 * Looks for concepts among points without labels: k medoids in the space's own metric, with the number of them that has
 * the highest mean silhouette (Rousseeuw, 1987), the smaller of two that are as good; one concept where none reaches more
 * than 0.25. Each reaches as far as 95 % of its members do. The same points and seed give the same answer.
 *
 * @throws {NothingToLearn} where nothing is known of any point
 * @throws {RangeError} for a number of concepts below 2
 * @example
 * ```ts
 * import { candidateConcepts, pointOf } from "@cim/infrastructure";
 * import { deepStrictEqual } from "node:assert";
 * const share = { unit: "1", scale: "linear", range: [0, 1] } as const;
 * const space = { name: "host", domains: [{ name: "load", dimensions: [{ name: "load.cpu", ...share }] }] };
 * const points = [0, 0.05, 0.1, 0.9, 0.95, 1].map((cpu) => pointOf(space, { "load.cpu": cpu }));
 * const { concepts, reason } = candidateConcepts(space, points);
 * deepStrictEqual(concepts.map(({ name }) => name), ["high load.cpu", "low load.cpu"]);
 * deepStrictEqual(reason, "2 concepts: of 2 to 5 this many have the highest mean silhouette, 0.93");
 * ```
 */
export function candidateConcepts(
  space: Space,
  points: readonly Coordinates[],
  { most = 10, seed = 1 }: CandidateOptions = {},
): Candidates {
  if (!Number.isInteger(most) || most < 2) {
    throw new RangeError(`Cannot look for ${most} concepts: say 2 or more`);
  }
  requireSpace(space);
  const metric = new Metric(space);
  const known = points.filter((point) => point.some((value) => !Number.isNaN(value)));
  if (known.length === 0) {
    throw new NothingToLearn("points", "nothing is known of any of them: measure some first");
  }
  const compared = known.length > MOST_COMPARED
    ? new Chance(seed).shuffled(known).slice(0, MOST_COMPARED)
    : known;
  const distances = new DistanceTable(metric, compared);
  const first = firstMedoids(distances, Math.min(most, compared.length - 1));
  const found = first.slice(1).map((_, at) => {
    const { medoids, groups } = kMedoids(distances, first.slice(0, at + 2));
    const silhouette = meanSilhouette(distances, groups, medoids.length);
    return { medoids, concepts: medoids.length, silhouette };
  });
  const silhouettes = found.map(({ concepts, silhouette }) => ({ concepts, silhouette }));
  const best = found.reduce<typeof found[number] | undefined>(
    (best, own) => best && best.silhouette >= own.silhouette ? best : own,
    undefined,
  );
  const isStructured = best !== undefined && best.silhouette > STRUCTURE;
  const medoids = isStructured ? best.medoids : firstMedoids(distances, 1);
  // As they will be defined: a member on the very threshold is not to fall below it by rounding.
  const values = medoids.map((at) => valuesOf(space, compared[at]!));
  const prototypes = values.map((own, concept) => ({
    point: pointOf(space, own),
    concept,
    metric,
  }));
  const nearest = points.map((point) => nearestOf(prototypes, point));
  const members = Int32Array.from(nearest, ({ prototype }) => prototype);
  const names = distinctions(space, points, members, prototypes.length);
  const concepts = prototypes.map(({ concept }): Concept => {
    const own = nearest.filter(({ prototype }) => prototype === concept);
    return {
      name: names[concept]!,
      prototypes: [values[concept]!],
      sensitivity: sensitivityOf(own.map(({ distance }) => distance), THRESHOLD),
      threshold: THRESHOLD,
    };
  });
  return { concepts, members, silhouettes, reason: reasonOf(silhouettes, concepts.length) };
}

function reasonOf(silhouettes: Candidates["silhouettes"], count: number): string {
  const highest = Math.max(...silhouettes.map(({ silhouette }) => silhouette)).toFixed(2);
  const last = silhouettes.at(-1)?.concepts;
  if (last === undefined) return "One concept: all points are the same";
  const range = last === 2 ? "2" : `2 to ${last}`;
  return count === 1
    ? `One concept: of ${range} none has a mean silhouette above ${STRUCTURE}; the highest is ${highest}`
    : `${count} concepts: of ${range} this many have the highest mean silhouette, ${highest}`;
}
