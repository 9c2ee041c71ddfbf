/** Strings of events go through every place where a report shows text. In each they stay what they are. */
import { visible } from "../../src/table/text.ts";
import { describe, expect, test } from "vitest";
import { exportHtml, exportIndex, type Output } from "../../src/notebook/export/mod.ts";
import { JSDOM } from "jsdom";
import { dangers, pageOf } from "./page_reader.ts";
import { code, display, figure, HOSTILE, markdown, notebook, PROVENANCE } from "./sample.ts";

const stream = (text: string): Output => ({ output_type: "stream", name: "stdout", text });
const error = (text: string): Output => {
  return { output_type: "error", ename: text, evalue: text, traceback: [text] };
};
const plotted = (text: string) =>
  figure([{ type: "bar", name: text, x: [text], y: [1], text: [text] }], {
    title: { text },
    xaxis: { title: { text } },
  });
const sinks: [string, (text: string) => ReturnType<typeof notebook>][] = [
  ["Markdown", (text) => notebook(markdown(text))],
  [
    "a heading, its id and the contents",
    (text) => notebook(markdown(`# ${text}\n## ${text}\n## b`)),
  ],
  ["a table of Markdown", (text) => notebook(markdown(`| a |\n|---|\n| ${text} |`))],
  ["fenced code", (text) => notebook(markdown("```" + `${text}\n${text}\n` + "```"))],
  ["a link", (text) => notebook(markdown(`[${text}](<${text}> "${text}")`))],
  ["a picture", (text) => notebook(markdown(`![${text}](<${text}>)`))],
  ["a formula", (text) => notebook(markdown(`$${text}$ $\\text{${text}}$`))],
  ["code", (text) => notebook(code(text))],
  ["a stream", (text) => notebook(code("", stream(text)))],
  ["an error", (text) => notebook(code("", error(text)))],
  ["plain text", (text) => notebook(code("", display({ "text/plain": text })))],
  [
    "HTML",
    (text) => notebook(code("", display({ "text/html": `<p title="${text}">${text}</p>` }))),
  ],
  [
    "SVG",
    (text) => notebook(code("", display({ "image/svg+xml": `<svg><text>${text}</text></svg>` }))),
  ],
  [
    "a picture's data",
    (text) => notebook(code("", display({ "image/png": text, "text/plain": text }))),
  ],
  ["Markdown of an output", (text) => notebook(code("", display({ "text/markdown": text })))],
  ["LaTeX of an output", (text) => notebook(code("", display({ "text/latex": text })))],
  ["JSON", (text) => notebook(code("", display({ "application/json": { [text]: text } })))],
  ["a mime type", (text) => notebook(code("", display({ [text]: text })))],
  ["a chart", (text) => notebook(code("", plotted(text)))],
];

describe.each(sinks)("%s", (_, sink) => {
  test.each(HOSTILE)("%j stays text", async (text) => {
    expect(dangers(await pageOf(sink(text), { title: text }))).toEqual([]);
  });
});

test.each(HOSTILE)(
  "%j stays text, whole, in the contents, streams, errors, titles and tables",
  async (text) => {
    const page = await pageOf(notebook(code("", stream(text), error(text), plotted(text))), {
      title: text,
      provenance: {
        ...PROVENANCE,
        notebook: text,
        parameters: { [text]: text },
        logs_read: [{ ...PROVENANCE.logs_read[0]!, archive: text, experiment: text }],
        versions: { [text]: text },
      },
    });
    expect(page.title).toBe(text);
    expect(page.querySelector("h1")!.textContent).toBe(text);
    expect(page.querySelector("pre.stdout")!.textContent).toBe(text);
    expect(page.querySelector(".error strong")!.textContent).toBe(`${text}: ${text}`);
    expect(page.querySelector(".error pre")!.textContent).toBe(text);
    expect(page.querySelector("figcaption")!.textContent).toBe(text);
    expect(page.querySelector("figure td")!.textContent).toBe(text);
    expect(page.querySelector("dd")!.textContent).toContain(visible(text));
    expect(page.querySelector("footer td")!.textContent).toBe(visible(text));
    // As plotly.js gets it: no tag is left that it would take for one.
    const { data } = JSON.parse(page.querySelector("script.figure")!.textContent!);
    expect(data[0].name).not.toMatch(/<[^>]*>/);
    expect(data[0].name.replaceAll("&lt;", "<").replaceAll("&gt;", ">")).toBe(text);
  },
);

test("a chart's own breaks and bold letters stay, its links do not", async () => {
  const page = await pageOf(
    notebook(code("", figure([{ name: `<b>a</b><br><a href="//x">y</a>`, y: [1] }], {}))),
  );
  const { data } = JSON.parse(page.querySelector("script.figure")!.textContent!);
  expect(data[0].name).toBe(`<b>a</b><br>&lt;a href="//x"&gt;y&lt;/a&gt;`);
});

describe("HTML of an output is made safe:", () => {
  test.each([
    `<script>alert(1)</script><p>x</p>`,
    `<svg><script>alert(1)</script><animate onbegin=alert(1) attributeName=x></svg>`,
    `<svg><a xlink:href="javascript:alert(1)"><text>x</text></a><use href="http://x/#a"/></svg>`,
    `<svg><image href="https://x/y.png"/><rect fill="url(https://x/#a)"/><rect style="fill:url(//x)"/></svg>`,
    `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
    `<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)></style></mglyph></form>`,
    `<svg></p><style><a id="</style><img src=1 onerror=alert(1)>"></style></svg>`,
    `<iframe srcdoc="<script>alert(1)</script>"></iframe><object data=x></object><embed src=x>`,
    `<img src="https://x/y.png" srcset="https://x/z.png 2x"><video poster=x src=y></video><input autofocus onfocus=alert(1)>`,
    `<div style="position:fixed;inset:0;background:u\\72l(//x)">x</div><div style="background:url(//x);color:red">y</div>`,
    `<style>@import "//x"; body{display:none}</style><link rel=stylesheet href=//x><base href=//x><meta http-equiv=refresh content=0>`,
    `<a href="java\tscript:alert(1)">x</a><a href=" javascript:alert(1)">y</a><a href="data:text/html,x">z</a>`,
    `<a href="//evil.org/x">x</a><a href="tel:1">y</a><a href="ftp://x/">z</a><a href="file:///etc/passwd">u</a>`,
    `<template><img src=x onerror=alert(1)></template><noscript><img src=x onerror=alert(1)></noscript>`,
  ])("%s", async (html) => {
    const page = await pageOf(
      notebook(
        code("", display({ "text/html": html })),
        code("", display({ "image/svg+xml": html })),
      ),
    );
    expect(dangers(page)).toEqual([]);
    expect(page.querySelector(".output a[href]")).toBeNull();
    // Read once more, as a browser reads it, it says the same: nothing changes its meaning on the way.
    const again = new JSDOM(page.documentElement.outerHTML).window.document;
    expect(again.body.innerHTML).toBe(page.body.innerHTML);
  });

  test("tables, colours and charts pass", async () => {
    const html =
      `<table><tbody><tr><td colspan="2" style="color:#a00;text-align:right">1</td></tr></tbody></table>` +
      `<svg viewBox="0 0 9 9"><path d="M0 0L9 9" stroke="currentColor" stroke-width="2"></path></svg>` +
      `<progress max="9" value="3"></progress><a href="https://x.org/">x</a>`;
    const page = await pageOf(notebook(code("", display({ "text/html": html }))));
    expect(page.querySelector(".html")!.innerHTML).toBe(html);
  });

  test("two charts keep their own gradients", async () => {
    const svg =
      `<svg><defs><linearGradient id="g"></linearGradient></defs><rect fill="url(#g)"></rect><use href="#g"></use></svg>`;
    const page = await pageOf(
      notebook(code("", display({ "text/html": svg }), display({ "image/svg+xml": svg }))),
    );
    const [one, two] = [...page.querySelectorAll("linearGradient")].map(({ id }) => id);
    expect(one).not.toBe(two);
    const fills = [...page.querySelectorAll("rect")].map((rect) => rect.getAttribute("fill"));
    expect(fills).toEqual([`url(#${one})`, `url(#${two})`]);
    expect(page.querySelector("use")!.getAttribute("href")).toBe(`#${one}`);
  });
});

test.each(HOSTILE)("%j stays text in the index", async (text) => {
  const entry = { file: text, title: text, summary: text, made: text };
  const page = new JSDOM(
    await exportIndex([{ title: text, summary: text, reports: [entry] }], { title: text }),
  ).window.document;
  expect(dangers(page)).toEqual([]);
  expect(page.querySelector("li a")!.textContent).toBe(text);
  expect(page.querySelector("li a")!.getAttribute("href")).toMatch(/^\.\//);
  expect(page.querySelector("li p")!.textContent).toBe(text);
});

test("No line separator of JavaScript is in the JSON of a page", async () => {
  const html = await exportHtml(notebook(code("", figure([{ name: HOSTILE[4], x: [1] }], {}))));
  const json = /class="figure">(.*?)<\/script>/s.exec(html)![1]!;
  expect(json).toContain("\\u2028");
  expect(json).not.toMatch(/[\u2028\u2029<>]/);
});
