/** The main job: all notebooks on this machine and on the sample, run once, and each page looked at in a real browser. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { project } from "../notebooks/fixture.ts";
import { OwnProject } from "../notebooks/logs.ts";
import { launchBrowser, missing, openPage } from "./browser.ts";
import { HOSTILE, HostileProgram, reportFiles, runTask } from "./report_place.ts";

/** Every notebook, by the name of its page. */
const NOTEBOOKS = [...Deno.readDirSync(join(project, "notebooks"))].map(({ name }) => name)
  .filter((name) => name.endsWith(".ipynb")).map((name) => name.replace(/\.ipynb$/, "")).sort();
/** Those that are asked of the sample too: all but the first, which looks at this machine. */
const OTHERS = NOTEBOOKS.slice(1);
const PAGES = [
  ...NOTEBOOKS.map((name) => `${name}.html`),
  ...OTHERS.map((name) => `sample/${name}.html`),
];
/** A busy machine takes its time; a test that gives up early leaves a server behind. */
const SLOW = { timeout: 900_000 };
const PATIENT = { timeout: 20_000 };
const PAPER = { format: "A4", margin: { left: "15mm", right: "15mm" } } as const;
let own: OwnProject;
let program: HostileProgram;
let browser: Browser;
let seen: string;

beforeAll(async () => {
  own = await OwnProject.make();
  program = await HostileProgram.start(own.folder);
  if (!missing) browser = await launchBrowser();
  const source = await Deno.readTextFile(new URL("./page_seen.js", import.meta.url));
  seen = source.slice(source.indexOf("({"), source.lastIndexOf("})") + 2);
});
afterAll(async () => {
  await browser?.close();
  await program?.end();
  await own?.[Symbol.asyncDispose]();
});

const address = (path: string) => pathToFileURL(join(own.folder, "reports", path)).href;
/** What somebody who looks at the page would complain of. */
const wrong = async (page: Page, ...what: string[]): Promise<[string, string[]][]> => {
  const found = [];
  for (const one of what) {
    found.push([one, await page.evaluate(`(${seen}).${one}()`)] as [string, string[]]);
  }
  return found.filter(([, problems]) => problems.length > 0);
};

describe("deno task report", () => {
  test(
    "tells what it does, and writes a page for each notebook, here and on the sample",
    SLOW,
    async () => {
      const { code, out, err } = await runTask(own.folder, ["report"]);
      expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
      expect(err).toMatch(/Running .*01-discover\.ipynb … cell \d+ of \d+/);
      expect(out).toContain("reports/01-discover.html");
      expect([...reportFiles(own.folder).keys()])
        .toEqual([...PAGES, "index.html", "reports.json"].sort());
    },
  );

  test("says at the foot of each of which notebook, and of which events it was made", async () => {
    for (const [name, html] of reportFiles(own.folder)) {
      if (!PAGES.includes(name)) continue;
      const [, foot = ""] = html.match(/<footer>([^]*)<\/footer>/) ?? [];
      const notebook = name.replace(/^sample\/|\.html$/g, "");
      const source = await Deno.readFile(join(project, "notebooks", `${notebook}.ipynb`));
      const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", source)).toHex();
      expect([name, foot.includes(sha256)]).toEqual([name, true]);
      const archive = name.startsWith("sample/") ? " --archive data/samples/fleet" : "";
      expect(foot).toContain(`<code>deno task cim notebook run ${notebook}${archive}</code>`);
      expect(foot).toMatch(/<td>1 to [\d,]+<\/td><td>[\d,]+<\/td><td>[^<]*<\/td><td>[0-9a-f]{32}/);
    }
  });

  test.each(
    [["here", "01-discover.html"], ["on the sample", `sample/${OTHERS[0]}.html`]] as const,
  )("which replay confirms of those %s", async (_, name) => {
    const said = /<code>deno task (cim replay [^<]*)<\/code> prints the log hash ([0-9a-f]{32})/;
    const [, command = "", hash] = reportFiles(own.folder).get(name)!.match(said) ?? [];
    const { out } = await runTask(own.folder, command.split(" "));
    const { log_hash, last_sequence } = JSON.parse(out);
    expect([log_hash, command]).toEqual([hash, expect.stringContaining(` ${last_sequence} `)]);
  });
});

describe.skipIf(missing)("Each page of the report, offline in Chromium,", () => {
  test.each(PAGES)("%s draws all it has, on every screen, by night and on paper", async (name) => {
    const { page, requests, complaints, close } = await openPage(browser, address(name), {
      offline: true,
      viewport: { width: 1280, height: 900 },
    });
    expect(await wrong(page, "charts", "pictures", "overflow", "faint")).toEqual([]);
    await page.setViewportSize({ width: 390, height: 800 });
    await page.emulateMedia({ colorScheme: "dark" });
    // Charts take their time to become narrower and dark.
    await expect.poll(() => wrong(page, "charts", "pictures", "overflow", "faint"), PATIENT)
      .toEqual([]);
    await page.setViewportSize({ width: 680, height: 900 });
    await page.emulateMedia({ media: "print", colorScheme: "light" });
    await page.evaluate(
      await Deno.readTextFile(join(project, "src", "notebook", "static_paper.js")),
    );
    expect(await wrong(page, "cut", "charts")).toEqual([]);
    expect([requests, complaints]).toEqual([[], []]);
    // Whatever gets onto the page in spite of everything does not run, and its own scripts did.
    expect(await page.evaluate(`(${seen}).letsScriptsIn()`)).toBe(false);
    expect(complaints.join()).toContain("Content Security Policy");
    await close();
  });

  test("that of this machine has a program by its name, which is code, as text", async () => {
    const { page, complaints, close } = await openPage(browser, address("01-discover.html"));
    const text = (await page.locator("body").innerText()).toLowerCase();
    for (const word of ["hostname", "operating_system", "127.0.0.0/8", "nats-server"]) {
      expect(text).toContain(word);
    }
    expect(await page.getByRole("cell", { name: HOSTILE, exact: true }).count()).toBeGreaterThan(0);
    expect([await page.locator("img").count(), complaints]).toEqual([0, []]);
    expect((await page.pdf(PAPER)).subarray(0, 5).toString()).toBe("%PDF-");
    await close();
  });

  test("the index leads to each of them, and says when it was made", async () => {
    const { page, requests, complaints, close } = await openPage(browser, address("index.html"), {
      offline: true,
    });
    expect([requests, complaints]).toEqual([[], []]);
    expect(await page.locator("h2").allTextContents()).toEqual([
      "This machine",
      "The sample fleet",
    ]);
    const links = await page.locator(".reports a").all();
    expect(await Promise.all(links.map((link) => link.getAttribute("href"))))
      .toEqual(PAGES.map((name) => `./${name}`));
    for (const card of await page.locator(".reports li").allTextContents()) {
      expect(card).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d UTC, in \d+\.\d s/);
    }
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await wrong(page, "overflow", "faint")).toEqual([]);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await wrong(page, "faint")).toEqual([]);
    await close();
  });
});
