/** The exported page in a real browser: what it asks for, what it draws, what it says when it may not run. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  exportHtml,
  exportIndex,
  type Notebook,
  writeReport,
} from "../../src/notebook/export/mod.ts";
import { launchBrowser, missing, type Opened, openPage } from "./browser.ts";
import { code, figure, HOSTILE, notebook, PROVENANCE, SAMPLE } from "../notebook/sample.ts";

/** For looking at: where the pictures of the pages stay. By default they go with the test. */
const pictures = process.env["CIM_PICTURES"];
let browser: Browser;
let folder: string;

const count = (page: Page, selector: string) => page.locator(selector).count();

async function open(html: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const path = join(folder, `${crypto.randomUUID()}.html`);
  await writeReport(path, html);
  return await openPage(browser, pathToFileURL(path).href, options);
}

const picture = async (page: Page, name: string) => {
  if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
};
const report = (made: Notebook) => exportHtml(made, { provenance: PROVENANCE });

describe.skipIf(missing)("An exported report in Chromium", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cim-page-"));
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    if (folder) await rm(folder, { recursive: true });
  });

  test("asks for nothing, complains of nothing, and draws every chart, its texts as texts", async () => {
    const { page, requests, complaints, close } = await open(await report(SAMPLE));
    expect(await count(page, "figure.chart")).toBe(3);
    for (const canvas of await page.locator(".canvas").all()) {
      expect(await canvas.locator("svg.main-svg").count()).toBeGreaterThan(0);
      expect((await canvas.boundingBox())!.width).toBeGreaterThan(600);
    }
    expect(await count(page, ".scatterlayer .trace path.js-line")).toBe(3);
    expect(await count(page, ".heatmaplayer image")).toBe(1);
    const texts = (await page.locator(".canvas").first().locator("text").allTextContents()).join(
      "\n",
    );
    expect(texts).toContain(HOSTILE[0]);
    expect(texts).toContain(HOSTILE[2]);
    expect(await count(page, ".canvas a[href], .canvas svg a, .plotlyjsicon")).toBe(0);
    expect(await count(page, ".still:visible, details.data[open], .note")).toBe(0);
    await picture(page, "light");
    expect([requests, complaints]).toEqual([[], []]);
    await close();
  });

  test("draws points by WebGL without eval", async () => {
    const axis = { visible: false };
    const html = await exportHtml(notebook(code(
      "",
      figure([{ type: "scattergl", mode: "markers", x: [1], y: [1], marker: { size: 60 } }], {
        xaxis: axis,
        yaxis: axis,
        margin: { l: 0, r: 0, t: 0, b: 0 },
      }),
    )));
    const { page, complaints, close } = await open(html);
    const { x, y, width, height } = (await page.locator(".canvas").boundingBox())!;
    const spot = (share: number) =>
      page.screenshot({
        clip: { x: x + width * share, y: y + height * share, width: 8, height: 8 },
      });
    const [middle, corner, other] = [await spot(0.5), await spot(0.1), await spot(0.2)];
    expect(corner.equals(other)).toBe(true);
    expect(middle.equals(corner)).toBe(false);
    expect(complaints).toEqual([]);
    await close();
  });

  test("is complete without JavaScript: a picture, or the numbers", async () => {
    const { page, close } = await open(await report(SAMPLE), { javaScriptEnabled: false });
    expect(await count(page, ".canvas:visible")).toBe(0);
    expect(await count(page, "figure.chart .still svg:visible")).toBe(1);
    expect(await count(page, "figure.chart details[open] td:visible")).toBeGreaterThan(100);
    await picture(page, "no_javascript");
    await close();
  });

  test("follows the colour scheme, its charts too, and is light on paper", async () => {
    const { page, complaints, close } = await open(await report(SAMPLE));
    const ink = () => page.evaluate(`document.querySelector(".canvas .ytick text").style.fill`);
    const light = await ink();
    await page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(ink).not.toBe(light);
    await picture(page, "dark");
    const paper = await page.evaluate(`(() => {
      const colours = [];
      addEventListener("beforeprint", () => {
        const canvas = document.querySelector(".canvas");
        colours.push(canvas.querySelector(".ytick text").style.fill, canvas._fullLayout.width);
      });
      dispatchEvent(new Event("beforeprint"));
      dispatchEvent(new Event("afterprint"));
      return colours;
    })()`);
    expect(light).toMatch(/^rgb/);
    expect(paper).toEqual([light, 640]);
    await expect.poll(ink).not.toBe(light);
    await page.emulateMedia({ media: "print" });
    expect(await count(page, "nav:visible, details.code:visible, .modebar-container:visible")).toBe(
      0,
    );
    expect(await page.evaluate("getComputedStyle(document.documentElement).colorScheme")).toBe(
      "light",
    );
    await picture(page, "print");
    expect(complaints).toEqual([]);
    await close();
  });

  test.each([390, 1280])(
    "fits a window of %d pixels: what is wider scrolls by itself",
    async (width) => {
      const { page, close } = await open(await report(SAMPLE), {
        viewport: { width, height: 800 },
      });
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
      const wide = 'document.querySelector(".html")';
      expect(await page.evaluate(`${wide}.scrollWidth > ${wide}.clientWidth`)).toBe(true);
      for (const canvas of await page.locator(".canvas").all()) {
        expect((await canvas.locator("svg.main-svg").first().boundingBox())!.width)
          .toBeLessThanOrEqual(width);
      }
      await picture(page, `width_${width}`);
      await close();
    },
  );

  test("says so where plotly.js does not know a trace, and shows the numbers", async () => {
    const html = await report(notebook(code("", figure([{ type: "nonsense", y: [1, 2] }], {}))));
    const { page, close } = await open(html);
    expect(await page.locator(".note").textContent())
      .toBe('This chart could not be drawn: plotly.js does not know traces of type "nonsense"');
    expect(await count(page, ".canvas:visible")).toBe(0);
    expect(await count(page, "details.data[open] td:visible")).toBe(2);
    await close();
  });

  test("lets no script in but its own", async () => {
    const html = (await report(SAMPLE)).replace("</main>", "<script>alert(1)</script></main>");
    const { complaints, close } = await open(html);
    expect(complaints.join("\n")).toMatch(/Content Security Policy/);
    expect(complaints.join("\n")).not.toContain("dialog");
    await close();
  });

  test("and the index of all of them ask for nothing", async () => {
    const entry = { file: "a.html", title: "A", summary: "B", made: "2026-11-23T18:17:39Z" };
    const { page, requests, complaints, close } = await open(
      await exportIndex([{ title: "Here", summary: "", reports: [entry] }]),
    );
    expect(await page.evaluate("getComputedStyle(document.body).maxWidth")).toBe("960px");
    await picture(page, "index");
    expect([requests, complaints]).toEqual([[], []]);
    await close();
  });
});
