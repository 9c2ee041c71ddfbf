/** Graded borders: the cells of all the tessellations that concepts with several prototypes allow, laid on each other. */
import { gaussLegendre } from "./gauss_legendre.ts";

/** A prototype as seen from a point. */
interface Seen {
  distance: number;
  concept: number;
}

/**
 * To which degree a point is of each concept (the collated Voronoi diagram: Douven, Decock, Dietz and Égré, "Vagueness: a
 * conceptual spaces approach", Journal of Philosophical Logic 42, 2013). Draw one prototype of each concept, and they
 * divide the space into cells; the degree of A is the share of all these draws in which the point falls into A's cell:
 * the mean, over prototypes p of A, of the product, over the other concepts B, of the share of B's prototypes that are
 * farther from the point than p. Where two are as far, each has half of the draw; where m are, an m-th. So degrees add up
 * to 1, but for rounding; with one prototype each, the nearest concept has it all.
 *
 * For P prototypes it takes P · log P steps at most, and mostly far fewer: it ends where some concept has no farther one.
 *
 * @param distances for each concept, of the point from its prototypes; NaN ones, not known, are passed over
 * @returns a degree for each concept, 0 to 1; 0 for one of which no distance is known
 * @example
 * ```ts
 * import { collatedDegrees } from "@cim/infrastructure";
 * import { deepStrictEqual } from "node:assert";
 * // Of the four ways to draw one prototype of each, the first concept's is the nearer one in three.
 * deepStrictEqual([...collatedDegrees([[1, 3], [2, 4]])], [0.75, 0.25]);
 * ```
 */
export function collatedDegrees(distances: readonly ArrayLike<number>[]): Float64Array {
  const degrees = new Float64Array(distances.length);
  const left = new Int32Array(distances.length);
  const seen = nearEnough(distances, left);
  // The share of draws in which nothing nearer was drawn than what is looked at.
  let open = 1;
  for (let from = 0, to = 0; from < seen.length && open > 0; from = to) {
    while (to < seen.length && seen[to]!.distance === seen[from]!.distance) to++;
    const counts = countsOf(seen, from, to);
    // Of those draws, the share in which a concept's prototype is drawn here.
    const drawn = counts.map(({ concept, count }) => count / left[concept]!);
    const fair = fairShares(drawn);
    for (const [at, { concept, count }] of counts.entries()) {
      degrees[concept]! += open * fair[at]!;
      left[concept]! -= count;
    }
    for (const share of drawn) open *= 1 - share;
  }
  return degrees;
}

/**
 * Prototypes that can be the nearest of a draw, by distance; and in `left` how many known ones each concept has. Beyond
 * the farthest one of a concept nothing is the nearest, since some of that concept is always drawn.
 */
function nearEnough(distances: readonly ArrayLike<number>[], left: Int32Array): Seen[] {
  let bound = Infinity;
  for (const [concept, own] of distances.entries()) {
    let farthest = -Infinity;
    for (let at = 0; at < own.length; at++) {
      if (Number.isNaN(own[at]!)) continue;
      left[concept]!++;
      farthest = Math.max(farthest, own[at]!);
    }
    if (left[concept]! > 0) bound = Math.min(bound, farthest);
  }
  const seen: Seen[] = [];
  for (const [concept, own] of distances.entries()) {
    for (let at = 0; at < own.length; at++) {
      if (own[at]! <= bound) seen.push({ distance: own[at]!, concept });
    }
  }
  return seen.sort((a, b) => a.distance - b.distance);
}

/** How many prototypes of each concept are in a part of those that are seen: mostly there is just the one. */
function countsOf(
  seen: readonly Seen[],
  from: number,
  to: number,
): { concept: number; count: number }[] {
  if (to === from + 1) return [{ concept: seen[from]!.concept, count: 1 }];
  const counts = new Map<number, number>();
  for (const { concept } of seen.slice(from, to)) {
    counts.set(concept, (counts.get(concept) ?? 0) + 1);
  }
  return Array.from(counts, ([concept, count]) => ({ concept, count }));
}

/**
 * For concepts that are as far as each other, and drawn here with these probabilities: how probable it is that one is
 * drawn and has the point, which those share that are drawn. 1/(1 + k) for k others is ∫ uᵏ du, so over all cases it is
 * p · ∫ Π (1 − q + q·u) du over the others' q.
 */
function fairShares(drawn: readonly number[]): readonly number[] {
  if (drawn.length === 1) return drawn;
  const shares = drawn.map(() => 0);
  for (const { at: u, weight } of gaussLegendre(Math.ceil(drawn.length / 2))) {
    const factors = drawn.map((probability) => 1 - probability + probability * u);
    const product = factors.reduce((product, factor) => product * factor, 1);
    for (const [at, probability] of drawn.entries()) {
      shares[at]! += weight * probability * product / factors[at]!;
    }
  }
  return shares;
}
