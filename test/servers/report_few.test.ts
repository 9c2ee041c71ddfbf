/** The main job on a fresh copy of the project with few notebooks: set up from nothing, those that fail, those that go. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { project } from "../notebooks/fixture.ts";
import { reportFiles, runTask } from "./report_place.ts";

/** A busy machine takes its time; a test that gives up early leaves a server behind. */
const SLOW = { timeout: 300_000 };
let fresh: string;

beforeAll(async () => {
  fresh = await Deno.makeTempDir({ prefix: "cim report " });
  for (const path of ["src", "notebooks", "deno.json", "deno.lock"]) {
    await new Deno.Command("cp", { args: ["-r", join(project, path), fresh] }).output();
  }
  await Deno.mkdir(join(fresh, "data"));
  const samples = join(project, "data", "samples");
  await new Deno.Command("cp", { args: ["-r", samples, join(fresh, "data")] }).output();
  for (const { name } of Deno.readDirSync(join(fresh, "notebooks"))) {
    if (/^(?!01).*\.ipynb$/.test(name)) await remove(name.replace(/\.ipynb$/, ""));
  }
});
afterAll(() => Deno.remove(fresh, { recursive: true }));

const report = (...args: string[]) => runTask(fresh, ["report", ...args]);
const files = () => reportFiles(fresh);

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

describe("deno task report on a fresh copy", () => {
  test(
    "sets itself up, and says so",
    { timeout: 900_000 }, // downloads included
    async () => {
      const { code, err } = await report();
      expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
      expect(err).toMatch(/Setting up the Python environment/);
      expect([...files().keys()]).toEqual(["01-discover.html", "index.html", "reports.json"]);
      expect(files().get("index.html")).not.toContain("The sample fleet");
    },
  );

  test(
    "with few notebooks takes less than a minute, and leaves alone what is somebody else's",
    SLOW,
    async () => {
      const mine = join(fresh, "reports", "mine.html");
      await Deno.writeTextFile(mine, "of somebody else");
      await add("02-small", 'const archive = ""; // an archive', "archive");
      const { code, seconds, out } = await report("--json");
      expect(code).toBe(0);
      expect(seconds).toBeLessThan(60);
      const { index, reports } = JSON.parse(out);
      expect(index).toMatch(/^file:.*index\.html$/);
      expect(reports).toMatchObject([
        { notebook: "01-discover.ipynb", of: "machine", file: "01-discover.html" },
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

  test("cim notebook run writes beside its pages, not over them", SLOW, async () => {
    const before = files();
    await remove("01-discover");
    const { code, out } = await runTask(fresh, [
      "cim",
      "notebook",
      "run",
      "small",
      "-p",
      "archive=x",
    ]);
    expect([code, out]).toEqual([1, ""]); // there is no such archive
    const ran = await runTask(fresh, ["cim", "notebook", "run", "small", "--json"]);
    expect(JSON.parse(ran.out).files).toEqual([join(fresh, "reports", "runs", "02-small.html")]);
    expect(files()).toEqual(before);
  });

  test(
    "removes the page of a notebook that is gone; of one that fails says which cell and why, in the index too",
    SLOW,
    async () => {
      const before = files();
      await add(
        "02-small",
        'const archive = ""; // an archive',
        'if (archive) throw new TypeError("not today");',
      );
      await add("03-broken", "1 + 1", "const = 1;");
      const { code, err, out } = await report();
      expect(code).toBe(1);
      expect(err).toMatch(
        /Cell 2 of .*03-broken\.ipynb[^]*SyntaxError[^]*Cell 3 of .*02-small\.ipynb[^]*TypeError: not today/,
      );
      expect(out).toMatch(/failed +02-small.*Cell 3: TypeError: not today/);
      const after = files();
      expect([...after.keys()]).toEqual([
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

  test("and forgets what failed once it does no more", SLOW, async () => {
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
          return Deno.readTextFileSync(`/proc/${name}/cmdline`).includes(fresh);
        } catch {
          return false;
        }
      },
    );
    expect(left).toEqual([]);
  });
});
