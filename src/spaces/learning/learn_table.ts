/** Learning to tell the classes of a table's rows. */
import { balanced } from "./balanced.ts";
import { someOf } from "./class_columns.ts";
import { Chance } from "./chance.ts";
import { NothingToLearn } from "./error.ts";
import { Exemplars } from "./exemplars.ts";
import { AXES } from "./table_axes.ts";
import { TableClassifier } from "./table_classifier.ts";
import { bestWay, COMPARISON } from "./table_comparison.ts";
import { FORMS } from "./table_forms.ts";
import { reaches } from "./table_reach.ts";
import { TableView } from "./table_view.ts";

/** The most rows that are learned from: each is compared with each, and remembered. */
const LEARNED = 20_000;

/** How a table is learned. */
export interface LearnTableOptions {
  /** What chance is drawn from: 1 without it. */
  readonly seed?: number;
}

/**
 * Learns to tell the classes of rows, whatever the table. Its columns become quality dimensions, linear or logarithmic
 * as their values say; six ways to measure distance, from city block over columns to Mahalanobis along discriminants, and
 * three to remember classes, from every row to one prototype, are compared in threefold cross-validation of up to 1,500
 * rows; that with the highest mean of accuracy and macro-F1, of equals the first, learns from all rows, or about 20,000
 * of more. The same table and seed give the same classifier. 20,000 rows of 40 columns take about half a minute.
 *
 * @param columns as many values in each as there are rows; NaN where one is missing, which any may be
 * @param classes of each row
 * @throws {NothingToLearn} where there are no columns, no rows, or only one class
 * @throws {RangeError} for columns of different lengths
 * @example
 * ```ts
 * import { learnTable } from "@cim/infrastructure";
 * import { deepStrictEqual } from "node:assert";
 * const cores = Float64Array.of(1, 2, 2, 32, 64, 64);
 * const memory = Float64Array.of(2, 4, NaN, 128, 512, 256);
 * const sizes = ["small", "small", "small", "large", "large", "large"];
 * const classifier = learnTable([cores, memory], sizes);
 * const labels = classifier.label([Float64Array.of(1, NaN), Float64Array.of(3, 256)]);
 * deepStrictEqual(labels.map((label) => label.class), ["small", "large"]);
 * ```
 */
export function learnTable(
  columns: readonly Float64Array[],
  classes: readonly string[],
  options: LearnTableOptions = {},
): TableClassifier {
  const learning = learningTable(columns, classes, options);
  for (;;) {
    const { done, value } = learning.next();
    if (done) return value;
  }
}

/**
 * {@linkcode learnTable} step by step, for those who have to look after other things in between.
 *
 * @returns after each step the share of the work that is done, and the classifier at the end
 */
export function* learningTable(
  columns: readonly Float64Array[],
  classes: readonly string[],
  { seed = 1 }: LearnTableOptions = {},
): Generator<number, TableClassifier> {
  requireTable(columns, classes);
  const chance = new Chance(seed);
  const names = [...new Set(classes)].sort();
  const numbers = new Map(names.map((name, at) => [name, at]));
  const all = { columns, classes: Int32Array.from(classes, (name) => numbers.get(name)!) };
  const known = someOf(all, balanced(all.classes, LEARNED, chance));
  const way = yield* bestWay(known, names, chance);
  const view = new TableView(known.columns);
  const rows = { rows: view.rows(known.columns), classes: known.classes };
  const axes = AXES.get(way.axes)!(rows, chance);
  const placed = { rows: axes.place(rows.rows), classes: known.classes };
  yield COMPARISON;
  const form = FORMS.get(way.form)!;
  return new TableClassifier({
    view,
    axes,
    exemplars: form(new Exemplars(placed, axes.norm)),
    names,
    sensitivities: reaches(placed, axes.norm, form, names.length, chance),
    usual: usualOf(all.classes, names.length),
    chosen: `${way.axes}; ${way.form}`,
    accuracy: way.accuracy,
  });
}

/** The most frequent class; of equals the first. */
function usualOf(classes: Int32Array, count: number): number {
  const sizes = new Float64Array(count);
  for (const own of classes) sizes[own]! += 1;
  return sizes.indexOf(Math.max(...sizes));
}

function requireTable(columns: readonly Float64Array[], classes: readonly string[]): void {
  if (columns.length === 0) {
    throw new NothingToLearn("columns", "there are none: give one at least");
  }
  for (const [at, { length }] of columns.entries()) {
    if (length === classes.length) continue;
    throw new RangeError(
      `Cannot learn from column ${at} of ${length} values: there are ${classes.length} classes`,
    );
  }
  const different = new Set(classes);
  if (different.size < 2) {
    throw new NothingToLearn(
      "classes",
      different.size === 0
        ? "there are no rows: give some of each class"
        : `all are ${JSON.stringify([...different][0])}: give rows of another class too`,
    );
  }
}
