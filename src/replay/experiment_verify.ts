/** Whether a run comes out the same again, here or on another machine. */
import { dirname } from "node:path";
import type { Archive } from "../log/archive.ts";
import type { EventLog } from "../log/log.ts";
import { runExperiment, type RunOptions } from "./experiment.ts";
import { quote } from "../domain/refusal.ts";
import { firstDifference } from "./experiment_canonical.ts";
import { codeIdentity } from "./experiment_code.ts";
import { fieldDifferences } from "./experiment_differences.ts";
import { ExperimentError } from "./experiment_error.ts";
import { type CheckedFiles, checkedFiles, damagedFile } from "./experiment_files.ts";
import { type ExperimentManifest, MADE_ANEW, readManifest } from "./experiment_manifest.ts";
import { identityOf } from "./experiment_model.ts";
import { loadTable } from "./experiment_parquet.ts";
import { type ExperimentRun, shownTable } from "./experiment_run.ts";

/** What came of it. */
export interface ExperimentAgreement {
  run_id: string;
  name: string;
  identical: boolean;
  /** Whether it was run again by the same code; where it was not, the code may be what makes the difference. */
  same_code: boolean;
  /** How many tables and rows were compared. */
  tables: number;
  rows: number;
  /** How many files beside the manifest are as they were written; none where it lies by itself, as it may. */
  files: number;
  /** Not there where it is identical. */
  difference?: ExperimentDifference;
}

/** The first that is not the same. */
export interface ExperimentDifference {
  /** Not there where it is not of one table. */
  table?: string;
  /** The first row that differs, counted from 1, in the order of the table. */
  row?: number;
  /** Set where a digest is of several rows: the first that differs is one from `row` to here. */
  row_to?: number;
  /** The row as it was, where the run's tables are beside its manifest. */
  before?: Record<string, unknown>;
  /** The row as it is now; not there where there are fewer. */
  after?: Record<string, unknown>;
  /** What it is, for people. */
  what: string;
}

/**
 * Runs an experiment again, as its manifest says, and compares each table, whatever else the manifest says of what came
 * of it, and the files that are beside it.
 *
 * @param path of the manifest, or of the folder that it is in; nothing else of that is needed
 * @param source of the same log: that itself, or an archive of it
 * @throws {ExperimentError} `experiment_other_log` where it is of another log, and as `runExperiment`
 */
export async function verifyExperiment(
  path: string,
  source: EventLog | Archive,
  options: Omit<RunOptions, "folder" | "moment"> = {},
): Promise<ExperimentAgreement> {
  const manifest = await readManifest(path);
  const { spec, input, run_id } = manifest;
  const { name, incarnation } = identityOf(source);
  if (name !== input.name || incarnation !== input.incarnation) {
    const reason =
      `the run is of the log ${input.name} (${input.incarnation}), and this is ${name} (${incarnation}): ` +
      "give an archive of that one with --archive";
    throw new ExperimentError("experiment_other_log", "", reason);
  }
  const range = { from_sequence: input.first_sequence, sequence: input.last_sequence };
  // A log that has gone on is read no further than it was, and what reads "now" has the same one.
  const moment = spec.range?.as_of;
  const again = await runExperiment({ ...spec, range }, source, { ...options, moment });
  const code = await codeIdentity();
  const tables = Object.values(again.manifest.tables);
  const folder = path.endsWith(".json") ? dirname(path) : path;
  const files = await checkedFiles(folder, manifest.files);
  const difference = inputDifference(manifest, again) ??
    await tableDifference(folder, manifest, again) ??
    saidDifference(manifest, again) ?? fileDifference(files);
  const agreement = {
    run_id,
    name: spec.name,
    same_code: code.source === manifest.code.source && code.lock === manifest.code.lock,
    tables: tables.length,
    rows: tables.reduce((sum, { rows }) => sum + rows, 0),
    files: files.sound.length,
  };
  return {
    ...agreement,
    identical: difference === undefined,
    ...(difference ? { difference } : {}),
  };
}

function inputDifference(
  { input }: ExperimentManifest,
  again: ExperimentRun,
): ExperimentDifference | undefined {
  const now = again.manifest.input;
  if (now.log_hash === input.log_hash && now.events === input.events) return;
  return {
    what: `the log itself is another one: the ${now.events} events from ${now.first_sequence} to ` +
      `${now.last_sequence} have the hash ${now.log_hash}, and the ${input.events} that were read had ${input.log_hash}`,
  };
}

/** What else the manifest says, and comes out of a run: by this nobody's edit goes unseen. */
function saidDifference(
  was: ExperimentManifest,
  again: ExperimentRun,
): ExperimentDifference | undefined {
  const [said, now] = [outcomeOf(was), outcomeOf(JSON.parse(JSON.stringify(again.manifest)))];
  const [first] = fieldDifferences(said, now);
  if (!first) return;
  const { field, before, after } = first;
  return { what: `the manifest says ${quote(before)} in ${field}, and it is ${quote(after)}` };
}

function outcomeOf({ input, effects, applied, parked, tables }: ExperimentManifest) {
  return { input, effects, applied, parked, tables };
}

function fileDifference(files: CheckedFiles): ExperimentDifference | undefined {
  const file = damagedFile(files);
  if (file === undefined) return;
  const state = files.missing.includes(file) ? "is not there" : "is not as it was written";
  const what = `its file ${file} ${state}, though the table itself came out the same; ${MADE_ANEW}`;
  return { table: file.slice(0, -".parquet".length), what };
}

async function tableDifference(
  folder: string,
  manifest: ExperimentManifest,
  again: ExperimentRun,
): Promise<ExperimentDifference | undefined> {
  for (const [table, was] of Object.entries(manifest.tables)) {
    const now = again.manifest.tables[table]!;
    if (was.hash === now.hash) continue;
    const place = firstDifference(was, now);
    if (!place && columnsText(was) === columnsText(now)) {
      const what = `its hash is ${now.hash}, and was ${was.hash}, though no row differs`;
      return { table, what: `${what}: the manifest is not as it was written` };
    }
    if (!place) {
      return { table, what: `its columns are ${columnsText(now)}, and were ${columnsText(was)}` };
    }
    const { from: row, to } = place;
    const lone = row === to;
    const before = lone ? await rowBefore(folder, manifest, table, row) : undefined;
    const after = lone ? again.tables[table]?.rows[row - 1] : undefined;
    return {
      table,
      row,
      ...(lone ? {} : { row_to: to }),
      ...(before ? { before } : {}),
      ...(after ? { after } : {}),
      what: `it has ${now.rows} rows now, and had ${was.rows}; ` +
        (lone
          ? `row ${row} is the first that differs`
          : `the first that differs is one of ${row} to ${to}`),
    };
  }
}

/** A row as it was kept, where it was. */
async function rowBefore(
  folder: string,
  { files, tables }: ExperimentManifest,
  table: string,
  row: number,
): Promise<Record<string, unknown> | undefined> {
  try {
    const loaded = await loadTable(folder, table, tables[table]!, files[`${table}.parquet`]);
    return shownTable(loaded).rows[row - 1];
  } catch {
    return undefined; // the manifest alone is enough to say which row it is
  }
}

function columnsText({ columns }: { columns: { name: string; type: string }[] }): string {
  return columns.map(({ name, type }) => `${name} ${type}`).join(", ");
}
