/** Lines over time, with the intervals of forecasts around them. */
import type { Table } from "../table/table.ts";
import { counted, whole } from "../table/text.ts";
import { Chart } from "./chart.ts";
import { amountAxis, amountOf, amountSaid, hovered, layoutOf } from "./chart_layout.ts";
import {
  isGrey,
  legendNames,
  legendOf,
  momentsOf,
  numbersOf,
  seriesOf,
  thinned,
  thinnedNote,
} from "./chart_series.ts";
import { type ChartWords, nothing } from "./charts.ts";

/** So many points are drawn at most, of all series. */
const MOST_POINTS = 6_000;
/** And of each there are as many parts as a chart is wide in pixels, with two points each. */
const PARTS = 1_000;
/** A line of so few points shows where they are. */
const FEW = 60;
/** How many series are said in words. */
const SAID = 12;
/** Lines behind the fourth are told by more than their colour. */
const DASHES = ["solid", "solid", "solid", "solid", "dash", "dot", "dashdot", "longdash"];

/**
 * A line over time for each series; with `lower` and `upper` also the band between them, such as a forecast's interval.
 * Of a line of very many points as many are drawn as can be seen, its highest and lowest among them.
 *
 * @param columns the table's columns to take moments (UTC), values, series and the band's bounds from
 * @param words `log` makes the axis of values logarithmic; what is not above zero is not on it
 * @throws {RangeError} when the table has no such column
 * @throws {ChartInvalid} for a value that is no number, or a time that is no moment
 * @example
 * ```ts
 * import { lineChart, Table } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const load = Table.from([
 *   { at: "2026-10-07T10:00:00Z", load: 0.5 },
 *   { at: "2026-10-07T11:00:00Z", load: 0.7, lower: 0.6, upper: 0.9 },
 * ]);
 * const chart = lineChart(
 *   load,
 *   { time: "at", value: "load", lower: "lower", upper: "upper" },
 *   { title: "Load", unit: "%" },
 * );
 * strictEqual(String(chart), "Load\n2 values from 50 % to 70 %, the last 70 % at 2026-10-07 11:00:00 UTC");
 * ```
 */
export function lineChart(
  table: Table,
  columns: { time: string; value: string; series?: string; lower?: string; upper?: string },
  { title, unit, log = false }: ChartWords & { log?: boolean },
): Chart {
  const { time, value, series } = columns;
  const amount = amountOf(table, value, unit);
  const times = momentsOf(table, time);
  const onAxis = (one: number | null) => log && one !== null && one <= 0 ? null : one;
  const said = numbersOf(table, value);
  const values = said.map(onAxis);
  const bounds = [columns.lower, columns.upper].map((name) =>
    name === undefined ? undefined : numbersOf(table, name).map(onAxis)
  );
  const [lower, upper] = bounds;
  const { all, notes } = seriesOf(table, value, series);
  const shown = table.select(...new Set(Object.values(columns)));
  const lines = all.map((one) => ({ ...one, rows: inTime(one.rows, times) }));
  const there = lines.filter(({ rows }) =>
    rows.some((row) => [values, lower, upper].some((numbers) => (numbers?.[row] ?? null) !== null))
  );
  if (there.length === 0) return nothing(title, shown);
  const parts = Math.max(20, Math.min(PARTS, Math.floor(MOST_POINTS / there.length / 2)));
  const drawn = there.map((one) => {
    const kept = thinned(one.rows.map((row) => values[row]!), parts);
    return { ...one, kept: kept.map((at) => one.rows[at]!) };
  });
  const count = (rows: readonly (readonly number[])[]) =>
    rows.reduce((sum, { length }) => sum + length, 0);
  const below = log ? said.filter((one) => one !== null && one <= 0).length : 0;
  const isLegend = there.length > 1;
  return new Chart({
    table: shown,
    text: [
      ...there.slice(0, SAID).map(({ rows }) => {
        const numbers = rows.filter((row) => values[row] !== null);
        if (numbers.length === 0) return "no values, a band alone";
        const [low, high] = extent(numbers.map((row) => values[row]!));
        const last = numbers.at(-1)!;
        const name = series === undefined ? "" : `${table.column(series)[last]}: `;
        return `${name}${counted(numbers.length, "value")} from ${amountSaid(low, amount)} to ${
          amountSaid(high, amount)
        }, the last ${amountSaid(values[last]!, amount)} at ${times[last]!.replace("T", " ")} UTC`;
      }),
      ...(there.length > SAID ? [`and ${whole(there.length - SAID)} more series`] : []),
    ],
    figure: {
      data: [
        ...drawn.flatMap((one) => band(one, one.kept, times, lower, upper)),
        // The grey ones first, so that they lie below the others.
        ...[...drawn.filter(isGrey), ...drawn.filter((one) => !isGrey(one))].map((one) => ({
          type: "scatter",
          mode: one.kept.length <= FEW && !isGrey(one) ? "lines+markers" : "lines",
          ...legendOf(one),
          legendgroup: one.name,
          line: { color: one.colour, width: isGrey(one) ? 1 : 2, dash: DASHES[one.at] ?? "solid" },
          x: one.kept.map((row) => times[row]),
          y: one.kept.map((row) => values[row]),
          hovertemplate: `%{x|%Y-%m-%d %H:%M:%S} UTC: ${hovered("y", amount)}<extra>${
            isLegend ? "%{fullData.name}" : ""
          }</extra>`,
        })),
      ],
      layout: {
        ...layoutOf({
          title,
          notes: [
            ...notes,
            ...thinnedNote(
              count(drawn.map(({ kept }) => kept)),
              count(drawn.map(({ rows }) => rows)),
              "the highest and the lowest of each stretch",
            ),
            ...(below > 0 ? [`${counted(below, "value")} of zero or below not on this axis`] : []),
          ],
          height: 270,
          legend: legendNames(there),
        }),
        xaxis: { type: "date", title: { text: "time (UTC)" }, automargin: true },
        yaxis: { ...amountAxis(amount), ...(log ? { type: "log" } : { rangemode: "tozero" }) },
      },
    },
  });
}

/** The area between two bounds, in the colour of its series; none where there are no bounds. */
function band(
  { name, colour }: { name: string; colour: string },
  rows: readonly number[],
  times: readonly (string | null)[],
  lower: readonly (number | null)[] | undefined,
  upper: readonly (number | null)[] | undefined,
): object[] {
  const both = rows.filter((row) =>
    (lower?.[row] ?? null) !== null && (upper?.[row] ?? null) !== null
  );
  if (both.length === 0) return [];
  const back = both.toReversed();
  return [{
    type: "scatter",
    mode: "lines",
    name,
    legendgroup: name,
    showlegend: false,
    hoverinfo: "skip",
    x: [...both, ...back].map((row) => times[row]),
    y: [...both.map((row) => upper![row]), ...back.map((row) => lower![row])],
    fill: "toself",
    fillcolor: colour,
    line: { color: colour, width: 0 },
    opacity: 0.25,
  }];
}

/** The rows that have a moment, in the order of time. */
function inTime(rows: readonly number[], times: readonly (string | null)[]): number[] {
  return rows.filter((row) => times[row] !== null).sort((one, other) => {
    const [first, second] = [times[one]!, times[other]!];
    return first < second ? -1 : first > second ? 1 : one - other;
  });
}

/** The lowest and the highest of some numbers. */
export function extent(numbers: readonly number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const one of numbers) {
    if (one < low) low = one;
    if (one > high) high = one;
  }
  return [low, high];
}
