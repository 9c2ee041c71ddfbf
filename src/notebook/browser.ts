/** A browser of the user's, without a window: it draws charts and prints pages. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";

/** What it is called on PATH: Chromium, and what is made of it. */
const NAMES = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "chrome",
  "microsoft-edge",
  "microsoft-edge-stable",
  "msedge",
];

/** So long a page may take to draw its charts, in milliseconds. */
const DRAWING_MS = 60_000;

/** There is no browser, or it does not start. */
export class BrowserMissing extends Error {
  override readonly name = "BrowserMissing";
  /** Stable: what a program may branch on. */
  readonly code = "browser_missing";
}

/**
 * The path of a browser: the one that `CIM_CHROMIUM` names, the first on PATH, or the first where such programs usually
 * are.
 *
 * @throws {BrowserMissing} with what to install
 */
export function findBrowser(): string {
  const named = Deno.env.get("CIM_CHROMIUM");
  if (named) {
    if (existsSync(named)) return named;
    throw new BrowserMissing(`CIM_CHROMIUM names ${named}, where no browser is`);
  }
  const found = [...onPath(), ...usualPlaces()].find((path) => existsSync(path));
  if (found) return found;
  const how: Partial<Record<typeof Deno.build.os, string>> = {
    linux: 'install Chromium ("sudo apt-get install chromium" on Debian and Ubuntu)',
    darwin: "install Google Chrome",
    windows: "install Google Chrome or Microsoft Edge",
  };
  throw new BrowserMissing(
    `There is no Chromium, Chrome or Edge here, which this needs: ${
      how[Deno.build.os] ?? "install Chromium"
    }, or say in CIM_CHROMIUM where one is`,
  );
}

function onPath(): string[] {
  const folders = (Deno.env.get("PATH") ?? "").split(delimiter).filter(Boolean);
  const ending = Deno.build.os === "windows" ? ".exe" : "";
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name + ending)));
}

function usualPlaces(): string[] {
  switch (Deno.build.os) {
    case "darwin":
      return ["Google Chrome", "Chromium", "Microsoft Edge"].map((name) =>
        `/Applications/${name}.app/Contents/MacOS/${name}`
      );
    case "windows":
      return ["ProgramFiles", "ProgramFiles(x86)", "LocalAppData"].flatMap((variable) => {
        const folder = Deno.env.get(variable);
        return folder
          ? ["Google\\Chrome\\Application\\chrome.exe", "Microsoft\\Edge\\Application\\msedge.exe"]
            .map((path) => join(folder, path))
          : [];
      });
    default:
      return ["/opt/google/chrome/chrome", "/snap/bin/chromium", "/opt/microsoft/msedge/msedge"];
  }
}

/**
 * Starts the browser, which asks nobody for anything by itself. Close it.
 *
 * @throws {BrowserMissing} when there is none, or it does not start
 */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  const { chromium } = await import("playwright-core"); // large, and seldom needed
  const quiet =
    "--headless --disable-gpu --disable-quic --no-first-run --font-render-hinting=none " +
    "--disable-background-networking --disable-component-update --disable-sync";
  const options = { executablePath, args: quiet.split(" ") };
  try {
    // As root, and in many containers, it has no sandbox to give: it sees only pages of our own, without a network.
    if (Deno.build.os !== "linux" || Deno.uid() !== 0) {
      const sandboxed = await chromium.launch({ ...options, chromiumSandbox: true })
        .catch(() => undefined);
      if (sandboxed) return sandboxed;
    }
    return await chromium.launch({ ...options, chromiumSandbox: false });
  } catch (error) {
    const [why] = (error as Error).message.split("\n");
    throw new BrowserMissing(`${executablePath} does not start: ${why}`, { cause: error });
  }
}

/** A size in CSS pixels, and how many pixels of a picture one of them is; 1 if not given. */
export interface Window {
  width: number;
  height: number;
  scale?: number;
}

/** Opens one of our pages from its file, without a network and in light colours, and waits until its charts are drawn. */
export async function openPage(
  browser: Browser,
  path: string,
  { width, height, scale = 1 }: Window,
): Promise<Page> {
  const context = await browser.newContext({
    offline: true,
    colorScheme: "light",
    reducedMotion: "reduce",
    locale: "en-US",
    timezoneId: "UTC",
    viewport: { width, height },
    deviceScaleFactor: scale,
  });
  const page = await context.newPage();
  await page.goto(pathToFileURL(path).href);
  if (await page.locator("script.plotly").count() > 0) {
    await page.locator("html[data-charts=drawn]")
      .waitFor({ state: "attached", timeout: DRAWING_MS });
  }
  return page;
}
