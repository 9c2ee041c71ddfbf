/** Remembered things, and which of them are nearest. */
import { distanceOf, type Norm, ROW_DISTANCE } from "./row_distance.ts";
import { type ClassRows, meansOf, picked, type Rows } from "./rows.ts";

/** What is nearest to something. */
export interface NearestClasses {
  /** The class of the nearest. */
  readonly class: number;
  readonly distance: number;
  /** To the nearest of any other class; Infinity where there is none. */
  readonly other: number;
}

/** A class with no more things than this keeps them all. */
const FEW = 20;

/**
 * Things that are remembered with their classes: whatever is nearest to one of them is of its class (Medin and Schaffer,
 * "Context theory of classification learning", Psychological Review 85, 1978). Of two that are as near the first counts.
 */
export class Exemplars {
  /** @param known rows along axes, at least one */
  constructor(readonly known: ClassRows, readonly norm: Norm) {}

  /** What is nearest to a row of others. */
  nearest({ values, width }: Rows, row: number): NearestClasses {
    const { known: { rows, classes }, norm } = this;
    const measure = ROW_DISTANCE[norm];
    let [nearest, least, other] = [-1, Infinity, Infinity];
    for (let at = 0; at < rows.count; at++) {
      // What is farther than the nearest of another class changes nothing.
      const distance = measure(values, row * width, rows.values, at * width, width, other);
      if (distance >= other) continue;
      const own = classes[at]!;
      if (distance < least) {
        if (nearest !== own && nearest >= 0) other = least;
        [nearest, least] = [own, distance];
      } else if (own !== nearest) other = distance;
    }
    return { class: nearest, distance: distanceOf(norm, least), other: distanceOf(norm, other) };
  }

  /**
   * Those that the most of their nearest others agree with (Wilson, "Asymptotic properties of nearest neighbor rules using
   * edited data", 1972), so that what was labelled wrongly is not remembered. Classes of which few things are known keep
   * them all, and so do classes of which less than half would be left.
   *
   * @param voters how many of the nearest others count
   */
  edited(voters: number): Exemplars {
    const { classes } = this.known;
    const stays = this.#agreed(voters);
    const sizes = new Map<number, [all: number, left: number]>();
    for (const [at, own] of classes.entries()) {
      const [all, left] = sizes.get(own) ?? [0, 0];
      sizes.set(own, [all + 1, left + (stays[at] ? 1 : 0)]);
    }
    const places = [...classes.keys()].filter((at) => {
      const [all, left] = sizes.get(classes[at]!)!;
      return stays[at] || all <= FEW || left < all / 2;
    });
    return new Exemplars(picked(this.known, places), this.norm);
  }

  /** The middle of each class alone: its mean, or what has the least sum of distances where they are city block. */
  middles(): Exemplars {
    const { known, norm } = this;
    const { width } = known.rows;
    const groups = [...Map.groupBy(known.classes.keys(), (at) => known.classes[at]!)];
    const middle = norm === "city" ? mediansOf : meansOf;
    const values = new Float64Array(groups.length * width);
    for (const [at, [, places]] of groups.entries()) {
      values.set(middle(picked(known, places).rows), at * width);
    }
    const classes = Int32Array.from(groups, ([own]) => own);
    return new Exemplars({ rows: { values, width, count: groups.length }, classes }, norm);
  }

  /** Of which no class has more of the nearest others than their own. */
  #agreed(voters: number): boolean[] {
    const { known: { rows: { values, width, count }, classes }, norm } = this;
    const measure = ROW_DISTANCE[norm];
    return Array.from({ length: count }, (_, row) => {
      const nearest: { distance: number; class: number }[] = [];
      let stop = Infinity;
      for (let at = 0; at < count; at++) {
        if (at === row) continue;
        const distance = measure(values, row * width, values, at * width, width, stop);
        if (distance >= stop) continue;
        let place = nearest.length;
        while (place > 0 && nearest[place - 1]!.distance > distance) place--;
        nearest.splice(place, 0, { distance, class: classes[at]! });
        if (nearest.length > voters) nearest.pop();
        if (nearest.length === voters) stop = nearest[voters - 1]!.distance;
      }
      const votes = new Map<number, number>();
      for (const { class: own } of nearest) votes.set(own, (votes.get(own) ?? 0) + 1);
      return (votes.get(classes[row]!) ?? 0) >= Math.max(0, ...votes.values());
    });
  }
}

function mediansOf({ values, width, count }: Rows): Float64Array {
  return Float64Array.from({ length: width }, (_, axis) => {
    const column = Float64Array.from({ length: count }, (_, row) => values[row * width + axis]!)
      .sort();
    const half = Math.floor(count / 2);
    return count % 2 === 1 ? column[half]! : (column[half - 1]! + column[half]!) / 2;
  });
}
