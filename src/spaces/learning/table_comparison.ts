/** Which way to learn suits a table. */
import { confusionOf, type Judgement } from "../confusion.ts";
import { balanced } from "./balanced.ts";
import { type ClassColumns, someOf } from "./class_columns.ts";
import type { Chance } from "./chance.ts";
import { Exemplars } from "./exemplars.ts";
import { folds } from "./folds.ts";
import { AXES } from "./table_axes.ts";
import { FORMS } from "./table_forms.ts";
import { TableView } from "./table_view.ts";

/** The most rows with which ways to learn are compared, and in how many parts. */
const COMPARED = 1_500;
const PARTS = 3;
/** Its share of the work of learning. */
export const COMPARISON = 0.9;

/** A way to learn, and how well it did. */
export interface Way {
  /** Of the axes. */
  readonly axes: string;
  /** Of the forms. */
  readonly form: string;
  /** The share of rows that were labelled rightly. */
  readonly accuracy: number;
  /** The mean of accuracy and macro-F1. */
  readonly score: number;
}

/**
 * The way that does best with rows that it was not learned from, by the mean of accuracy and macro-F1; of equals the
 * first.
 *
 * @param names of the classes, by their numbers
 * @returns after each step the share of all learning that is done
 */
export function* bestWay(
  all: ClassColumns,
  names: readonly string[],
  chance: Chance,
): Generator<number, Way> {
  const known = someOf(all, balanced(all.classes, COMPARED, chance));
  const parts = folds([...known.classes], PARTS, chance);
  const judged = new Map<string, Judgement[]>();
  for (let own = 0; own < PARTS; own++) {
    const [train, test] = [false, true].map((isTest) =>
      someOf(known, [...parts.keys()].filter((at) => (parts[at] === own) === isTest))
    ) as [ClassColumns, ClassColumns];
    const view = new TableView(train.columns);
    const rows = { rows: view.rows(train.columns), classes: train.classes };
    const others = view.rows(test.columns);
    let step = 0;
    for (const [axesName, find] of AXES) {
      const axes = find(rows, chance);
      const remembered = new Exemplars({ ...rows, rows: axes.place(rows.rows) }, axes.norm);
      const placed = axes.place(others);
      for (const [formName, form] of FORMS) {
        const exemplars = form(remembered);
        const key = JSON.stringify([axesName, formName]);
        const judgements = judged.get(key) ?? [];
        judged.set(key, judgements);
        for (const [row, declared] of test.classes.entries()) {
          const { class: perceived } = exemplars.nearest(placed, row);
          judgements.push({ declared: names[declared]!, perceived: names[perceived]! });
        }
      }
      yield COMPARISON * (own + ++step / AXES.size) / PARTS;
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
