/** The README's pictures: parts of reports on the samples, as a browser draws them. */
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import type { PythonEnvironment } from "../setup/python.ts";
import { launchBrowser, openPage } from "./browser.ts";
import { exportHtml, exportIndex, type ReportEntry, writeReport } from "./export/mod.ts";
import { notebooksIn, readNotebook, wordsOf } from "./notebooks.ts";
import { runNotebook } from "./report_run.ts";

/** A picture of the gallery. */
interface Picture {
  /** Its file in `data/pictures/`. */
  file: string;
  /** Which notebook, by its name; the index of all of them without it. */
  notebook?: RegExp;
  /** The archive that it is asked of, from the project's folder. */
  archive?: string;
  /** What of the page it shows, a selector, whose first match counts; how it begins without it. */
  part?: string;
  /** The height of the window, in CSS pixels. */
  height?: number;
}

const FLEET = "data/samples/fleet";
const PICTURES: readonly Picture[] = [
  { file: "reports.png" },
  { file: "report.png", notebook: /^01-/, archive: "data/samples/machine", height: 1400 },
  { file: "concepts.png", notebook: /^04-/, archive: FLEET, part: ".picture > svg" },
  { file: "incidents.png", notebook: /anomal|incident/, archive: FLEET, part: ".picture > svg" },
  {
    file: "forecast.png", // the course of one dimension of one resource, and how it goes on
    notebook: /predict|forecast/,
    archive: FLEET,
    part: '.chart:has(figcaption:text-matches("^\\\\S+ of \\\\S+$"))',
  },
  { file: "topology.png", notebook: /^07-/, archive: FLEET, part: ".picture > svg" },
  { file: "compliance.png", notebook: /complian|polic/, archive: FLEET, part: ".picture > svg" },
];

/** The window, in CSS pixels. */
const WINDOW = { width: 1200, height: 900 };
/** What is in no picture: what unfolds, when somebody asks for it. */
const STYLE = "figure.chart > details { display: none }";
/** How many pixels one of these is: the first that gives a file of few enough bytes. */
const SCALES = [2, 1.5, 1, 0.75];
/** The most bytes of a picture. */
const MOST_BYTES = 200_000;

/** How the gallery is made. */
export interface GalleryOptions {
  python: PythonEnvironment;
  /** The project's folder. */
  project: string;
  progress?: (line: string) => void;
  signal?: AbortSignal;
}

/** A picture that was made, or why not. */
export interface Made {
  file: string;
  bytes?: number;
  missing?: string;
}

/**
 * Makes the pictures. They are the same each time, as far as the fonts and the browser are: light, of one size, and
 * without what is measured while they are made.
 *
 * @throws {BrowserMissing} when there is no browser, or it does not start
 * @throws {NotebookFailed} when a notebook fails
 */
export async function makeGallery(options: GalleryOptions): Promise<Made[]> {
  const { project, progress, signal } = options;
  const folder = await Deno.makeTempDir({ prefix: "cim-gallery-" });
  const browser = await launchBrowser();
  const stop = () => void browser.close();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const made: Made[] = [];
    for (const picture of PICTURES) {
      signal?.throwIfAborted();
      const page = join(folder, `${picture.file}.html`);
      const html = picture.notebook ? await pageOf(picture, options) : await indexOf(project);
      if (html === undefined) {
        made.push({
          file: picture.file,
          missing: `no notebook is called like ${picture.notebook}`,
        });
        continue;
      }
      progress?.(`Drawing ${picture.file} …`);
      await writeReport(page, html);
      const bytes = await drawn(browser, page, picture);
      if (bytes === undefined) {
        made.push({ file: picture.file, missing: `its page has no ${picture.part}` });
        continue;
      }
      await writeReport(join(project, "data", "pictures", picture.file), bytes);
      made.push({ file: picture.file, bytes: bytes.length });
    }
    return made;
  } finally {
    signal?.removeEventListener("abort", stop);
    await browser.close();
    await Deno.remove(folder, { recursive: true });
  }
}

async function pageOf(
  { notebook, archive = "" }: Picture,
  { python, project, progress, signal }: GalleryOptions,
): Promise<string | undefined> {
  const path = notebooksIn(project).find((one) => notebook!.test(one.replace(/^.*[\\/]/, "")));
  if (path === undefined) return undefined;
  const run = await runNotebook({
    python,
    project,
    path,
    parameters: { archive },
    clock: () => new Date(),
    signal,
    progress: (done, total) => progress?.(`Running ${path} … ${done} of ${total} cells`),
  });
  return await exportHtml(run.notebook);
}

/** As `cim report` writes it, but for when that was, and how long it took. */
async function indexOf(project: string): Promise<string> {
  const files = await Promise.all(notebooksIn(project).map(readNotebook));
  const reports = files.map(({ name, notebook }): ReportEntry => ({
    file: `${name}.html`,
    ...wordsOf(notebook, name),
  }));
  return await exportIndex([{ title: "The sample fleet", summary: "", reports }]);
}

async function drawn(
  browser: Browser,
  path: string,
  { part, height = WINDOW.height }: Picture,
): Promise<Uint8Array | undefined> {
  let picture: Uint8Array | undefined;
  for (const scale of SCALES) {
    const page = await openPage(browser, path, { ...WINDOW, height, scale });
    try {
      picture = await screenshot(page, part);
    } finally {
      await page.context().close();
    }
    if (picture === undefined || picture.length <= MOST_BYTES) break;
  }
  return picture;
}

async function screenshot(page: Page, part: string | undefined): Promise<Uint8Array | undefined> {
  if (part === undefined) return await page.screenshot({ style: STYLE });
  const element = page.locator(part).first();
  return await element.count() === 0 ? undefined : await element.screenshot({ style: STYLE });
}
