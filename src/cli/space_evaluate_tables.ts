/** `cim space evaluate --data`: how well the classes of labelled tables are told, beside other classifiers. */
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { closeDatabase, openDatabase } from "../projections/sql/database.ts";
import { confusionOf } from "../spaces/confusion.ts";
import { Chance } from "../spaces/learning/chance.ts";
import { folds } from "../spaces/learning/folds.ts";
import { learningTable } from "../spaces/learning/learn_table.ts";
import { Table } from "../table/table.ts";
import { given, Unreadable } from "./given.ts";
import { examplesOf, type LabelledTable } from "./labelled_table.ts";
import { nowAndThen } from "./progress.ts";
import { others, pythonWithScikitLearn, type Score } from "./space_evaluate_others.ts";
import { TableFile } from "./table_file.ts";
import { EXIT, type Terminal } from "./terminal.ts";

/** What a column is called that says the class. */
const CLASS_NAMES = ["class", "label"];
/** Each table is divided into so many parts, so often; each part is labelled by what was learned from the others. */
const PARTS = 5;
const TIMES = 2;
/** What this project's own classifier is called in the answer. */
const OURS = "concepts";

/** What is asked for. */
export interface EvaluateTablesOptions {
  /** A folder with `.parquet` files. */
  readonly data: string;
  readonly seed: number;
  readonly json?: boolean;
}

/** Judges each table of a folder that has a column `class` or `label`, and prints a row for each classifier. */
export async function evaluateTables(
  { data, seed, json }: EvaluateTablesOptions,
  terminal: Terminal,
): Promise<number> {
  const names = await parquetFiles(data);
  const python = await pythonWithScikitLearn();
  const rows: unknown[][] = [];
  const database = await openDatabase(":memory:");
  try {
    for (const name of names) {
      const file = await TableFile.load(database.connection, join(data, name), "data");
      const column = CLASS_NAMES.find((own) => file.column(own));
      if (!column) {
        terminal.warn(`${name}: passed over, for it has no column ${CLASS_NAMES.join(" or ")}`);
        continue;
      }
      const table = await examplesOf(file, column, terminal);
      const times = Array.from(
        { length: TIMES },
        (_, time) => folds(table.classes, PARTS, new Chance(seed + time)),
      );
      const say = nowAndThen(terminal);
      const told = (what: string) => say(`${name}: ${what} …`);
      const scores = await ours(table, times, seed, told, terminal.signal);
      if (python) {
        told("scikit-learn");
        scores.push(...await others(python, table, times, seed, terminal.signal));
      }
      for (const [by, all] of Map.groupBy(scores, (score) => score.name)) {
        const mean = (key: "accuracy" | "macro_f1") =>
          all.reduce((sum, score) => sum + score[key], 0) / all.length;
        rows.push([
          name.replace(/\.parquet$/, ""),
          table.classes.length,
          table.columns.length,
          new Set(table.classes).size,
          by,
          Number(mean("accuracy").toFixed(4)),
          Number(mean("macro_f1").toFixed(4)),
        ]);
      }
    }
  } finally {
    closeDatabase(database);
  }
  const answer = new Table(COLUMNS, rows);
  if (json) { for (const row of answer.rows) terminal.print(JSON.stringify(row)); }
  else terminal.print(String(answer));
  if (!python) {
    terminal.warn("scikit-learn's classifiers are not beside it: pip install scikit-learn");
  }
  return EXIT.done;
}

const COLUMNS = [
  { name: "set", type: "VARCHAR", numeric: false },
  { name: "rows", type: "BIGINT", numeric: true },
  { name: "columns", type: "BIGINT", numeric: true },
  { name: "classes", type: "BIGINT", numeric: true },
  { name: "by", type: "VARCHAR", numeric: false },
  { name: "accuracy", type: "DOUBLE", numeric: true },
  { name: "macro_f1", type: "DOUBLE", numeric: true },
];

async function parquetFiles(data: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(given(data)));
    const names = entries.map(({ name }) => name).filter((name) => name.endsWith(".parquet"));
    if (names.length > 0) return names.sort();
  } catch (error) {
    throw new Unreadable(
      `Cannot read ${data}: ${error instanceof Error ? error.message : error}`,
      { cause: error },
    );
  }
  throw new Unreadable(`Cannot read ${data}: no name in it ends in .parquet`);
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
