/** `cim space evaluate --data`: how well classes and anomalies of tables are told, beside other methods. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { closeDatabase, openDatabase } from "../projections/sql/database.ts";
import { NothingToLearn } from "../spaces/learning/error.ts";
import { type Column, Table } from "../table/table.ts";
import { type EvaluatedSet, setsIn } from "./evaluated_sets.ts";
import { Unreadable } from "./given.ts";
import { examplesOf } from "./labelled_table.ts";
import { nowAndThen } from "./progress.ts";
import { pythonWith } from "./python_library.ts";
import {
  type Detected,
  detected,
  isKnown,
  type KnownAnomalies,
  meanOf,
  rowsKnown,
  seriesKnown,
} from "./space_evaluate_anomalies.ts";
import { classified } from "./space_evaluate_classes.ts";
import { TableFile, TableUnfit } from "./table_file.ts";
import { EXIT, type Terminal } from "./terminal.ts";

/** What a column is called that says the class. */
const CLASS_NAMES = ["class", "label"];

/** What is asked for. */
export interface EvaluateTablesOptions {
  /** A folder with `.parquet` files. */
  readonly data: string;
  readonly seed: number;
  readonly json?: boolean;
}

/** What was found of a set in which it is known what is an anomaly. */
interface JudgedAnomalies {
  readonly set: EvaluatedSet;
  readonly known: KnownAnomalies;
  readonly detected: readonly Detected[];
}

/**
 * Judges what is in a folder: tables with a column `class`, or a `label` that says more than 0 and 1, by how well their
 * classes are told; those with a `label` of 0 and 1, and series, by how well anomalies are.
 */
export async function evaluateTables(
  { data, seed, json }: EvaluateTablesOptions,
  terminal: Terminal,
): Promise<number> {
  const sets = await setsIn(data);
  const [sklearn, pyod] = [await pythonWith("sklearn"), await pythonWith("pyod")];
  const classes: unknown[][] = [];
  const anomalies: JudgedAnomalies[] = [];
  const database = await openDatabase(":memory:");
  const judge = async (set: EvaluatedSet): Promise<void> => {
    const { connection } = database;
    const say = nowAndThen(terminal);
    const told = (what: string) => say(`${set.name}: ${what} …`);
    const file = await TableFile.load(connection, set.files[0], "data");
    const known = await knownOf(set, file, connection, seed, terminal);
    if (known) {
      const found = await detected(known, pyod, seed, told, terminal.signal);
      anomalies.push({ set, known, detected: found });
      return;
    }
    const column = CLASS_NAMES.find((own) => file.column(own));
    if (!column) {
      throw new TableUnfit(file.path, `it has no column ${CLASS_NAMES.join(" or ")}`);
    }
    const table = await examplesOf(file, column, terminal);
    const counts = [table.classes.length, table.columns.length, new Set(table.classes).size];
    for (const own of await classified(table, sklearn, seed, told, terminal.signal)) {
      const [accuracy, f1] = [rounded(own.accuracy), rounded(own.macro_f1)];
      classes.push([set.name, ...counts, own.name, accuracy, f1]);
    }
  };
  try {
    for (const set of sets) {
      try {
        await judge(set);
      } catch (error) {
        // What is wrong with one table says nothing about the others.
        if (terminal.signal.aborted || !isUnfit(error)) throw error;
        terminal.warn(`passed over ${set.name}: ${error.message}`);
      }
    }
  } finally {
    closeDatabase(database);
  }
  if (classes.length + anomalies.length === 0) {
    throw new TableUnfit(data, "nothing in it could be judged: see what was said of each");
  }
  const tables = [new Table(CLASSES, classes), new Table(ANOMALIES, anomalyRows(anomalies))]
    .filter(({ values }) => values.length > 0);
  if (json) {
    for (const row of tables.flatMap(({ rows }) => rows)) terminal.print(JSON.stringify(row));
  } else terminal.print(tables.map(String).join("\n\n"));
  if (!sklearn && classes.length > 0) {
    terminal.warn("scikit-learn's classifiers are not beside it: pip install scikit-learn");
  }
  if (!pyod && anomalies.length > 0) {
    terminal.warn("PyOD's detectors are not beside it: pip install pyod");
  }
  return EXIT.done;
}

/** Whether the table is to blame. */
function isUnfit(error: unknown): error is Error {
  return error instanceof TableUnfit || error instanceof Unreadable ||
    error instanceof NothingToLearn;
}

/** What is known of anomalies; undefined for a table of classes. */
async function knownOf(
  { files }: EvaluatedSet,
  file: TableFile,
  connection: DuckDBConnection,
  seed: number,
  terminal: Terminal,
): Promise<KnownAnomalies | undefined> {
  if (files.length === 2) {
    const rows = await TableFile.load(connection, files[1], "rows");
    if (await isKnown(rows)) return await seriesKnown(file, rows, terminal);
    throw new TableUnfit(rows.path, "no label of 0 or 1 says what its rows are");
  }
  if (file.column(CLASS_NAMES[0]!) || !await isKnown(file)) return undefined;
  return await rowsKnown(file, seed, terminal);
}

/** A row for each set and method, and after each folder's sets the means over them. */
function anomalyRows(all: readonly JudgedAnomalies[]): unknown[][] {
  return [...Map.groupBy(all, ({ set, known }) => `${set.group} (${known.as})`)].flatMap(
    ([group, judged]) => {
      const rows = judged.flatMap(({ set, known, detected }) =>
        detected.map(({ by, rocAuc, averagePrecision }) => [
          ...[set.name, known.as, known.rows, known.width, known.anomalies],
          ...[by, rounded(rocAuc), rounded(averagePrecision)],
        ])
      );
      if (judged.length < 2) return rows;
      const each = judged.flatMap(({ detected }) => detected)
        .filter(({ rocAuc }) => !Number.isNaN(rocAuc));
      const means = [...Map.groupBy(each, ({ by }) => by)].map(([by, own]) => [
        ...[`${group}: mean of ${own.length}`, judged[0]!.known.as, null, null, null, by],
        rounded(meanOf(own.map(({ rocAuc }) => rocAuc))),
        rounded(meanOf(own.map(({ averagePrecision }) => averagePrecision))),
      ]);
      return [...rows, ...means];
    },
  );
}

const text = (name: string): Column => ({ name, type: "VARCHAR", numeric: false });
const count = (name: string): Column => ({ name, type: "BIGINT", numeric: true });
const share = (name: string): Column => ({ name, type: "DOUBLE", numeric: true });
const SIZE = [count("rows"), count("columns")];
const CLASSES = [
  ...[text("set"), ...SIZE, count("classes"), text("by")],
  ...[share("accuracy"), share("macro_f1")],
];
const ANOMALIES = [
  ...[text("set"), text("as"), ...SIZE, count("anomalies"), text("by")],
  ...[share("roc_auc"), share("average_precision")],
];

/** Null where there is nothing to judge: no anomalies, or nothing else. */
function rounded(value: number): number | null {
  return Number.isNaN(value) ? null : Number(value.toFixed(4));
}
