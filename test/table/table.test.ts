import { describe, expect, test } from "vitest";
import { Table } from "../../src/table/table.ts";
import { bytes, columns, counted, visible } from "../../src/table/text.ts";

const HOSTILE = `<img src=x onerror=alert(1)> "quoted" 'too' & \u001b[31mred\u202e`;
const display = (table: Table) =>
  (table as unknown as Record<symbol, () => Record<string, string>>)[
    Symbol.for("Jupyter.display")
  ]!();

describe("A table", () => {
  const table = new Table(
    [{ name: HOSTILE, type: "VARCHAR", numeric: false }, {
      name: "n",
      type: "BIGINT",
      numeric: true,
    }],
    [[HOSTILE, 1], [null, 12345678901234567890n], [{ a: [1n] }, -0.5], [
      null,
      null,
    ]],
  );

  test("shows every value as text in HTML, whatever is in it", () => {
    const html = display(table)["text/html"]!;
    expect(html).not.toContain("<img");
    expect(html).toContain(
      "&lt;img src=x onerror=alert(1)&gt; &quot;quoted&quot; &#39;too&#39; &amp;",
    );
    expect([...new Set(html.match(/<\w+/g))].sort().join(" ")).toBe(
      "<br <div <p <small <span <table <tbody <td <th <thead <tr",
    );
    expect(html).toContain("4 rows, 2 columns");
  });

  test("shows every value on a terminal without moving its cursor or turning its text", () => {
    const lines = table.toString().split("\n");
    expect(lines.length).toBe(2 + 4 + 1);
    // deno-lint-ignore no-control-regex -- they are what must not be there
    expect(table.toString()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(table.toString()).toContain("\\u{1b}[31mred\\u{202e}");
    expect(table.toString()).toContain("12345678901234567890");
    expect(table.toString()).toContain('{"a":["1"]}');
  });

  test("shows the first rows of many on a terminal, and says how many there are", () => {
    const many = Table.from(Array.from({ length: 1234 }, (_, n) => ({ n })));
    expect(display(many)["text/plain"]).toContain("(the first 20 of 1,234 rows)");
    expect(many.toString()).toContain("(1,234 rows)");
  });

  test("shows moments without the digits that say nothing, and keeps them all", () => {
    const moments = new Table(
      [{ name: "at", type: "TIMESTAMP", numeric: false }],
      [["2026-11-23T12:00:00.000000Z"], ["2026-11-23T12:00:00.120000Z"], [
        "2026-11-23T12:00:00.123456Z",
      ]],
    );
    expect(moments.toString().split("\n").slice(2, 5))
      .toEqual(["2026-11-23 12:00:00", "2026-11-23 12:00:00.120", "2026-11-23 12:00:00.123456"]);
    expect(moments.rows[2]?.at).toBe("2026-11-23T12:00:00.123456Z");
  });

  test("gives a column by its name, and says which there are", () => {
    expect(table.column("n")).toEqual([1, 12345678901234567890n, -0.5, null]);
    expect(() => table.column("x")).toThrow(RangeError);
    expect(() => table.column("x")).toThrow(/"x": there are .*, n/);
  });

  test("gives some of its rows, and some of its columns", () => {
    expect(table.slice(1, 2).values).toEqual([[null, 12345678901234567890n]]);
    expect(table.select("n").values.flat()).toEqual(table.column("n"));
    expect(() => table.select("n", "x")).toThrow(/"x": there are .*, n/);
  });

  test("is made of objects, with types by what is in them", () => {
    const made = Table.from([
      { id: "a", n: 1, share: 0.5, ok: true, at: new Date(0), tags: ["x"], big: 2n ** 70n },
      { id: "b", n: 2, share: 1, ok: false, extra: undefined, __proto__: { hidden: 1 } },
    ]);
    expect(made.columns.map(({ name, type, numeric }) => [name, type, numeric])).toEqual([
      ["id", "VARCHAR", false],
      ["n", "BIGINT", true],
      ["share", "DOUBLE", true],
      ["ok", "BOOLEAN", false],
      ["at", "TIMESTAMP", false],
      ["tags", "JSON", false],
      ["big", "BIGINT", true],
      ["extra", "VARCHAR", false],
    ]);
    expect(made.rows[0]!.at).toBe("1970-01-01T00:00:00.000000Z");
    expect(made.rows[1]!.extra).toBe(null);
    expect(Table.from([]).toString()).toContain("(0 rows)");
  });
});

test("amounts are written for people", () => {
  expect([0, 999, 1000, 999_949, 999_950, 25276063744].map(bytes))
    .toEqual(["0 B", "999 B", "1.0 kB", "999.9 kB", "1.0 MB", "25.3 GB"]);
  expect([counted(1, "event"), counted(1234, "event")]).toEqual(["1 event", "1,234 events"]);
  expect(columns([["a", "b"], ["ccc", "d"]])).toEqual(["a    b", "ccc  d"]);
  expect(visible("a\nb\u009bc")).toBe("a\\u{a}b\\u{9b}c");
});
