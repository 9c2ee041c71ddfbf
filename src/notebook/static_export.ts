/** A report's page as what does not move: a PDF, and pictures of its charts. */
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, openPage } from "./browser.ts";

/** The width of A4 between its margins, in CSS pixels: 210 mm less 15 on each side, of 96 to the inch. */
const PAPER_WIDTH = 680;
/** The width and height of a chart's picture, in CSS pixels, where its figure says none. */
const CHART = { width: 800, height: 420 };

/** What a report's page needs to become something else. */
export interface StaticOptions {
  /** Ends the work, with its reason. */
  signal?: AbortSignal | undefined;
}

/**
 * The page as it is printed, A4, with page numbers.
 *
 * @throws {BrowserMissing} when there is no browser, or it does not start
 */
export async function exportPdf(html: string, options: StaticOptions = {}): Promise<Uint8Array> {
  return await inBrowser(html, options, async (page) => {
    await page.emulateMedia({ media: "print", colorScheme: "light" });
    await page.evaluate(
      await Deno.readTextFile(new URL("./static_paper.js", import.meta.url)),
    );
    const small = 'style="width:100%;padding:0 15mm;font:8px system-ui,sans-serif;color:#636363;' +
      'display:flex;justify-content:space-between;gap:1em"';
    return await page.pdf({
      format: "A4",
      margin: { top: "18mm", bottom: "18mm", left: "15mm", right: "15mm" },
      printBackground: true,
      displayHeaderFooter: true,
      headerTemplate: "<span></span>",
      footerTemplate: `<div ${small}><span class="title"></span>` +
        `<span><span class="pageNumber"></span> / <span class="totalPages"></span></span></div>`,
      tagged: true,
      outline: true,
    });
  });
}

/**
 * A picture of each chart of the page as SVG, in their order; undefined for one that could not be drawn.
 *
 * @throws {BrowserMissing} when there is no browser, or it does not start
 */
export async function chartPictures(
  html: string,
  options: StaticOptions = {},
): Promise<(string | undefined)[]> {
  return await inBrowser(
    html,
    options,
    (page) =>
      page.evaluate(`Promise.all([...document.querySelectorAll("figure.chart")].map((figure) => {
      const canvas = figure.querySelector(".canvas");
      if (!canvas || canvas.hidden || !globalThis.Plotly) return undefined;
      const { height = ${CHART.height} } = canvas._fullLayout ?? {};
      return Plotly.toImage(canvas, { format: "svg", width: ${CHART.width}, height })
        .then((url) => decodeURIComponent(url.slice(url.indexOf(",") + 1)), () => undefined);
    }))`),
  );
}

async function inBrowser<T>(
  html: string,
  { signal }: StaticOptions,
  work: (page: Page) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const folder = await Deno.makeTempDir({ prefix: "cim-page-" });
  let browser: Browser | undefined;
  const stop = () => void browser?.close();
  try {
    const path = join(folder, "page.html");
    await Deno.writeTextFile(path, html);
    browser = await launchBrowser();
    signal?.addEventListener("abort", stop, { once: true });
    signal?.throwIfAborted();
    return await work(await openPage(browser, path, { width: PAPER_WIDTH, height: 900 }));
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
    await browser?.close();
    await Deno.remove(folder, { recursive: true });
  }
}
