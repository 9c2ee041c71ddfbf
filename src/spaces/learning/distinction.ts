/** What tells some points from others, in words. */
import { difference } from "../dimension.ts";
import { type Coordinates, dimensionsOf, type Space } from "../space.ts";
import { centroid } from "./centroid.ts";

/** A difference between means below this, in coordinates, is rounding. */
const NOTHING = 1e-9;

/**
 * Names for groups of points, by the dimensions on which a group lies farthest from all the other points, in standard
 * deviations of all (pooled over both sides it is Cohen's d, 1969): `high performance.cpu`, and as many dimensions as it
 * takes to tell a group from the others, the most telling first. Where that is not enough, they are numbered. A circular
 * dimension, which has no high and low, has no part in it.
 *
 * @param groups for each point the number of its group; −1 for one in none
 */
export function distinctions(
  space: Space,
  points: readonly Coordinates[],
  groups: ArrayLike<number>,
  count: number,
): string[] {
  const words = Array.from({ length: count }, (_, group) => wordsOf(space, points, groups, group));
  const name = (group: number, length: number) => words[group]!.slice(0, length).join(", ");
  const most = Math.max(...words.map(({ length }) => length));
  return words.map((own, group) => {
    let length = 1;
    const isTaken = () =>
      words.some((_, at) => at !== group && name(at, length) === name(group, length));
    while (length < most && isTaken()) length++;
    const text = own.length === 0 ? space.name : name(group, length);
    if (!isTaken()) return text;
    const before = words.slice(0, group).filter((_, at) =>
      name(at, length) === name(group, length)
    );
    return `${text} (${before.length + 1})`;
  });
}

/** What is high and low in a group, the most telling first. */
function wordsOf(
  space: Space,
  points: readonly Coordinates[],
  groups: ArrayLike<number>,
  group: number,
): string[] {
  const inside = centroid(space, points.filter((_, at) => groups[at] === group));
  const outside = centroid(
    space,
    points.filter((_, at) => groups[at] !== group && groups[at]! >= 0),
  );
  const all = centroid(space, points);
  return dimensionsOf(space).flatMap(({ name, scale }, at) => {
    if (scale === "circular") return [];
    const way = difference(false, outside[at]!, inside[at]!);
    const squares = points.map((point) => (point[at]! - all[at]!) ** 2).filter(Number.isFinite);
    const deviation = Math.sqrt(squares.reduce((sum, own) => sum + own, 0) / squares.length);
    if (!(Math.abs(way) > NOTHING)) return [];
    return [{ word: `${way > 0 ? "high" : "low"} ${name}`, size: Math.abs(way) / deviation }];
  })
    .sort((a, b) => b.size - a.size).map(({ word }) => word);
}
