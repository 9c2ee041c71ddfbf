/** The main job on a fresh copy of the project: one command, and a report about this very machine. */
import { join } from "node:path";
import { existsSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser, missing, openPage } from "./browser.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));
/** Every notebook, by the name of its page. */
const NOTEBOOKS = [...Deno.readDirSync(join(project, "notebooks"))].map(({ name }) => name)
  .filter((name) => name.endsWith(".ipynb")).map((name) => name.replace(/\.ipynb$/, "")).sort();
/** Those that are asked of the sample too: all but the first, which looks at this machine. */
const OTHERS = NOTEBOOKS.slice(1);
/** So long a report may take on a busy machine, in milliseconds: a test that gives up early leaves a server behind. */
const SLOW_MS = 180_000;
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

/** The files of the reports, below their folder, and what is in them. */
function files(): Map<string, string> {
  const folder = join(fresh, "reports");
  const names = [...Deno.readDirSync(folder), ...Deno.readDirSync(join(folder, "sample"))]
    .filter(({ isFile }) => isFile).map(({ name }) => name);
  const paths = names.flatMap((name) => [name, join("sample", name)]).filter((path) =>
    existsSync(join(folder, path))
  );
  return new Map(
    [...new Set(paths)].sort().map((path) => [path, Deno.readTextFileSync(join(folder, path))]),
  );
}

/** Puts a notebook of these code cells among the others; those asked of an archive have a parameter for it. */
async function add(name: string, ...sources: string[]): Promise<void> {
  const cells = sources.map((source, at) => ({
    cell_type: "code",
    id: `cell-${at}`,
    metadata: source.startsWith("const archive") ? { tags: ["parameters"] } : {},
    execution_count: null,
    outputs: [],
    source,
  }));
  const kernelspec = { name: "cim", display_name: "Deno (CIM)", language: "typescript" };
  const notebook = { cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
  await Deno.writeTextFile(join(fresh, "notebooks", `${name}.ipynb`), JSON.stringify(notebook));
}
const remove = (name: string) => Deno.remove(join(fresh, "notebooks", `${name}.ipynb`));

describe("deno task report", () => {
  test(
    "sets itself up, tells what it does, and writes a page for each notebook, here and on the sample",
    {
      timeout: 900_000, // downloads included
    },
    async () => {
      const { code, out, err } = await report();
      expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
      expect(err).toMatch(/Setting up the Python environment/);
      expect(err).toMatch(/Running .*01-discover\.ipynb … cell \d+ of \d+/);
      expect(out).toContain("reports/01-discover.html");
      expect([...files().keys()]).toEqual([
        ...NOTEBOOKS.map((name) => `${name}.html`),
        "index.html",
        "reports.json",
        ...OTHERS.map((name) => `sample/${name}.html`),
      ]);
    },
  );

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
      await browser.close();
    },
  );

  test.skipIf(missing)("and of an index, which leads to each of them", async () => {
    const browser = await launchBrowser();
    const address = pathToFileURL(join(fresh, "reports", "index.html")).href;
    const { page, requests, complaints, close } = await openPage(browser, address);
    expect([requests, complaints]).toEqual([[], []]);
    expect(await page.locator("h2").allTextContents()).toEqual([
      "This machine",
      "The sample fleet",
    ]);
    const links = await page.locator(".reports a").all();
    const targets = await Promise.all(links.map((link) => link.getAttribute("href")));
    expect(targets).toEqual([
      ...NOTEBOOKS.map((name) => `./${name}.html`),
      ...OTHERS.map((name) => `./sample/${name}.html`),
    ]);
    for (const card of await page.locator(".reports li").allTextContents()) {
      expect(card).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d UTC, in \d+\.\d s/);
    }
    await close();
    await browser.close();
  });

  test.each(
    [["here", "01-discover.html", []], [
      "on the sample",
      `sample/${OTHERS[0]}.html`,
      ["--archive", "data/samples/fleet"],
    ]] as const,
  )(
    "says at the foot of each page %s from which events it was made, which replay confirms",
    async (_, name, archive) => {
      const [, foot = ""] = files().get(name)!.match(/<footer>([^]*)<\/footer>/) ?? [];
      const said = /<code>(deno task cim replay [^<]*)<\/code> prints the log hash ([0-9a-f]{32})/;
      const [, command, hash] = foot.match(said) ?? [];
      const [, sequence] = command!.match(/--sequence (\d+)/) ?? [];
      const args = [
        "task",
        "--quiet",
        "cim",
        "replay",
        ...archive,
        "--sequence",
        sequence!,
        "--json",
      ];
      expect(command!.split(" ").slice(1)).toEqual(["task", ...args.slice(2)]);
      const { stdout } = await new Deno.Command(Deno.execPath(), {
        args,
        cwd: fresh,
        env: { INIT_CWD: fresh },
      }).output();
      expect(JSON.parse(new TextDecoder().decode(stdout))).toMatchObject({
        log_hash: hash,
        last_sequence: Number(sequence),
      });
    },
  );

  test(
    "with few notebooks takes less than half a minute, and removes the pages of those that are gone",
    {
      timeout: SLOW_MS,
    },
    async () => {
      const mine = join(fresh, "reports", "mine.html");
      await Deno.writeTextFile(mine, "of somebody else");
      for (const name of OTHERS) await remove(name);
      await add("02-small", 'const archive = ""; // an archive', "archive");
      const { code, seconds, out } = await report("--json");
      expect(code).toBe(0);
      expect(seconds).toBeLessThan(30);
      const { index, reports } = JSON.parse(out);
      expect(index).toMatch(/^file:.*index\.html$/);
      expect(reports).toMatchObject([
        {
          notebook: "01-discover.ipynb",
          of: "machine",
          file: "01-discover.html",
          title: "This machine",
        },
        { notebook: "02-small.ipynb", of: "machine", file: "02-small.html" },
        { notebook: "02-small.ipynb", of: "sample", file: "sample/02-small.html" },
      ]);
      expect([...files().keys()]).toEqual([
        "01-discover.html",
        "02-small.html",
        "index.html",
        "mine.html",
        "reports.json",
        "sample/02-small.html",
      ]);
      expect(files().get("sample/02-small.html")).toContain("data/samples/fleet");
      await Deno.remove(mine);
    },
  );

  test(
    "of a notebook that fails says which cell and why, in the index too, and makes the others' pages",
    {
      timeout: SLOW_MS,
    },
    async () => {
      const before = files();
      await remove("02-small");
      await add(
        "02-small",
        'const archive = ""; // an archive',
        'if (archive) throw new TypeError("not today");',
      );
      await add("03-broken", "1 + 1", "const = 1;");
      const { code, err, out } = await report();
      expect(code).toBe(1);
      for (
        const part of ["02-small.ipynb", "03-broken.ipynb", "SyntaxError", "TypeError: not today"]
      ) {
        expect(err).toContain(part);
      }
      expect(err).toMatch(/Cell 2 of .*03-broken\.ipynb[^]*Cell 3 of .*02-small\.ipynb/);
      expect(out).toMatch(/failed +02-small.*Cell 3: TypeError: not today/);
      const after = files();
      expect([...after.keys()]).toEqual([
        "01-discover.html",
        "02-small.html",
        "03-broken.failed.ipynb",
        "index.html",
        "reports.json",
        "sample/02-small.failed.ipynb",
        "sample/02-small.html",
      ]);
      expect(after.get("02-small.html")).not.toBe(before.get("02-small.html"));
      expect(after.get("sample/02-small.html")).toBe(before.get("sample/02-small.html"));
      const index = after.get("index.html")!;
      expect(index).toContain("Cell 3: TypeError: not today");
      expect(index).toContain('href="./sample/02-small.failed.ipynb"');
      expect(index).toContain('href="./sample/02-small.html"'); // the one of the last time
      expect(index).not.toContain('href="./03-broken.html"');
    },
  );

  test("and forgets what failed once it does no more", { timeout: SLOW_MS }, async () => {
    await remove("03-broken");
    await remove("02-small");
    await add("02-small", 'const archive = ""; // an archive');
    expect((await report()).code).toBe(0);
    expect([...files().keys()].filter((name) => name.endsWith(".ipynb"))).toEqual([]);
  });

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
