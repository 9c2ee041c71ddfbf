/** Concepts from examples. */
import { type Concept, THRESHOLD } from "../concept.ts";
import type { Covariance } from "../covariance.ts";
import { Metric } from "../metric.ts";
import { nearestOf } from "../prototype.ts";
import { sensitivityOf } from "../similarity.ts";
import { type Coordinates, dimensionsOf, requireSpace, type Space } from "../space.ts";
import type { Weights } from "../weights.ts";
import { centroid } from "./centroid.ts";
import { Chance } from "./chance.ts";
import { NothingToLearn } from "./error.ts";
import { folds } from "./folds.ts";
import { geometricMedian } from "./geometric_median.ts";
import { type Clustering, kMeans } from "./k_means.ts";
import { salience } from "./salience.ts";
import { valuesOf } from "./values_of.ts";
import { withinCovariance } from "./within_covariance.ts";

/** The most parts in which a concept's members are judged by prototypes of the others. */
const PARTS = 20;
/** The most prototypes that a concept can be defined with. */
export const MOST_PROTOTYPES = 1_000;
/** A prototype of fewer members would be those members, and nothing would be known of how they vary. */
const MEMBERS_A_PROTOTYPE = 4;

/** How concepts are learned. */
export interface LearnOptions {
  /**
   * `centroid`: one prototype, the mean of the members; `geometric_median`: one that outliers do not move; both with
   * salience. `prototypes`: several, and distance in standard deviations of members around their prototypes.
   */
  readonly method: "centroid" | "geometric_median" | "prototypes";
  /** How many prototypes a concept has at most, with that method: 8 without it. */
  readonly prototypes?: number;
  /** What chance is drawn from: 1 without it. */
  readonly seed?: number;
}

/** The members of one concept. */
interface Example {
  name: string;
  points: Coordinates[];
}

/**
 * Learns concepts from labelled points, ready to be defined: in the dimensions' units, sorted by name. Sensitivity is
 * such that 95 % of a concept's members are of it, each judged by prototypes of the others (in up to 20 parts). A concept
 * with one member has nobody to say how far it reaches: it reaches as far as the others' members do, and where there are
 * no others its sensitivity is the default. So does one whose members are all the same.
 *
 * @param points coordinates; one of which nothing is known tells nothing and is passed over
 * @param labels the concept of each point; null where nobody has said it
 * @throws {NothingToLearn} where no point has a label, or nothing is known of any member of a concept
 * @throws {RangeError} for a method, a number of prototypes or a list of labels that makes no sense
 * @example
 * ```ts
 * import { learnConcepts, pointOf } from "@cim/infrastructure";
 * import { deepStrictEqual } from "node:assert";
 * const share = { unit: "1", scale: "linear", range: [0, 1] } as const;
 * const space = { name: "load", domains: [{ name: "load", dimensions: [{ name: "load.cpu", ...share }] }] };
 * const points = [0, 0.25, 0.5, 1].map((cpu) => pointOf(space, { "load.cpu": cpu }));
 * const concepts = learnConcepts(space, points, ["idle", "idle", null, "busy"], { method: "centroid" });
 * deepStrictEqual(concepts.map(({ name }) => name), ["busy", "idle"]);
 * deepStrictEqual(concepts[1]?.prototypes, [{ "load.cpu": 0.125 }]);
 * ```
 */
export function learnConcepts(
  space: Space,
  points: readonly Coordinates[],
  labels: readonly (string | null)[],
  { method, prototypes = 8, seed = 1 }: LearnOptions,
): Concept[] {
  requireSpace(space);
  if (!Number.isInteger(prototypes) || prototypes < 1 || prototypes > MOST_PROTOTYPES) {
    throw new RangeError(
      `Cannot learn ${prototypes} prototypes a concept: say 1 to ${MOST_PROTOTYPES}`,
    );
  }
  // Notebooks do not check types.
  if (!Object.hasOwn(FINDERS, method)) {
    throw new RangeError(
      `Cannot learn concepts by ${JSON.stringify(method)}: say ${Object.keys(FINDERS).join(", ")}`,
    );
  }
  const examples = examplesOf(points, labels);
  const chance = new Chance(seed);
  const groups = examples.map(({ points }) => points);
  const weights = salience(space, groups);
  const find = FINDERS[method](space, groups, prototypes, chance);
  const found = groups.map(find);
  const covariance = method === "prototypes" ? varying(space, groups, found) : undefined;
  const metric = new Metric(space, covariance ? { covariance } : { salience: weights });
  const reaches = groups.map((points) => heldOut(points, find, metric, chance));
  const all = reaches.flat();
  return examples.map(({ name }, at) => ({
    name,
    prototypes: found[at]!.prototypes.map((point) => valuesOf(space, point)),
    ...metricOf(space, weights, covariance, found[at]!.prototypes),
    sensitivity: sensitivityOf(
      reaches[at]!.some((reach) => reach > 0) ? reaches[at]! : all,
      THRESHOLD,
    ),
    threshold: THRESHOLD,
  }));
}

function examplesOf(
  points: readonly Coordinates[],
  labels: readonly (string | null)[],
): Example[] {
  if (points.length !== labels.length) {
    throw new RangeError(`Cannot learn from ${points.length} points with ${labels.length} labels`);
  }
  const examples = new Map<string, Coordinates[]>();
  for (const [at, name] of labels.entries()) {
    if (name === null) continue;
    const members = examples.get(name) ?? [];
    examples.set(name, members);
    if (points[at]!.some((value) => !Number.isNaN(value))) members.push(points[at]!);
  }
  if (examples.size === 0) {
    throw new NothingToLearn("labels", "none of the points has one: label some of each concept");
  }
  for (const [name, members] of examples) {
    if (members.length === 0) {
      throw new NothingToLearn(
        `labels/${name}`,
        "nothing is known of its members: leave its labels out, or measure them first",
      );
    }
  }
  return [...examples].map(([name, points]) => ({ name, points }))
    .sort((a, b) => a.name < b.name ? -1 : 1);
}

/** Finds the prototypes of a concept from its members. */
type Find = (points: readonly Coordinates[]) => Clustering;

const one = (points: readonly Coordinates[], prototype: Coordinates): Clustering => ({
  prototypes: [prototype],
  members: new Int32Array(points.length),
});

const FINDERS: Record<
  LearnOptions["method"],
  (space: Space, groups: readonly Coordinates[][], prototypes: number, chance: Chance) => Find
> = {
  centroid: (space) => (points) => one(points, centroid(space, points)),
  geometric_median: (space) => (points) => one(points, geometricMedian(space, points)),
  prototypes: (space, groups, most, chance) => {
    const middles = groups.map((points) => one(points, centroid(space, points)));
    const { rows } = covarianceOf(space, groups, middles);
    const weights = Float64Array.from(rows, (row, at) => 1 / row[at]!);
    return (points) =>
      kMeans(
        space,
        points,
        Math.min(most, Math.ceil(points.length / MEMBERS_A_PROTOTYPE)),
        chance,
        weights,
      );
  },
};

function covarianceOf(
  space: Space,
  groups: readonly Coordinates[][],
  found: readonly Clustering[],
): Covariance {
  const points: Coordinates[] = [];
  const nearest: Coordinates[] = [];
  for (const [group, { prototypes, members }] of found.entries()) {
    for (const [row, at] of members.entries()) {
      if (at < 0) continue; // it knows nothing that a prototype knows
      points.push(groups[group]![row]!);
      nearest.push(prototypes[at]!);
    }
  }
  return withinCovariance(space, points, nearest);
}

/** The covariance, unless no member differs from its prototype: then nothing is known of what is usual. */
function varying(
  space: Space,
  groups: readonly Coordinates[][],
  found: readonly Clustering[],
): Covariance | undefined {
  const varies = groups.some((points, group) =>
    points.some((point, row) => {
      const { prototypes, members } = found[group]!;
      const prototype = prototypes[members[row]!];
      return point.some((value, at) => Math.abs(value - (prototype?.[at] ?? NaN)) > 0);
    })
  );
  return varies ? covarianceOf(space, groups, found) : undefined;
}

/** How far members are from the nearest prototype of the others. */
function heldOut(points: Coordinates[], find: Find, metric: Metric, chance: Chance): number[] {
  if (points.length < 2) return [];
  const parts = folds(points.map(() => 0), Math.min(PARTS, points.length), chance);
  const distances: number[] = [];
  for (let part = 0; part < Math.min(PARTS, points.length); part++) {
    const { prototypes } = find(points.filter((_, at) => parts[at] !== part));
    const others = prototypes.map((point) => ({ point, concept: 0, metric }));
    for (const [at, point] of points.entries()) {
      if (parts[at] === part) distances.push(nearestOf(others, point).distance);
    }
  }
  return distances.filter((distance) => !Number.isNaN(distance));
}

/** What distance means to a concept, of the dimensions that it has: the others are of no importance to it. */
function metricOf(
  space: Space,
  weights: Weights,
  covariance: Covariance | undefined,
  prototypes: readonly Coordinates[],
): Pick<Concept, "metric" | "weights" | "covariance"> {
  const places = [...prototypes[0]!.keys()].filter((at) =>
    prototypes.some((point) => !Number.isNaN(point[at]))
  );
  const names = dimensionsOf(space).map(({ name }) => name);
  const dimensions = places.map((at) => names[at]!);
  if (!covariance) {
    // What tells no concepts apart is all that is known of this one: then it has to do.
    const isTelling = dimensions.some((name) => weights[name]! > 0);
    return {
      metric: "weighted",
      weights: Object.fromEntries(
        dimensions.map((name) => [name, isTelling ? weights[name]! : 1]),
      ),
    };
  }
  const rows = places.map((row) => places.map((column) => covariance.rows[row]![column]!));
  return { metric: "whitened", covariance: { dimensions, rows } };
}
