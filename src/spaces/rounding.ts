/** How far two ways to reckon the same distance can be apart. */

/** Whoever reckons in an embedding decides nothing that is as close as this: then the metric itself is asked. */
const RELATIVE = 1e-6;
const OF_MAGNITUDE = 1e-10;

/** Coordinates up to here are laid out; weighted and squared, they are still numbers. */
export const GREATEST = 1e100;

/**
 * The greatest distance that could, but for rounding, be no more than another.
 *
 * @param magnitude how far from the origin one of the two points is, laid out; the other is no farther than that and
 * the distance
 */
export function atMost(distance: number, magnitude: number): number {
  return distance * (1 + RELATIVE) + magnitude * OF_MAGNITUDE;
}
