/** `cim notebook run` where something is in its way: a cell that fails or waits, Ctrl-C, no browser. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { descendants, left } from "../notebooks/fixture.ts";
import {
  ARCHIVE,
  code,
  DEFAULTS,
  filesIn,
  fleetNotebook,
  notebook,
  run,
  start,
} from "./notebook_place.ts";

let folder: string;
let made: string;
beforeAll(async () => {
  folder = await Deno.makeTempDir({ prefix: "cim-notebook-" });
  made = await fleetNotebook(folder);
});
afterAll(() => Deno.remove(folder, { recursive: true }));

describe("Where a cell", () => {
  const partial = (out: string, name: string) => join(out, `${name}.failed.ipynb`);

  test("fails, it and its error are said, and the notebook as far as it came is kept, nothing else", async () => {
    const out = join(folder, "failed");
    const path = await notebook(
      folder,
      "throws",
      DEFAULTS,
      code("c", 'console.log("before")'),
      code("d", 'throw new TypeError("not today")'),
      code("e", 'console.log("behind")'),
    );
    const ran = await run(["run", path, ...ARCHIVE, "--out", out, "--export", "html,md", "--json"]);
    expect(ran.code).toBe(1);
    expect(ran.err).toMatch(/Cell 4 of .*throws\.ipynb failed: TypeError: not today/);
    expect(ran.err).toContain('throw new TypeError("not today")');
    expect(ran.err).toContain("throws.failed.ipynb");
    expect(JSON.parse(ran.out)).toMatchObject({
      failed: { cell: 4, name: "TypeError", message: "not today" },
      partial: partial(out, "throws"),
    });
    expect(filesIn(out)).toEqual(["throws.failed.ipynb"]);
    const { cells, metadata } = JSON.parse(await Deno.readTextFile(partial(out, "throws")));
    const outputs = cells.map((cell: { outputs: unknown[] }) => cell.outputs.length);
    expect(outputs).toEqual([0, 0, 1, 1, 0]);
    expect(metadata.cim.parameters.archive).toBe("data/samples/fleet");
  });

  test("takes longer than it may, it ends there", async () => {
    const out = join(folder, "late");
    const path = await notebook(
      folder,
      "waits",
      DEFAULTS,
      code("c", "await new Promise(() => {})"),
    );
    const ran = await run(["run", path, ...ARCHIVE, "--out", out, "--timeout", "2"]);
    expect(ran.code).toBe(1);
    expect(ran.err).toContain("The cell took longer than 2 s");
    expect(filesIn(out)).toEqual(["waits.failed.ipynb"]);
  });

  test("is under way, Ctrl-C ends it at once, with nothing written and no process left", async () => {
    const out = join(folder, "interrupted");
    const path = await notebook(folder, "long", DEFAULTS, code("c", "while (true);"));
    const child = start(["run", path, ...ARCHIVE, "--out", out]);
    let err = "";
    let started: number[] = [];
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      err += text;
      if (started.length > 0 || !err.includes("cell 3 of 3")) continue;
      started = descendants(child.pid);
      child.kill("SIGINT");
    }
    await child.stdout.cancel();
    expect([(await child.status).code, err.trim().split("\n").at(-1)])
      .toEqual([130, "cim: interrupted"]);
    expect(started.length).toBeGreaterThanOrEqual(3); // the runner, the proxy, Deno
    expect(await left(started, 5)).toEqual([]);
    expect(filesIn(out)).toEqual([]);
  });
});

describe("Without a browser", () => {
  const NONE = { PATH: "/nowhere", CIM_CHROMIUM: "" };

  test("a PDF is refused before anything runs, with what to install", async () => {
    const ran = await run(["run", made, ...ARCHIVE, "--export", "pdf"], NONE);
    expect(ran.code).toBe(1);
    expect(ran.err).toMatch(/no Chromium, Chrome or Edge here.*install/);
    expect(ran.err).not.toContain("Running");
    const named = await run(["run", made, ...ARCHIVE, "--export", "pdf"], {
      CIM_CHROMIUM: "/no/one",
    });
    expect([named.code, named.err]).toEqual([
      1,
      "cim: CIM_CHROMIUM names /no/one, where no browser is\n",
    ]);
  });

  test("Markdown has the data of its charts as tables, and says so; page and notebook lack nothing", async () => {
    const out = join(folder, "without");
    const forms = ["--export", "md,html,ipynb", "--out", out];
    const ran = await run(["run", made, ...ARCHIVE, ...forms], NONE);
    expect([ran.code, ran.code === 0 ? "" : ran.err]).toEqual([0, ""]);
    expect(ran.err).toContain("no browser to draw charts: the Markdown has their data as tables");
    expect(filesIn(out)).toEqual(["made.html", "made.ipynb", "made.md"]);
    const text = await Deno.readTextFile(join(out, "made.md"));
    expect(text).toContain("there was no browser to draw this chart");
    expect(text).toContain("| container | 11 |");
  });
});
