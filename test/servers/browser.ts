/** The one place where tests get a real browser. */
import { existsSync } from "node:fs";
import process from "node:process";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const CHROMIUM = process.env["CIM_CHROMIUM"] ?? "/usr/bin/chromium";
/** Whether there is no browser here; then these tests are skipped, and say how to get one. */
export const missing = !existsSync(CHROMIUM);
if (missing) {
  const how =
    `Chromium is not at ${CHROMIUM}: on Debian and Ubuntu "sudo apt-get install chromium"` +
    `, or say where it is in CIM_CHROMIUM`;
  if (process.env["CI"] === "true") throw new Error(how);
  console.warn(`${how}. The tests in a browser are skipped.`);
}

/** A page that was opened from its file, and what it did meanwhile. */
export interface Opened {
  page: Page;
  requests: string[];
  complaints: string[];
  /** Ends it. */
  close(): Promise<void>;
}

/** Starts the browser, which asks nobody for anything by itself. */
export function launchBrowser(): Promise<Browser> {
  const quiet = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run " +
    "--disable-background-networking --disable-component-update --disable-sync";
  return chromium.launch({ executablePath: CHROMIUM, args: quiet.split(" ") });
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
