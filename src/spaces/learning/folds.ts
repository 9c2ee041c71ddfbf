/** Parts of labelled things, for judging what was learned by things that it was not learned from. */
import type { Chance } from "./chance.ts";

/**
 * Gives each thing to one of some parts, so that each class is spread over them as evenly as can be (stratified).
 *
 * @param classes of each thing, as text or a number
 * @param count how many parts
 * @returns for each thing its part, 0 to `count` − 1
 */
export function folds(
  classes: readonly (string | number)[],
  count: number,
  chance: Chance,
): Int32Array {
  const parts = new Int32Array(classes.length);
  const things = Map.groupBy(classes.keys(), (at) => classes[at]!);
  // Goes on where the last class ended, or the first parts would get the odd ones of all classes.
  let next = 0;
  for (const own of things.values()) {
    for (const at of chance.shuffled(own)) parts[at] = next++ % count;
  }
  return parts;
}
