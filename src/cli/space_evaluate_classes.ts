/** How well the classes of a table are told, beside other classifiers. */
import { setImmediate as turn } from "node:timers/promises";
import { confusionOf } from "../spaces/confusion.ts";
import { Chance } from "../spaces/learning/chance.ts";
import { folds } from "../spaces/learning/folds.ts";
import { learningTable } from "../spaces/learning/learn_table.ts";
import type { LabelledTable } from "./labelled_table.ts";
import { others, type Score } from "./space_evaluate_others.ts";

/** Each table is divided into so many parts, so often; each part is labelled by what was learned from the others. */
const PARTS = 5;
const TIMES = 2;
/** What this project's own classifier is called in the answer. */
const OURS = "concepts";

/** How well this project's classifier does, and then scikit-learn's, where there is a Python with it: means. */
export async function classified(
  table: LabelledTable,
  python: string | undefined,
  seed: number,
  told: (what: string) => void,
  signal: AbortSignal,
): Promise<Score[]> {
  const times = Array.from(
    { length: TIMES },
    (_, time) => folds(table.classes, PARTS, new Chance(seed + time)),
  );
  const scores = await ours(table, times, seed, told, signal);
  if (python) {
    told("scikit-learn");
    scores.push(...await others(python, table, times, seed, signal));
  }
  return [...Map.groupBy(scores, (score) => score.name)].map(([name, all]) => {
    const mean = (key: "accuracy" | "macro_f1") =>
      all.reduce((sum, score) => sum + score[key], 0) / all.length;
    return { name, accuracy: mean("accuracy"), macro_f1: mean("macro_f1") };
  });
}

async function ours(
  { columns, classes }: LabelledTable,
  times: readonly Int32Array[],
  seed: number,
  told: (what: string) => void,
  signal: AbortSignal,
): Promise<Score[]> {
  const scores: Score[] = [];
  for (const [time, parts] of times.entries()) {
    for (let part = 0; part < PARTS; part++) {
      const [train, test] = [true, false].map((isTrain) =>
        [...parts.keys()].filter((at) => (parts[at] !== part) === isTrain)
      ) as [number[], number[]];
      if (test.length === 0) continue;
      const some = (places: number[]) =>
        columns.map((own) => Float64Array.from(places, (at) => own[at]!));
      const learning = learningTable(some(train), train.map((at) => classes[at]!), { seed });
      let step = learning.next();
      while (!step.done) {
        told(`part ${time * PARTS + part + 1} of ${TIMES * PARTS}`);
        await turn();
        signal.throwIfAborted();
        step = learning.next();
      }
      const labels = step.value.label(some(test));
      const { accuracy, macroF1 } = confusionOf(
        test.map((at, row) => ({ declared: classes[at]!, perceived: labels[row]!.class })),
      );
      scores.push({ name: OURS, accuracy, macro_f1: macroF1 });
    }
  }
  return scores;
}
