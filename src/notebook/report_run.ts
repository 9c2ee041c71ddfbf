/** One notebook, run and ready to be exported. */
import { basename, dirname, join, relative, resolve } from "node:path";
import type { PythonEnvironment } from "../setup/python.ts";
import { executeNotebook } from "./execute.ts";
import {
  exportHtml,
  exportMarkdown,
  type Notebook,
  type NotebookProvenance,
  type ReportProvenance,
  shellWord,
  writeReport,
  writeReportFolder,
} from "./export/mod.ts";
import { wordsOf } from "./notebooks.ts";
import type { ParameterValue } from "./parameters.ts";
import { chartPictures, exportPdf } from "./static_export.ts";

/** What a notebook can be exported as. */
export const FORMS = ["html", "ipynb", "md", "pdf"] as const;
/** One of them; it is the file's ending too. */
export type Form = typeof FORMS[number];

/** How to run a notebook. */
export interface RunOptions {
  python: PythonEnvironment;
  /** The project's folder. */
  project: string;
  /** Path of the `.ipynb`. */
  path: string;
  /** Other values for its parameters; an archive's folder is given from the project's. */
  parameters?: Readonly<Record<string, ParameterValue>>;
  /** Tells when the report was made. */
  clock: () => Date;
  /** Told how many of its code cells are done, and how many there are. */
  progress?: (done: number, total: number) => void;
  signal?: AbortSignal | undefined;
  /** How long a cell may take, in seconds; 600 if not given. */
  timeoutSeconds?: number | undefined;
}

/** A notebook that was run. */
export interface NotebookRun {
  /** Its file's name without `.ipynb`. */
  name: string;
  notebook: Notebook;
  /** Also in the notebook's metadata, as `cim`. */
  provenance: ReportProvenance;
  title: string;
  /** What it asks: its first paragraph. */
  summary: string;
}

/**
 * Runs a notebook from its first cell to its last.
 *
 * @throws as `executeNotebook`
 */
export async function runNotebook(options: RunOptions): Promise<NotebookRun> {
  const { python, project, path, parameters = {}, clock, progress, signal } = options;
  const executed = await executeNotebook({
    python,
    project,
    notebook: path,
    parameters,
    progress,
    signal,
    timeoutSeconds: options.timeoutSeconds,
  });
  const provenance: ReportProvenance = {
    ...executed.metadata["cim"] as NotebookProvenance,
    made_at: clock().toISOString(),
    command: commandOf(options),
  };
  const name = basename(path, ".ipynb");
  const notebook = { ...executed, metadata: { ...executed.metadata, cim: provenance } };
  return { name, notebook, provenance, ...wordsOf(notebook, name) };
}

/** The command that runs a notebook like this again. */
function commandOf({ project, path, parameters = {} }: RunOptions): string {
  const isOurs = dirname(resolve(path)) === resolve(project, "notebooks");
  const shown = relative(project, path);
  const notebook = isOurs ? basename(path, ".ipynb") : shown.startsWith("..") ? path : shown;
  const given = Object.entries(parameters).map(([name, value]) =>
    name === "archive"
      ? `--archive ${shellWord(String(value))}`
      : name === "as_of"
      ? `--as-of ${shellWord(String(value))}`
      : `-p ${shellWord(`${name}=${value}`)}`
  );
  return ["deno task cim notebook run", shellWord(notebook), ...given].join(" ");
}

/** Where exports go, and what is told meanwhile. */
export interface ExportTarget {
  folder: string;
  /** The files' name without their ending. */
  name: string;
  progress?: (line: string) => void;
  /** Told where something is left out. */
  warn?: (line: string) => void;
  /** Whether there is no browser, so that charts in Markdown are tables. */
  withoutBrowser?: boolean;
  signal?: AbortSignal | undefined;
}

/**
 * Exports a run, and writes its files when all of them are made.
 *
 * @returns their paths, in the order of the forms
 * @throws {BrowserMissing} when one is needed and there is none
 */
export async function writeExports(
  { notebook, provenance }: NotebookRun,
  forms: readonly Form[],
  target: ExportTarget,
): Promise<string[]> {
  const { folder, name, signal, progress } = target;
  const html = forms.some((form) => form !== "ipynb")
    ? await exportHtml(notebook, { provenance })
    : "";
  const writes: { path: string; write: (path: string) => Promise<void> }[] = [];
  for (const form of forms) {
    const path = join(folder, `${name}.${form}`);
    if (form === "md") {
      const charts = await chartsOf(html, target);
      const beside = `${name}_files`;
      const { markdown, pictures } = exportMarkdown(notebook, {
        folder: beside,
        provenance,
        ...(charts ? { charts } : {}),
      });
      writes.push({
        path,
        write: async (path) => {
          await writeReportFolder(join(folder, beside), pictures);
          await writeReport(path, markdown);
        },
      });
      continue;
    }
    if (form === "pdf") progress?.("Printing …");
    const content = form === "html"
      ? html
      : form === "ipynb"
      ? notebookText(notebook)
      : await exportPdf(html, { signal });
    writes.push({ path, write: (path) => writeReport(path, content) });
  }
  signal?.throwIfAborted();
  for (const { path, write } of writes) await write(path);
  return writes.map(({ path }) => path);
}

async function chartsOf(
  html: string,
  { withoutBrowser, progress, warn, signal }: ExportTarget,
): Promise<(string | undefined)[] | undefined> {
  if (!html.includes('<figure class="chart">')) return [];
  if (withoutBrowser) {
    warn?.("There is no browser to draw charts: the Markdown has their data as tables");
    return undefined;
  }
  progress?.("Drawing the charts …");
  return await chartPictures(html, { signal });
}

/** A notebook as Jupyter writes it. */
export function notebookText(notebook: Notebook): string {
  return JSON.stringify(notebook, null, 1) + "\n";
}
