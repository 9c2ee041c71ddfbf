/** One text for one table, whatever machine, time zone, locale or number of threads made it; and its hash. */
import type { DuckDBValue } from "@duckdb/node-api";
import { createHash } from "node:crypto";
import { byCodeUnit } from "../domain/values.ts";

/** How many digests of rows a table has at most; where it has more rows, a digest is of several. */
const MOST_DIGESTS = 4_096;
/** How many hexadecimal digits a digest has: enough to find where two tables differ that are known to. */
const DIGITS = 6;

/** A table as an experiment's query gives it. */
export interface RawTable {
  columns: { name: string; type: string }[];
  rows: DuckDBValue[][];
  /** Whether its rows have an order that they were asked for. */
  ordered: boolean;
}

/** What tells a table from every other one. */
export interface TableDigest {
  rows: number;
  /** SHA-256 of the canonical text of columns and rows, in hexadecimal digits. */
  hash: string;
  /** How many rows each of the `digests` is of. */
  rows_each: number;
  /** Six hexadecimal digits for each of these, one behind the other: they tell where two tables begin to differ. */
  digests: string;
}

/**
 * The canonical text of a value: whole numbers as their digits, doubles as the shortest text that is read back as the
 * same, moments as their microseconds, whatever zone they are shown in.
 */
export function canonical(value: DuckDBValue): string {
  switch (typeof value) {
    case "bigint":
    case "boolean":
      return String(value);
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "string":
      return JSON.stringify(value);
  }
  if (value === null) return "null";
  if (value instanceof Uint8Array) return `x${value.toHex()}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  // The database's own values say all that they are in their fields; their texts depend on the zone of the machine.
  const parts = Object.entries(value).map(([name, part]) =>
    `${JSON.stringify(name)}:${canonical(part as DuckDBValue)}`
  );
  return `{${parts.join(",")}}`;
}

/** The canonical text of a row. */
export function canonicalRow(row: readonly DuckDBValue[]): string {
  return `[${row.map(canonical).join(",")}]`;
}

/** Brings the rows of a table that nobody asked an order for into the one that their canonical texts have. */
export function inCanonicalOrder({ columns, rows, ordered }: RawTable): RawTable {
  if (ordered) return { columns, rows, ordered };
  const sorted = rows.map((row) => ({ row, text: canonicalRow(row) }))
    .sort((a, b) => byCodeUnit(a.text, b.text)).map(({ row }) => row);
  return { columns, rows: sorted, ordered };
}

/** The digest of a table whose rows are in their canonical order. */
export function digestOf({ columns, rows }: RawTable): TableDigest {
  const rows_each = Math.max(1, 2 ** Math.ceil(Math.log2(rows.length / MOST_DIGESTS)));
  const hash = createHash("sha256");
  hash.update(JSON.stringify(columns.map(({ name, type }) => [name, type]))).update("\n");
  let digests = "";
  for (let from = 0; from < rows.length; from += rows_each) {
    const part = createHash("sha256");
    for (const row of rows.slice(from, from + rows_each)) {
      const line = `${canonicalRow(row)}\n`;
      hash.update(line);
      part.update(line);
    }
    digests += part.digest("hex").slice(0, DIGITS);
  }
  return { rows: rows.length, hash: hash.digest("hex"), rows_each, digests };
}

/**
 * Where two tables whose hashes differ begin to differ.
 *
 * @returns the first and the last row, counted from 1, among which the first that differs is; undefined where it is not
 *   in their rows: their columns differ
 */
export function firstDifference(
  one: TableDigest,
  other: TableDigest,
): { from: number; to: number } | undefined {
  // With other numbers of rows each, only their numbers can be compared.
  if (one.rows_each !== other.rows_each) return { from: 1, to: Math.max(one.rows, other.rows) };
  const { rows_each } = one;
  const length = Math.max(one.digests.length, other.digests.length);
  for (let at = 0; at < length; at += DIGITS) {
    if (one.digests.slice(at, at + DIGITS) === other.digests.slice(at, at + DIGITS)) continue;
    const from = (at / DIGITS) * rows_each + 1;
    return { from, to: Math.min(from + rows_each - 1, Math.max(one.rows, other.rows)) };
  }
}
