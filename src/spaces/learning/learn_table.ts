/** Learning to tell the classes of a table's rows. */
import { confusionOf, type Judgement } from "../confusion.ts";
import { balanced } from "./balanced.ts";
import { Chance } from "./chance.ts";
import { NothingToLearn } from "./error.ts";
import { Exemplars } from "./exemplars.ts";
import { folds } from "./folds.ts";
import { AXES } from "./table_axes.ts";
import { TableClassifier } from "./table_classifier.ts";
import { FORMS } from "./table_forms.ts";
import { reaches } from "./table_reach.ts";
import { TableView } from "./table_view.ts";

/** The most rows with which ways to learn are compared, and in how many parts. */
const COMPARED = 1_500;
const PARTS = 3;

/** How a table is learned. */
export interface LearnTableOptions {
  /** What chance is drawn from: 1 without it. */
  readonly seed?: number;
}

/** Columns, and the class of each row by its number. */
interface ClassColumns {
  readonly columns: readonly Float64Array[];
  readonly classes: Int32Array;
}

/** A way to learn, and how well it did. */
interface Way {
  readonly axes: string;
  readonly form: string;
  readonly accuracy: number;
  readonly score: number;
}

/**
 * Learns to tell the classes of rows, whatever the table. Its columns become quality dimensions, linear or logarithmic
 * as their values say; six ways to measure distance, from city block over columns to Mahalanobis along discriminants, and
 * three to remember classes, from every row to one prototype, are compared in threefold cross-validation of up to 1,500
 * rows; that with the highest mean of accuracy and macro-F1, the simpler of equals, learns from all rows. The same table
 * and seed give the same classifier. Of 20,000 rows and 40 columns it is learned in about half a minute.
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
  const known = { columns, classes: Int32Array.from(classes, (name) => numbers.get(name)!) };
  const some = balanced(known.classes, COMPARED, chance);
  const way = yield* compare(part(known, some), names, chance);
  const view = new TableView(columns);
  const rows = { rows: view.rows(columns), classes: known.classes };
  const axes = AXES.get(way.axes)!(rows, chance);
  const all = { rows: axes.place(rows.rows), classes: known.classes };
  yield 0.9;
  const form = FORMS.get(way.form)!;
  return new TableClassifier({
    view,
    axes,
    exemplars: form(new Exemplars(all, axes.norm)),
    names,
    sensitivities: reaches(all, axes.norm, form, names.length, chance),
    usual: usualOf(known.classes, names.length),
    chosen: `${way.axes}; ${way.form}`,
    accuracy: way.accuracy,
  });
}

/** The way that does best with rows that it was not learned from. */
function* compare(
  known: ClassColumns,
  names: readonly string[],
  chance: Chance,
): Generator<number, Way> {
  const parts = folds([...known.classes], PARTS, chance);
  const judged = new Map<string, Judgement[]>();
  for (let own = 0; own < PARTS; own++) {
    const [train, test] = [false, true].map((isTest) =>
      part(known, [...parts.keys()].filter((at) => (parts[at] === own) === isTest))
    ) as [ClassColumns, ClassColumns];
    const view = new TableView(train.columns);
    const rows = { rows: view.rows(train.columns), classes: train.classes };
    const others = view.rows(test.columns);
    let step = 0;
    for (const [axesName, find] of AXES) {
      const axes = find(rows, chance);
      const all = new Exemplars({ ...rows, rows: axes.place(rows.rows) }, axes.norm);
      const placed = axes.place(others);
      for (const [formName, form] of FORMS) {
        const exemplars = form(all);
        const key = JSON.stringify([axesName, formName]);
        const judgements = judged.get(key) ?? [];
        judged.set(key, judgements);
        for (const [row, declared] of test.classes.entries()) {
          const { class: perceived } = exemplars.nearest(placed, row);
          judgements.push({ declared: names[declared]!, perceived: names[perceived]! });
        }
      }
      yield 0.9 * (own + ++step / AXES.size) / PARTS;
    }
  }
  const ways = [...FORMS.keys()].flatMap((form) =>
    [...AXES.keys()].map((axes): Way => {
      const { accuracy, macroF1 } = confusionOf(judged.get(JSON.stringify([axes, form]))!);
      return { axes, form, accuracy, score: (accuracy + macroF1) / 2 };
    })
  );
  return ways.reduce((best, own) => own.score > best.score ? own : best);
}

/** Some of the rows. */
function part({ columns, classes }: ClassColumns, places: readonly number[]): ClassColumns {
  return {
    columns: columns.map((own) => Float64Array.from(places, (at) => own[at]!)),
    classes: Int32Array.from(places, (at) => classes[at]!),
  };
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
