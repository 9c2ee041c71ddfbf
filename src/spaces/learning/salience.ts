/** Which dimensions tell concepts from each other. */
import { difference } from "../dimension.ts";
import type { Weights } from "../weights.ts";
import { type Coordinates, dimensionsOf, type Space } from "../space.ts";
import { centroid } from "./centroid.ts";

/** The least variance inside concepts that counts: a hundredth of a range, squared. Else nothing would matter beside it. */
const LEAST_WITHIN = 1e-4;
/** A share of the variance below this is rounding. */
const NOTHING = 1e-9;

/**
 * Weights of dimensions, from points whose concepts are known, (B/(B + W))/W: a squared difference counts by the variance
 * W inside the concepts, and by the share of the whole variance that is B, between the concepts' means (Fisher's
 * correlation ratio η², Statistical Methods for Research Workers, 1925). What does not differ from concept to concept has
 * weight 0. They are 1 on average; all are 1 where nothing differs, as with a single concept.
 *
 * @param concepts the points of each concept
 */
export function salience(space: Space, concepts: readonly (readonly Coordinates[])[]): Weights {
  const dimensions = dimensionsOf(space);
  const middle = centroid(space, concepts.flat());
  const middles = concepts.map((points) => centroid(space, points));
  const weights = dimensions.map(({ scale }, at) => {
    const isCircular = scale === "circular";
    let [between, within, known] = [0, 0, 0];
    for (const [concept, points] of concepts.entries()) {
      for (const point of points) {
        const own = difference(isCircular, middles[concept]![at]!, point[at]!);
        const way = difference(isCircular, middle[at]!, middles[concept]![at]!);
        if (Number.isNaN(own) || Number.isNaN(way)) continue;
        within += own ** 2;
        between += way ** 2;
        known++;
      }
    }
    const share = between / (between + within);
    return share > NOTHING ? share / Math.max(within / known, LEAST_WITHIN) : 0;
  });
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  return Object.fromEntries(
    dimensions.map(({ name }, at) => [name, mean === 0 ? 1 : weights[at]! / mean]),
  );
}
