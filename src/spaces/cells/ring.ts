/** Closed lines around something. */
import type { Place } from "./plane.ts";

/** A closed line; the last place is next to the first. Inside is on its left. */
export type Ring = readonly Place[];

/** Whether a place is inside of some rings, of which one can be a hole in another: by how many lie to its right. */
export function isInside(rings: readonly Ring[], [x, y]: Place): boolean {
  let inside = false;
  for (const ring of rings) {
    let [fromX, fromY] = ring.at(-1)!;
    for (const [toX, toY] of ring) {
      if ((fromY > y) !== (toY > y) && x < fromX + (y - fromY) / (toY - fromY) * (toX - fromX)) {
        inside = !inside;
      }
      [fromX, fromY] = [toX, toY];
    }
  }
  return inside;
}

/** How far a place is from the nearest of some rings, along axes of the same unit. */
export function clearance(rings: readonly Ring[], [x, y]: Place): number {
  let least = Infinity;
  for (const ring of rings) {
    let [fromX, fromY] = ring.at(-1)!;
    for (const [toX, toY] of ring) {
      const [dx, dy] = [toX - fromX, toY - fromY];
      const length = dx * dx + dy * dy;
      const along = length > 0 ? ((x - fromX) * dx + (y - fromY) * dy) / length : 0;
      const share = Math.min(1, Math.max(0, along));
      least = Math.min(least, Math.hypot(x - fromX - share * dx, y - fromY - share * dy));
      [fromX, fromY] = [toX, toY];
    }
  }
  return least;
}
