/** How far the classes of a table reach. */
import { sensitivityOf } from "../similarity.ts";
import { balanced } from "./balanced.ts";
import type { Chance } from "./chance.ts";
import { Exemplars } from "./exemplars.ts";
import { folds } from "./folds.ts";
import type { Norm } from "./row_distance.ts";
import { type ClassRows, picked } from "./rows.ts";
import type { TableForm } from "./table_forms.ts";

/** The most rows that say it, and in how many parts they are judged. */
const JUDGED = 1_500;
const PARTS = 10;

/**
 * c of each class in similarity = exp(−c · d), so that of its rows 95 % are at or above the usual threshold, each judged
 * by rows of other parts. A class of one row, or whose rows are all the same, reaches as far as all do.
 *
 * @param known rows along axes
 * @param count how many classes there are
 */
export function reaches(
  known: ClassRows,
  norm: Norm,
  form: TableForm,
  count: number,
  chance: Chance,
): number[] {
  const some = picked(known, balanced(known.classes, JUDGED, chance));
  const parts = folds([...some.classes], PARTS, chance);
  const distances = Array.from({ length: count }, (): number[] => []);
  for (let part = 0; part < PARTS; part++) {
    const [others, own] = [false, true].map((isOwn) =>
      picked(some, [...parts.keys()].filter((at) => (parts[at] === part) === isOwn))
    ) as [ClassRows, ClassRows];
    if (others.rows.count === 0) continue;
    const { known: remembered } = form(new Exemplars(others, norm));
    const places = Map.groupBy(remembered.classes.keys(), (at) => remembered.classes[at]!);
    for (const [of, at] of places) {
      const exemplars = new Exemplars(picked(remembered, at), norm);
      for (const [row, declared] of own.classes.entries()) {
        if (declared === of) distances[of]!.push(exemplars.nearest(own.rows, row).distance);
      }
    }
  }
  const all = distances.flat();
  return distances.map((own) => sensitivityOf(own.some((distance) => distance > 0) ? own : all));
}
