/** Two runs of experiments, compared cell by cell. */
import type { DuckDBValue } from "@duckdb/node-api";
import { dirname, join } from "node:path";
import { canonical, type RawTable } from "./experiment_canonical.ts";
import {
  type ChangedCell,
  type ChangedRow,
  ExperimentComparison,
  type TableComparison,
} from "./experiment_comparison.ts";
import { fieldDifferences } from "./experiment_differences.ts";
import { ExperimentError } from "./experiment_error.ts";
import { checkedFiles, damagedFile } from "./experiment_files.ts";
import { type ExperimentManifest, MADE_ANEW, readManifest } from "./experiment_manifest.ts";
import { loadTable } from "./experiment_parquet.ts";
import { type ExperimentRun, shownValue } from "./experiment_run.ts";

/**
 * Compares the tables of two runs: by the key that one has in the second, else in the first; where it has none in either, whole rows are told to be there or not.
 *
 * @param a a run; or the folder of one that was kept, or its manifest there
 * @param b the same of the other
 * @throws {ExperimentError} `experiment_missing`, or `experiment_damaged`
 * @example
 * ```ts
 * import { Archive, compareExperiments, runExperiment } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const fleet = await Archive.open("data/samples/fleet");
 * const queries = { n: { sql: "SELECT count(*) AS n FROM resources" } };
 * const some = await runExperiment({ name: "some", range: { sequence: 20 }, queries }, fleet);
 * const more = await runExperiment({ name: "more", range: { sequence: 40 }, queries }, fleet);
 * strictEqual((await compareExperiments(some, more)).same, false);
 * ```
 */
export async function compareExperiments(
  a: ExperimentRun | string,
  b: ExperimentRun | string,
): Promise<ExperimentComparison> {
  const [one, other] = [await kept(a), await kept(b)];
  const [first, second] = [one.manifest, other.manifest];
  const found: TableComparison[] = [];
  for (const name of new Set([...Object.keys(first.tables), ...Object.keys(second.tables)])) {
    if (first.tables[name]?.hash === second.tables[name]?.hash) continue;
    const key = second.tables[name]?.key ?? first.tables[name]?.key;
    found.push(compareTables(name, await one.load(name), await other.load(name), key));
  }
  const asked = fieldDifferences(askedOf(first), askedOf(second));
  return new ExperimentComparison(first, second, asked, found);
}

interface Kept {
  manifest: ExperimentManifest;
  load(name: string): Promise<Loaded | undefined>;
}

async function kept(run: ExperimentRun | string): Promise<Kept> {
  if (typeof run !== "string") {
    const { manifest } = run;
    return { manifest, load: (name) => Promise.resolve(run.rawTable(name)) };
  }
  const manifest = await readManifest(run);
  const folder = run.endsWith(".json") ? dirname(run) : run;
  const damaged = damagedFile(await checkedFiles(folder, manifest.files));
  if (damaged !== undefined) {
    const reason = `${join(folder, damaged)} is not as it was written; ${MADE_ANEW}`;
    throw new ExperimentError("experiment_damaged", "", reason);
  }
  return {
    manifest,
    load: async (name) => {
      const entry = manifest.tables[name];
      return entry && await loadTable(folder, name, entry, manifest.files[`${name}.parquet`]);
    },
  };
}

type Loaded = Pick<RawTable, "columns" | "rows">;

/** Compares two tables; at least one of them is there. */
function compareTables(
  table: string,
  a: Loaded | undefined,
  b: Loaded | undefined,
  key: readonly string[] | undefined,
): TableComparison {
  const [columnsA, columnsB] = [names(a), names(b)];
  const isKeyed = key?.every((name) =>
    (!a || columnsA.includes(name)) && (!b || columnsB.includes(name))
  );
  const keyed = isKeyed ? key! : [...new Set([...columnsA, ...columnsB])];
  const [rowsA, rowsB] = [byKey(a, keyed), byKey(b, keyed)];
  const rows: ChangedRow[] = [];
  let same = 0;
  for (const [text, row] of rowsA) {
    const other = rowsB.get(text);
    const cells = cellsOf(row, other);
    if (cells.length === 0) same++;
    else rows.push({ change: other ? "changed" : "removed", key: keyOf(row, keyed), cells });
  }
  for (const [text, row] of rowsB) {
    if (rowsA.has(text)) continue;
    rows.push({ change: "added", key: keyOf(row, keyed), cells: cellsOf(undefined, row) });
  }
  const count = (change: ChangedRow["change"]) =>
    rows.filter((row) => row.change === change).length;
  return {
    table,
    ...(a && b ? {} : { only_in: a ? "a" as const : "b" as const }),
    columns_added: a ? columnsB.filter((name) => !columnsA.includes(name)) : [],
    columns_removed: b ? columnsA.filter((name) => !columnsB.includes(name)) : [],
    added: count("added"),
    removed: count("removed"),
    changed: count("changed"),
    same,
    rows,
  };
}

function names(table: Loaded | undefined): string[] {
  return table?.columns.map(({ name }) => name) ?? [];
}

type Row = Map<string, DuckDBValue>;

/** Rows by the text of their key; of those that have the same, each by how many of it there were before. */
function byKey(table: Loaded | undefined, key: readonly string[]): Map<string, Row> {
  const found = new Map<string, Row>();
  const seen = new Map<string, number>();
  const columns = names(table);
  for (const values of table?.rows ?? []) {
    const row: Row = new Map(columns.map((name, at) => [name, values[at]!]));
    const text = key.map((name) => row.has(name) ? canonical(row.get(name)!) : "").join();
    const before = seen.get(text) ?? 0;
    seen.set(text, before + 1);
    found.set(`${text}#${before}`, row);
  }
  return found;
}

function keyOf(row: Row, key: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    key.filter((name) => row.has(name)).map((name) => [name, shownValue(row.get(name)!)]),
  );
}

function cellsOf(before: Row | undefined, after: Row | undefined): ChangedCell[] {
  const columns = new Set([...before?.keys() ?? [], ...after?.keys() ?? []]);
  return [...columns].flatMap((column) => {
    const [was, is] = [before?.get(column), after?.get(column)];
    if (was !== undefined && is !== undefined && canonical(was) === canonical(is)) return [];
    return [{
      column,
      ...(was === undefined ? {} : { before: shownValue(was) }),
      ...(is === undefined ? {} : { after: shownValue(is) }),
    }];
  });
}

function askedOf({ spec, input, code: { commit, source, lock, versions } }: ExperimentManifest) {
  const { $schema: _, description: __, archive: ___, timeout_seconds: ____, ...said } = spec;
  return { spec: said, input, code: { commit, source, lock, versions } };
}
