/** How far rows are apart, measured as fast as can be. */

/** How differences on several axes come together: their sum, or the root of the sum of their squares. */
export type Norm = "city" | "euclid";

/** The distance of two rows, of `euclid` its square. What reaches `stop` is given up there, and is at least `stop`. */
export type RowDistance = (
  one: Float64Array,
  at: number,
  other: Float64Array,
  from: number,
  width: number,
  stop: number,
) => number;

/** The distances of both norms. */
export const ROW_DISTANCE: Record<Norm, RowDistance> = {
  city(one, at, other, from, width, stop) {
    let sum = 0;
    for (let axis = 0; axis < width; axis++) {
      const way = one[at + axis]! - other[from + axis]!;
      sum += way < 0 ? -way : way;
      if (sum >= stop) return sum;
    }
    return sum;
  },
  euclid(one, at, other, from, width, stop) {
    let sum = 0;
    for (let axis = 0; axis < width; axis++) {
      const way = one[at + axis]! - other[from + axis]!;
      sum += way * way;
      if (sum >= stop) return sum;
    }
    return sum;
  },
};

/** What {@linkcode ROW_DISTANCE} measures, as a distance. */
export function distanceOf(norm: Norm, measured: number): number {
  return norm === "city" ? measured : Math.sqrt(measured);
}
