/** Points of two amounts, or of an amount over time. */
import type { Table } from "../table/table.ts";
import { beginning, counted } from "../table/text.ts";
import { Chart } from "./chart.ts";
import {
  type Amount,
  amountAxis,
  amountOf,
  amountSaid,
  hovered,
  layoutOf,
  plainText,
} from "./chart_layout.ts";
import {
  areMoments,
  legendNames,
  legendOf,
  momentsOf,
  numbersOf,
  seriesOf,
  thinnedNote,
} from "./chart_series.ts";
import { nothing } from "./charts.ts";
import { extent } from "./charts_line.ts";

/** So many points are drawn without asking which can be told apart. */
const MOST_POINTS = 3_000;
/** Beyond it one of those that lie in one place of a grid so fine. */
const GRID = { across: 80, up: 40 };
/** So much of a label is said where the pointer rests on its point. */
const LABEL = 80;
/** Series are told by more than their colour. */
const SYMBOLS = [
  "circle",
  "square",
  "diamond",
  "triangle-up",
  "cross",
  "x",
  "triangle-down",
  "star",
];

/** What a scatter chart says besides its values. */
export interface ScatterWords {
  title: string;
  /** The units of both axes; by default those of their columns. `%` shows shares of one as per cent. */
  units?: { x?: string; y?: string };
  /** Which axes are logarithmic; what is not above zero is not on them. */
  log?: "x" | "y" | "xy";
}

/**
 * A point for each row, with its label where the pointer rests on it. Where there are thousands, one of those that lie on
 * each other.
 *
 * @param columns the table's columns to take both amounts (`x` may be moments), labels and series from
 * @throws {RangeError} when the table has no such column
 * @throws {ChartInvalid} for a value that is no number
 * @example
 * ```ts
 * import { scatterChart, Table } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const hosts = Table.from([{ host: "web-01", load: 0.5, memory_bytes: 8e9 }]);
 * const chart = scatterChart(
 *   hosts,
 *   { x: "load", y: "memory_bytes", label: "host" },
 *   { title: "Hosts", units: { x: "%" } },
 * );
 * strictEqual(String(chart), "Hosts\n1 point\nload from 50 % to 50 %\nmemory_bytes from 8 GB to 8 GB");
 * ```
 */
export function scatterChart(
  table: Table,
  columns: { x: string; y: string; label?: string; series?: string },
  { title, units = {}, log }: ScatterWords,
): Chart {
  const isTime = areMoments(table.column(columns.x));
  const of = (axis: "x" | "y") => amountOf(table, columns[axis], units[axis]);
  const [amountX, amountY] = [of("x"), of("y")];
  const positive = (axis: string, numbers: (number | null)[]) =>
    log?.includes(axis) ? numbers.map((one) => one !== null && one <= 0 ? null : one) : numbers;
  const xs = isTime ? momentsOf(table, columns.x) : positive("x", numbersOf(table, columns.x));
  const said = numbersOf(table, columns.y);
  const ys = positive("y", said);
  const labels = columns.label === undefined ? undefined : table.column(columns.label);
  const { all, notes } = seriesOf(table, columns.y, columns.series);
  const shown = table.select(...new Set(Object.values(columns)));
  const rows = [...xs.keys()].filter((row) => xs[row] !== null && ys[row] !== null);
  if (rows.length === 0) return nothing(title, shown);
  const numbers = isTime ? xs.map((one) => one === null ? null : Date.parse(`${one}`)) : xs;
  const points = all.map((one) => ({
    ...one,
    rows: one.rows.filter((row) => xs[row] !== null && ys[row] !== null),
  }));
  const isMany = rows.length > MOST_POINTS;
  const drawn = points.map((one) => ({
    ...one,
    rows: isMany ? apart(one.rows, numbers as (number | null)[], ys, log) : one.rows,
  }));
  const count = drawn.reduce((sum, { rows }) => sum + rows.length, 0);
  const given = isTime ? rows.length : table.values.length;
  const range = (name: string, values: readonly (number | null)[], amount: Amount) => {
    const [low, high] = extent(rows.map((row) => values[row]!));
    return `${name} from ${amountSaid(low, amount)} to ${amountSaid(high, amount)}`;
  };
  const isLegend = drawn.length > 1;
  return new Chart({
    table: shown,
    text: [
      counted(rows.length, "point"),
      ...(isTime ? [] : [range(columns.x, xs as (number | null)[], amountX)]),
      range(columns.y, ys, amountY),
    ],
    figure: {
      data: drawn.map((one) => ({
        type: "scatter",
        mode: "markers",
        ...legendOf(one),
        marker: {
          color: one.colour,
          symbol: SYMBOLS[one.at] ?? "circle",
          size: isMany ? 5 : 7,
        },
        x: one.rows.map((row) => xs[row]),
        y: one.rows.map((row) => ys[row]),
        ...(labels === undefined ? {} : {
          text: one.rows.map((row) => plainText(beginning(String(labels[row] ?? ""), LABEL))),
        }),
        hovertemplate: `${labels === undefined ? "" : "<b>%{text}</b><br>"}${
          plainText(columns.x).replaceAll("%{", "% {")
        }: ${isTime ? "%{x|%Y-%m-%d %H:%M:%S} UTC" : hovered("x", amountX)}<br>${
          plainText(columns.y).replaceAll("%{", "% {")
        }: ${hovered("y", amountY)}<extra>${isLegend ? "%{fullData.name}" : ""}</extra>`,
      })),
      layout: {
        ...layoutOf({
          title,
          notes: [
            ...notes,
            ...thinnedNote(count, rows.length, "one of those that lie on each other"),
            ...(given > rows.length
              ? [`${counted(given - rows.length, "row")} without a place on both axes`]
              : []),
          ],
          height: 370,
          legend: legendNames(drawn),
        }),
        hovermode: "closest",
        xaxis: isTime ? { type: "date", title: { text: "time (UTC)" }, automargin: true } : {
          ...amountAxis(amountX, columns.x),
          ...(log?.includes("x") ? { type: "log" } : {}),
        },
        yaxis: {
          ...amountAxis(amountY, columns.y),
          ...(log?.includes("y") ? { type: "log" } : {}),
        },
      },
    },
  });
}

/** The first in each field of a grid over all of the points. */
function apart(
  rows: readonly number[],
  xs: readonly (number | null)[],
  ys: readonly (number | null)[],
  log: ScatterWords["log"],
): number[] {
  const field = (
    values: readonly (number | null)[],
    isLog: boolean | undefined,
    fields: number,
  ) => {
    const scaled = (row: number) => isLog ? Math.log(values[row]!) : values[row]!;
    const [low, high] = extent(rows.map(scaled));
    return (row: number) => Math.round((scaled(row) - low) / (high - low || 1) * fields);
  };
  const across = field(xs, log?.includes("x"), GRID.across);
  const up = field(ys, log?.includes("y"), GRID.up);
  const taken = new Set<number>();
  return rows.filter((row) => {
    const at = across(row) * (GRID.up + 1) + up(row);
    return !taken.has(at) && taken.add(at);
  });
}
