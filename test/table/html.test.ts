/** A table as a notebook and a report show it, read as a browser reads it. */
import { JSDOM } from "jsdom";
import { describe, expect, test } from "vitest";
import { htmlTable } from "../../src/table/html.ts";
import { type Column, Table } from "../../src/table/table.ts";
import { unitOf } from "../../src/table/unit.ts";

const column = (name: string, type: string): Column => {
  return { name, type, numeric: /INT|DOUBLE|DECIMAL/.test(type) };
};
const read = (table: Table) => JSDOM.fragment(htmlTable(table));
/** What a cell with this value shows, and says when the pointer rests on it. */
const cell = (value: unknown, type = "VARCHAR", name = "x") => {
  const td = read(new Table([column(name, type)], [[value]])).querySelector("td")!;
  return [td.textContent, td.querySelector("[title]")?.getAttribute("title") ?? null];
};

describe("A cell shows", () => {
  test.each([
    [1234567, "BIGINT", "x", "1,234,567", "1234567"],
    [42, "BIGINT", "x", "42", null],
    [12345678901234567890n, "HUGEINT", "x", "12,345,678,901,234,567,890", "12345678901234567890"],
    [0.1 + 0.2, "DOUBLE", "x", "0.3", "0.30000000000000004"],
    [1234.5678, "DOUBLE", "x", "1,234.6", "1234.5678"],
    [0.00000012343, "DOUBLE", "x", "1.234e-7", "1.2343e-7"],
    [-0, "DOUBLE", "x", "0", null],
    [NaN, "DOUBLE", "x", "NaN", null],
    [8080, "INTEGER", "port", "8080", null],
    [8080, "INTEGER", "ports", "8,080", "8080"],
    [25276063744, "BIGINT", "memory_bytes", "25.28 GB", "25276063744"],
    [640, "BIGINT", "memory_bytes", "640", null],
    [1e10, "BIGINT", "speed_bps", "10 Gbit/s", "10000000000"],
    [true, "BOOLEAN", "x", "true", null],
    [false, "BOOLEAN", "x", "false", null],
    [null, "VARCHAR", "x", "–", "null"],
    [undefined, "VARCHAR", "x", "–", "null"],
    ["", "VARCHAR", "x", '""', "empty text"],
    ["–", "VARCHAR", "x", "–", null],
    [["a", 1, null, ""], "VARCHAR[]", "x", 'a, 1, null, ""', '["a",1,null,""]'],
    [[], "VARCHAR[]", "x", "[]", null],
    [[{ a: 1 }, { b: 2n }], "JSON", "x", '{"a":1}\n{"b":"2"}', '[{"a":1},{"b":"2"}]'],
    [{ a: [1n] }, "JSON", "x", '{"a":["1"]}', null],
    [new Uint8Array([0, 255]), "BLOB", "x", "00ff", null],
    ["a\nb\u202egnp\u001b[31m", "VARCHAR", "x", "a\nb\\u{202e}gnp\\u{1b}[31m", null],
  ])("%s of type %s in %s as %s, and on hovering %s", (value, type, name, text, title) => {
    expect(cell(value, type, name)).toEqual([text, title]);
  });

  test("a moment without the digits that say nothing, in UTC, which its column says", () => {
    expect(cell("2026-11-23T12:00:00.000000Z", "TIMESTAMP"))
      .toEqual(["2026-11-23 12:00:00", "2026-11-23T12:00:00.000000Z"]);
    expect(read(new Table([column("at", "TIMESTAMP")], [])).querySelector("th")!.textContent)
      .toBe("atTIMESTAMP · UTC");
  });

  test("a long text and long JSON by their beginning, and the whole unfolds", () => {
    const text = `<b>${"word ".repeat(100)}end`;
    const folded = read(new Table([column("x", "VARCHAR")], [[text]])).querySelector("td details")!;
    expect(folded.querySelector("summary")!.textContent).toHaveLength(101);
    expect(folded.querySelector("div")!.textContent).toBe(text);
    const json = { list: Array.from({ length: 100 }, (_, at) => at) };
    const lines = read(new Table([column("x", "JSON")], [[json]])).querySelector("details div")!;
    expect(JSON.parse(lines.textContent!)).toEqual(json);
  });

  test("of a text without end how much of it is here, and cuts no character in two", () => {
    const text = read(new Table([column("x", "VARCHAR")], [["😀".repeat(9999)]]))
      .querySelector("details div")!.textContent!;
    expect(text).toContain("[the first 4,000 of 19,998 characters]");
    expect(text.isWellFormed()).toBe(true);
    expect(read(new Table([column("x", "VARCHAR")], [["a" + "😀".repeat(9999)]])).textContent!
      .isWellFormed()).toBe(true);
  });
});

describe("The unit of a column is", () => {
  test.each([
    ["memory_bytes", "B"],
    ["uptime_seconds", "s"],
    ["speed_bps", "bit/s"],
    ["cpu_percent", "%"],
    ["clock_hz", "Hz"],
    ["megabytes", "MB"],
    ["disk_gb", "GB"],
    ["gbit_per_s", "Gbit/s"],
    ["events_per_second", "/s"],
    ["hosts", undefined],
    ["constructor", undefined],
    ["constructor_per_s", "/s"],
  ])("%s: %s", (name, unit) => {
    expect(unitOf(column(name, "DOUBLE"))).toBe(unit);
  });

  test("the one that it says, and none of a text", () => {
    expect(unitOf({ ...column("memory_bytes", "DOUBLE"), unit: "GiB" })).toBe("GiB");
    expect(unitOf(column("memory_bytes", "VARCHAR"))).toBe(undefined);
  });
});

describe("A table in HTML", () => {
  const rows = (n: number) => Table.from(Array.from({ length: n }, (_, at) => ({ at, b: "x" })));

  test("has its columns with their types, numbers to the right, and says how many there are", () => {
    const table = read(
      new Table([column("host", "VARCHAR"), column("disk_gb", "DOUBLE")], [[
        "web",
        1,
      ]]),
    );
    expect([...table.querySelectorAll("th")].map((one) => one.innerHTML.replace(/<br>.*/, "")))
      .toEqual(["host", "disk_gb"]);
    expect([...table.querySelectorAll("th small")].map((one) => one.textContent))
      .toEqual(["VARCHAR", "DOUBLE · GB"]);
    expect([...table.querySelectorAll("td")].map((one) => one.style.textAlign))
      .toEqual(["left", "right"]);
    expect(table.querySelector("p")!.textContent).toBe("1 row, 2 columns");
  });

  test("without rows says so, with its columns", () => {
    const table = read(new Table([column("host", "VARCHAR"), column("n", "BIGINT")], []));
    expect([...table.querySelectorAll("th")]).toHaveLength(2);
    expect(table.querySelector("td")!.textContent).toBe("no rows");
    expect(table.querySelector("p")!.textContent).toBe("0 rows, 2 columns");
    expect(read(new Table([], [])).textContent).toContain("0 rows, 0 columns");
  });

  test("shows 50 rows, and folds the others in parts of 100, without a script", () => {
    const table = read(rows(300));
    expect([...table.querySelectorAll("summary")].map((one) => one.textContent))
      .toEqual(["rows 51 to 150", "rows 151 to 250", "rows 251 to 300"]);
    expect([...table.querySelectorAll("tbody")].map((one) => one.rows.length))
      .toEqual([50, 100, 100, 50]);
    expect(table.querySelectorAll("thead")).toHaveLength(4);
    expect(table.querySelector("p")!.textContent).toBe("300 rows, 2 columns");
    expect([...table.querySelectorAll("tbody tr")].map((one) => one.children[0]!.textContent))
      .toEqual(Array.from({ length: 300 }, (_, at) => String(at)));
  });

  test("says what is not in it, and how to see that", () => {
    const table = read(rows(3214));
    expect(table.querySelectorAll("tbody tr")).toHaveLength(1000);
    expect(table.querySelector("p")!.textContent)
      .toBe("3,214 rows, 2 columns; the first 1,000 are here, table.slice(1000) has the others");
    const wide = Table.from([
      Object.fromEntries(Array.from({ length: 130 }, (_, n) => [`c${n}`, n])),
    ]);
    expect(read(wide).querySelectorAll("th")).toHaveLength(100);
    expect(read(wide).querySelector("p")!.textContent).toBe(
      "1 row, 130 columns; the first 100 columns are here, table.select(…) takes others by their names",
    );
  });

  test.each([
    ["long texts", 1, 5000, '"<&>\'"'.repeat(9000)],
    ["many wide rows", 100, 5000, "&".repeat(150)],
    ["long names", 100, 1, "&".repeat(9000)],
  ])("stays below two megabytes, and shows a row: %s", (_, width, length, text) => {
    const columns = Array.from({ length: width }, (_, at) => column(`${text} ${at}`, text));
    const html = htmlTable(new Table(columns, Array(length).fill(Array(width).fill(text))));
    expect(new TextEncoder().encode(html).length).toBeLessThan(2_000_000);
    expect(JSDOM.fragment(html).querySelectorAll("tbody tr").length).toBeGreaterThan(0);
  });
});
