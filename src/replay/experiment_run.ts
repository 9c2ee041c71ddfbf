/** A run of an experiment: its manifest and its tables. */
import {
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from "@duckdb/node-api";
import { escapeHtml } from "../table/escape.ts";
import { Table } from "../table/table.ts";
import type { RawTable } from "./experiment_canonical.ts";
import type { ExperimentManifest } from "./experiment_manifest.ts";
import { plainValue } from "./values.ts";

/** What came of an experiment. As the last expression of a notebook's cell its tables are shown, and its facts. */
export class ExperimentRun {
  /** The tables, by the names of queries and analyses: `run.tables.left?.rows` are the rows as objects. */
  readonly tables: Readonly<Record<string, Table>>;

  /**
   * @param path of the folder in which it is kept, if it is
   * @param isKnown whether the same run was there already
   */
  constructor(
    readonly manifest: ExperimentManifest,
    private readonly raw: Readonly<Record<string, RawTable>>,
    readonly path?: string,
    readonly isKnown: boolean = false,
  ) {
    this.tables = Object.fromEntries(
      Object.entries(raw).map(([name, table]) => [name, shownTable(table)]),
    );
  }

  /** The values as the database gave them, for whoever compares them. */
  rawTable(name: string): RawTable | undefined {
    return this.raw[name];
  }

  /** What it is of, in a line. */
  get title(): string {
    const { spec, run_id, input } = this.manifest;
    return `${spec.name} ${run_id}: sequences ${input.first_sequence} to ${input.last_sequence} of ${input.name}`;
  }

  /** What of the manifest people look at: what was read, what was done to it, and the hash of each table. */
  get facts(): Table {
    const { input, effects, applied, parked, tables, code } = this.manifest;
    const done = effects.map((effect) =>
      Object.entries(effect).map(([what, count]) => `${count} ${what.replace("_", " ")}`).join(", ")
    );
    const text = (name: string) => ({ name, type: "VARCHAR", numeric: false });
    return new Table([text("what"), text("value")], [
      ["read", `${input.events} events, log hash ${input.log_hash}`],
      ...done.map((what, at) => [`transformation ${at + 1}`, what]),
      ["asked", `a model of ${applied.events} events, ${parked.length} more parked`],
      ...Object.entries(tables).map((
        [name, { rows, hash }],
      ) => [name, `${rows} rows, hash ${hash}`]),
      ["code", code.source],
    ]);
  }

  /** What it is of, and its tables, as text. */
  toString(): string {
    const tables = Object.entries(this.tables).map(([name, table]) => `${name}\n${table}`);
    return [this.title, ...tables].join("\n\n");
  }

  /** How a notebook shows it. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    const parts: [string, Table][] = [...Object.entries(this.tables), ["manifest", this.facts]];
    const shown = parts.map(([name, table]) => {
      const bundle = (table as unknown as Record<symbol, () => Record<string, string>>)[
        Symbol.for("Jupyter.display")
      ]!.call(table);
      return { name, html: bundle["text/html"]!, text: bundle["text/plain"]! };
    });
    const html = shown.map(({ name, html }) => `<h4>${escapeHtml(name)}</h4>${html}`);
    const text = shown.map(({ name, text }) => `${name}\n${text}`);
    return {
      "text/html": `<p>${escapeHtml(this.title)}</p>${html.join("")}`,
      "text/plain": [this.title, ...text].join("\n\n"),
    };
  }
}

/** A table as people see it. */
export function shownTable({ columns, rows }: Pick<RawTable, "columns" | "rows">): Table {
  return new Table(
    columns.map(({ name, type }) => ({
      name,
      // With its zone it is shown as the moment that it is, in UTC.
      type: type === "TIMESTAMP WITH TIME ZONE" ? "TIMESTAMP" : type,
      numeric: /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/.test(type),
    })),
    rows.map((row) => row.map(shownValue)),
  );
}

/** A value as people see it, in whatever zone their machine is. */
export function shownValue(value: DuckDBValue): unknown {
  return plainValue(inUtc(value));
}

/** The text of a moment with its zone depends on the machine's, wherever in a value it is. */
function inUtc(value: DuckDBValue): DuckDBValue {
  if (value instanceof DuckDBTimestampTZValue) return new DuckDBTimestampValue(value.micros);
  if (value instanceof DuckDBListValue) return new DuckDBListValue(value.items.map(inUtc));
  if (value instanceof DuckDBStructValue) {
    const entries = Object.entries(value.entries).map(([name, one]) => [name, inUtc(one)]);
    return new DuckDBStructValue(Object.fromEntries(entries));
  }
  return value;
}
