/** Every kind of chart, long tables and computed sentences on an exported page, in a real browser. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { barChart } from "../../src/notebook/charts.ts";
import { heatMap } from "../../src/notebook/charts_heat_map.ts";
import { histogram } from "../../src/notebook/charts_histogram.ts";
import { lineChart } from "../../src/notebook/charts_line.ts";
import { scatterChart } from "../../src/notebook/charts_scatter.ts";
import { exportHtml, writeReport } from "../../src/notebook/export/mod.ts";
import { PALETTE } from "../../src/notebook/palette.ts";
import { prose } from "../../src/notebook/prose.ts";
import { Table } from "../../src/table/table.ts";
import { code, display, HOSTILE, notebook } from "../notebook/sample.ts";
import { launchBrowser, missing, type Opened, openPage } from "./browser.ts";

/** Rows of three hosts over half an hour, with bounds at the end. */
const load = Table.from(Array.from({ length: 90 }, (_, n) => ({
  at: new Date(Date.UTC(2026, 9, 7, 10, n % 30)),
  host: [HOSTILE[0], "web-01", "\u202egnp.exe"][Math.floor(n / 30)],
  memory_bytes: 1e9 * (2 + Math.sin(n)),
  share: Math.abs(Math.cos(n)),
  ...(n % 30 > 24 ? { lower: 1e9, upper: 4e9 } : {}),
})));
const words = { title: `Memory ${HOSTILE[0]}` };
const memory = { time: "at", value: "memory_bytes", series: "host" };
const shown = [
  barChart(load, { label: "host", value: "memory_bytes" }, words),
  lineChart(load, { ...memory, lower: "lower", upper: "upper" }, words),
  lineChart(load, memory, { ...words, log: true }),
  scatterChart(load, { x: "share", y: "memory_bytes", label: "host", series: "host" }, words),
  histogram(load, { value: "share" }, { ...words, unit: "%" }),
  heatMap(load, { x: "at", y: "host", value: "share" }, { ...words, unit: "%" }),
  barChart(load.slice(0, 0), { label: "host", value: "share" }, words),
  Table.from(Array.from({ length: 120 }, (_, n) => ({
    n,
    text: "word ".repeat(n === 1 ? 100 : 1),
    ...Object.fromEntries(Array.from({ length: 24 }, (_, at) => [`column_${at}`, "a value"])),
  }))),
  prose`On ${HOSTILE[0]} at ${"2026-10-07T10:00:00Z"}.`,
];

describe.skipIf(missing)("What a notebook shows, on a page in Chromium,", () => {
  let browser: Browser;
  let folder: string;
  let address: string;
  let opened: Opened;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cim-charts-"));
    browser = await launchBrowser();
    const path = join(folder, "page.html");
    const bundle = (one: object) =>
      (one as Record<symbol, () => Record<string, unknown>>)[Symbol.for("Jupyter.display")]!();
    await writeReport(
      path,
      await exportHtml(notebook(...shown.map((one) => code("", display(bundle(one)))))),
    );
    address = pathToFileURL(path).href;
    opened = await openPage(browser, address);
  });
  afterAll(async () => {
    await browser?.close();
    if (folder) await rm(folder, { recursive: true });
  });

  test("is drawn without a complaint: every kind, with one table of data each", async () => {
    const { page, requests, complaints } = opened;
    const charts = page.locator("figure.chart");
    expect(await charts.count()).toBe(7);
    expect(await page.locator(".note").count()).toBe(0);
    const count = (at: number, selector: string) => charts.nth(at).locator(selector).count();
    expect(await count(0, ".barlayer .point path")).toBe(3);
    expect(await count(1, ".scatterlayer path.js-line")).toBeGreaterThanOrEqual(3);
    expect(await count(1, ".scatterlayer path.js-fill")).toBe(3);
    expect(await count(3, ".scatterlayer .point")).toBe(90);
    expect(await count(4, ".barlayer .point path")).toBeGreaterThan(4);
    expect(await count(5, ".heatmaplayer image")).toBe(1);
    expect(await charts.nth(6).locator(".canvas").textContent()).toContain("nothing to draw");
    for (const one of await charts.all()) {
      expect(await one.locator("details.data caption").count()).toBe(1);
      expect(await one.locator("figcaption").textContent()).toContain(words.title);
    }
    const texts = (await charts.nth(0).locator(".canvas text").allTextContents()).join("\n");
    expect(texts).toContain(HOSTILE[0]);
    expect(texts).toContain("\\u{202e}gnp.exe");
    expect(texts).toContain("20GB");
    expect([requests, complaints]).toEqual([[], []]);
  });

  test("says the exact words where the pointer rests on a point", async () => {
    const { page } = opened;
    const chart = page.locator("figure.chart").nth(3);
    await chart.scrollIntoViewIfNeeded();
    const box = (await chart.locator(".scatterlayer .point").first().boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    const said = await chart.locator(".hoverlayer").textContent();
    expect(said).toMatch(/share: [\d.]+memory_bytes: [\d.]+[GM]B/);
    expect(said).not.toContain("%{");
  });

  test("has the colours of the palette by day and by night, with the ink of the page", async () => {
    const { page } = opened;
    const [red, green, blue] = [1, 3, 5].map((at) => parseInt(PALETTE[0]!.slice(at, at + 2), 16));
    const colour = (selector: string, what: string) =>
      page.evaluate(`getComputedStyle(document.querySelector("${selector}")).${what}`);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const letters = await colour("body", "color");
      await expect.poll(() => colour(".canvas .xtick text", "fill"), { timeout: 20_000 }).toBe(
        letters,
      );
      expect(await colour(".barlayer .point path", "fill")).toBe(`rgb(${red}, ${green}, ${blue})`);
    }
  });

  test("unfolds without a script, scrolls by itself on a phone, and is whole on paper", async () => {
    const { page, close } = await openPage(browser, address, {
      javaScriptEnabled: false,
      viewport: { width: 390, height: 800 },
    });
    const part = page.locator(".output > .html > div > details");
    expect(await part.locator("td").first().isVisible()).toBe(false);
    await part.locator("> summary").click();
    expect(await part.locator("td").first().isVisible()).toBe(true);
    const width = () => page.evaluate("document.documentElement.scrollWidth");
    expect(await width()).toBe(390);
    await page.setViewportSize({ width: 700, height: 1000 });
    await page.emulateMedia({ media: "print" });
    const widest = `Math.max(...[...document.querySelectorAll("table")].map((table) =>
      table.getBoundingClientRect().right))`;
    expect(await page.evaluate(widest)).toBeLessThanOrEqual(700);
    expect(await page.locator("td details > div").first().isVisible()).toBe(true);
    await close();
  });
});
