/** A chart: a figure for plotly.js, and the data that it shows. */
import { htmlTable } from "../table/html.ts";
import type { Table } from "../table/table.ts";
import { visible } from "../table/text.ts";
import { drawnText } from "./chart_layout.ts";
import type { MimeBundle } from "./show.ts";

/** How many rows of its data a chart carries at most, for places where it cannot be drawn. */
const ROWS = 200;

/** What plotly.js draws. */
export interface ChartFigure {
  data: object[];
  layout: { title: { text: string; [key: string]: unknown }; [key: string]: unknown };
}

/** What a chart is made of. */
export interface ChartParts {
  figure: ChartFigure;
  /** What it shows. */
  table: Table;
  /** The numbers that matter, in a few lines. */
  text: readonly string[];
}

/** A chart. As the last expression of a notebook's cell it is drawn, or where that cannot be, its data are a table. */
export class Chart {
  /** plotly.js's data and layout. */
  readonly figure: ChartFigure;
  readonly #parts: ChartParts;

  /** Made by functions such as {@linkcode barChart}. */
  constructor(parts: ChartParts) {
    this.figure = parts.figure;
    this.#parts = parts;
  }

  /** What it shows, as a table. */
  table(): Table {
    return this.#parts.table;
  }

  /** Its title, and the numbers that matter. */
  toString(): string {
    return [this.#title(), ...this.#parts.text].map(visible).join("\n");
  }

  /** How a notebook shows it. */
  [Symbol.for("Jupyter.display")](): MimeBundle {
    return {
      "application/vnd.plotly.v1+json": this.figure,
      "text/html": htmlTable(this.table(), {
        caption: this.#title(),
        rows: ROWS,
        code: "chart.table()",
      }),
      "text/plain": `Chart: ${this.toString()}`,
    };
  }

  #title(): string {
    return drawnText(this.figure.layout.title.text);
  }
}
