import { describe, expect, test } from "vitest";
import { exportHtml, type Output } from "../../src/notebook/export/mod.ts";
import { pageOf } from "./page_reader.ts";
import { code, display, figure, markdown, notebook, PROVENANCE, ramp, SAMPLE } from "./sample.ts";

const output = async (data: Record<string, unknown>) => {
  return (await pageOf(notebook(code("", display(data))))).querySelector(".output")!;
};

test("The same notebook gives the same page, byte for byte", async () => {
  const once = await exportHtml(SAMPLE, { provenance: PROVENANCE });
  expect(await exportHtml(structuredClone(SAMPLE), { provenance: PROVENANCE })).toBe(once);
});

test("plotly.js is on a page once if there are charts, and not at all if there are none", async () => {
  const charts = await exportHtml(SAMPLE);
  expect(charts.match(/class="plotly"/g)).toHaveLength(1);
  expect(charts.length).toBeLessThan(2_500_000);
  const text = await exportHtml(notebook(markdown("# Text")));
  expect(text).not.toContain("<script");
  expect(text).not.toContain("script-src");
  expect(text.length).toBeLessThan(20_000);
});

test("The policy lets only our two scripts run, by their hashes, and nothing be loaded", async () => {
  const page = await pageOf(SAMPLE);
  const policy = page.querySelector("meta[http-equiv]")!.getAttribute("content")!;
  expect(policy).toMatch(
    /^default-src 'none'; script-src 'sha256-\S+' 'sha256-\S+'; style-src 'unsafe-inline'; img-src data: blob:; connect-src 'none'; base-uri 'none'; form-action 'none'$/,
  );
  const [script] = [...page.querySelectorAll("script:not([type])")];
  const bytes = new TextEncoder().encode(script!.textContent!);
  const hash = Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("base64");
  expect(policy).toContain(hash);
});

describe("The title is", () => {
  test.each([
    ["the one asked for", markdown("# Found"), { title: "Asked <b>" }, "Asked <b>"],
    ["the first heading of the first level", markdown("## a\n\n# Found"), {}, "Found"],
    ["a plain word if there is none", markdown("text"), {}, "Report"],
  ])("%s", async (_, cell, options, title) => {
    const page = await pageOf(notebook(cell), options);
    expect(page.title).toBe(title);
    expect(page.querySelectorAll("h1")).toHaveLength(1);
  });
});

test("The contents lead to the headings, of the same words two", async () => {
  const page = await pageOf(notebook(markdown("# T\n## Same\n## Same\n### *Deep* `x`\n#### no")));
  const links = [...page.querySelectorAll("nav a")];
  expect(links.map((one) => one.textContent)).toEqual(["Same", "Same", "Deep x"]);
  for (const link of links) {
    const target = page.getElementById(link.getAttribute("href")!.slice(1));
    expect(target?.textContent).toBe(link.textContent);
  }
  expect(new Set(links.map((one) => one.getAttribute("href"))).size).toBe(3);
  expect((await pageOf(notebook(markdown("# T\n## One")))).querySelector("nav")).toBeNull();
});

test("Code is folded and coloured, and open where it failed", async () => {
  const failed: Output = { output_type: "error", ename: "E", evalue: "", traceback: [] };
  const page = await pageOf(notebook(code("const a = 1;"), code("throw 2", failed), code("")));
  const [fine, bad, ...others] = [...page.querySelectorAll("details.code")] as HTMLDetailsElement[];
  expect(fine!.querySelector(".hljs-keyword")!.textContent).toBe("const");
  expect([fine!.open, bad!.open, others.length]).toEqual([false, true, 0]);
});

test("A raw cell is shown as it is", async () => {
  const page = await pageOf(notebook({ cell_type: "raw", source: ["<b>", "x"] }));
  expect(page.querySelector("pre.raw")!.textContent).toBe("<b>x");
});

test("What is printed line by line is one text, with its colours and without its cursor", async () => {
  const stream = (name: string, text: string) => ({ output_type: "stream", name, text }) as const;
  const page = await pageOf(notebook(code(
    "",
    stream("stdout", "10 %\r20 %\n"),
    stream("stdout", "\x1b[1;31mred\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07\x1b[2K\n"),
    stream("stderr", "oops"),
  )));
  expect([...page.querySelectorAll("pre.output")].map((one) => one.textContent))
    .toEqual(["20 %\nred link\n", "oops"]);
  expect(page.querySelector(".ansi-fg-red.ansi-bold")!.textContent).toBe("red");
});

test("An error says its name and its trace", async () => {
  const error: Output = {
    output_type: "error",
    ename: "TypeError",
    evalue: "no",
    traceback: ["at 1"],
  };
  const page = await pageOf(notebook(code("", error)));
  expect(page.querySelector(".error strong")!.textContent).toBe("TypeError: no");
  expect(page.querySelector(".error pre")!.textContent).toBe("at 1");
});

describe("Of an output's forms the richest is shown:", () => {
  const svg = `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><circle r="3"/></svg>`;
  const all = [
    ["application/vnd.plotly.v1+json", { data: [{ y: [1] }], layout: {} }, "figure.chart .canvas"],
    ["text/html", "<table><tr><td>1</td></tr></table>", ".html table"],
    ["image/svg+xml", svg, ".picture svg circle"],
    ["image/png", ramp(4, 4), `img[src^="data:image/png;base64,"]`],
    ["image/jpeg", "/9j/4AAQ", `img[src^="data:image/jpeg;base64,"]`],
    ["text/markdown", "**bold**", ".prose strong"],
    ["text/latex", "$$x^2$$", "math msup"],
    ["application/json", { a: 1 }, "pre"],
    ["text/plain", "plain", "pre"],
  ] as const;
  test.each(all)("%s", async (type, value, selector) => {
    const rest = all.slice(all.findIndex((one) => one[0] === type));
    const shown = await output(Object.fromEntries(rest.map(([key, one]) => [key, one])));
    expect(shown.querySelector(selector)).not.toBeNull();
    expect((await output({ [type]: value })).querySelector(selector)).not.toBeNull();
  });

  test("one that comes to nothing gives way to the next", async () => {
    const shown = await output({ "text/html": "<script>1</script>", "text/plain": "text" });
    expect(shown.textContent).toBe("text");
  });
});

test("An output that nothing here can show is named, not left out", async () => {
  expect((await output({ "application/x-b": "1", "application/x-a": "2" })).textContent)
    .toBe("This output cannot be shown here: it is application/x-a, application/x-b.");
  expect((await output({ "application/geo+json": { a: 1 } })).textContent).toContain('"a": 1');
});

test("Long JSON is folded, short is not", async () => {
  const long = await output({ "application/json": Array.from({ length: 50 }, (_, at) => at) });
  expect(long.querySelector("details summary")!.textContent).toBe("JSON, 52 lines");
  expect((await output({ "application/json": [1] })).querySelector("details")).toBeNull();
});

test("A chart without a picture has its numbers as a table, one with a picture the picture", async () => {
  const data = [{ name: "cpu", x: ["a", "b"], y: [1, 2] }, {
    y: { dtype: "i2", bdata: Buffer.from([7, 0, 255, 255]).toString("base64") },
  }];
  const bare = await pageOf(notebook(code("", figure(data, { title: "T<br>U" }))));
  const cells = [...bare.querySelectorAll("figure details[open] tbody td")];
  expect(cells.map((one) => one.textContent)).toEqual(["a", "1", "b", "2", "7", "-1"]);
  expect(bare.querySelector("figcaption")!.textContent).toBe("T U");
  const still = await pageOf(notebook(code("", figure(data, {}, { "image/png": ramp(2, 2) }))));
  expect(still.querySelector("figure .still img")).not.toBeNull();
  expect(still.querySelector("figure details[open]")).toBeNull();
});

test("A chart's texts may be escaped already, and its colours and places are those of the page", async () => {
  const page = await pageOf(notebook(code(
    "",
    figure([{ name: "&#60;none&#62;", y: [1] }], {
      title: { text: "R&#38;D" },
      colorway: ["#fff"],
      width: 9,
      legend: { orientation: "h", y: 1.02, traceorder: "normal" },
      margin: { l: 24, t: 72 },
    }),
  )));
  expect(page.querySelector("figcaption")!.textContent).toBe("R&D");
  expect(page.querySelector("figure caption")!.textContent).toBe("<none>");
  expect(JSON.parse(page.querySelector("script.figure")!.textContent!).layout).toEqual({
    legend: { orientation: "h", traceorder: "normal" },
    margin: { l: 24, t: 32 },
  });
});

test("A chart that comes with a table of its data has that one, made safe, and says below its title what is left out", async () => {
  const html =
    `<div><table><caption>T</caption><tbody><tr><td>1<script>alert(1)</script></td></tr></tbody></table></div>`;
  const title = { text: "T", subtitle: { text: "2 of 9 points &#60;b&#62;" } };
  const page = await pageOf(notebook(
    code("", figure([{ y: [1, 2] }], { title }, { "text/html": html })),
    code(
      "",
      figure([{ y: [1, 2] }], { title: "no table" }, {
        "text/html": "<div>drawn by a script</div>",
      }),
    ),
  ));
  const [with_table, without] = [...page.querySelectorAll("figure")];
  expect(with_table!.querySelector("figcaption small")!.textContent).toBe("2 of 9 points <b>");
  expect(with_table!.querySelectorAll("table")).toHaveLength(1);
  expect(with_table!.querySelector("td")!.innerHTML).toBe("1");
  expect([...without!.querySelectorAll("td")].map((one) => one.textContent)).toEqual(["1", "2"]);
});

test("A map is not drawn, for it would have to be fetched, and says so", async () => {
  const page = await pageOf(notebook(code("", figure([{ type: "scattergeo", lat: [1] }], {}))));
  expect(page.querySelector(".note")!.textContent).toContain("Map (scattergeo)");
  expect(page.querySelector("script")).toBeNull();
});

test("The foot says where the numbers come from and how to check it, or is not there", async () => {
  const foot = (await pageOf(SAMPLE, { provenance: PROVENANCE })).querySelector("footer")!;
  const [read] = PROVENANCE.logs_read;
  for (
    const said of [
      read!.log_hash,
      "1 to 42,000",
      PROVENANCE.sha256,
      'archive = "", as_of = "2026-11-01T00:00:00Z"',
      "2026-11-23T18:17:39Z, in 2.5 s",
    ]
  ) expect(foot.textContent).toContain(said);
  expect([...foot.querySelectorAll("code")].map(({ textContent }) => textContent))
    .toEqual([PROVENANCE.command, "deno task cim replay --sequence 42000 --json"]);
  const archived = { ...PROVENANCE, logs_read: [{ ...read!, archive: "data/it's" }] };
  const other = (await pageOf(SAMPLE, { provenance: archived })).querySelector("footer")!;
  expect(other.textContent).toContain(
    "deno task cim replay --archive 'data/it'\\''s' --sequence 42000 --json",
  );
  expect((await pageOf(SAMPLE)).querySelector("footer")).toBeNull();
});

test("A notebook of another format is refused with what to do", async () => {
  await expect(exportHtml({ ...SAMPLE, nbformat: 3 })).rejects.toThrow(/nbformat 3.*JupyterLab/);
});
