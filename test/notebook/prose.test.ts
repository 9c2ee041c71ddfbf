/** Sentences that are computed, in every form, of values that want to be more than text. */
import { JSDOM } from "jsdom";
import { Marked } from "marked";
import { describe, expect, test } from "vitest";
import { type Prose, prose } from "../../src/notebook/prose.ts";
import { visible } from "../../src/table/text.ts";
import { HOSTILE } from "./sample.ts";

const forms = (one: Prose) =>
  (one as unknown as Record<symbol, () => Record<string, string>>)[
    Symbol.for("Jupyter.display")
  ]!();

describe("A value in a sentence", () => {
  test.each([
    [1234567, "1,234,567"],
    [0.1 + 0.2, "0.3"],
    [12345678901234567890n, "12,345,678,901,234,567,890"],
    ["web-01", "web-01"],
    ["2026-10-07T10:00:00.000000Z", "2026-10-07 10:00 UTC"],
    ["2026-10-07T10:00:05.250000Z", "2026-10-07 10:00:05.25 UTC"],
    [new Date("2026-10-07T10:00:00Z"), "2026-10-07 10:00 UTC"],
    [new Date(NaN), "no moment"],
    [["a", "b", 3], "a, b and 3"],
    [["a"], "a"],
    [[], "nothing"],
    [null, "nothing"],
    [undefined, "nothing"],
    ["", '""'],
    [true, "true"],
    [{ a: 1n }, '{"a":"1"}'],
    ["a\u202eb", "a\\u{202e}b"],
  ])("%o is %s", (value, text) => {
    expect(String(prose`It is ${value}.`)).toBe(`It is ${text}.`);
  });
});

test("Each value of a list stands out, isolated from what is around it", () => {
  expect(forms(prose`On ${["a", "<b>"]} & more.`)["text/html"]).toBe(
    "<p>On <b><bdi>a</bdi></b> and <b><bdi>&lt;b&gt;</bdi></b> &amp; more.</p>",
  );
});

test("An empty line begins a paragraph, and lines with a dash are points", () => {
  const made = prose`One ${1}
    goes on.

    - first ${"\n\n- not a point"}
      goes on
    - second

    End.`;
  expect(String(made)).toBe(
    "One 1 goes on.\n\n- first \\u{a}\\u{a}- not a point goes on\n- second\n\nEnd.",
  );
  const page = JSDOM.fragment(forms(made)["text/html"]!);
  expect([...page.children].map(({ localName }) => localName)).toEqual(["p", "ul", "p"]);
  expect(page.querySelectorAll("li")).toHaveLength(2);
});

describe.each([
  ...HOSTILE,
  "**bold** _x_ `code` [a](https://x.org) ![a](x)",
  "https://x.org www.x.org a@x.org",
  "$x^2$ \\(x\\) \\\\(y\\\\)",
  "# h",
  "- p",
  "&lt;b&gt;",
  "\0",
])("%j", (text) => {
  test("is the text that it is in HTML, in Markdown and in plain text", () => {
    const { "text/html": html, "text/markdown": markdown, "text/plain": plain } = forms(
      prose`${text} is ${text}, and so is ${[text, text]}.`,
    );
    const said = `${visible(text)} is ${visible(text)}, and so is ${visible(text)} and ${
      visible(text)
    }.`;
    expect(plain).toBe(said);
    const page = JSDOM.fragment(html!);
    expect(page.textContent).toBe(said);
    expect([...page.querySelectorAll("*")].map(({ localName }) => localName))
      .toEqual(["p", "b", "bdi", "b", "bdi", "b", "bdi", "b", "bdi"]);
    const read = JSDOM.fragment(new Marked({ gfm: true, async: false }).parse(markdown!) as string);
    expect(read.textContent!.trim()).toBe(said.trim());
    expect([...read.querySelectorAll("*")].map(({ localName }) => localName)).toEqual(["p"]);
  });
});
