/** How what was perceived agrees with what was declared. */

/** What somebody said that a thing is, and what it was taken for; null where it was of no known class. */
export interface Judgement {
  readonly declared: string;
  readonly perceived: string | null;
}

/** How well one class is perceived: shares from 0 to 1, 0 where there is nothing to share. */
export interface ClassScore {
  readonly class: string;
  /** How many are declared to be of it. */
  readonly support: number;
  /** Of those that are perceived as it, the share that is. */
  readonly precision: number;
  /** Of those that are declared to be of it, the share that is perceived as it. */
  readonly recall: number;
  /** The harmonic mean of the two. */
  readonly f1: number;
}

/** A confusion matrix, and what it comes to. */
export interface Confusion {
  /** Classes that are declared or perceived, in the order of their characters' codes: the rows, and the columns. */
  readonly classes: readonly string[];
  /** How many are declared as the row and perceived as the column; the last column, one more, is of the unknown. */
  readonly counts: readonly (readonly number[])[];
  readonly total: number;
  /** The share that is perceived as it is declared; 0 of none. What is unknown is never right. */
  readonly accuracy: number;
  readonly scores: readonly ClassScore[];
  /** The mean of the classes' F1; the unknown is no class, but lowers the recall of what it should have been. */
  readonly macroF1: number;
}

/**
 * The confusion of what is declared with what is perceived. Precision, recall, F1 (van Rijsbergen, Information Retrieval,
 * 1979, chapter 7) and the macro average are scikit-learn's, with these classes as `labels` and `zero_division=0`.
 *
 * @example
 * ```ts
 * import { confusionOf } from "@cim/infrastructure";
 * import { deepStrictEqual } from "node:assert";
 * const { classes, counts, accuracy } = confusionOf([
 *   { declared: "idle", perceived: "idle" },
 *   { declared: "idle", perceived: "busy" },
 *   { declared: "busy", perceived: "busy" },
 *   { declared: "busy", perceived: null },
 * ]);
 * deepStrictEqual(classes, ["busy", "idle"]);
 * deepStrictEqual(counts, [[1, 0, 1], [1, 1, 0]]); // the last column: unknown
 * deepStrictEqual(accuracy, 0.5);
 * ```
 */
export function confusionOf(judgements: Iterable<Judgement>): Confusion {
  const judged = [...judgements];
  const names = judged.flatMap(({ declared, perceived }) =>
    perceived === null ? [declared] : [declared, perceived]
  );
  const classes = [...new Set(names)].sort();
  const places = new Map<string | null, number>(classes.map((name, at) => [name, at]));
  places.set(null, classes.length);
  const counts = classes.map(() => new Array<number>(classes.length + 1).fill(0));
  for (const { declared, perceived } of judged) {
    counts[places.get(declared)!]![places.get(perceived)!]! += 1;
  }
  const scores = classes.map((name, at) => scoreOf(name, at, counts));
  const right = counts.reduce((sum, row, at) => sum + row[at]!, 0);
  return {
    classes,
    counts,
    total: judged.length,
    accuracy: shareOf(right, judged.length),
    scores,
    macroF1: shareOf(scores.reduce((sum, { f1 }) => sum + f1, 0), scores.length),
  };
}

function scoreOf(name: string, at: number, counts: readonly (readonly number[])[]): ClassScore {
  const right = counts[at]![at]!;
  const support = counts[at]!.reduce((sum, count) => sum + count, 0);
  const perceived = counts.reduce((sum, row) => sum + row[at]!, 0);
  return {
    class: name,
    support,
    precision: shareOf(right, perceived),
    recall: shareOf(right, support),
    f1: shareOf(2 * right, support + perceived),
  };
}

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
