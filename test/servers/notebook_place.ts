/** What the tests of `cim notebook` share: notebooks that are made, and the command as a process. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const project = fileURLToPath(new URL("../..", import.meta.url));
/** What somebody may have called a thing. */
export const HOSTILE = "<img src=x onerror=alert(1)>|`x`";
/** Asked of the sample fleet, which needs no server. */
export const ARCHIVE = ["--archive", "data/samples/fleet"];

/** A Markdown cell. */
export const markdown = (id: string, source: string) => ({
  cell_type: "markdown",
  id,
  metadata: {},
  source,
});
/** A code cell. */
export const code = (id: string, source: string, tags?: string[]) => ({
  cell_type: "code",
  id,
  metadata: tags ? { tags } : {},
  source,
  outputs: [],
  execution_count: null,
});

/** Writes a notebook of these cells, and gives back its path. */
export async function notebook(folder: string, name: string, ...cells: unknown[]): Promise<string> {
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

/** The parameters of these notebooks. */
export const DEFAULTS = code(
  "b",
  'const archive = ""; // the folder of an archive\nconst as_of = ""; // a moment\n' +
    "const most = 5; // how many rows\nconst all = false; // whether all\n",
  ["parameters"],
);

/** A notebook with a table, a chart and a table of many columns. */
export function fleetNotebook(folder: string): Promise<string> {
  return notebook(
    folder,
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
}

/** Starts the command. */
export function start(args: string[], env: Record<string, string> = {}): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", "src/cli/main.ts", "notebook", ...args],
    cwd: project,
    env: { NO_COLOR: "1", INIT_CWD: project, ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs it to its end. */
export async function run(args: string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await start(args, env).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out: out!, err: err! };
}

/** The names in a folder, in order; of one that is not there none. */
export const filesIn = (path: string) =>
  existsSync(path) ? [...Deno.readDirSync(path)].map(({ name }) => name).sort() : [];
