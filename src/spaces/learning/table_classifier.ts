/** Tells of which class the rows of a table are. */
import { similarity } from "../similarity.ts";
import type { Exemplars } from "./exemplars.ts";
import type { TableAxes } from "./table_axes.ts";
import type { TableView } from "./table_view.ts";

/** What a row is. */
export interface TableLabel {
  readonly class: string;
  /** How typical of the class it is, 0 to 1: 0.85 or more of 95 % of those that it was learned from. */
  readonly membership: number;
  /** How much nearer it is than what is nearest of any other class, (d₂ − d₁)/(d₂ + d₁): 0 to 1. */
  readonly margin: number;
}

/** What was learned of a table. */
export interface TableLesson {
  readonly view: TableView;
  readonly axes: TableAxes;
  readonly exemplars: Exemplars;
  /** The names of the classes, by their numbers. */
  readonly names: readonly string[];
  /** c of each class in similarity = exp(−c · d). */
  readonly sensitivities: readonly number[];
  /** The number of the class that a row is of, of which nothing is known: the most frequent one. */
  readonly usual: number;
  /** How the axes and the exemplars were chosen, for people. */
  readonly chosen: string;
  /** The share of rows that were labelled rightly where they were not learned from. */
  readonly accuracy: number;
}

/** A table that was learned: columns like its own are labelled row by row. */
export class TableClassifier {
  readonly #lesson: TableLesson;

  /** @param lesson of {@linkcode learnTable} */
  constructor(lesson: TableLesson) {
    this.#lesson = lesson;
  }

  /** How the axes and the exemplars were chosen, for people. */
  get chosen(): string {
    return this.#lesson.chosen;
  }

  /** The share of rows that were labelled rightly where they were not learned from: 0 to 1. */
  get accuracy(): number {
    return this.#lesson.accuracy;
  }

  /**
   * What each row is. A row of which nothing is known is of the most frequent class, with membership and margin 0.
   *
   * @param columns the same as were learned from, in the same order; NaN where a value is missing
   * @throws {RangeError} for another number of columns
   */
  label(columns: readonly Float64Array[]): TableLabel[] {
    const { view, axes, exemplars, names, sensitivities, usual } = this.#lesson;
    if (columns.length !== view.width) {
      throw new RangeError(
        `Cannot label ${columns.length} columns: ${view.width} were learned from`,
      );
    }
    const rows = axes.place(view.rows(columns));
    return Array.from({ length: rows.count }, (_, row) => {
      if (!columns.some((column) => Number.isFinite(column[row]))) {
        return { class: names[usual]!, membership: 0, margin: 0 };
      }
      const { class: own, distance, other } = exemplars.nearest(rows, row);
      return {
        class: names[own]!,
        membership: similarity(distance, sensitivities[own]!),
        margin: marginOf(distance, other),
      };
    });
  }
}

function marginOf(distance: number, other: number): number {
  if (other === Infinity) return 1;
  return other > 0 ? (other - distance) / (other + distance) : 0;
}
