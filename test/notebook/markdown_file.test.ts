/** A notebook as Markdown: what GitHub would make of it, by a reader of Markdown that lets HTML through. */
import { JSDOM } from "jsdom";
import { Marked } from "marked";
import { describe, expect, test } from "vitest";
import { exportMarkdown, type Output } from "../../src/notebook/export/mod.ts";
import { Table } from "../../src/table/table.ts";
import {
  code,
  display,
  figure,
  HOSTILE,
  markdown,
  notebook,
  PROVENANCE,
  SAMPLE,
} from "./sample.ts";

const HOSTS = [
  ...HOSTILE,
  "**bold** _a_ `b` ~~c~~",
  "a | b || c",
  "[x](https://example.org)",
  "![x](https://example.org/x.png)",
  "<https://example.org>",
  "# heading",
  "- list",
  "1. list",
  "a\n\n# heading\n\nb",
  "a\n```\n<b>x</b>\n````\n",
  "\\`\\<b>\\[x](javascript:alert(1))",
  "&lt;b&gt;",
  "$x$ $$y$$",
  "| a | b |\n|---|---|\n| 1 | 2 |",
];

const page = (markdown: string) =>
  new JSDOM(new Marked({ gfm: true }).parse(markdown, { async: false })).window.document;

/** Every element and attribute that is none of the few that an export makes itself, and links and pictures elsewhere. */
function strange(read: Document): string[] {
  return [...read.body.querySelectorAll("*")].flatMap((element) => [
    ...(OURS.test(element.localName) ? [] : [element.localName]),
    ...[...element.attributes].filter(({ name, value }) =>
      !(name === "src" && value.startsWith("x_files/")) &&
      !(name === "href" && /^(?:https?:|mailto:|#)/.test(value)) &&
      !(name === "class" && value.startsWith("language-")) && !/^(?:alt|align|start)$/.test(name)
    ).map(({ name, value }) => `${element.localName} ${name}=${value}`),
  ]);
}
const OURS =
  /^(?:h[1-6]|p|hr|pre|code|strong|em|del|a|img|ul|ol|li|table|thead|tbody|tr|th|td|details|summary|br|blockquote)$/;

const escaped = (text: string) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
/** As a line says it: without white space beside others, and with marks that turn it shown. */
const line = (text: string) =>
  text.replace(/\s+/g, " ").trim().replace(
    /[\p{Cc}\p{Bidi_Control}]/gu,
    (mark) => `\\u{${mark.codePointAt(0)!.toString(16)}}`,
  );

describe("In Markdown", () => {
  test.each(HOSTS)("%j stays text in a table's cell, alone in it, and in a sentence", (text) => {
    const html = `<p>${escaped(text)}</p><p>It is <b>${escaped(text)}</b>, <code>${escaped(text)}` +
      `</code> and more</p><table><thead><tr><th>${escaped(text)}</th><th>n</th></tr></thead>` +
      `<tbody><tr><td>${escaped(text)}</td><td>1</td></tr></tbody></table>`;
    const made = exportMarkdown(notebook(code("", display({ "text/html": html }))), {
      folder: "x_files",
    });
    const read = page(made.markdown);
    expect(strange(read)).toEqual([]);
    expect(read.querySelectorAll("a, img, h1, h2, li, del, em, pre").length).toBe(0);
    expect(read.querySelector("p")!.textContent!.trim()).toBe(line(text));
    expect(read.querySelector("strong")!.textContent!.trim()).toBe(line(text));
    expect(read.querySelector("code")!.textContent).toBe(line(text));
    for (const cell of ["th", "td"]) {
      expect(read.querySelector(cell)!.textContent).toBe(line(text));
    }
    expect(read.querySelectorAll("td").length).toBe(2);
  });

  test.each(HOSTS)(
    "%j brings no tag, no script and no foreign picture, whatever says it",
    (text) => {
      const outputs: Output[] = [
        { output_type: "stream", name: "stdout", text },
        { output_type: "error", ename: text, evalue: text, traceback: [text] },
        display({ "text/plain": text }),
        display({ "application/json": { [text]: text } }),
        display({ "text/latex": text }),
        figure([{ name: text, x: [text], y: [1] }], { title: { text } }),
        display({ "text/markdown": text }),
        display({ "image/png": "AAAA", "text/plain": text }),
      ];
      const cells = outputs.map((output) => code(text, output));
      const { markdown: made } = exportMarkdown(notebook(markdown(text), ...cells), {
        folder: "x_files",
        provenance: { ...PROVENANCE, parameters: { [text]: text }, command: text },
      });
      const read = page(made);
      expect(strange(read)).toEqual([]);
      const blocks = [...read.querySelectorAll("details pre")].map(({ textContent }) =>
        textContent
      );
      expect(blocks.length).toBeGreaterThanOrEqual(outputs.length); // no output ends what is around it
      expect(read.querySelector("h2:last-of-type")!.textContent).toBe("Provenance");
    },
  );
});

test("Code is folded, charts are pictures with their data, tables are tables, streams are code", () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>';
  const { markdown, pictures } = exportMarkdown(SAMPLE, {
    folder: "my (1)_files",
    provenance: PROVENANCE,
    charts: [svg, undefined, svg],
  });
  const read = page(markdown);
  expect(read.querySelector("h1")!.textContent).toBe("Which machines are overloaded?");
  expect(read.querySelector("details summary")!.textContent).toBe("Code");
  expect([...read.querySelectorAll("img")].map(({ src }) => src))
    .toEqual(
      [1, 2, 3, 4].map((at) => expect.stringMatching(`my%20%281%29_files/picture-${at}\\.`)),
    );
  expect([...pictures.keys()])
    .toEqual(["picture-1.svg", "picture-2.svg", "picture-3.svg", "picture-4.png"]);
  expect(pictures.get("picture-1.svg")).toBe(svg);
  expect(markdown).toContain("this chart could not be drawn");
  const headings = [...read.querySelectorAll("th")].map(({ textContent }) => textContent);
  expect(headings).toContain("operating system");
  const streams = [...read.querySelectorAll("pre code")].map(({ textContent }) => textContent);
  expect(streams).toContain(`replayed 42000 events in 0.8 s\none line more ${HOSTILE[0]}\n`);
  expect(read.body.textContent).toContain(PROVENANCE.logs_read[0]!.log_hash);
  // An SVG file is XML: what HTML lets through would not open.
  const file = new JSDOM(String(pictures.get("picture-3.svg")), { contentType: "image/svg+xml" });
  expect(file.window.document.documentElement.getAttribute("xmlns"))
    .toBe("http://www.w3.org/2000/svg");
});

test("Columns of numbers stand to the right, and a value that was folded is there once", () => {
  const long = `the beginning ${"of a long text ".repeat(20)}and its end`;
  const table = Table.from([{ name: "web", bytes: 7, text: long }, {
    name: "db",
    bytes: 12,
    text: null,
  }]);
  const html = (table as unknown as Record<symbol, () => Record<string, string>>)[
    Symbol.for("Jupyter.display")
  ]!()["text/html"]!;
  expect(html).toContain("<summary>");
  const { markdown } = exportMarkdown(notebook(code("", display({ "text/html": html }))), {
    folder: "x_files",
  });
  expect(markdown).toContain("| --- | ---: | --- |");
  expect(markdown).toContain(`| web | 7 | ${long} |`);
  expect(markdown.split("the beginning").length).toBe(2);
});

test("Without a browser a chart is its data, and says why", () => {
  const { markdown, pictures } = exportMarkdown(
    notebook(code("", figure([{ type: "bar", x: ["a"], y: [7] }], { title: { text: "Sevens" } }))),
    { folder: "x_files" },
  );
  expect(pictures.size).toBe(0);
  expect(markdown).toContain("there was no browser to draw this chart");
  const read = page(markdown);
  expect([...read.querySelectorAll("td")].map(({ textContent }) => textContent)).toEqual([
    "a",
    "7",
  ]);
  expect(read.querySelector("strong")!.textContent!.trim()).toBe("Sevens");
});
