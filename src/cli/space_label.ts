/** `cim space label`: learns classes from one table, and tells those of another's rows. */
import type { DuckDBConnection } from "@duckdb/node-api";
import type { Command } from "commander";
import { setImmediate as turn } from "node:timers/promises";
import { closeDatabase, openDatabase } from "../projections/sql/database.ts";
import { learningTable } from "../spaces/learning/learn_table.ts";
import type { TableClassifier, TableLabel } from "../spaces/learning/table_classifier.ts";
import { columns, counted, whole } from "../table/text.ts";
import { AnswerFile } from "./answer_file.ts";
import { examplesOf, type LabelledTable, sameColumns } from "./labelled_table.ts";
import { TableFile } from "./table_file.ts";
import { nowAndThen } from "./progress.ts";
import { EXIT, run, type Terminal } from "./terminal.ts";
import { wholeNumber } from "./whole_number.ts";

/** So many rows are labelled at a time: between two of them it can be interrupted. */
const AT_ONCE = 500;
interface Options {
  train: string;
  class: string;
  test: string;
  out: string;
  seed: number;
  json?: boolean;
}

/** Adds the command to the command line. */
export function addSpaceLabel(space: Command): void {
  space.command("label")
    .summary("learn the classes of a table, and label another one")
    .description(
      "Learns from the rows of one table, whose classes are known, and says of each row of another which class it is " +
        "of: numeric and boolean columns are quality dimensions, and what is near is alike. Any table will do; values " +
        "may be missing. Rows without a class are not learned from.",
    )
    .requiredOption("--train <file>", "the table to learn from: .parquet or .csv")
    .requiredOption("--class <column>", "its column that says the class")
    .requiredOption(
      "--test <file>",
      "the table to label, which has the same columns: .parquet or .csv",
    )
    .requiredOption("--out <file>", "where to write the labels, a row for a row: .parquet or .csv")
    .option("--seed <number>", "what chance is drawn from", wholeNumber, 1)
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
It writes three columns: class; membership, how typical of its class a row is, 0 to 1; and margin, how much nearer it is
than the next class, 0 to 1. A row of which nothing is known gets the most frequent class, with membership and margin 0;
how many there are is said. The same tables and seed give the same labels.

Examples:
  deno task cim space label --train known.parquet --class role --test new.parquet --out roles.parquet
  deno task cim space label --train known.csv --class role --test new.csv --out roles.csv --seed 7`,
    )
    .action((options: Options) => run((terminal) => label(options, terminal)));
}

async function label(options: Options, terminal: Terminal): Promise<number> {
  const began = performance.now();
  const answer = await AnswerFile.at(options.out);
  const database = await openDatabase(":memory:");
  try {
    const { connection } = database;
    terminal.progress("Reading …");
    const train = await TableFile.load(connection, options.train, "train");
    const test = await TableFile.load(connection, options.test, "test");
    const known = await examplesOf(train, options.class, terminal);
    const asked = await sameColumns(test, known.names);
    terminal.signal.throwIfAborted();
    const silent = silentRows(asked, test.rows);
    if (silent > 0) {
      terminal.warn(
        `${test.path}: nothing is known of ${counted(silent, "row")}, which ${
          silent === 1 ? "gets" : "get"
        } the most frequent class, with membership 0`,
      );
    }
    const classifier = await learned(known, options.seed, terminal);
    const labels = await labelled(classifier, asked, test.rows, terminal);
    // Numbers are written as they were: whoever compares them with others finds them equal.
    const isNumeric = train.numeric().some(({ name }) => name === options.class);
    const type = isNumeric ? known.type : "VARCHAR";
    await store(connection, labels);
    const query = `SELECT class::${type} AS class, membership, margin FROM answer`;
    await answer.write(connection, query, terminal.signal);
    const seconds = Math.round(performance.now() - began) / 1_000;
    const outcome = {
      out: options.out,
      rows: test.rows,
      train_rows: known.classes.length,
      rows_without_class: train.rows - known.classes.length,
      columns: known.names,
      classes: new Set(known.classes).size,
      cross_validated_accuracy: classifier.accuracy,
      chosen: classifier.chosen,
      seed: options.seed,
      seconds,
    };
    if (options.json) terminal.print(JSON.stringify(outcome));
    else for (const line of describe(outcome)) terminal.print(line);
    return EXIT.done;
  } finally {
    closeDatabase(database);
  }
}

async function learned(
  { columns, classes }: LabelledTable,
  seed: number,
  terminal: Terminal,
): Promise<TableClassifier> {
  const said = nowAndThen(terminal);
  const learning = learningTable(columns, classes, { seed });
  for (;;) {
    const { done, value } = learning.next();
    if (done) return value;
    said(`Learning … ${Math.floor(100 * value)} %`);
    await turn();
    terminal.signal.throwIfAborted();
  }
}

/** How many rows say nothing in any column. */
function silentRows(columns: readonly Float64Array[], rows: number): number {
  let silent = 0;
  for (let row = 0; row < rows; row++) {
    if (!columns.some((own) => Number.isFinite(own[row]))) silent++;
  }
  return silent;
}

async function labelled(
  classifier: TableClassifier,
  columns: readonly Float64Array[],
  rows: number,
  terminal: Terminal,
): Promise<TableLabel[]> {
  const said = nowAndThen(terminal);
  const labels: TableLabel[] = [];
  for (let from = 0; from < rows; from += AT_ONCE) {
    labels.push(...classifier.label(columns.map((own) => own.subarray(from, from + AT_ONCE))));
    said(`Labelling … ${whole(labels.length)} of ${counted(rows, "row")}`);
    await turn();
    terminal.signal.throwIfAborted();
  }
  return labels;
}

async function store(connection: DuckDBConnection, labels: readonly TableLabel[]): Promise<void> {
  await connection.run(
    "CREATE OR REPLACE TEMP TABLE answer (class VARCHAR, membership DOUBLE, margin DOUBLE)",
  );
  const appender = await connection.createAppender("answer");
  for (const { class: own, membership, margin } of labels) {
    appender.appendVarchar(own);
    appender.appendDouble(membership);
    appender.appendDouble(margin);
    appender.endRow();
  }
  appender.closeSync();
}

function describe(
  {
    out,
    rows,
    train_rows,
    columns: names,
    classes,
    cross_validated_accuracy,
    chosen,
    seed,
    seconds,
  }: {
    out: string;
    rows: number;
    train_rows: number;
    columns: readonly string[];
    classes: number;
    cross_validated_accuracy: number;
    chosen: string;
    seed: number;
    seconds: number;
  },
): string[] {
  return columns([
    [
      "Learned",
      `${counted(classes, "class", "classes")} from ${counted(train_rows, "row")} of ${
        counted(names.length, "column")
      }`,
    ],
    ["By", chosen],
    [
      "Right",
      `${
        (100 * cross_validated_accuracy).toFixed(1)
      } % where it was judged by rows that it had not learned from`,
    ],
    ["Labelled", `${counted(rows, "row")}, in ${out}`],
    ["Took", `${seconds} s; seed ${seed}`],
  ]);
}
