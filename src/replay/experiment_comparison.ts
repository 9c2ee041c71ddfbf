/** What two runs of experiments say differently. */
import { exactText } from "../table/cell.ts";
import { escapeHtml } from "../table/escape.ts";
import { Table } from "../table/table.ts";
import { whole } from "../table/text.ts";
import type { ExperimentManifest } from "./experiment_manifest.ts";

/** A cell that is not the same; `before` or `after` is not there where there is no such column. */
export interface ChangedCell {
  column: string;
  before?: unknown;
  after?: unknown;
}

/** A row that is not the same. Where it was added or removed, its cells are all that it has. */
export interface ChangedRow {
  change: "added" | "removed" | "changed";
  /** The values of the key's columns; of the whole row where there is no key. */
  key: Record<string, unknown>;
  cells: ChangedCell[];
}

/** A table in which two runs differ. */
export interface TableComparison {
  table: string;
  /** The run that alone has it: the first or the second. */
  only_in?: "a" | "b";
  columns_added: string[];
  columns_removed: string[];
  added: number;
  removed: number;
  changed: number;
  same: number;
  rows: ChangedRow[];
}

/** A difference in what was asked: a part of the spec, the input or the code. */
export interface AskedDifference {
  /** As a JSON pointer into the manifest: `/spec/parameters/threshold`. */
  field: string;
  before?: unknown;
  after?: unknown;
}

/** What two runs say differently, from the first to the second. As the last expression of a cell it is shown as a table. */
export class ExperimentComparison {
  /** @param tables those that differ, in the order of the queries */
  constructor(
    readonly a: ExperimentManifest,
    readonly b: ExperimentManifest,
    readonly asked: readonly AskedDifference[],
    readonly tables: readonly TableComparison[],
  ) {}

  /** Whether every table of one is in the other, and the same. */
  get same(): boolean {
    return this.tables.length === 0;
  }

  /** Every cell that is not the same, in a row each. */
  get cells(): Table {
    return new Table(
      ["table", "row", "change", "column", "before", "after"].map((name) => ({ name, ...TEXT })),
      this.tables.flatMap(({ table, rows }) =>
        rows.flatMap(({ change, key, cells }) =>
          cells.map(({ column, before, after }) => [
            table,
            Object.values(key).map(exactText).join(", "),
            change,
            column,
            before === undefined ? null : exactText(before),
            after === undefined ? null : exactText(after),
          ])
        )
      ),
    );
  }

  /** Every row that is not the same, with what there is in it: values before and after, where it was changed. */
  get changes(): Table {
    return new Table(
      ["table", "change", "row", "what"].map((name) => ({ name, ...TEXT })),
      this.tables.flatMap(({ table, rows }) =>
        rows.map((row) => [table, row.change, keyText(row), changeText(row)])
      ),
    );
  }

  /** How many rows of each table are not the same, and each of them, as text. */
  toString(): string {
    return `${this.#head.join("\n")}\n\n${this.changes}`;
  }

  get #head(): string[] {
    return [
      `From ${nameOf(this.a)} to ${nameOf(this.b)}`,
      ...this.tables.map(countsText),
      ...(this.same ? ["Every table is the same."] : []),
    ];
  }

  /** How a notebook shows it: what was asked differently, and every row that is not the same. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    const { changes } = this;
    const shown = (changes as unknown as Record<symbol, () => Record<string, string>>)[
      Symbol.for("Jupyter.display")
    ]!.call(changes);
    return {
      "text/html": `<p>${this.#head.map(escapeHtml).join("<br>")}</p>${shown["text/html"]}`,
      "text/plain": `${this.#head.join("\n")}\n\n${shown["text/plain"]}`,
    };
  }
}

const TEXT = { type: "VARCHAR", numeric: false };

function nameOf({ spec, run_id }: ExperimentManifest): string {
  return `${spec.name} ${run_id}`;
}

/** How many rows of a table are not the same, in a line. */
export function countsText(
  { table, only_in, added, removed, changed, same }: TableComparison,
): string {
  const where = only_in === undefined
    ? ""
    : `, only in the ${only_in === "a" ? "first" : "second"}`;
  const counts = Object.entries({ added, removed, changed, same })
    .map(([what, count]) => `${whole(count)} ${what}`);
  return `${table}${where}: ${counts.join(", ")}`;
}

/** What tells a row from others, in a line. */
export function keyText({ key }: ChangedRow): string {
  return Object.values(key).map(exactText).join(", ");
}

/** What of a row is not the same, in a line; of one that was added or removed, all that is not in its key. */
export function changeText({ change, key, cells }: ChangedRow): string {
  return cells.filter(({ column }) => !(column in key)).map(({ column, before, after }) =>
    change === "changed"
      ? `${column}: ${shortText(before)} → ${shortText(after)}`
      : `${column}: ${shortText(change === "added" ? after : before)}`
  ).join("; ");
}

/** A value, cut where it is long. */
export function shortText(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  const text = exactText(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
