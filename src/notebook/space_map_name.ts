/** Where the names of a map's cells are written. */
import type { Place } from "../spaces/cells/plane.ts";
import { clearance, isInside, type Ring } from "../spaces/cells/ring.ts";

/** A text's size, in pixels. */
export interface TextSize {
  readonly width: number;
  readonly height: number;
}

/** Places are tried in steps of so many pixels. */
const STEP = 10;
/** One thing under a name is as bad as being nearer to the border by so many pixels. */
const COVERED = 12;

/**
 * The middle of a text that lies inside of a cell, far from its border, and covers as few things as it can.
 *
 * @param rings the cell's outlines, in pixels
 * @param things what is not to be covered
 * @returns undefined where there is no room
 */
export function roomFor(
  { width, height }: TextSize,
  rings: readonly Ring[],
  things: readonly Place[],
): Place | undefined {
  const [left, right] = extent(rings, 0);
  const [top, bottom] = extent(rings, 1);
  let [best, most]: [Place | undefined, number] = [undefined, -Infinity];
  for (let y = top + STEP / 2; y <= bottom; y += STEP) {
    for (let x = left + STEP / 2; x <= right; x += STEP) {
      const box = [-0.5, 0, 0.5].flatMap((across) =>
        [-0.5, 0.5].map((up): Place => [x + across * width, y + up * height])
      );
      if (!box.every((corner) => isInside(rings, corner))) continue;
      const covered = things.filter((thing) =>
        Math.abs(thing[0] - x) < width / 2 + 4 && Math.abs(thing[1] - y) < height / 2 + 4
      );
      const free = Math.min(...box.map((corner) => clearance(rings, corner)));
      const worth = Math.min(free, 40) - COVERED * covered.length;
      if (worth > most) [best, most] = [[x, y], worth];
    }
  }
  return best;
}

function extent(rings: readonly Ring[], axis: 0 | 1): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const place of rings.flat()) {
    low = Math.min(low, place[axis]);
    high = Math.max(high, place[axis]);
  }
  return [low, high];
}
