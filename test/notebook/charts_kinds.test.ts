/** What each kind of chart makes of a table: of much, of little, of nothing, and of what wants to be more than text. */
import { JSDOM } from "jsdom";
import { describe, expect, test } from "vitest";
import type { Chart } from "../../src/notebook/chart.ts";
import { ChartInvalid } from "../../src/notebook/chart_invalid.ts";
import { thinned } from "../../src/notebook/chart_series.ts";
import { barChart } from "../../src/notebook/charts.ts";
import { heatMap } from "../../src/notebook/charts_heat_map.ts";
import { histogram } from "../../src/notebook/charts_histogram.ts";
import { lineChart } from "../../src/notebook/charts_line.ts";
import { scatterChart } from "../../src/notebook/charts_scatter.ts";
import { GREY, PALETTE } from "../../src/notebook/palette.ts";
import { Table } from "../../src/table/table.ts";
import { HOSTILE } from "./sample.ts";

const words = { title: "T" };
const at = (minute: number) => new Date(Date.UTC(2026, 9, 7, 0, minute));
const course = (length: number, series = 1) =>
  Table.from(
    Array.from({ length: length * series }, (_, n) => ({
      at: at(n % length),
      host: `host-${Math.floor(n / length)}`,
      value: n % length === 1234 ? 99 : Math.sin(n),
    })),
  );
interface Trace {
  name: string;
  x: unknown[];
  y: unknown[];
  [key: string]: unknown;
}
const traces = ({ figure }: Chart) => figure.data as unknown as Trace[];
const note = ({ figure }: Chart) =>
  (figure.layout.title["subtitle"] as { text: string } | undefined)?.text;
const bundle = (chart: Chart) =>
  (chart as unknown as Record<symbol, () => Record<string, unknown>>)[
    Symbol.for("Jupyter.display")
  ]!();
const line = { time: "at", value: "value", series: "host" };
/** Every kind, of a table with these columns. */
const kinds: [string, (table: Table) => Chart][] = [
  ["bars", (table) => barChart(table, { label: "host", value: "value", series: "host" }, words)],
  ["lines", (table) => lineChart(table, line, words)],
  ["points", (table) => scatterChart(table, { x: "at", y: "value", label: "host" }, words)],
  ["a histogram", (table) => histogram(table, { value: "value", series: "host" }, words)],
  ["a heat map", (table) => heatMap(table, { x: "at", y: "host", value: "value" }, words)],
];

describe.each(kinds)("A chart of %s", (_, make) => {
  test("of nothing says so, and has its columns", () => {
    for (const table of [course(1).slice(1), Table.from([{ host: "a", at: at(0), value: null }])]) {
      const chart = make(table);
      expect(traces(chart).flatMap(({ x }) => x)).toEqual([]);
      expect(JSON.stringify(chart.figure.layout)).toContain("nothing to draw");
      expect(String(chart)).toBe("T\nnothing to draw");
      expect(chart.table().columns.length).toBeGreaterThan(1);
    }
  });

  test("draws names as text, and nothing of them is a template", () => {
    const table = Table.from(
      [...HOSTILE, "%{x}"].map((host, n) => ({ host, at: at(n), value: n + 1 })),
    );
    const json = JSON.stringify(make(table).figure);
    expect(json).not.toMatch(/<(?!\/?(?:extra|b|br)>)|[\u202a-\u202e]/);
    // What is between %{ and } is a value's place; the words around it are ours.
    for (const [, template] of json.matchAll(/"hovertemplate":"(.*?[^\\])"/g)) {
      expect(template).not.toMatch(/gnp|img|reboot/);
    }
  });

  test("carries its data as a table, and its numbers as text, where it cannot be drawn", () => {
    const chart = make(course(300, 2));
    const { "text/html": html, "text/plain": text } = bundle(chart) as Record<string, string>;
    const page = JSDOM.fragment(html!);
    expect(page.querySelector("caption")!.textContent).toBe("T");
    expect(page.querySelectorAll("tbody tr").length).toBe(
      Math.min(200, chart.table().values.length),
    );
    if (chart.table().values.length > 200) {
      expect(page.querySelector("p")!.textContent).toContain(
        "chart.table().slice(200) has the others",
      );
    }
    expect(text).toMatch(/^Chart: T\n/);
    expect(text!.split("\n").length).toBeLessThan(20);
  });

  test("stays light, whatever it is of", () => {
    const chart = make(course(20_000, 5));
    expect(JSON.stringify(bundle(chart)).length).toBeLessThan(700_000);
  });

  test("says which column is missing, and which value is no number", () => {
    expect(() => make(Table.from([{ host: "a", at: at(0) }]))).toThrow(
      /"value": there are host, at/,
    );
    const wrong = () => make(Table.from([{ host: "a", at: at(0), value: "many" }]));
    expect(wrong).toThrow(ChartInvalid);
    expect(wrong).toThrow(/Cannot draw "many" of the column "value".*CAST/s);
  });

  test("is made of numbers that JSON has, whatever a database gives", () => {
    const table = Table.from([
      { host: "a", at: at(0), value: 2n ** 60n },
      { host: "a", at: at(1), value: "12345678901234567890.5" },
      { host: "a", at: at(2), value: NaN },
      { host: "a", at: at(3), value: Infinity },
    ]);
    const figure = JSON.parse(JSON.stringify(make(table).figure));
    expect(figure.data.length).toBeGreaterThan(0);
  });
});

describe("Lines", () => {
  test("of very many points keep their ends, the highest, the lowest and the gaps", () => {
    const values = Array.from({ length: 10_000 }, (_, n) => n === 5000 ? null : n === 777 ? -9 : n);
    const kept = thinned(values, 100);
    expect(kept.length).toBeLessThanOrEqual(203);
    expect(kept).toEqual(expect.arrayContaining([0, 777, 5000, 9999]));
    expect(kept).toEqual(kept.toSorted((one, other) => one - other));
    expect(thinned([1, 2, 3], 100)).toEqual([0, 1, 2]);
    const chart = lineChart(course(10_000), { time: "at", value: "value" }, words);
    expect(traces(chart)[0]!.y).toContain(99);
    expect(note(chart)).toMatch(/^2,00\d of 10,000 points are drawn: the highest and the lowest/);
  });

  test("have eight colours, and grey with a word for all further series", () => {
    const chart = lineChart(course(3, 120), line, words);
    const colours = traces(chart).map(({ line }) => (line as { color: string }).color);
    expect(colours.slice(-8)).toEqual(PALETTE);
    expect(new Set(colours.slice(0, -8))).toEqual(new Set([GREY]));
    expect(note(chart)).toBe(
      "the first 8 in colour, 92 more in grey; 20 of 120 series are not drawn",
    );
    expect(traces(chart).filter(({ showlegend }) => showlegend !== false)).toHaveLength(8);
  });

  test("are in the order of time, and in no reader's own time", () => {
    const table = Table.from([
      { at: "2026-10-07T11:00:00.500000Z", value: 2 },
      { at: null, value: 9 },
      { at: "2026-10-07T10:00:00+00:00", value: 1 },
    ]);
    const [trace] = traces(lineChart(table, { time: "at", value: "value" }, words));
    expect(trace!.x).toEqual(["2026-10-07T10:00:00", "2026-10-07T11:00:00.5"]);
    expect(() =>
      lineChart(Table.from([{ at: "noon", value: 1 }]), { time: "at", value: "value" }, words)
    ).toThrow(/Cannot draw "noon" of the column "at": its values have to be moments/);
  });

  test("have a band where there are both bounds, in the colour of the line and below it", () => {
    const table = Table.from([
      { at: at(0), value: 1 },
      { at: at(1), value: 2, low: 1, high: 3 },
      { at: at(2), value: 2, low: 0, high: 4 },
    ]);
    const columns = { time: "at", value: "value", lower: "low", upper: "high" };
    const [band, drawn] = traces(lineChart(table, columns, words));
    expect(band).toMatchObject({ fill: "toself", y: [3, 4, 0, 1], showlegend: false });
    expect(band!.fillcolor).toBe((drawn!.line as { color: string }).color);
    expect(drawn!.y).toEqual([1, 2, 2]);
  });

  test("on a logarithmic axis say what is not on it", () => {
    const table = Table.from([{ at: at(0), value: 0 }, { at: at(1), value: 10 }]);
    const chart = lineChart(table, { time: "at", value: "value" }, { ...words, log: true });
    expect(chart.figure.layout).toMatchObject({ yaxis: { type: "log" } });
    expect(traces(chart)[0]!.y).toEqual([null, 10]);
    expect(note(chart)).toBe("1 value of zero or below not on this axis");
  });
});

describe("An axis", () => {
  const axis = (name: string, unit?: string) => {
    const table = Table.from([{ at: at(0), [name]: 1 }]);
    return lineChart(table, { time: "at", value: name }, { title: "T", ...(unit ? { unit } : {}) })
      .figure.layout["yaxis"];
  };
  test("has the unit of its column: with a prefix, as per cent, or in words", () => {
    expect(axis("memory_bytes")).toMatchObject({ tickformat: "~s", ticksuffix: "B" });
    expect(axis("speed_bps")).toMatchObject({ tickformat: "~s", ticksuffix: "bit/s" });
    expect(axis("share", "%")).toMatchObject({ tickformat: "~%" });
    expect(axis("cpu_percent")).toMatchObject({ ticksuffix: " %" });
    expect(axis("cpu_percent", "%")).toMatchObject({ ticksuffix: " %" });
    expect(axis("uptime_seconds")).toMatchObject({ title: { text: "s" } });
    expect(axis("n", "<b>")).toMatchObject({ title: { text: "&#60;b&#62;" } });
  });
});

test("Points that lie on each other are one, and what is on no axis is said", () => {
  const table = Table.from([
    ...Array.from({ length: 9000 }, (_, n) => ({ x: n % 100, y: 1, name: `n${n}` })),
    { x: null, y: 1, name: "nowhere" },
  ]);
  const chart = scatterChart(table, { x: "x", y: "y", label: "name" }, words);
  expect(traces(chart)[0]!.x.length).toBeLessThanOrEqual(81);
  expect(note(chart)).toMatch(/ of 9,000 points are drawn: one of those .*; 1 row without a place/);
  const log = scatterChart(table, { x: "x", y: "y" }, { ...words, log: "x" });
  expect(log.figure.layout).toMatchObject({
    xaxis: { type: "log" },
    yaxis: { title: { text: "y" } },
  });
});

test("A histogram counts every value once, the highest too", () => {
  const values = Array.from({ length: 500 }, (_, n) => (n * n) % 101);
  const table = Table.from(values.map((value) => ({ value })));
  const counts = histogram(table, { value: "value" }, words).table();
  expect(counts.column("count").reduce((sum: number, one) => sum + Number(one), 0)).toBe(500);
  for (const [from, to, count] of counts.values as [number, number, number][]) {
    const inside = values.filter((value) =>
      value >= from && (value < to || to === 100 && value === 100)
    );
    expect(inside.length).toBe(count);
  }
  const same = histogram(Table.from([{ value: 7 }, { value: 7 }]), { value: "value" }, words);
  expect(same.table().values).toEqual([[6.5, 7.5, 2]]);
});

test("A heat map has a field for each pair, none where there is no value, and joins very many", () => {
  const table = Table.from([
    { at: at(1), host: "a", value: 2 },
    { at: at(0), host: "b", value: 1 },
    { at: at(1), host: "b", value: 3 },
    { at: at(1), host: "b", value: 4 },
  ]);
  const [trace] = traces(heatMap(table, { x: "at", y: "host", value: "value" }, words));
  expect(trace).toMatchObject({
    x: ["2026-10-07T00:00:00", "2026-10-07T00:01:00"],
    y: ["a", "b"],
    z: [[null, 2], [1, 4]],
  });
  const chart = heatMap(course(1000, 150), { x: "at", y: "host", value: "value" }, words);
  const { z } = traces(chart)[0]! as unknown as { z: unknown[][] };
  expect([z.length, z[0]!.length]).toEqual([100, 200]);
  expect(note(chart)).toBe("the first 100 of 150; each field is the highest of 5 neighbours");
});

test("Bars with long names show their beginning, and all of very many labels a hundred", () => {
  const table = Table.from(
    Array.from({ length: 150 }, (_, n) => ({ name: `${"long ".repeat(20)}${n}`, value: n })),
  );
  const chart = barChart(table, { label: "name", value: "value" }, words);
  const { tickvals, ticktext } = chart.figure.layout["yaxis"] as Record<string, string[]>;
  expect(tickvals).toHaveLength(100);
  expect(new Set(tickvals).size).toBe(100);
  expect(Math.max(...ticktext!.map(({ length }) => length))).toBe(40);
  expect(note(chart)).toBe("the first 100 of 150");
});
