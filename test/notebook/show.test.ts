import { describe, expect, test } from "vitest";
import { NotShowable, show } from "../../src/notebook/show.ts";
import { Table } from "../../src/table/table.ts";

/** What show prints outside a notebook. */
async function printed(...values: unknown[]): Promise<unknown[]> {
  const lines: unknown[] = [];
  const log = console.log;
  console.log = (...text) => lines.push(...text);
  try {
    await show(...values);
  } finally {
    console.log = log;
  }
  return lines;
}

describe("Outside a notebook, show prints", () => {
  test.each([
    ["a text", "a text", "a text"],
    ["a promise, waited for", Promise.resolve("later"), "later"],
    [
      "a table",
      new Table([{ name: "n", type: "BIGINT", numeric: true }], [[1]]),
      "n\n-\n1\n(1 row)",
    ],
    ["an object", { a: 1 }, "{ a: 1 }"],
    ["null", null, "null"],
    ["a list of objects as a table", [{ a: 1 }, { b: "x" }], "a  b\n-  -\n1\n   x\n(2 rows)"],
    ["a Map as a table", new Map([["web", 2]]), "key  value\n---  -----\nweb      2\n(1 row)"],
    ["a list of numbers", [1, 2], "[ 1, 2 ]"],
    ["a list of nothing", [], "[]"],
  ])("%s", async (_, value, text) => {
    expect(await printed(value)).toEqual([text]);
  });

  test("several values, one below the other", async () => {
    expect(await printed("a", Promise.resolve("b"))).toEqual(["a", "b"]);
  });
});

describe("What cannot be shown says what to do:", () => {
  test.each([
    ["undefined", undefined, "Cannot show undefined: there is no value"],
    ["a function", () => 1, "call it"],
    ["a symbol", Symbol("x"), "show its description"],
    ["an iterator", new Map().keys(), "show([...it])"],
    ["an asynchronous iterator", (async function* () {})(), "Array.fromAsync"],
  ])("%s", async (_, value, text) => {
    const error = await show(value).catch((error) => error);
    expect(error).toBeInstanceOf(NotShowable);
    expect(error).toMatchObject({ code: "not_showable", message: expect.stringContaining(text) });
  });

  test("and an error of the value itself is its own", async () => {
    await expect(show(Promise.reject(new Error("no")))).rejects.toThrow("no");
  });
});
