/** A table of values: what a question to a read model gives, and what a notebook shows. */
import { htmlTable } from "./html.ts";
import { columnsOf } from "./table_of.ts";
import { textTable } from "./text_table.ts";

/** A column: its name, its type as the database calls it, and whether its values are numbers. */
export interface Column {
  name: string;
  type: string;
  numeric: boolean;
  /** What its values are amounts of, such as `B`; by default what its name says: `memory_bytes`, `speed_bps`. */
  unit?: string;
}

/**
 * Rows and columns. As the last expression of a notebook's cell it is shown as a table; printed, as text.
 *
 * @example
 * ```ts
 * import { Table } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const table = new Table([{ name: "hosts", type: "BIGINT", numeric: true }], [[42]]);
 * strictEqual(table.rows[0]?.hosts, 42);
 * strictEqual(table.toString(), "hosts\n-----\n   42\n(1 row)");
 * ```
 */
export class Table {
  #rows: Record<string, unknown>[] | undefined;

  /**
   * @param columns in their order
   * @param values a list for each row: null, boolean, number, bigint (where a number would not be exact), string
   * (moments too: RFC 3339, UTC, microseconds), Uint8Array, or lists and objects of these
   */
  constructor(readonly columns: readonly Column[], readonly values: readonly unknown[][]) {}

  /**
   * A table of objects: a row for each, a column for each of their keys.
   *
   * @example
   * ```ts
   * import { Table } from "@cim/infrastructure";
   * import { strictEqual } from "node:assert";
   * const table = Table.from([{ host: "web-01", load: 0.5 }, { host: "web-02" }]);
   * strictEqual(String(table), "host    load\n------  ----\nweb-01   0.5\nweb-02\n(2 rows)");
   * ```
   */
  static from(objects: readonly object[]): Table {
    const { columns, values } = columnsOf(objects);
    return new Table(columns, values);
  }

  /** The rows as objects; of two columns with one name the later is in them. */
  get rows(): readonly Record<string, unknown>[] {
    return this.#rows ??= this.values.map((row) =>
      Object.fromEntries(this.columns.map(({ name }, at) => [name, row[at]]))
    );
  }

  /**
   * The values of one column.
   *
   * @throws {RangeError} when there is no such column
   */
  column(name: string): unknown[] {
    const at = this.#at(name);
    return this.values.map((row) => row[at]);
  }

  /** Some of the rows as a table, counted as `Array.prototype.slice` does. */
  slice(start?: number, end?: number): Table {
    return new Table(this.columns, this.values.slice(start, end));
  }

  /**
   * Some of the columns as a table, in the order in which they are named.
   *
   * @throws {RangeError} when there is no such column
   */
  select(...names: string[]): Table {
    const found = names.map((name) => this.#at(name));
    return new Table(
      found.map((at) => this.columns[at]!),
      this.values.map((row) => found.map((at) => row[at])),
    );
  }

  /** The whole table as text. */
  toString(): string {
    return textTable(this);
  }

  #at(name: string): number {
    const at = this.columns.findIndex((column) => column.name === name);
    if (at >= 0) return at;
    const known = this.columns.map((column) => column.name).join(", ");
    throw new RangeError(
      name === undefined // a notebook's types are not checked when it runs
        ? `Cannot take a column that is not named, by a key that is misspelt or left out: there are ${known}`
        : `Cannot find the column ${JSON.stringify(name)}: there are ${known}`,
    );
  }

  /** How a notebook shows it: the first rows, further ones folded, and how many there are. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "text/html": htmlTable(this), "text/plain": textTable(this, 20) };
  }
}
