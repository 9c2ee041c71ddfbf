/** How values are distributed. */
import { scaleLinear } from "d3-scale";
import { Table } from "../table/table.ts";
import { whole } from "../table/text.ts";
import { Chart } from "./chart.ts";
import { amountAxis, amountOf, amountSaid, layoutOf } from "./chart_layout.ts";
import { legendNames, legendOf, numbersOf, seriesOf } from "./chart_series.ts";
import { type ChartWords, nothing } from "./charts.ts";
import { extent } from "./charts_line.ts";

/** There are so many bins at most. */
const MOST_BINS = 40;

/**
 * How often values are how large: a bar for each of some ranges of one width. There are about 2 n^(1/3) of them for n
 * values (Lane's Rice rule), with round bounds; the lower one belongs to a range, the upper one to the next, but for the
 * last.
 *
 * @param columns the table's columns to take values and series from
 * @throws {RangeError} when the table has no such column
 * @throws {ChartInvalid} for a value that is no number
 * @example
 * ```ts
 * import { histogram, Table } from "@cim/infrastructure";
 * import { deepStrictEqual } from "node:assert";
 * const latency = Table.from([1, 2, 2, 9].map((ms) => ({ ms })));
 * const chart = histogram(latency, { value: "ms" }, { title: "Latency" });
 * deepStrictEqual(chart.table().column("count"), [1, 2, 0, 0, 1]); // 0 to 2, 2 to 4, …
 * ```
 */
export function histogram(
  table: Table,
  columns: { value: string; series?: string },
  { title, unit }: ChartWords,
): Chart {
  const amount = amountOf(table, columns.value, unit);
  const values = numbersOf(table, columns.value);
  const numbers = values.filter((one) => one !== null);
  const { all, notes } = seriesOf(table, columns.value, columns.series);
  const bounds = boundsOf(numbers);
  const binned = all.map((one) => ({
    ...one,
    counts: countsOf(one.rows.flatMap((row) => values[row] ?? []), bounds),
    said: columns.series === undefined ? [] : [table.column(columns.series)[one.rows[0]!]],
  }));
  const number = { type: "DOUBLE", numeric: true, ...(amount.unit ? { unit: amount.unit } : {}) };
  const shown = new Table(
    [
      ...(columns.series === undefined
        ? []
        : [{ name: columns.series, type: "VARCHAR", numeric: false }]),
      { name: "from", ...number, ...(amount.isShare ? { unit: "" } : {}) },
      { name: "to", ...number, ...(amount.isShare ? { unit: "" } : {}) },
      { name: "count", type: "BIGINT", numeric: true },
    ],
    binned.flatMap(({ said, counts }) =>
      counts.map((count, at) => [...said, bounds[at], bounds[at + 1], count])
    ),
  );
  if (numbers.length === 0) return nothing(title, shown);
  const [low, high] = extent(numbers);
  const sorted = numbers.toSorted((one, other) => one - other);
  const missing = values.length - numbers.length;
  const isLegend = all.length > 1;
  return new Chart({
    table: shown,
    text: [
      `${whole(numbers.length)} values from ${amountSaid(low, amount)} to ${
        amountSaid(high, amount)
      }, half of them up to ${amountSaid(sorted[Math.ceil(sorted.length / 2) - 1]!, amount)}`,
    ],
    figure: {
      data: binned.map((one) => ({
        type: "bar",
        ...legendOf(one),
        marker: { color: one.colour, opacity: isLegend ? 0.6 : 1 },
        x: one.counts.map((_, at) => (bounds[at]! + bounds[at + 1]!) / 2),
        y: one.counts,
        width: one.counts.map((_, at) => bounds[at + 1]! - bounds[at]!),
        customdata: one.counts.map((_, at) =>
          `${amountSaid(bounds[at]!, amount)} to ${amountSaid(bounds[at + 1]!, amount)}`
        ),
        hovertemplate: `%{customdata}: %{y:,}<extra>${isLegend ? "%{fullData.name}" : ""}</extra>`,
      })),
      layout: {
        ...layoutOf({
          title,
          notes: [...notes, ...(missing > 0 ? [`${whole(missing)} missing`] : [])],
          height: 270,
          legend: legendNames(all),
        }),
        barmode: "overlay",
        bargap: 0.02,
        xaxis: amountAxis(amount, columns.value),
        yaxis: { automargin: true, title: { text: "count" }, rangemode: "tozero" },
      },
    },
  });
}

/** The bounds of the bins, one more than there are bins. */
function boundsOf(numbers: readonly number[]): number[] {
  if (numbers.length === 0) return [];
  const [low, high] = extent(numbers);
  if (low === high) return [low - 0.5, low + 0.5];
  const bins = Math.min(MOST_BINS, Math.ceil(2 * Math.cbrt(numbers.length)));
  const scale = scaleLinear().domain([low, high]).nice(bins);
  const ticks = scale.ticks(bins);
  return ticks.length > 1 ? ticks : [low, high];
}

function countsOf(numbers: readonly number[], bounds: readonly number[]): number[] {
  const counts = Array<number>(Math.max(0, bounds.length - 1)).fill(0);
  for (const one of numbers) {
    const next = bounds.findIndex((bound) => bound > one);
    counts[next < 0 ? counts.length - 1 : next - 1]!++;
  }
  return counts;
}
