/** The point from which the way to all of some points is shortest: a middle that a few outliers do not move. */
import { difference } from "../dimension.ts";
import type { Coordinates, Domain, Space } from "../space.ts";
import { centroid } from "./centroid.ts";

/** A step shorter than this, in coordinates, is the last; it comes after about thirty. */
const STEP = 1e-10;
const MOST_STEPS = 1_000;

/**
 * The geometric median: the sum of its distances from all points is the least that there is. Distance is the space's
 * own, city block across domains, so that each domain has a median by itself. It is found as Weiszfeld (1937) did, with
 * the correction of Vardi and Zhang ("The multivariate L1-median and associated data depth", PNAS 97, 2000) for medians
 * that are one of the points, to nine digits. NaN where no point knows a dimension.
 *
 * @example
 * ```ts
 * import { geometricMedian } from "@cim/infrastructure";
 * import { ok } from "node:assert";
 * const share = { unit: "1", scale: "linear", range: [0, 1] } as const;
 * const dimensions = [{ name: "load.cpu", ...share }];
 * const space = { name: "load", domains: [{ name: "load", dimensions }] };
 * const points = [0.25, 0.25, 0.25, 1].map((cpu) => Float64Array.of(cpu));
 * ok(Math.abs(geometricMedian(space, points)[0]! - 0.25) < 1e-9); // the centroid is at 0.4375
 * ```
 */
export function geometricMedian(space: Space, points: readonly Coordinates[]): Coordinates {
  const at = centroid(space, points);
  let start = 0;
  for (const domain of space.domains) {
    for (let step = 0; step < MOST_STEPS; step++) {
      if (move(at, start, domain, points) < STEP) break;
    }
    start += domain.dimensions.length;
  }
  return at;
}

/** One step inside a domain; how long it was. */
function move(
  at: Coordinates,
  start: number,
  { dimensions }: Domain,
  points: readonly Coordinates[],
): number {
  const size = dimensions.length;
  const circular = dimensions.map(({ scale }) => scale === "circular");
  const pull = new Float64Array(size);
  const weights = new Float64Array(size);
  const ways = new Float64Array(size);
  let here = 0;
  for (const point of points) {
    let square = 0;
    let known = 0;
    for (let own = 0; own < size; own++) {
      ways[own] = difference(circular[own]!, at[start + own]!, point[start + own]!);
      if (Number.isNaN(ways[own])) continue;
      square += ways[own]! ** 2;
      known++;
    }
    if (known === 0) continue;
    // What is not known leaves the distance to what is: the metric's way of it.
    const share = known / size;
    if (square === 0) {
      here += Math.sqrt(1 / share);
      continue;
    }
    const weight = 1 / Math.sqrt(square * share);
    for (let own = 0; own < size; own++) {
      if (Number.isNaN(ways[own])) continue;
      pull[own]! += weight * ways[own]!;
      weights[own]! += weight;
    }
  }
  const strength = Math.hypot(...pull);
  if (strength <= here) return 0;
  // The points that lie here hold it back by their number.
  const freedom = 1 - here / strength;
  let length = 0;
  for (let own = 0; own < size; own++) {
    if (weights[own] === 0) continue;
    const step = freedom * pull[own]! / weights[own]!;
    const to = at[start + own]! + step;
    at[start + own] = circular[own] ? to - Math.floor(to) : to;
    length += step ** 2;
  }
  return Math.sqrt(length);
}
