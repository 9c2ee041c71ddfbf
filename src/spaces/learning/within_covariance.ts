/** How the members of concepts vary around their prototypes. */
import { difference } from "../dimension.ts";
import type { Covariance } from "../covariance.ts";
import { type Coordinates, dimensionsOf, type Space } from "../space.ts";
import { ledoitWolf } from "./shrinkage.ts";

/**
 * The variance that each dimension has at least: a thousandth of its range, squared. So a dimension on which nothing
 * varies, or which is another one said twice, leaves the covariance positive definite.
 */
const FLOOR = 1e-6;

/**
 * The covariance of points around prototypes of theirs, of all concepts together, shrunk domain by domain
 * ({@linkcode ledoitWolf}); between domains it is 0. What is not known of a point is taken to be as its prototype is,
 * and the variance of a dimension is over the points that know it.
 *
 * @param points some, and for each in `prototypes` the one that it belongs to
 */
export function withinCovariance(
  space: Space,
  points: readonly Coordinates[],
  prototypes: readonly Coordinates[],
): Covariance {
  const dimensions = dimensionsOf(space);
  const rows = dimensions.map(() => new Array<number>(dimensions.length).fill(0));
  let start = 0;
  for (const domain of space.domains) {
    const places = domain.dimensions.map((_, at) => start + at);
    const circular = domain.dimensions.map(({ scale }) => scale === "circular");
    const residuals = points.map((point, row) =>
      places.map((place, at) => difference(circular[at]!, prototypes[row]![place]!, point[place]!))
    );
    fill(residuals, places.length);
    const { rows: own } = ledoitWolf(residuals);
    for (const [row, place] of places.entries()) {
      for (const [column, other] of places.entries()) rows[place]![other] = own[row]![column]!;
      rows[place]![place]! += FLOOR;
    }
    start += places.length;
  }
  return { dimensions: dimensions.map(({ name }) => name), rows };
}

/** Puts 0 where nothing is known, and makes up for that in what is. */
function fill(residuals: number[][], width: number): void {
  for (let at = 0; at < width; at++) {
    const known = residuals.reduce((sum, row) => sum + (Number.isNaN(row[at]) ? 0 : 1), 0);
    const more = Math.sqrt(residuals.length / known);
    for (const row of residuals) row[at] = Number.isNaN(row[at]) ? 0 : row[at]! * more;
  }
}
