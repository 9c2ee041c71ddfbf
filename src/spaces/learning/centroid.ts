/** The middle of some points. */
import { type Coordinates, dimensionsOf, type Space } from "../space.ts";

/** A mean direction shorter than this is none: the points lie all around the circle. */
const DIRECTION = 1e-9;

/**
 * The mean of some points, over those that know a dimension; on a circle the mean direction (Fisher, Statistical
 * Analysis of Circular Data, 1993, 2.3). NaN where no point knows a dimension, or where the points of a circle lie all
 * around it and have no middle.
 *
 * @example
 * ```ts
 * import { centroid } from "@cim/infrastructure";
 * import { deepStrictEqual } from "node:assert";
 * const share = { unit: "1", scale: "linear", range: [0, 1] } as const;
 * const dimensions = [{ name: "load.cpu", ...share }, { name: "load.memory", ...share }];
 * const space = { name: "load", domains: [{ name: "load", dimensions }] };
 * const points = [Float64Array.of(0, NaN), Float64Array.of(0.5, 0.25)];
 * deepStrictEqual([...centroid(space, points)], [0.25, 0.25]);
 * ```
 */
export function centroid(space: Space, points: readonly Coordinates[]): Coordinates {
  return Float64Array.from(
    dimensionsOf(space),
    ({ scale }, at) => scale === "circular" ? meanDirection(points, at) : mean(points, at),
  );
}

function mean(points: readonly Coordinates[], at: number): number {
  let sum = 0;
  let known = 0;
  for (const point of points) {
    const value = point[at]!;
    if (Number.isNaN(value)) continue;
    sum += value;
    known++;
  }
  return known === 0 ? NaN : sum / known;
}

function meanDirection(points: readonly Coordinates[], at: number): number {
  let [east, north, known] = [0, 0, 0];
  for (const point of points) {
    const angle = 2 * Math.PI * point[at]!;
    if (Number.isNaN(angle)) continue;
    east += Math.cos(angle);
    north += Math.sin(angle);
    known++;
  }
  if (known === 0 || Math.hypot(east, north) < DIRECTION * known) return NaN;
  const turns = Math.atan2(north, east) / (2 * Math.PI);
  return turns < 0 ? turns + 1 : turns;
}
