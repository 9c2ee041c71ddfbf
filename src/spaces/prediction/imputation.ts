/** What is not known of a thing, from what is known of it and of others of its concept. */
import { compileConcept } from "../compiled_concept.ts";
import type { Concept } from "../concept.ts";
import { difference, type Dimension, valueAt } from "../dimension.ts";
import { centroid } from "../learning/centroid.ts";
import { type Coordinates, dimensionsOf, type Space } from "../space.ts";
import { boundsOf } from "./bounds.ts";
import { ConditionalMean } from "./conditional_mean.ts";
import { conformal } from "./conformal.ts";
import { middleOf } from "./order.ts";
import { normalReach } from "./normal_reach.ts";

/** A value that nobody measured. */
export interface Imputation {
  readonly dimension: Dimension;
  /** In its unit; so are the others. */
  readonly value: number;
  /** It lies between these, with the probability of the level; null where too little is known to say so. */
  readonly low: number | null;
  readonly high: number | null;
  /** On what the interval rests: members of which the value is known, the concept's covariance, or nothing. */
  readonly basis: "members" | "covariance" | "nothing";
  /** Of how many members of the concept the value is known. */
  readonly members: number;
}

/**
 * What is to be expected of the dimensions of a point that are not known, if it is of a concept. The nearest prototype
 * says it (where that does not know a dimension, the mean of the members that are nearest to it); a whitened concept's
 * covariance adds what follows from the known dimensions of the same domain: the conditional mean of a normal distribution,
 * μ_u + S_uk S_kk⁻¹ (x_k − μ_k) (Anderson, An Introduction to Multivariate Statistical Analysis, 2003, 2.5). Where enough
 * members know the dimension, it is moved by the median of how far off that is for them, each without its own part in the
 * mean, and the interval is {@linkcode conformal} to that.
 *
 * @param members points of the concept, whether or not it was learned from them
 * @param level of the intervals: 0 to 1, and neither
 * @returns the dimensions that are not known and of which something can be said, in their order; none where nothing is
 * known of the point by which to find a prototype
 * @throws {SpaceInvalid} for a concept that makes no sense
 * @example
 * ```ts
 * import { imputed, pointOf } from "@cim/infrastructure";
 * import { deepStrictEqual } from "node:assert";
 * const share = { unit: "1", scale: "linear", range: [0, 1] } as const;
 * const dimensions = [{ name: "load.cpu", ...share }, { name: "load.memory", ...share }];
 * const space = { name: "load", domains: [{ name: "load", dimensions }] };
 * const concept = { name: "idle", prototypes: [{ "load.cpu": 0, "load.memory": 0.25 }] };
 * const [memory] = imputed(space, concept, [], pointOf(space, { "load.cpu": 0.125 }), 0.8);
 * deepStrictEqual([memory?.value, memory?.basis], [0.25, "nothing"]);
 * ```
 */
export function imputed(
  space: Space,
  concept: Concept,
  members: readonly Coordinates[],
  point: Coordinates,
  level: number,
): Imputation[] {
  const { prototypes, metric } = compileConcept(space, concept);
  const nearest = (of: Coordinates) => {
    const distances = prototypes.map((prototype) => metric.distance(of, prototype));
    const least = distances.reduce((a, b) => b < a || Number.isNaN(a) ? b : a, NaN);
    return distances.indexOf(least);
  };
  const own = nearest(point);
  if (own < 0) return [];
  // What is not known of the point must not help to place the members either.
  const groups = Map.groupBy(
    members,
    (member) => nearest(member.map((known, place) => Number.isNaN(point[place]!) ? NaN : known)),
  );
  const centres = prototypes.map((prototype, at) => {
    const mean = centroid(space, groups.get(at) ?? []);
    return prototype.map((known, place) => Number.isNaN(known) ? mean[place]! : known);
  });
  const covariance = concept.metric === "whitened" ? concept.covariance : undefined;
  const follows = new ConditionalMean(space, covariance);
  return dimensionsOf(space).flatMap((dimension, place): Imputation[] => {
    if (!Number.isNaN(point[place]!)) return [];
    const isCircular = dimension.scale === "circular";
    const expected = follows.at(place, point, centres[own]!, point);
    if (Number.isNaN(expected)) return [];
    const errors = [...groups].flatMap(([group, points]) => {
      const known = group < 0 ? [] : points.filter((member) => !Number.isNaN(member[place]!));
      // What a member adds to a mean of n makes it look nearer by 1/n.
      const without = known.length / (known.length - 1);
      return known.map((member) =>
        without * difference(
          isCircular,
          follows.at(place, member, centres[group]!, point),
          member[place]!,
        )
      );
    }).filter(Number.isFinite);
    const told = (at: number) => {
      const [least, most] = boundsOf(dimension);
      return valueAt(dimension, Math.min(most, Math.max(least, at)));
    };
    const list = Float64Array.from(errors);
    const interval = conformal(list, level);
    if (interval) {
      return [{
        dimension,
        value: told(expected + middleOf(list)),
        low: told(expected + interval.low),
        high: told(expected + interval.high),
        basis: "members",
        members: list.length,
      }];
    }
    const deviation = follows.deviation(place, point);
    const reach = deviation === null ? null : normalReach(level) * deviation;
    return [{
      dimension,
      value: told(expected),
      low: reach === null ? null : told(expected - reach),
      high: reach === null ? null : told(expected + reach),
      basis: reach === null ? "nothing" : "covariance",
      members: list.length,
    }];
  });
}
