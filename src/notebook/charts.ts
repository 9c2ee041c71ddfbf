/** Charts of tables, in one house style, by plotly.js. Everything from a table is text in them. */
import type { Table } from "../table/table.ts";
import { PALETTE } from "./palette.ts";
import type { MimeBundle } from "./show.ts";

/** What is left over of a whole: grey in every chart. */
const REST = new Set(["free", "idle"]);

/** A chart: the figure that plotly.js draws. As the last expression of a notebook's cell it is shown. */
export class Chart {
  /** @param figure plotly.js's data and layout */
  constructor(
    readonly figure: {
      data: object[];
      layout: { title: { text: string }; [key: string]: unknown };
    },
  ) {}

  /** How a notebook shows it. */
  [Symbol.for("Jupyter.display")](): MimeBundle {
    return {
      "application/vnd.plotly.v1+json": this.figure,
      "text/plain": `Chart: ${this.figure.layout.title.text}`,
    };
  }
}

/** What a chart says besides its values. */
export interface ChartWords {
  title: string;
  /** The unit of the values, written on their axis; `%` shows shares of one as per cent. */
  unit: string;
}

/**
 * Bars that lie, one for each label, made of a part for each series.
 *
 * @param columns the table's columns to take the labels, values and series from
 * @throws {RangeError} when the table has no such column
 * @example
 * ```ts
 * import { barChart, Table } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const disks = new Table([
 *   { name: "disk", type: "VARCHAR", numeric: false },
 *   { name: "used", type: "DOUBLE", numeric: true },
 * ], [["/", 0.31]]);
 * const chart = barChart(disks, { label: "disk", value: "used" }, { title: "Disks", unit: "%" });
 * strictEqual(chart.figure.data.length, 1);
 * ```
 */
export function barChart(
  table: Table,
  columns: { label: string; value: string; series?: string },
  { title, unit }: ChartWords,
): Chart {
  const traces = seriesOf(table, columns.label, columns.value, columns.series);
  const labels = new Set(traces.flatMap(({ keys }) => keys)).size;
  return new Chart({
    data: traces.map(({ name, keys, values }) => ({
      type: "bar",
      orientation: "h",
      name,
      ...(REST.has(name) ? { marker: { color: "#a0a0a0" } } : {}),
      y: keys.map(plainText),
      x: values,
      hovertemplate: `%{y}: %{x}${unit === "%" ? "" : ` ${unit}`}<extra>${name}</extra>`,
    })),
    layout: {
      ...layout(title, traces.length),
      height: 160 + 32 * labels,
      barmode: "stack",
      xaxis: axis(unit),
      // A label that looks like a number or a date is a label all the same; the first stands on top.
      yaxis: { automargin: true, type: "category", autorange: "reversed" },
    },
  });
}

/**
 * A line over time for each series.
 *
 * @param columns the table's columns to take moments (UTC), values and series from
 * @throws {RangeError} when the table has no such column
 */
export function lineChart(
  table: Table,
  columns: { time: string; value: string; series?: string },
  { title, unit }: ChartWords,
): Chart {
  const traces = seriesOf(table, columns.time, columns.value, columns.series);
  return new Chart({
    data: traces.map(({ name, keys, values }) => ({
      type: "scatter",
      mode: "lines+markers",
      name,
      x: keys.map((key) => String(key).replace(/Z$/, "")), // plotly.js would turn UTC into the reader's time
      y: values,
    })),
    layout: {
      ...layout(title, traces.length),
      height: 320,
      xaxis: { type: "date", title: { text: "time (UTC)" }, automargin: true },
      yaxis: axis(unit),
    },
  });
}

interface Series {
  name: string;
  keys: unknown[];
  values: unknown[];
}

function seriesOf(table: Table, key: string, value: string, series?: string): Series[] {
  const [keys, values] = [table.column(key), table.column(value)];
  const names = series === undefined ? keys.map(() => value) : table.column(series);
  const found = new Map<string, Series>();
  for (const [at, name] of names.map((one) => plainText(one)).entries()) {
    if (!found.has(name)) found.set(name, { name, keys: [], values: [] });
    const one = found.get(name)!;
    one.keys.push(keys[at]);
    one.values.push(values[at]);
  }
  return [...found.values()];
}

/** plotly.js reads some HTML in texts; this way it finds none. */
function plainText(value: unknown): string {
  return String(value ?? "").replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function axis(unit: string): object {
  return {
    automargin: true,
    rangemode: "tozero",
    ...(unit === "%" ? { tickformat: ".0%" } : { title: { text: unit } }),
  };
}

function layout(title: string, series: number) {
  return {
    title: { text: plainText(title), x: 0, xref: "paper", font: { size: 15 } },
    colorway: PALETTE,
    showlegend: series > 1,
    legend: { orientation: "h", y: 1.02, yanchor: "bottom", traceorder: "normal" },
    margin: { l: 24, r: 16, t: 72, b: 40 },
    font: { family: "system-ui, sans-serif", size: 13 },
  };
}
