/** From coordinates back to what they stand for. */
import { valueAt } from "../dimension.ts";
import { type Coordinates, dimensionsOf, type Space, type Values } from "../space.ts";

/** What is known at a point, in the units of the dimensions. */
export function valuesOf(space: Space, point: Coordinates): Values {
  const known = dimensionsOf(space).flatMap((dimension, at): [string, number][] =>
    Number.isNaN(point[at]) ? [] : [[dimension.name, valueAt(dimension, point[at]!)]]
  );
  return Object.fromEntries(known);
}
