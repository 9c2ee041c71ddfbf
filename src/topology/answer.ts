/** What a question to a topology gives: a sentence, a table, and what of the picture it is about. */
import { escapeHtml } from "../table/escape.ts";
import type { Column, Table } from "../table/table.ts";
import { visible } from "../table/text.ts";

/** Columns by their names: those with a `#` before it are numbers. */
export function columnsOf(...names: string[]): Column[] {
  return names.map((name) =>
    name.startsWith("#")
      ? { name: name.slice(1), type: "BIGINT", numeric: true }
      : { name, type: "VARCHAR", numeric: false }
  );
}

/** What of a topology an answer is about, to be seen in its picture. */
export interface Highlight {
  /** Ids of resources. */
  resources: readonly string[];
  /** Ids of links. */
  links: readonly string[];
}

/** An answer. As the last expression of a notebook's cell it is shown as a sentence and a table. */
export class TopologyAnswer {
  /**
   * @param said the answer in a sentence
   * @param table what it rests on, a row each
   * @param highlight what it is about
   * @param arrives whether one end is reached from the other, where that was asked
   */
  constructor(
    readonly said: string,
    private readonly rows: Table,
    readonly highlight: Highlight = { resources: [], links: [] },
    readonly arrives?: boolean,
  ) {}

  /** What it rests on, a row each. */
  table(): Table {
    return this.rows;
  }

  /** The sentence and the table, as text. */
  toString(): string {
    return `${visible(this.said)}\n\n${this.rows}`;
  }

  /** How a notebook shows it. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    const table = (this.rows as unknown as Record<symbol, () => Record<string, string>>)[
      Symbol.for("Jupyter.display")
    ]!.call(this.rows);
    return {
      "text/html": `<p><bdi>${escapeHtml(visible(this.said))}</bdi></p>${table["text/html"]}`,
      "text/plain": `${visible(this.said)}\n\n${table["text/plain"]}`,
    };
  }
}
