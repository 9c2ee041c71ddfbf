/** The main job on a fresh copy of the project: one command, and a report about this very machine. */
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser, missing, openPage } from "./browser.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));
/** Every notebook, by the name of its page. */
const NOTEBOOKS = [...Deno.readDirSync(join(project, "notebooks"))].map(({ name }) => name)
  .filter((name) => name.endsWith(".ipynb")).map((name) => name.replace(/\.ipynb$/, "")).sort();
/** A program may be called anything. */
const HOSTILE = "<img src=x onerror=alert(1)>";
let fresh: string;
let hostile: Deno.ChildProcess;

beforeAll(async () => {
  fresh = await Deno.makeTempDir({ prefix: "cim report " });
  for (const path of ["src", "notebooks", "deno.json", "deno.lock"]) {
    await new Deno.Command("cp", { args: ["-r", join(project, path), fresh] }).output();
  }
  await Deno.mkdir(join(fresh, "data"));
  const samples = join(project, "data", "samples");
  await new Deno.Command("cp", { args: ["-r", samples, join(fresh, "data")] }).output();
  const [sleep] = ["/usr/bin/sleep", "/bin/sleep"].filter((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
  await Deno.copyFile(sleep!, join(fresh, HOSTILE));
  hostile = new Deno.Command(join(fresh, HOSTILE), { args: ["600"] }).spawn();
});
afterAll(async () => {
  hostile?.kill();
  await hostile?.status;
  await Deno.remove(fresh, { recursive: true });
});

async function report(...args: string[]) {
  const start = performance.now();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "report", ...args],
    cwd: fresh,
    env: { NO_COLOR: "1" },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out: out!, err: err!, seconds: (performance.now() - start) / 1000 };
}

const pages = () =>
  [...Deno.readDirSync(join(fresh, "reports"))].map(({ name }) => name).sort()
    .map((name) => [name, Deno.readTextFileSync(join(fresh, "reports", name))] as const);

describe("deno task report", () => {
  test("sets itself up, tells what it does, and writes a page for each notebook, and an index", {
    timeout: 300_000, // downloads included
  }, async () => {
    const { code, out, err } = await report();
    expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
    expect(err).toMatch(/Setting up the Python environment/);
    expect(err).toMatch(/Running 01-discover\.ipynb … cell \d+ of \d+/);
    expect(out).toContain("reports/01-discover.html");
    expect(pages().map(([name]) => name))
      .toEqual([...NOTEBOOKS.map((name) => `${name}.html`), "index.html"]);
  });

  test.skipIf(missing)(
    "of a page that opens offline, asks for nothing, and draws its charts",
    async () => {
      const browser = await launchBrowser();
      const { page, requests, complaints, close } = await openPage(
        browser,
        pathToFileURL(join(fresh, "reports", "01-discover.html")).href,
      );
      expect([requests, complaints]).toEqual([[], []]);
      expect(await page.locator("figure.chart svg.main-svg").count()).toBeGreaterThanOrEqual(4);
      // Each of the three bar charts has its bars: CPU modes, memory states, filesystem states.
      const bars = page.locator("figure.chart").filter({ has: page.locator(".bars .point") });
      expect(await bars.count()).toBeGreaterThanOrEqual(3);
      const text = await page.locator("body").innerText();
      for (
        const word of ["Interfaces", "hostname", "operating_system", "127.0.0.0/8", "nats-server"]
      ) {
        expect(text.toLowerCase()).toContain(word.toLowerCase());
      }
      // The hostile program is there, by its name.
      const hostile = page.getByRole("cell", { name: HOSTILE, exact: true });
      expect(await hostile.count()).toBeGreaterThanOrEqual(1); // and once more among the largest
      expect(await page.locator("img").count()).toBe(0);
      await close();
      const index = await openPage(
        browser,
        pathToFileURL(join(fresh, "reports", "index.html")).href,
      );
      expect(await index.page.getByRole("link", { name: "This machine" }).count()).toBe(1);
      await index.close();
      await browser.close();
    },
  );

  test("says at the foot of each page from which events it was made, which replay confirms", async () => {
    const [, html] = pages()[0]!;
    const [hash] = html.match(/\b[0-9a-f]{32}\b(?=[^]{0,400}<\/footer>)/) ?? [];
    const [sequence] = html.match(/--sequence (\d+)/)?.slice(1) ?? [];
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", "cim", "replay", "--sequence", String(sequence), "--json"],
      cwd: fresh,
    }).output();
    expect(JSON.parse(new TextDecoder().decode(stdout))).toMatchObject({
      log_hash: hash,
      last_sequence: Number(sequence),
    });
  });

  test("the second time takes less than half a minute", async () => {
    const { code, seconds, out } = await report("--json");
    expect(code).toBe(0);
    expect(seconds).toBeLessThan(30);
    expect(JSON.parse(out)).toMatchObject({
      index: expect.stringMatching(/^file:.*index\.html$/),
      reports: NOTEBOOKS.map((name) => ({
        notebook: `${name}.ipynb`,
        file: `${name}.html`,
        ...(name === "01-discover" ? { title: "This machine" } : {}),
      })),
    });
  });

  test.each([
    ["throws", 'throw new TypeError("not today")', "TypeError", "not today"],
    ["does not parse", "const = 1;", "SyntaxError", ""],
  ])(
    "of a notebook with a cell that %s fails, shows the cell, and leaves the last reports",
    async (...test) => {
      const [, source, error, message] = test;
      const before = pages();
      const path = join(fresh, "notebooks", "02-broken.ipynb");
      await Deno.writeTextFile(
        path,
        JSON.stringify({
          cells: [
            {
              cell_type: "code",
              id: "a",
              metadata: {},
              execution_count: null,
              outputs: [],
              source: "1 + 1",
            },
            {
              cell_type: "code",
              id: "b",
              metadata: {},
              execution_count: null,
              outputs: [],
              source,
            },
          ],
          metadata: {
            kernelspec: { name: "cim", display_name: "Deno (CIM)", language: "typescript" },
          },
          nbformat: 4,
          nbformat_minor: 5,
        }),
      );
      const { code, err } = await report();
      await Deno.remove(path);
      expect(code).toBe(1);
      expect(err).toContain("02-broken.ipynb");
      expect(err).toMatch(/cell 2/i);
      for (const part of [source!, error!, message!]) expect(err).toContain(part);
      expect(pages()).toEqual(before);
    },
  );

  test("leaves no process behind", () => {
    const left = [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).filter(
      ({ name }) => {
        try {
          const command = Deno.readTextFileSync(`/proc/${name}/cmdline`);
          return command.includes(fresh) && !command.includes(HOSTILE);
        } catch {
          return false;
        }
      },
    );
    expect(left).toEqual([]);
  });
});
