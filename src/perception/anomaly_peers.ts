/** What resources have in common at a moment: a day off, a busy evening, which is no anomaly of any one of them. */

/** So few are no peers. */
const LEAST = 5;

/** How far a resource is, in a step, from what its own past lets expect. */
export interface Departed {
  readonly kind: string;
  /** By dimension; NaN where nothing is known. */
  readonly departures: Float64Array;
}

/**
 * Takes from each departure of a step what its peers have in common: the median over those of its kind, of five or more;
 * else over all; else nothing.
 *
 * @param all those of one step; their departures become the differences
 */
export function withoutCommon(all: readonly Departed[]): void {
  const width = all[0]?.departures.length ?? 0;
  const whole = mediansOf(all, width);
  const groups = [...Map.groupBy(all, ({ kind }) => kind).values()];
  const medians = groups.map((group) => mediansOf(group, width));
  for (const [place, group] of groups.entries()) {
    for (const { departures } of group) {
      for (let at = 0; at < width; at++) {
        departures[at]! -= medians[place]![at] ?? whole[at] ?? 0;
      }
    }
  }
}

/** By dimension; undefined where too few are known. */
function mediansOf(all: readonly Departed[], width: number): (number | undefined)[] {
  return Array.from({ length: width }, (_, at) => {
    const known = all.map(({ departures }) => departures[at]!).filter((one) => !Number.isNaN(one))
      .sort((a, b) => a - b);
    if (known.length < LEAST) return undefined;
    const middle = known.length >>> 1;
    return known.length % 2 ? known[middle]! : (known[middle - 1]! + known[middle]!) / 2;
  });
}
