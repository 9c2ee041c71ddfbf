/** How well things are in groups. */
import type { DistanceTable } from "./distance_table.ts";

/**
 * The mean silhouette of things in groups, −1 to 1: how much nearer a thing is to its own group than to the nearest other,
 * (b − a)/max(a, b) (Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of cluster analysis",
 * 1987). A thing alone in its group counts 0.
 *
 * @param groups for each thing the number of its group, 0 to `count` − 1
 * @param count how many groups there are, at least 2
 */
export function meanSilhouette(
  distances: DistanceTable,
  groups: ArrayLike<number>,
  count: number,
): number {
  const sizes = new Float64Array(count);
  for (let at = 0; at < groups.length; at++) sizes[groups[at]!]!++;
  const sums = new Float64Array(count);
  let total = 0;
  for (let at = 0; at < distances.size; at++) {
    const own = groups[at]!;
    if (sizes[own] === 1) continue;
    sums.fill(0);
    for (let other = 0; other < distances.size; other++) {
      sums[groups[other]!]! += distances.between(at, other);
    }
    const inside = sums[own]! / (sizes[own]! - 1);
    let outside = Infinity;
    for (let group = 0; group < count; group++) {
      if (group !== own && sizes[group]! > 0) {
        outside = Math.min(outside, sums[group]! / sizes[group]!);
      }
    }
    const larger = Math.max(inside, outside);
    if (larger > 0) total += (outside - inside) / larger;
  }
  return total / distances.size;
}
