/** JupyterLab as who works in it meets it: in a real browser. */
/// <reference lib="dom" />
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Browser, Locator, Page } from "playwright-core";
import { launchBrowser, missing } from "../servers/browser.ts";
import { code, markdown, notebook } from "../servers/notebook_place.ts";
import { descendants, runs } from "./fixture.ts";
import { endLab, type Lab, startLab } from "./lab_process.ts";

const CELLS = [
  code(
    "parameters",
    'const archive = "data/samples/fleet"; // the folder of an archive\nconst as_of = ""; // a moment',
    ["parameters"],
  ),
  code(
    "model",
    `import { barChart, interruption, openHistory, prose, show, spaceMap } from "@cim/infrastructure";
const history = await openHistory({ archive, asOf: as_of });
const model = await history.replay();
let kept = 0;`,
  ),
  code("table", "await model.sql`SELECT count(*) AS events, max(recorded_at) AS last FROM events`"),
  code(
    "chart",
    `const kinds = await model.sql\`SELECT resource_type, count(*) AS n FROM resources GROUP BY ALL\`;
barChart(kinds, { label: "resource_type", value: "n" }, { title: "By type" })`,
  ),
  code("picture", 'spaceMap(await model.space("performance"))'),
  code("words", 'console.log("printed");\nprose`Things: ${(await kinds).values.length} kinds.`'),
  code("last", "kept"),
];
const LONG = "SELECT count(*) FROM range(100_000_000_000) AS one WHERE one.range % 7 = 3";
/** Where each cell is in the notebook. */
const AT = Object.fromEntries(CELLS.map(({ id }, at) => [id, at]));
/** For what takes longest where others are at work as well. */
const PATIENCE = { timeout: 100_000 };

describe.skipIf(missing)("In JupyterLab", { timeout: 120_000 }, () => {
  let lab: Lab, browser: Browser, page: Page, folder: string;
  const complaints: string[] = [];

  const cell = (id: string) => page.locator(".jp-CodeCell").nth(AT[id]!);
  const output = (id: string) => cell(id).locator(".jp-OutputArea").first();
  const button = (command: string) =>
    page.locator(`.jp-NotebookPanel-toolbar [data-command="notebook:${command}"]`);
  const write = async (id: string, text: string) => {
    await cell(id).locator(".cm-content").click();
    await page.keyboard.press("Control+A");
    await page.keyboard.insertText(text);
  };
  /** Takes the numbers away from the cells, does something, and waits until each has got a number again. */
  const ran = async (cells: Locator, begin: () => Promise<unknown>) => {
    const prompts = cells.locator(".jp-InputPrompt");
    await prompts.evaluateAll((all) => all.forEach((one) => one.textContent = "[ ]:"));
    await begin();
    await expect.poll(
      async () => (await prompts.allTextContents()).filter((text) => !/^\[\d+\]:$/.test(text)),
      PATIENCE,
    ).toEqual([]);
  };
  const run = async (id: string, text: string) => {
    await write(id, text);
    await ran(cell(id), () => page.keyboard.press("Control+Enter"));
    return await output(id).innerText();
  };
  const runAll = () =>
    ran(page.locator(".jp-CodeCell"), async () => {
      await page.locator('.lm-MenuBar-itemLabel:text-is("Run")').click();
      await page.locator('.lm-Menu-itemLabel:text-is("Run All Cells")').click();
    });
  const idle = () => page.getByText("Deno (CIM) | Idle").waitFor(PATIENCE);
  const isDrawn = async (chart = ".js-plotly-plot svg.main-svg .bars path") => {
    await cell("chart").scrollIntoViewIfNeeded();
    await output("chart").locator(chart).first().waitFor();
    const picture = output("picture").locator("img");
    const width = () => picture.evaluate((img: HTMLImageElement) => img.naturalWidth);
    await expect.poll(width, PATIENCE).toBeGreaterThan(300); // when it is decoded
  };

  beforeAll(async () => {
    folder = await Deno.makeTempDir({ prefix: "cim-lab-" });
    await Deno.mkdir(`${folder}/notebooks`);
    await notebook(`${folder}/notebooks`, "01-discover", markdown("a", "# Made"), ...CELLS);
    [lab, browser] = await Promise.all([
      startLab(
        `--ServerApp.root_dir=${folder}/notebooks`,
        `--LabApp.workspaces_dir=${folder}/workspaces`,
        `--LabApp.user_settings_dir=${folder}/settings`,
        `--FileCheckpoints.checkpoint_dir=${folder}/checkpoints`,
      ),
      launchBrowser(),
    ]);
    page = await browser.newPage({ colorScheme: "light" });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(lab.url.href);
    await page.locator(".jp-CodeCell").nth(CELLS.length - 1).waitFor(PATIENCE);
    await idle();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    if (lab && runs(lab.process.pid)) lab.process.kill("SIGKILL");
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  });

  test("nobody is asked which kernel; Run All shows each output below its own cell", async () => {
    expect(await page.locator(".jp-Dialog").count()).toBe(0);
    await runAll();
    const mimes = (id: string) =>
      output(id).locator(".jp-OutputArea-output").evaluateAll((all) =>
        all.map((one) => one.getAttribute("data-mime-type"))
      );
    expect(await mimes("parameters")).toEqual([]);
    expect(await mimes("model")).toEqual([]);
    expect(await output("table").locator("tbody td").allTextContents())
      .toEqual(["36,000", expect.stringMatching(/^2026-10-\d\d/)]);
    await isDrawn();
    expect(await output("chart").locator(".gtitle").textContent()).toBe("By type");
    expect(await mimes("picture")).toEqual(["image/svg+xml"]);
    expect(await mimes("words")).toEqual(["application/vnd.jupyter.stdout", "text/html"]);
    expect(await output("words").innerText()).toMatch(/^printed\n+.*Things: \d+ kinds\./s);
    expect(await output("last").innerText()).toMatch(/0\n*$/);
  });

  test("another parameter gives other results", async () => {
    await write(
      "parameters",
      'const archive = "data/samples/fleet";\nconst as_of = "2026-10-07T10:00:00Z";',
    );
    await runAll();
    const [events, last] = await output("table").locator("tbody td").allTextContents();
    expect(Number(events!.replace(",", ""))).toBeLessThan(36_000);
    expect(last).toMatch(/^2026-10-07 (0|10:00:00)/);
  });

  test.each([
    ["asks", `await model.query(${JSON.stringify(LONG)})`],
    [
      "waits",
      "await new Promise((_, no) => interruption()!.onabort = () => no(interruption()!.reason))",
    ],
    ["computes", "while (true);"],
  ])("the button ends a cell that %s, keeps the state, and the next one runs", async (_, code) => {
    await write("last", `kept += 7; ${code}`);
    await ran(cell("last"), async () => {
      await page.keyboard.press("Control+Enter");
      await page.waitForTimeout(500);
      await button("interrupt-kernel").click();
    });
    expect(await output("last").innerText())
      .toMatch(/^Interrupted: The cell was interrupted. What it had made by then is kept\s*$/);
    expect(await run("last", "kept % 7")).toMatch(/0\s*$/);
    expect(await run("last", "kept > 0")).toContain("true");
  });

  test("an error of ours is its message, which says what to do, without a stack", async () => {
    const shown = await run("last", "await model.sql`SELECT hostnam FROM resources`");
    expect(shown).toContain("hostname");
    expect(shown).not.toMatch(/\bat .*:\d+:\d+/);
  });

  test("Tab completes, and Shift-Tab explains", async () => {
    // The language server takes its time for its first answer.
    await expect.poll(async () => {
      await page.keyboard.press("Escape");
      await write("last", "model.s");
      await page.keyboard.press("Tab");
      await page.locator(".jp-Completer:not(.lm-mod-hidden)").waitFor({ timeout: 1500 })
        .catch(() => {});
      return (await page.locator(".jp-Completer").allInnerTexts()).join();
    }, { ...PATIENCE, interval: 500 }).toMatch(/space\nsql\nsummary/);
    await expect.poll(async () => {
      await page.keyboard.press("Escape");
      await write("last", "model.sql");
      await page.keyboard.press("Shift+Tab");
      await page.locator(".jp-Tooltip").waitFor({ timeout: 3000 }).catch(() => {});
      return (await page.locator(".jp-Tooltip").allInnerTexts()).join();
    }, { ...PATIENCE, interval: 500 }).toMatch(/Model\.sql.*Promise<Table>/s);
    await page.keyboard.press("Escape");
  });

  test("a notebook that was saved has its outputs when it is opened again, and they are trusted", async () => {
    await run("last", "'saved'");
    await page.keyboard.press("Control+S");
    await expect.poll(() => Deno.readTextFile(`${folder}/notebooks/01-discover.ipynb`))
      .toContain("saved");
    await page.reload();
    await idle();
    await isDrawn("img.plot-img"); // until the pointer comes: of many charts not all have to be drawn
    expect(await output("last").innerText()).toContain("saved");
    expect(await output("table").locator("tbody td").count()).toBe(2);
    expect(await run("last", "typeof model")).toContain("object"); // its kernel goes on
  });

  test("light and dark are as the system has them, and tables can be read in both", async () => {
    const contrast = () =>
      output("table").locator("tbody td").first().evaluate((td) => {
        const light = (color: string) => {
          const [r, g, b] = color.match(/[\d.]+/g)!.map((part) => {
            const one = Number(part) / 255;
            return one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
        };
        let behind: Element = td;
        const backgroundOf = (element: Element) => getComputedStyle(element).backgroundColor;
        while (/, 0\)$|transparent/.test(backgroundOf(behind))) behind = behind.parentElement!;
        const two = [light(getComputedStyle(td).color), light(backgroundOf(behind))];
        return (Math.max(...two) + 0.05) / (Math.min(...two) + 0.05); // WCAG 2.2, contrast ratio
      });
    for (const colorScheme of ["dark", "light"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.locator(`body[data-jp-theme-light="${colorScheme === "light"}"]`)
        .waitFor({ state: "attached" });
      await expect.poll(contrast).toBeGreaterThan(7);
      // JupyterLab 4.6 fails over its own splash when the next one comes while it fades.
      await page.locator("#jupyterlab-splash").waitFor({ state: "detached" });
    }
  });

  test("a kernel that dies is said to have died and started again; what runs then is a new one", async () => {
    const deno = descendants(lab.process.pid).find((one) =>
      Deno.readTextFileSync(`/proc/${one}/cmdline`).includes("\0jupyter\0")
    )!;
    Deno.kill(deno, "SIGKILL");
    await page.locator('.jp-Dialog:has-text("appears to have died")').waitFor(PATIENCE);
    await page.locator(".jp-Dialog .jp-mod-accept").click();
    await idle();
    expect(await run("last", "typeof kept")).toContain("undefined");
  });

  test("Restart and run all does, and Ctrl-C ends all at once, without an error on the page", async () => {
    await ran(page.locator(".jp-CodeCell"), async () => {
      await button("restart-run-all").click();
      await page.locator(".jp-Dialog .jp-mod-accept").click();
    });
    await isDrawn();
    await expect.poll(() => output("last").innerText(), PATIENCE).toContain("number");
    expect(complaints).toEqual([]);
    expect(await endLab(lab)).toMatchObject({ code: 0, left: [] });
  });
});
