/** Things and times, or any two sorts of labels, with an amount for each pair in colours. */
import type { Table } from "../table/table.ts";
import { whole } from "../table/text.ts";
import { Chart } from "./chart.ts";
import { amountAxis, amountOf, amountSaid, hovered, layoutOf, plainText } from "./chart_layout.ts";
import { areMoments, momentsOf, numbersOf } from "./chart_series.ts";
import { type ChartWords, labelAxis, nothing } from "./charts.ts";
import { extent } from "./charts_line.ts";

/** There is room for so many things, */
const MOST_THINGS = 100;
/** and for so many times. */
const MOST_TIMES = 240;

/**
 * A row of fields for each thing, as light as its amounts are high; where there is none, none. Of things the first hundred
 * are drawn; of very many times some neighbours become one field, the highest of them. Of several values of one pair the
 * last counts.
 *
 * @param columns the table's columns to take what goes across (moments, or labels), up, and the values from
 * @throws {RangeError} when the table has no such column
 * @throws {ChartInvalid} for a value that is no number
 * @example
 * ```ts
 * import { heatMap, Table } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const load = Table.from([
 *   { at: "2026-10-07T10:00:00Z", host: "web-01", load: 0.5 },
 *   { at: "2026-10-07T11:00:00Z", host: "web-02", load: 0.9 },
 * ]);
 * const chart = heatMap(load, { x: "at", y: "host", value: "load" }, { title: "Load", unit: "%" });
 * strictEqual(String(chart), "Load\n2 values from 50 % to 90 %, the highest of web-02 at 2026-10-07 11:00:00 UTC");
 * ```
 */
export function heatMap(
  table: Table,
  columns: { x: string; y: string; value: string },
  { title, unit }: ChartWords,
): Chart {
  const amount = amountOf(table, columns.value, unit);
  const values = numbersOf(table, columns.value);
  const isTime = areMoments(table.column(columns.x));
  const xs: readonly (string | null)[] = isTime
    ? momentsOf(table, columns.x)
    : table.column(columns.x).map(plainText);
  const ys = table.column(columns.y).map(plainText);
  const shown = table.select(...new Set(Object.values(columns)));
  const rows = [...xs.keys()].filter((row) => xs[row] !== null);
  const across = [...new Set(rows.map((row) => xs[row]!))];
  if (isTime) across.sort();
  const things = [...new Set(rows.map((row) => ys[row]!))];
  const there = rows.filter((row) => values[row] !== null);
  if (there.length === 0) return nothing(title, shown);
  const step = Math.ceil(across.length / MOST_TIMES);
  const width = Math.ceil(across.length / step);
  const acrossAt = new Map(across.map((one, at) => [one, at]));
  const upAt = new Map(things.slice(0, MOST_THINGS).map((one, at) => [one, at]));
  const pairs = new Map<number, number>();
  for (const row of there) {
    const up = upAt.get(ys[row]!);
    if (up !== undefined) pairs.set(up * across.length + acrossAt.get(xs[row]!)!, values[row]!);
  }
  const fields = Array.from(upAt, () => Array<number | null>(width).fill(null));
  for (const [pair, value] of pairs) {
    const at = Math.floor(pair % across.length / step);
    const row = fields[Math.floor(pair / across.length)]!;
    row[at] = Math.max(row[at] ?? -Infinity, value);
  }
  const [low, high] = extent(there.map((row) => values[row]!));
  const highest = there.find((row) => values[row] === high)!;
  const label = String(table.column(columns.y)[highest]);
  return new Chart({
    table: shown,
    text: [
      `${whole(there.length)} values from ${amountSaid(low, amount)} to ${
        amountSaid(high, amount)
      }, the highest of ${label} at ${
        isTime ? `${xs[highest]!.replace("T", " ")} UTC` : table.column(columns.x)[highest]
      }`,
    ],
    figure: {
      data: [{
        type: "heatmap",
        x: across.filter((_, at) => at % step === 0),
        y: [...upAt.keys()],
        z: fields,
        colorscale: "Viridis",
        hoverongaps: false,
        xgap: width <= 60 ? 1 : 0,
        ygap: 1,
        colorbar: {
          ...amountAxis(amount),
          automargin: undefined,
          thickness: 12,
          outlinewidth: 0,
        },
        hovertemplate: `%{y}<br>${isTime ? "%{x|%Y-%m-%d %H:%M:%S} UTC" : "%{x}"}: ${
          hovered("z", amount)
        }<extra></extra>`,
      }],
      layout: {
        ...layoutOf({
          title,
          notes: [
            ...(things.length > upAt.size
              ? [`the first ${MOST_THINGS} of ${whole(things.length)}`]
              : []),
            ...(step > 1 ? [`each field is the highest of ${step} neighbours`] : []),
          ],
          height: 100 + (upAt.size > 40 ? 18 : 24) * upAt.size,
        }),
        xaxis: isTime
          ? { type: "date", title: { text: "time (UTC)" }, automargin: true, showgrid: false }
          : { type: "category", automargin: true, showgrid: false },
        yaxis: { ...labelAxis([...upAt.keys()]), showgrid: false },
      },
    },
  });
}
