/** What can be at all. */
import type { Dimension } from "../dimension.ts";

/** Between which values a quantity can be. */
export type Bounds = readonly [least: number, most: number];

/** Between which coordinates values of a dimension can be: shares from 0 to 1, quantities on a log from 0 on. */
export function boundsOf({ scale, unit, range: [low, high] }: Dimension): Bounds {
  if (scale === "log") return [0, Infinity];
  return scale === "linear" && unit === "1" && low === 0 && high === 1
    ? [0, 1]
    : [-Infinity, Infinity];
}
