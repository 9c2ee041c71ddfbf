/** A table of values: what a question to a read model gives, and what a notebook shows. */
import { htmlTable } from "./html.ts";
import { textTable } from "./text_table.ts";

/** A column: its name, its type as the database calls it, and whether its values are numbers. */
export interface Column {
  name: string;
  type: string;
  numeric: boolean;
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
    const at = this.columns.findIndex((column) => column.name === name);
    if (at < 0) {
      const known = this.columns.map((column) => column.name).join(", ");
      throw new RangeError(`Cannot find the column ${JSON.stringify(name)}: there are ${known}`);
    }
    return this.values.map((row) => row[at]);
  }

  /** The whole table as text. */
  toString(): string {
    return textTable(this);
  }

  /** How a notebook shows it: the first rows, and how many there are. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "text/html": htmlTable(this), "text/plain": textTable(this, 20) };
  }
}
