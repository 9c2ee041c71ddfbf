/** How far apart some points are, each from each. */
import type { Metric } from "../metric.ts";
import type { Coordinates } from "../space.ts";

/**
 * The distances between some points, measured once: n points take n²/2 distances and 8n² bytes. Two points that know
 * nothing in common are as far apart as the farthest two that do.
 */
export class DistanceTable {
  readonly size: number;
  readonly #distances: Float64Array;

  /** @param points a few thousand at most */
  constructor(metric: Metric, points: readonly Coordinates[]) {
    const size = this.size = points.length;
    const distances = this.#distances = new Float64Array(size * size);
    let farthest = 0;
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < row; column++) {
        const distance = metric.distance(points[row]!, points[column]!);
        distances[row * size + column] = distances[column * size + row] = distance;
        if (distance > farthest) farthest = distance;
      }
    }
    for (const [at, distance] of distances.entries()) {
      if (Number.isNaN(distance)) distances[at] = farthest;
    }
  }

  /** The distance between two of the points, by their places. */
  between(one: number, other: number): number {
    return this.#distances[one * this.size + other]!;
  }
}
