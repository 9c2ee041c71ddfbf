/** Groups of things by their distances alone, each around one of its things. */
import type { DistanceTable } from "./distance_table.ts";

const MOST_ROUNDS = 100;

/** Things in groups. */
export interface Medoids {
  /** The places of the things that the groups lie around. */
  readonly medoids: readonly number[];
  /** For each thing the number of its group. */
  readonly groups: Int32Array;
}

/**
 * The first medoids, so that the sum of all distances from the nearest falls as far as it can with each: BUILD of
 * Kaufman and Rousseeuw's PAM (Finding Groups in Data, 1990, chapter 2). The first k of them are those for k groups.
 * Of two that are as good the first counts: nothing is left to chance.
 *
 * @returns `most`, or fewer where there are fewer different things
 */
export function firstMedoids(distances: DistanceTable, most: number): number[] {
  const { size } = distances;
  const nearest = new Float64Array(size).fill(Infinity);
  const medoids: number[] = [];
  while (medoids.length < Math.min(most, size)) {
    let best = -1;
    let least = Infinity;
    for (let candidate = 0; candidate < size; candidate++) {
      let sum = 0;
      for (let at = 0; at < size; at++) {
        sum += Math.min(nearest[at]!, distances.between(candidate, at));
      }
      if (sum < least) [best, least] = [candidate, sum];
    }
    if (nearest[best] === 0) break;
    medoids.push(best);
    for (let at = 0; at < size; at++) {
      nearest[at] = Math.min(nearest[at]!, distances.between(best, at));
    }
  }
  return medoids;
}

/**
 * k medoids: each thing goes to the nearest medoid, and each group gets the thing in its middle for a medoid, until
 * nothing changes (Park and Jun, "A simple and fast algorithm for K-medoids clustering", 2009).
 *
 * @param first where to begin: {@linkcode firstMedoids}
 */
export function kMedoids(distances: DistanceTable, first: readonly number[]): Medoids {
  let medoids = [...first];
  let groups = nearestOf(distances, medoids);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const members = medoids.map((): number[] => []);
    for (const [at, group] of groups.entries()) members[group]!.push(at);
    const next = members.map((group, at) => middleOf(distances, group) ?? medoids[at]!);
    if (next.every((medoid, at) => medoid === medoids[at])) break;
    medoids = next;
    groups = nearestOf(distances, medoids);
  }
  return { medoids, groups };
}

function nearestOf(distances: DistanceTable, medoids: readonly number[]): Int32Array {
  return Int32Array.from({ length: distances.size }, (_, at) => {
    let nearest = 0;
    for (let group = 1; group < medoids.length; group++) {
      if (distances.between(medoids[group]!, at) < distances.between(medoids[nearest]!, at)) {
        nearest = group;
      }
    }
    return nearest;
  });
}

/** The thing with the least sum of distances from the others. */
function middleOf(distances: DistanceTable, group: readonly number[]): number | undefined {
  let middle: number | undefined;
  let least = Infinity;
  for (const candidate of group) {
    let sum = 0;
    for (const at of group) sum += distances.between(candidate, at);
    if (sum < least) [middle, least] = [candidate, sum];
  }
  return middle;
}
