/** Fewer rows of a table that has many. */
import type { Chance } from "./chance.ts";

/** A class with no more rows than this keeps them all. */
const FEW = 20;

/**
 * The places of so many rows, about a tenth more at most: each class keeps its share of them, but for small ones, which
 * keep what they have.
 *
 * @param classes a number for each row
 * @returns places in ascending order
 */
export function balanced(classes: Int32Array, most: number, chance: Chance): number[] {
  if (classes.length <= most) return [...classes.keys()];
  const places = Map.groupBy(classes.keys(), (at) => classes[at]!);
  let share = most / classes.length;
  const kept = (size: number) => Math.min(size, Math.max(FEW, Math.floor(share * size)));
  const total = () => [...places.values()].reduce((sum, own) => sum + kept(own.length), 0);
  while (total() > 1.1 * most && share > 0.01 * most / classes.length) share *= 0.95;
  return [...places.values()]
    .flatMap((own) => chance.shuffled(own).slice(0, kept(own.length)))
    .sort((a, b) => a - b);
}
