import { describe, expect, test } from "vitest";
import { barChart } from "../../src/notebook/charts.ts";
import { lineChart } from "../../src/notebook/charts_line.ts";
import { Table } from "../../src/table/table.ts";

const disks = new Table(
  ["disk", "state", "gigabytes", "at"].map((name) => ({ name, type: "VARCHAR", numeric: false })),
  [
    ["/", "used", 3, "2026-11-23T12:00:00.000000Z"],
    ["/", "free", 1, "2026-11-23T12:00:00.000000Z"],
    ["<a href='javascript:alert(1)'>/x</a>", "used", 2, "2026-11-23T13:00:00.000000Z"],
  ],
);
const words = { title: "<b>Disks</b>", unit: "GB" };

describe("A bar chart", () => {
  const { figure } = barChart(disks, { label: "disk", value: "gigabytes", series: "state" }, words);

  test("has a trace for each series, in the order of the table", () => {
    expect(figure.data).toMatchObject([
      { type: "bar", name: "used", x: [3, 2] },
      { type: "bar", name: "free", x: [1], y: ["/"] },
    ]);
    expect(figure.layout).toMatchObject({ xaxis: { title: { text: "GB" } }, showlegend: true });
  });

  test("has no markup in it that came from a value", () => {
    expect(JSON.stringify(figure.data)).not.toMatch(/<a /);
    expect(JSON.stringify(figure.data)).toContain("&#60;a href=");
    expect(figure.layout.title.text).toBe("&#60;b&#62;Disks&#60;/b&#62;");
  });

  test("writes shares as per cent", () => {
    const { layout } =
      barChart(disks, { label: "disk", value: "gigabytes" }, { title: "x", unit: "%" }).figure;
    expect(layout).toMatchObject({ xaxis: { tickformat: "~%" }, showlegend: false });
  });

  test("says which column is missing", () => {
    expect(() => barChart(disks, { label: "dsk", value: "gigabytes" }, words)).toThrow('"dsk"');
  });
});

test("a line chart has its moments in UTC, which its axis says", () => {
  const { figure } = lineChart(disks, { time: "at", value: "gigabytes", series: "state" }, words);
  expect(figure.data).toMatchObject([
    { name: "used", x: ["2026-11-23T12:00:00", "2026-11-23T13:00:00"], y: [3, 2] },
    { name: "free" },
  ]);
  expect(figure.layout).toMatchObject({ xaxis: { title: { text: "time (UTC)" } } });
});
