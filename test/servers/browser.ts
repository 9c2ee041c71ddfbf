/** The one place where tests get a real browser. */
import process from "node:process";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { findBrowser } from "../../src/notebook/browser.ts";

export { launchBrowser } from "../../src/notebook/browser.ts";

/** Whether there is no browser here; then these tests are skipped, and say how to get one. */
export const missing: boolean = isMissing();

function isMissing(): boolean {
  try {
    findBrowser();
    return false;
  } catch (error) {
    if (process.env["CI"] === "true") throw error;
    console.warn(`${(error as Error).message}. The tests in a browser are skipped.`);
    return true;
  }
}

/** A page that was opened from its file, and what it did meanwhile. */
export interface Opened {
  page: Page;
  requests: string[];
  complaints: string[];
  /** Ends it. */
  close(): Promise<void>;
}

/** Opens a page from its file, and waits until its charts are drawn. */
export async function openPage(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser.newContext({ colorScheme: "light", ...options });
  const page = await context.newPage();
  const opened: Opened = { page, requests: [], complaints: [], close: () => context.close() };
  page.on("request", (request) => {
    if (!/^(?:data|blob):/.test(request.url())) opened.requests.push(request.url());
  });
  page.on("console", (message) => {
    const text = message.text();
    // The driver of a machine without a graphics card says how slow it is.
    if (!text.includes("GL Driver Message")) opened.complaints.push(text);
  });
  page.on("pageerror", (error) => opened.complaints.push(error.message));
  page.on("dialog", (dialog) => {
    opened.complaints.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(address);
  opened.requests = opened.requests.filter((one) => one !== address);
  const hasCharts = await page.locator(".plotly").count() > 0;
  if (hasCharts && options.javaScriptEnabled !== false) {
    await page.locator("html[data-charts=drawn]").waitFor({ state: "attached" });
  }
  return opened;
}
