/** What people are told of experiments. */
import { join } from "node:path";
import {
  changeText,
  countsText,
  type ExperimentComparison,
  keyText,
  shortText,
  type TableComparison,
} from "../replay/experiment_comparison.ts";
import type { Effect } from "../replay/experiment_plan.ts";
import type { ExperimentRun } from "../replay/experiment_run.ts";
import type { KeptRun } from "../replay/experiment_runs.ts";
import { shownPath } from "../replay/shown_path.ts";
import type { ExperimentAgreement } from "../replay/experiment_verify.ts";
import { exactText } from "../table/cell.ts";
import { Table } from "../table/table.ts";
import { columns, counted, whole } from "../table/text.ts";

/** So many rows of a table are shown; all are in its file, and in JSON. */
const SHOWN_ROWS = 20;
const SIGNS = { added: "+", removed: "-", changed: "~" };

/**
 * A run, with its tables.
 *
 * @param archive the one that it was run on, if it was one
 * @param began when the command did, in milliseconds of `performance.now()`
 */
export function describeRun(
  { manifest, tables, path, isKnown }: ExperimentRun,
  archive: string | undefined,
  began: number,
): string[] {
  const { spec, run_id, input, effects, applied, parked, timings } = manifest;
  const { fold, queries, keep = 0 } = timings;
  const whole_s = Math.round(performance.now() - began) / 1_000;
  const head = columns([
    ["Experiment", `${spec.name} ${run_id}`],
    [
      "Read",
      `${counted(input.events, "event")}, sequences ${whole(input.first_sequence)} to ${
        whole(input.last_sequence)
      }, log hash ${input.log_hash}`,
    ],
    ...effects.map((effect, at) => [at === 0 ? "Did" : "", effectText(effect)]),
    ["Asked", `a model of ${counted(applied.events, "event")}`],
    ["Took", `${whole_s} s: folding ${fold} s, asking ${queries} s, keeping ${keep} s`],
    ...(parked.length > 0 ? [["Parked", counted(parked.length, "event")]] : []),
    ...(path === undefined ? [] : [[
      "Kept",
      `${shownPath(path)}${isKnown ? ": it was there already, and came out the same" : ""}`,
    ]]),
  ]);
  const shown = Object.entries(tables).flatMap(([name, table]) => [
    "",
    `${name}  ${manifest.tables[name]!.hash}`,
    ...String(new Table(table.columns, table.values.slice(0, SHOWN_ROWS))).split("\n").slice(0, -1),
    table.values.length > SHOWN_ROWS
      ? `(${SHOWN_ROWS} of ${counted(table.values.length, "row")}${restText(path, archive, name)})`
      : `(${counted(table.values.length, "row")})`,
  ]);
  return [...head, ...shown];
}

/** How to see all rows of a table. */
function restText(path: string | undefined, archive: string | undefined, table: string): string {
  if (path === undefined) return "";
  const from = `FROM '${shownPath(join(path, `${table}.parquet`)).replaceAll("'", "''")}'`;
  const on = archive === undefined ? "" : `--archive ${shownPath(archive)} `;
  return `; all of them: deno task cim sql ${on}"${from}"`;
}

function effectText(effect: Effect): string {
  const parts = Object.entries(effect).filter(([, count]) => count > 0)
    .map(([what, count]) => `${whole(count)} ${what.replace("_", " ")}`);
  return parts.join(", ");
}

/** What two runs say differently. */
export function describeComparison({ a, b, asked, tables }: ExperimentComparison): string[] {
  return [
    ...columns([
      ["From", `${a.spec.name} ${a.run_id}`],
      ["To", `${b.spec.name} ${b.run_id}`],
      ...asked.map(({ field, before, after }, at) => [
        at === 0 ? "Asked" : "",
        `${field}: ${shortText(before)} → ${shortText(after)}`,
      ]),
    ]),
    ...tables.flatMap((table) => ["", ...describeTable(table)]),
    ...(tables.length === 0 ? ["", "Every table is the same."] : []),
  ];
}

function describeTable(found: TableComparison): string[] {
  const { columns_added, columns_removed, rows } = found;
  const shown = rows.slice(0, SHOWN_ROWS)
    .map((row) => [SIGNS[row.change], keyText(row), changeText(row)]);
  return [
    countsText(found),
    ...(columns_added.length > 0 ? [`  columns added: ${columns_added.join(", ")}`] : []),
    ...(columns_removed.length > 0 ? [`  columns removed: ${columns_removed.join(", ")}`] : []),
    ...columns(shown, "  "),
    ...(rows.length > SHOWN_ROWS
      ? [`  … and ${counted(rows.length - SHOWN_ROWS, "more row", "more rows")}; --json has all`]
      : []),
  ];
}

/** Whether a run came out the same again. */
export function describeAgreement(found: ExperimentAgreement): string[] {
  const { name, run_id, identical, same_code, tables, rows, files, difference } = found;
  return columns([
    ["Experiment", `${name} ${run_id}`],
    ["Code", same_code ? "the same" : "another version of this program than the one that ran it"],
    ["Compared", `${counted(tables, "table")}, ${counted(rows, "row")}, ${counted(files, "file")}`],
    ...(difference
      ? [
        [
          "Differs",
          `${difference.table === undefined ? "" : `${difference.table}: `}${difference.what}`,
        ],
        ...(difference.before ? [["Was", exactText(difference.before)]] : []),
        ...(difference.after ? [["Is", exactText(difference.after)]] : []),
      ]
      : []),
    ["", identical ? "identical" : "not identical"],
  ]);
}

/** The runs that are kept. */
export function describeRuns(runs: readonly KeptRun[], folder: string): string[] {
  if (runs.length === 0) return [`There are no runs in ${shownPath(folder)}.`];
  return columns(runs.map(({ kept_at, manifest: { spec, run_id, input, tables } }) => [
    `${spec.name}-${run_id}`,
    `${kept_at.slice(0, 19)}Z`,
    Object.entries(spec.parameters ?? {}).map(([name, value]) => `${name}=${shortText(value)}`)
      .join(" "),
    `sequences ${whole(input.first_sequence)} to ${whole(input.last_sequence)} of ${input.name}`,
    Object.entries(tables).map(([name, { rows }]) => `${name} ${whole(rows)}`).join(", "),
  ]));
}
