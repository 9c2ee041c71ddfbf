/** `cim space score`: how unusual the rows of a table are, against those of another. */
import type { DuckDBConnection } from "@duckdb/node-api";
import type { Command } from "commander";
import { setTimeout as wait } from "node:timers/promises";
import { closeDatabase, openDatabase } from "../projections/sql/database.ts";
import { discoveries } from "../spaces/anomaly/discoveries.ts";
import { fitRows } from "../spaces/anomaly/row_scorer.ts";
import { SeriesScorer } from "../spaces/anomaly/series_scorer.ts";
import { columns, counted, whole } from "../table/text.ts";
import { AnswerFile } from "./answer_file.ts";
import { nowAndThen } from "./progress.ts";
import { dimensionsOf, inTime, rowsOf } from "./scored_table.ts";
import { quoted, TableFile } from "./table_file.ts";
import { EXIT, run, type Terminal } from "./terminal.ts";
import { wholeNumber } from "./whole_number.ts";

/** So many rows are scored at a time: between two of them it can be interrupted. */
const AT_ONCE = 2_000;
/** Of the rows that are said to be found, this share is expected to be normal at most. */
const FALSE_SHARE = 0.05;

interface Options {
  train: string;
  test: string;
  out: string;
  series?: boolean;
  seed: number;
  json?: boolean;
}

/** Adds the command to the command line. */
export function addSpaceScore(space: Command): void {
  space.command("score")
    .summary("how unusual the rows of a table are, against those of another")
    .description(
      "Learns from the rows of one table what is usual, and says of each row of another how far it is from that: " +
        "numeric and boolean columns are quality dimensions. Any table will do; values may be missing, and a column " +
        "label is not looked at. Rows are taken to come in no order, and some of the first table may be anomalies too; " +
        "with --series they are in the order of time, or of their timestamp if they have such a column, the first " +
        "table is what was normal, and the second what came after it.",
    )
    .requiredOption("--train <file>", "the table to learn from: .parquet or .csv")
    .requiredOption(
      "--test <file>",
      "the table to score, which has the same columns: .parquet or .csv",
    )
    .requiredOption("--out <file>", "where to write the scores, a row for a row: .parquet or .csv")
    .option("--series", "the rows are in the order of time")
    .option("--seed <number>", "what chance is drawn from", wholeNumber, 1)
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
It writes, in the order of the rows: score, higher for what is more anomalous; p_value, how often something normal is as
far away, at least 1/(n + 1) if it is calibrated on n rows; concept, the number of the nearest prototype; and for each
column share_COLUMN, its part of the distance. The shares' sum is the distance: without --series the score itself; with
it, the score is the mean of log(1 + distance) of the row and those before it, which count half as much after 3 rows.
Where nothing is known of a row, nothing is said of it. Anomalies in the first table make p-values greater, not less. The same tables and seed give the same scores.

Examples:
  deno task cim space score --train usual.parquet --test new.parquet --out scores.parquet
  deno task cim space score --series --train last_week.csv --test today.csv --out scores.csv`,
    )
    .action((options: Options) => run((terminal) => score(options, terminal)));
}

/** What is said of rows, each place a row's, in the order of the file. */
interface Scored {
  readonly score: Float64Array;
  readonly p: Float64Array;
  /** The number of the nearest prototype, from 1. */
  readonly concept: Int32Array;
  readonly shares: Float64Array;
  /** How many rows or distances p-values are calibrated on, at the end. */
  readonly calibratedOn: number;
  /** Of a series, how many rows were scored while it was no longer like what p-values are calibrated on. */
  readonly drifted?: number;
}

async function score(options: Options, terminal: Terminal): Promise<number> {
  const began = performance.now();
  const answer = await AnswerFile.at(options.out);
  const database = await openDatabase(":memory:");
  try {
    const { connection } = database;
    terminal.progress("Reading …");
    const train = await TableFile.load(connection, options.train, "train");
    const test = await TableFile.load(connection, options.test, "test");
    const names = await dimensionsOf(train, terminal);
    terminal.signal.throwIfAborted();
    const scored = options.series
      ? await scoredSeries(train, test, names, options.seed, terminal)
      : await scoredRows(train, test, names, options.seed, terminal);
    await store(connection, names, scored, terminal);
    await answer.write(connection, "FROM answer", terminal.signal);
    const { calibratedOn, drifted, p } = scored;
    const outcome = {
      out: options.out,
      rows: test.rows,
      train_rows: train.rows,
      rows_without_values: p.filter(Number.isNaN).length,
      columns: names,
      calibrated_on: calibratedOn,
      least_p_value: 1 / (calibratedOn + 1),
      // p-values of a series depend on each other: of them it could not be promised.
      ...(drifted === undefined
        ? { discoveries: discoveries(p, FALSE_SHARE).length }
        : { drifted_rows: drifted }),
      seed: options.seed,
      seconds: Math.round(performance.now() - began) / 1_000,
    };
    if (options.json) terminal.print(JSON.stringify(outcome));
    else for (const line of describe(outcome)) terminal.print(line);
    return EXIT.done;
  } finally {
    closeDatabase(database);
  }
}

async function scoredRows(
  train: TableFile,
  test: TableFile,
  names: readonly string[],
  seed: number,
  terminal: Terminal,
): Promise<Scored> {
  const say = nowAndThen(terminal);
  const width = names.length;
  const rows = await rowsOf(test, names);
  terminal.progress("Learning …");
  await wait(0);
  const scorer = fitRows(await rowsOf(train, names), width, { seed });
  const [score, p] = [new Float64Array(test.rows), new Float64Array(test.rows)];
  const concept = new Int32Array(test.rows).fill(1);
  const shares = new Float64Array(rows.length);
  for (let row = 0; row < test.rows; row += AT_ONCE) {
    say(`Scoring … ${whole(row)} of ${counted(test.rows, "row")}`);
    await wait(0);
    terminal.signal.throwIfAborted();
    const own = scorer.score(rows.subarray(row * width, (row + AT_ONCE) * width));
    score.set(own.score, row);
    p.set(own.p, row);
    shares.set(own.shares, row * width);
  }
  return { score, p, concept, shares, calibratedOn: scorer.heldOut };
}

async function scoredSeries(
  train: TableFile,
  test: TableFile,
  names: readonly string[],
  seed: number,
  terminal: Terminal,
): Promise<Scored> {
  const say = nowAndThen(terminal);
  const width = names.length;
  const [before, after] = await Promise.all([train, test].map(async (table) => ({
    places: await inTime(table),
    rows: await rowsOf(table, names),
  })));
  const { places, rows } = after!;
  const history = new Float64Array(before!.rows.length);
  for (const [at, place] of before!.places.entries()) {
    history.set(before!.rows.subarray(place * width, (place + 1) * width), at * width);
  }
  terminal.progress("Learning …");
  const fitting = SeriesScorer.fitting(history, width, { seed });
  let step = fitting.next();
  while (!step.done) {
    say(`Learning … ${Math.floor(100 * step.value)} %`);
    await wait(0);
    terminal.signal.throwIfAborted();
    step = fitting.next();
  }
  const scorer = step.value;
  const [score, p] = [new Float64Array(places.length), new Float64Array(places.length)];
  const concept = new Int32Array(places.length);
  const shares = new Float64Array(rows.length);
  let [calibratedOn, drifted] = [scorer.calibratedOn, 0];
  for (const [at, place] of places.entries()) {
    const own = scorer.next(rows.subarray(place * width, (place + 1) * width));
    [score[place], p[place], concept[place]] = [own.score, own.p, own.concept + 1];
    shares.set(own.shares, place * width);
    calibratedOn = own.calibratedOn;
    if (own.drifted) drifted++;
    if (at % AT_ONCE > 0) continue;
    say(`Scoring … ${whole(at)} of ${counted(places.length, "row")}`);
    await wait(0);
    terminal.signal.throwIfAborted();
  }
  return { score, p, concept, shares, calibratedOn, drifted };
}

/** Into a table `answer`; NULL is what is not known. */
async function store(
  connection: DuckDBConnection,
  names: readonly string[],
  { score, p, concept, shares }: Scored,
  terminal: Terminal,
): Promise<void> {
  const say = nowAndThen(terminal);
  const own = names.map((name) => `${quoted(`share_${name}`)} DOUBLE`).join(", ");
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE answer (score DOUBLE, p_value DOUBLE, concept VARCHAR, ${own})`,
  );
  const appender = await connection.createAppender("answer");
  const append = (value: number) =>
    Number.isNaN(value) ? appender.appendNull() : appender.appendDouble(value);
  for (let row = 0, at = 0; row < score.length; row++) {
    append(score[row]!);
    append(p[row]!);
    if (Number.isNaN(score[row]!)) appender.appendNull();
    else appender.appendVarchar(String(concept[row]));
    for (const end = at + names.length; at < end; at++) append(shares[at]!);
    appender.endRow();
    if (row % AT_ONCE > 0) continue;
    say(`Writing … ${whole(row)} of ${counted(score.length, "row")}`);
    await wait(0);
    terminal.signal.throwIfAborted();
  }
  appender.closeSync();
}

function describe(outcome: {
  out: string;
  rows: number;
  train_rows: number;
  rows_without_values: number;
  columns: readonly string[];
  calibrated_on: number;
  least_p_value: number;
  discoveries?: number;
  drifted_rows?: number;
  seed: number;
  seconds: number;
}): string[] {
  const { rows, rows_without_values, columns: names, discoveries, drifted_rows } = outcome;
  const unknown = rows_without_values > 0
    ? `; ${counted(rows_without_values, "row")} without values`
    : "";
  return columns([
    [
      "Learned",
      `what is usual from ${counted(outcome.train_rows, "row")} of ${
        counted(names.length, "column")
      }`,
    ],
    [
      "Calibrated",
      `on ${counted(outcome.calibrated_on, "row")}: no p-value is below ${
        outcome.least_p_value.toPrecision(3)
      }`,
    ],
    ["Scored", `${counted(rows, "row")}, in ${outcome.out}${unknown}`],
    discoveries === undefined
      ? [
        "Drifted",
        `${
          counted(drifted_rows!, "row")
        }, where p-values say little: what came was no longer like what was`,
      ]
      : [
        "Found",
        `${
          counted(discoveries, "row")
        }, of which 1 in 20 is expected to be normal at most (Benjamini and Hochberg)`,
      ],
    ["Took", `${outcome.seconds} s; seed ${outcome.seed}`],
  ]);
}
