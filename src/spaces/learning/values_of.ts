/** From coordinates back to what they stand for. */
import { valueAt } from "../dimension.ts";
import { type Coordinates, dimensionsOf, type Space, type Values } from "../space.ts";

/** So many digits of a value are as they were said, for all that its coordinate is rounded. */
const DIGITS = 13;

/** What is known at a point, in the units of the dimensions: 2 processors, and not 2.0000000000000004. */
export function valuesOf(space: Space, point: Coordinates): Values {
  const known = dimensionsOf(space).flatMap((dimension, at): [string, number][] =>
    Number.isNaN(point[at])
      ? []
      : [[dimension.name, Number(valueAt(dimension, point[at]!).toPrecision(DIGITS))]]
  );
  return Object.fromEntries(known);
}
