/** `cim notebook run`: run a notebook, with parameters, and export it. */
import { basename, dirname, extname, isAbsolute, join, relative, resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { Archive, ArchiveError } from "../log/archive.ts";
import { findBrowser } from "../notebook/browser.ts";
import { NotebookFailed } from "../notebook/notebook_error.ts";
import { notebookNamed, readNotebook } from "../notebook/notebooks.ts";
import {
  ParameterRefused,
  parametersOf,
  type ParameterValue,
  parameterValue,
} from "../notebook/parameters.ts";
import type { Form, NotebookRun } from "../notebook/report_run.ts";
import { shownPath } from "../replay/shown_path.ts";
import { momentOf } from "../replay/until.ts";
import { columns, counted } from "../table/text.ts";
import { pythonEnvironment } from "../setup/python.ts";
import { openWorkspace } from "../workspace.ts";
import { PROJECT } from "../workspace_options.ts";
import { given } from "./given.ts";
import { EXIT, run, type Terminal } from "./terminal.ts";
import { moment } from "./until.ts";

/** What a notebook can be exported as; `report_run.ts` has the same, and is loaded only to run one. */
const FORMS: readonly Form[] = ["html", "ipynb", "md", "pdf"];

interface Options {
  parameter?: [name: string, value: string][];
  archive?: string;
  asOf?: string;
  export?: Form[];
  out?: string;
  timeout?: number;
  json?: boolean;
}

/** Adds the command to `cim notebook`. */
export function addNotebookRun(notebook: Command): void {
  notebook.command("run")
    .summary("run a notebook, with parameters, and export it")
    .description(
      "Runs a notebook from its first cell to its last, in a kernel of its own, and exports what came of it. The notebook " +
        "itself is not written to. What the export was made of (parts of logs, parameters, versions), and how to check " +
        "that, is said at its end, and in the metadata of the notebook with its outputs.",
    )
    .argument("<notebook>", "04-concepts, 04 or concepts; or the path of an .ipynb")
    .option(
      "-p, --parameter <key=value>",
      "a value for one of its parameters; can be said again",
      pair,
    )
    .option(
      "--archive <folder>",
      "ask this archive, not the log of this machine: -p archive=<folder>",
    )
    .option("--as-of <moment>", "ask as of then: -p as_of=<moment>", moment)
    .option(
      "--export <form>",
      `${FORMS.join(", ")}: one or some, with commas; html without it`,
      forms,
    )
    .option("--out <path>", "a folder, or the file to write; reports/runs/ without it")
    .option("--timeout <seconds>", "how long each cell may take; 600 without it", seconds)
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Parameters are what the notebook's cell with the tag "parameters" declares: deno task cim notebook list shows them.
Values are text, or where the notebook has a number, or true or false, that.

Where a cell fails, it and its error are shown, nothing is exported, and the notebook as far as it came is kept beside
where the export would be, as NAME.failed.ipynb. A PDF needs Chromium, Chrome or Edge; Markdown has pictures of its
charts where there is one, and their data as tables otherwise.

Examples:
  deno task cim notebook run concepts --archive data/samples/fleet --as-of 2026-10-07T10:00Z
  deno task cim notebook run 04 --archive data/samples/fleet --export html,pdf,md --out /tmp/concepts
  deno task cim notebook run 04 -p archive=data/samples/fleet --export ipynb --out concepts.ipynb --json`,
    )
    .action((name: string, options: Options) => run((terminal) => ran(name, options, terminal)));
}

async function ran(name: string, options: Options, terminal: Terminal): Promise<number> {
  const { timeout: timeoutSeconds, json } = options;
  const path = name.endsWith(".ipynb") ? given(name) : notebookNamed(PROJECT, name);
  const { notebook } = await readNotebook(path);
  const wanted = options.export ?? ["html"];
  let target: ReturnType<typeof targetOf>;
  let parameters: Record<string, ParameterValue>;
  try {
    target = targetOf(options.out, wanted, basename(path, ".ipynb"));
    parameters = await parametersFrom(notebook, options);
  } catch (error) {
    if (!(error instanceof ParameterRefused || error instanceof InvalidArgumentError)) throw error;
    terminal.warn(error.message);
    return EXIT.usage;
  }
  const withoutBrowser = !hasBrowserFor(wanted);
  const { signal } = terminal;
  const python = await pythonEnvironment({ project: PROJECT, ...terminal });
  const usual = parametersOf(notebook).find((one) => one.name === "archive")?.value;
  // The log is held open while the notebook works on it, as `cim report` does.
  await using workspace = (parameters["archive"] ?? usual ?? "") === ""
    ? await openWorkspace(terminal)
    : undefined;
  workspace?.keepArchive();
  // Loaded only now: the exporter is large, and no other command needs it.
  const { notebookText, runNotebook, writeExports } = await import("../notebook/report_run.ts");
  const { writeReport } = await import("../notebook/export/mod.ts");
  const partial = join(target.folder, `${target.name}.failed.ipynb`);
  let made: NotebookRun;
  try {
    made = await runNotebook({
      python,
      project: PROJECT,
      path,
      parameters,
      clock: () => new Date(),
      signal,
      timeoutSeconds,
      progress: (done, total) =>
        terminal.progress(
          done < total
            ? `Running ${basename(path)} … cell ${done + 1} of ${total}`
            : `Exporting ${basename(path)} …`,
        ),
    });
  } catch (error) {
    if (!(error instanceof NotebookFailed)) throw error;
    await writeReport(partial, notebookText(error.notebook));
    error.message += `\nThe notebook as far as it came: ${shownPath(partial)}`;
    if (json) {
      const { cell, source, errorName, errorMessage, traceback } = error;
      const failed = { cell, source, name: errorName, message: errorMessage, traceback };
      terminal.print(JSON.stringify({ notebook: path, failed, partial }));
    }
    throw error;
  }
  const files = await writeExports(made, wanted, { ...target, ...terminal, withoutBrowser });
  await Deno.remove(partial).catch(() => {});
  say(made, files, path, json, terminal);
  return EXIT.done;
}

function say(
  { title, notebook, provenance }: NotebookRun,
  files: readonly string[],
  path: string,
  json: boolean | undefined,
  terminal: Terminal,
): void {
  const { parameters, logs_read, seconds, made_at, command } = provenance;
  const cells = notebook.cells.filter(({ cell_type }) => cell_type === "code").length;
  if (json) {
    const facts = {
      notebook: path,
      title,
      parameters,
      cells,
      seconds,
      made_at,
      command,
      logs_read,
    };
    terminal.print(JSON.stringify({ ...facts, files }));
    return;
  }
  const rows = [
    ["Ran", `${title}: ${counted(cells, "cell")} in ${seconds.toFixed(1)} s`],
    ...files.map((file, at) => [at === 0 ? "Wrote" : "", shownPath(file)]),
  ];
  for (const line of columns(rows)) terminal.print(line);
}

/** The parameters as said, each checked. */
async function parametersFrom(
  notebook: Parameters<typeof parameterValue>[0],
  { parameter = [], archive, asOf }: Options,
): Promise<Record<string, ParameterValue>> {
  const said = [
    ...(archive === undefined ? [] : [["archive", archive]]),
    ...(asOf === undefined ? [] : [["as_of", asOf]]),
    ...parameter,
  ] as [string, string][];
  const values: Record<string, ParameterValue> = {};
  for (const [name, text] of said) {
    const value = parameterValue(notebook, name, text);
    if (name === "as_of" && value !== "") asMoment(String(value));
    values[name] = name === "archive" && value !== "" ? await archiveFrom(String(value)) : value;
  }
  return values;
}

function asMoment(text: string): void {
  try {
    momentOf(text);
  } catch (error) {
    throw new ParameterRefused((error as Error).message, { cause: error });
  }
}

/** An archive's folder as the notebook is told of it: from the project's where it lies in that. */
async function archiveFrom(path: string): Promise<string> {
  const folder = given(path);
  if ((await Archive.open(folder)).log === undefined) {
    throw new ArchiveError(
      "archive_missing",
      `there is no archive in ${folder}`,
      "name its folder",
    );
  }
  const inside = relative(PROJECT, folder);
  return inside.startsWith("..") || isAbsolute(inside) ? folder : inside.replaceAll("\\", "/");
}

/** Where to write: a path that ends like what is exported is the file, any other a folder. */
function targetOf(out: string | undefined, wanted: readonly Form[], name: string) {
  // Not among the pages of `cim report`, which say the same of a log as it is.
  if (out === undefined) return { folder: join(PROJECT, "reports", "runs"), name };
  const ending = extname(out).slice(1) as Form;
  if (!FORMS.includes(ending)) return { folder: given(out), name };
  if (wanted.length !== 1 || wanted[0] !== ending) {
    throw new InvalidArgumentError(
      `--out ${out} is one file, of ${ending}, and --export says ${
        wanted.join(", ")
      }: name a folder`,
    );
  }
  const file = resolve(given(out));
  return { folder: dirname(file), name: basename(file, `.${ending}`) };
}

/** Whether charts can be drawn. What cannot do without is refused before anything runs. */
function hasBrowserFor(wanted: readonly Form[]): boolean {
  if (wanted.includes("pdf")) return findBrowser() !== "";
  try {
    return findBrowser() !== "";
  } catch {
    return false;
  }
}

function pair(text: string, before: [string, string][] = []): [string, string][] {
  const [, name, value] = text.match(/^([^=\s]+)=([^]*)$/) ?? [];
  if (name === undefined || value === undefined) {
    throw new InvalidArgumentError("Say key=value.");
  }
  return [...before, [name, value]];
}

function forms(text: string, before: Form[] = []): Form[] {
  const named = text.split(",").map((one) => one.trim());
  for (const one of named) {
    if (!FORMS.includes(one as Form)) {
      throw new InvalidArgumentError(`There are ${FORMS.join(", ")}.`);
    }
  }
  return [...new Set([...before, ...named as Form[]])];
}

function seconds(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new InvalidArgumentError("It is a whole number of seconds, from 1 on.");
  }
  return Number(text);
}
