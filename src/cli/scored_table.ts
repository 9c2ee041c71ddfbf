/** Tables whose rows are scored: their quality dimensions, and their order in time. */
import { counted } from "../table/text.ts";
import { sameColumns } from "./labelled_table.ts";
import { type TableFile, TableUnfit } from "./table_file.ts";
import type { Terminal } from "./terminal.ts";

/** What says when a row was. */
const TIMESTAMP = "timestamp";
/** What says whether a row is an anomaly; whoever scores does not look. */
export const LABEL = "label";

/**
 * The columns that rows are compared by: numeric and boolean ones that say something, but for `label` and `timestamp`.
 *
 * @throws {TableUnfit} where there is none, or there are no rows
 */
export async function dimensionsOf(
  train: TableFile,
  terminal: Pick<Terminal, "warn">,
): Promise<string[]> {
  const own = train.columns.map(({ name }) => name)
    .filter((name) => !isNamed(name, LABEL) && !isNamed(name, TIMESTAMP));
  const numeric = new Set(train.numeric().map(({ name }) => name));
  const others = own.filter((name) => !numeric.has(name));
  const all = own.filter((name) => numeric.has(name));
  const says = await Promise.all(
    all.map(async (name) => (await train.numbers(name)).some(Number.isFinite)),
  );
  const names = all.filter((_, at) => says[at]);
  const silent = all.filter((_, at) => !says[at]);
  if (names.length === 0) {
    throw new TableUnfit(
      train.path,
      train.rows === 0
        ? "it has no rows: there is nothing to compare with"
        : "no column says numbers: there is nothing to compare by",
    );
  }
  if (others.length > 0) {
    terminal.warn(`left out, for they are neither numeric nor boolean: ${others.join(", ")}`);
  }
  if (silent.length > 0) terminal.warn(`left out, for they say nothing: ${silent.join(", ")}`);
  return names;
}

/** `Label` is the label as well: names of columns have no case in SQL. */
function isNamed(name: string, meant: string): boolean {
  return name.toLowerCase() === meant;
}

/** The rows of a table one after the other, by the columns of these names; NaN where a value is missing. */
export async function rowsOf(table: TableFile, names: readonly string[]): Promise<Float64Array> {
  const columns = await sameColumns(table, names);
  const rows = new Float64Array(table.rows * names.length);
  for (const [at, column] of columns.entries()) {
    for (let row = 0; row < table.rows; row++) rows[row * names.length + at] = column[row]!;
  }
  return rows;
}

/**
 * The places of a table's rows in the order of time: that of their timestamps where it has these, of equal ones that in
 * the file, or else that in the file.
 *
 * @throws {TableUnfit} where a timestamp is missing or is none
 */
export async function inTime(table: TableFile): Promise<Int32Array> {
  const places = Int32Array.from({ length: table.rows }, (_, at) => at);
  const timestamp = table.columns.find(({ name }) => isNamed(name, TIMESTAMP));
  if (!timestamp) return places;
  const moments = await table.moments(timestamp.name);
  const missing = moments.findIndex((moment) => moment === null || Number.isNaN(moment));
  if (missing >= 0) {
    throw new TableUnfit(
      table.path,
      `row ${missing + 1} of ${
        counted(table.rows, "row")
      } has no timestamp: say when it was, or leave the column out if the rows are in order`,
    );
  }
  return places.sort((a, b) => {
    const [one, other] = [moments[a]!, moments[b]!];
    return one < other ? -1 : one > other ? 1 : a - b;
  });
}
