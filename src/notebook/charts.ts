/** Bars and lines of tables, in one house style, by plotly.js. Everything from a table is text in them. */
import type { Table } from "../table/table.ts";
import { beginning, whole } from "../table/text.ts";
import { Chart } from "./chart.ts";
import {
  amountAxis,
  amountOf,
  amountSaid,
  drawnText,
  emptyFigure,
  hovered,
  layoutOf,
  plainText,
} from "./chart_layout.ts";
import { legendNames, legendOf, numbersOf, seriesOf } from "./chart_series.ts";

/** What a chart says besides its values. */
export interface ChartWords {
  title: string;
  /**
   * The unit of the values, written on their axis; `%` shows shares of one as per cent. By default that of their column,
   * which its name may say: `memory_bytes`.
   */
  unit?: string;
}

/** How many labels there is room for. */
const MOST_LABELS = 100;
/** A label takes so many characters at most. */
const LABEL = 40;
/** How many values are said in words. */
const SAID = 12;

/**
 * Bars that lie, one for each label, made of a part for each series; of several rows of one part it is the sum.
 *
 * @param columns the table's columns to take the labels, values and series from
 * @throws {RangeError} when the table has no such column
 * @throws {ChartInvalid} for a value that is no number
 * @example
 * ```ts
 * import { barChart, Table } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const disks = Table.from([{ disk: "/", used: 0.31 }]);
 * const chart = barChart(disks, { label: "disk", value: "used" }, { title: "Disks", unit: "%" });
 * strictEqual(String(chart), "Disks\n/: 31 %");
 * ```
 */
export function barChart(
  table: Table,
  columns: { label: string; value: string; series?: string },
  { title, unit }: ChartWords,
): Chart {
  const { label, value, series } = columns;
  const amount = amountOf(table, value, unit);
  const values = numbersOf(table, value);
  const labels = table.column(label).map(plainText);
  const { all, notes } = seriesOf(table, value, series);
  const there = [...new Set(labels.filter((_, row) => values[row] !== null))];
  const drawn = new Set(there.slice(0, MOST_LABELS));
  const shown = table.select(...new Set(Object.values(columns)));
  if (drawn.size === 0) return nothing(title, shown);
  const left = there.length > drawn.size
    ? [`the first ${MOST_LABELS} of ${whole(there.length)}`]
    : [];
  const bars = all.map((one) => {
    const parts = new Map<string, number>();
    for (const row of one.rows) {
      const [label, part] = [labels[row]!, values[row]];
      if (part === null || part === undefined || !drawn.has(label)) continue;
      parts.set(label, (parts.get(label) ?? 0) + part);
    }
    return { ...one, parts };
  });
  const said = bars.flatMap(({ name, parts }) =>
    [...parts].map(([label, part]) =>
      drawnText(`${label}${series === undefined ? "" : ` ${name}`}: `) + amountSaid(part, amount)
    )
  );
  const isLegend = all.length > 1;
  return new Chart({
    table: shown,
    text: [
      ...said.slice(0, SAID),
      ...(said.length > SAID ? [`and ${whole(said.length - SAID)} more`] : []),
    ],
    figure: {
      data: bars.map((one) => ({
        type: "bar",
        orientation: "h",
        ...legendOf(one),
        marker: { color: one.colour },
        y: [...one.parts.keys()],
        x: [...one.parts.values()],
        hovertemplate: `%{y}: ${hovered("x", amount)}<extra>${
          isLegend ? "%{fullData.name}" : ""
        }</extra>`,
      })),
      layout: {
        ...layoutOf({
          title,
          notes: [...notes, ...left],
          height: 90 + 32 * drawn.size,
          legend: legendNames(all),
        }),
        barmode: "stack",
        xaxis: { ...amountAxis(amount), rangemode: "tozero" },
        yaxis: labelAxis([...drawn]),
      },
    },
  });
}

/** An axis of labels, the first on top. One that looks like a number or a date is a label all the same. */
export function labelAxis(labels: readonly string[]): object {
  const isLong = labels.some((label) => label.length > LABEL);
  const short = (label: string) => plainText(beginning(drawnText(label), LABEL - 1));
  return {
    automargin: true,
    type: "category",
    autorange: "reversed",
    ...(isLong ? { tickmode: "array", tickvals: labels, ticktext: labels.map(short) } : {}),
  };
}

/** A chart of nothing, which says so. */
export function nothing(title: string, table: Table): Chart {
  return new Chart({ figure: emptyFigure(title), table, text: ["nothing to draw"] });
}
