/** `cim notebook` as a process: real kernel, real browser, on the sample fleet, which needs no server. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { wholeText } from "../../src/notebook/export/nbformat.ts";
import { missing } from "./browser.ts";
import { ARCHIVE, filesIn, fleetNotebook, HOSTILE, project, run } from "./notebook_place.ts";

let folder: string;
let made: string;
beforeAll(async () => {
  folder = await Deno.makeTempDir({ prefix: "cim-notebook-" });
  made = await fleetNotebook(folder);
});
afterAll(() => Deno.remove(folder, { recursive: true }));

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
