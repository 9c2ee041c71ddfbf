/** `cim notebook` as a process: real kernel, real browser, on the sample fleet, which needs no server. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { wholeText } from "../../src/notebook/export/nbformat.ts";
import { descendants, left } from "../notebooks/fixture.ts";
import { missing } from "./browser.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));
const HOSTILE = "<img src=x onerror=alert(1)>|`x`";
const ARCHIVE = ["--archive", "data/samples/fleet"];
let folder: string;
let made: string;

const markdown = (id: string, source: string) => ({
  cell_type: "markdown",
  id,
  metadata: {},
  source,
});
const code = (id: string, source: string, tags?: string[]) => ({
  cell_type: "code",
  id,
  metadata: tags ? { tags } : {},
  source,
  outputs: [],
  execution_count: null,
});

async function notebook(name: string, ...cells: unknown[]): Promise<string> {
  const path = join(folder, `${name}.ipynb`);
  const metadata = {
    kernelspec: { name: "cim", display_name: "Deno (CIM)", language: "typescript" },
  };
  await Deno.writeTextFile(
    path,
    JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells }),
  );
  return path;
}

const DEFAULTS = code(
  "b",
  'const archive = ""; // the folder of an archive\nconst as_of = ""; // a moment\n' +
    "const most = 5; // how many rows\nconst all = false; // whether all\n",
  ["parameters"],
);

beforeAll(async () => {
  folder = await Deno.makeTempDir({ prefix: "cim-notebook-" });
  made = await notebook(
    "made",
    markdown("a", "# How many are there?\n\nA question."),
    DEFAULTS,
    code(
      "c",
      `import { openHistory } from "@cim/infrastructure";
const history = await openHistory({ archive, asOf: as_of });
const model = await history.replay();
const found = await model.sql\`
  SELECT resource_type, count(*) AS n, \${${JSON.stringify(HOSTILE)}} AS word
  FROM resources GROUP BY ALL ORDER BY ALL LIMIT \${most}\`;
found`,
    ),
    code(
      "d",
      `({ [Symbol.for("Jupyter.display")]: () => ({ "application/vnd.plotly.v1+json": {
  data: [{ type: "bar", x: found.column("resource_type"), y: found.column("n") }],
  layout: { title: { text: "Resources by type" } },
} }) })`,
    ),
    code("e", "await model.sql`SELECT * FROM resources LIMIT 2`"),
  );
});
afterAll(() => Deno.remove(folder, { recursive: true }));

function start(args: string[], env: Record<string, string> = {}): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", "src/cli/main.ts", "notebook", ...args],
    cwd: project,
    env: { NO_COLOR: "1", INIT_CWD: project, ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function run(args: string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await start(args, env).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out: out!, err: err! };
}

const filesIn = (path: string) =>
  existsSync(path) ? [...Deno.readDirSync(path)].map(({ name }) => name).sort() : [];

test("cim notebook list says what each asks, and its parameters with their defaults", async () => {
  const [text, json] = await Promise.all([run(["list"]), run(["list", "--json"])]);
  const { notebooks } = JSON.parse(json.out);
  expect(notebooks.map(({ name }: { name: string }) => name)).toEqual(
    filesIn(join(project, "notebooks")).filter((name) => name.endsWith(".ipynb"))
      .map((name) => name.replace(/\.ipynb$/, "")),
  );
  for (const { name, title, summary, parameters } of notebooks) {
    expect(text.out).toContain(`${name}: ${title}`);
    expect([name, summary.length > 40]).toEqual([name, true]);
    // What all have, so that one word asks any of them of another log.
    expect([name, parameters.slice(0, 2).map((one: { name: string }) => one.name)])
      .toEqual([name, ["archive", "as_of"]]);
    for (const { comment } of parameters) expect(comment.length).toBeGreaterThan(5);
  }
});

describe.skipIf(missing)("cim notebook run", () => {
  let out: string;
  let said: ReturnType<typeof JSON.parse>;
  const read = (ending: string) => Deno.readTextFile(join(out, `made.${ending}`));
  beforeAll(async () => {
    out = join(folder, "all");
    const args = ["run", made, ...ARCHIVE, "--as-of", "2026-10-07T10:00Z", "-p", "most=3", "-p"];
    const forms = [
      "all=true",
      "--export",
      "html,ipynb",
      "--export",
      "md,pdf",
      "--out",
      out,
      "--json",
    ];
    const { code, out: printed, err } = await run([...args, ...forms]);
    expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
    expect(err).toMatch(/Running made\.ipynb … cell 2 of 5/);
    said = JSON.parse(printed);
  }, 180_000);

  test("writes all forms, and says of which events, by which parameters", async () => {
    expect(filesIn(out)).toEqual(["made.html", "made.ipynb", "made.md", "made.pdf", "made_files"]);
    expect(said.files).toEqual(
      ["html", "ipynb", "md", "pdf"].map((ending) => join(out, `made.${ending}`)),
    );
    const parameters = { archive: "data/samples/fleet", as_of: "2026-10-07T10:00Z" };
    expect(said.parameters).toEqual({ ...parameters, most: 3, all: true });
    expect(said.logs_read).toMatchObject([{
      archive: "data/samples/fleet",
      as_of: "2026-10-07T10:00Z",
      first_sequence: 1,
    }]);
    const html = await read("html");
    const [, command] = html.match(/<code>(deno task cim replay [^<]*)<\/code>/) ?? [];
    const replay = command!.replace("deno task cim ", "").split(" ");
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", "src/cli/main.ts", ...replay],
      cwd: project,
      env: { INIT_CWD: project },
    }).output();
    expect(JSON.parse(new TextDecoder().decode(stdout)).log_hash).toBe(said.logs_read[0].log_hash);
    expect(html).toContain(said.logs_read[0].log_hash);
    expect(said.command).toBe(
      `deno task cim notebook run ${made} --archive data/samples/fleet --as-of 2026-10-07T10:00Z ` +
        "-p most=3 -p all=true",
    );
  });

  test("a notebook that is valid, with outputs, the values given, and when each cell ran", async () => {
    const executed = JSON.parse(await read("ipynb"));
    expect(executed.metadata.cim).toMatchObject({ notebook: "made", parameters: said.parameters });
    expect(executed.metadata.cim.sha256).toMatch(/^[0-9a-f]{64}$/);
    const [, defaults, given] = executed.cells;
    expect(defaults.metadata.tags).toEqual(["parameters"]);
    expect(given.metadata.tags).toEqual(["injected-parameters"]);
    expect(wholeText(given.source)).toContain("const most = 3;\nconst all = true;");
    expect(JSON.stringify(executed.cells[3].outputs)).toContain("firewall");
    for (const { cell_type, metadata } of executed.cells) {
      if (cell_type !== "code") continue;
      const { "iopub.status.busy": busy, "iopub.status.idle": idle } = metadata.execution;
      expect(Date.parse(idle)).toBeGreaterThanOrEqual(Date.parse(busy));
    }
    const check = "import nbformat, sys; nbformat.validate(nbformat.read(sys.argv[1], 4))";
    const { success, stderr } = await new Deno.Command(join(project, ".venv", "bin", "python"), {
      args: ["-c", check, join(out, "made.ipynb")],
    }).output();
    expect([success, new TextDecoder().decode(stderr)]).toEqual([true, ""]);
  });

  test("Markdown whose tables are tables, whose text is text, and whose charts are pictures", async () => {
    const text = await read("md");
    expect(text).toContain("| container | 11 | &lt;img src=x onerror=alert(1)&gt;\\|\\`x\\` |");
    expect(text).toContain("![Resources by type](made_files/picture-1.svg)");
    expect(filesIn(join(out, "made_files"))).toEqual(["picture-1.svg"]);
    const svg = await Deno.readTextFile(join(out, "made_files", "picture-1.svg"));
    expect(svg).toMatch(/^<svg [^]*container[^]*<\/svg>\s*$/);
    expect(text).toContain(said.logs_read[0].log_hash);
  });

  test("a PDF of A4 pages, whose text can be searched, with the numbers of the pages", async () => {
    const bytes = await Deno.readFile(join(out, "made.pdf"));
    expect(new TextDecoder("latin1").decode(bytes.subarray(0, 5))).toBe("%PDF-");
    expect(bytes.length).toBeGreaterThan(20_000);
    const pdf = join(out, "made.pdf");
    const tool = await new Deno.Command("pdftotext", { args: ["-layout", pdf, "-"] }).output()
      .catch(() => undefined); // of poppler-utils, which need not be there
    if (!tool?.success) return;
    const text = new TextDecoder().decode(tool.stdout);
    for (
      const word of ["How many are there?", "Resources by type", HOSTILE, "Provenance"]
    ) expect(text).toContain(word);
    expect(text).toMatch(/\b1 ?\/ ?\d\b/);
    // A table of more columns than a page has room for is cut into several, not off.
    expect(text).toContain("first_sequence");
    expect(text).toContain("compute_id");
  });
});

describe("cim notebook run refuses, and runs nothing:", () => {
  test.each([
    ["a parameter that there is not", ["-p", "mots=3"], 2, /no parameter "mots": it has archive/],
    [
      "a value of another kind",
      ["-p", "most=many"],
      2,
      /most is a number, such as 5: "many" is none/,
    ],
    ["what is no parameter", ["-p", "most"], 2, /Say key=value/],
    ["a moment that is none", ["--as-of", "yesterday"], 2, /date, time and zone/],
    ["a moment that is none, as a parameter", ["-p", "as_of=now"], 2, /date, time and zone/],
    ["a form that there is not", ["--export", "docx"], 2, /There are html, ipynb, md, pdf/],
    ["a file of another form", ["--out", "x.pdf", "--export", "md"], 2, /name a folder/],
    ["no time at all", ["--timeout", "0"], 2, /whole number of seconds/],
    ["an archive that there is not", ["--archive", "notebooks"], 1, /no archive in/],
  ])("%s", async (_, args, code, why) => {
    const out = join(folder, "refused");
    const ran = await run(["run", made, ...ARCHIVE, "--out", out, ...args]);
    expect([ran.code, ran.out]).toEqual([code, ""]);
    expect(ran.err).toMatch(why);
    expect(ran.err).not.toContain("Running");
    expect(filesIn(out)).toEqual([]);
  });

  test("a name that no notebook has, or that several have", async () => {
    const ran = await run(["run", "05-concepts"]);
    expect(ran.code).toBe(1);
    expect(ran.err).toMatch(/no notebook "05-concepts": there are 01-discover, /);
  });
});

describe("Where a cell", () => {
  const partial = (out: string, name: string) => join(out, `${name}.failed.ipynb`);

  test("fails, it and its error are said, and the notebook as far as it came is kept, nothing else", async () => {
    const out = join(folder, "failed");
    const path = await notebook(
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
    const path = await notebook("waits", DEFAULTS, code("c", "await new Promise(() => {})"));
    const ran = await run(["run", path, ...ARCHIVE, "--out", out, "--timeout", "2"]);
    expect(ran.code).toBe(1);
    expect(ran.err).toContain("The cell took longer than 2 s");
    expect(filesIn(out)).toEqual(["waits.failed.ipynb"]);
  });

  test("is under way, Ctrl-C ends it at once, with nothing written and no process left", async () => {
    const out = join(folder, "interrupted");
    const path = await notebook("long", DEFAULTS, code("c", "while (true);"));
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
