/** Reports: the notebooks, run from the first cell to the last and exported as pages. */
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Provenance, PROVENANCE_MIME } from "../replay/provenance.ts";
import { pythonEnvironment } from "../setup/python.ts";
import { executeNotebook } from "./execute.ts";
import {
  exportHtml,
  exportIndex,
  type Notebook,
  type ReportEntry,
  writeReport,
} from "./export/mod.ts";
import { wholeText } from "./export/nbformat.ts";

/** How to make reports. */
export interface ReportOptions {
  /** The project's folder: notebooks are in its `notebooks/`, reports go to its `reports/`. */
  project: string;
  /** Tells when a report was made. */
  clock: () => Date;
  /** Told in a line what is being waited for. */
  progress?: (line: string) => void;
  /** Ends the work, with its reason. */
  signal?: AbortSignal;
}

/** Reports that were made. */
export interface Reports {
  /** The page that lists them, as a `file:` URL. */
  index: string;
  reports: (ReportEntry & { notebook: string; seconds: number })[];
}

/**
 * Runs every notebook and writes a page for each, and an index. All are run before the first page is written: when one
 * fails, the reports of the last time are as they were.
 *
 * @throws {SetupError} when something is missing that only a person can provide
 * @throws {NotebookFailed} with the cell that failed and its error
 */
export async function makeReports(options: ReportOptions): Promise<Reports> {
  const { project, clock, progress, signal } = options;
  const python = await pythonEnvironment({ project, progress, signal });
  const folder = join(project, "notebooks");
  const made = [];
  for (const name of notebooksIn(folder)) {
    const start = performance.now();
    const notebook = await executeNotebook({
      python,
      project,
      notebook: join(folder, name),
      ...(signal ? { signal } : {}),
      progress: (done, total) => progress?.(`Running ${name} … cell ${done} of ${total}`),
    });
    const provenance = provenanceOf(notebook);
    const made_at = clock().toISOString();
    const html = await exportHtml(
      notebook,
      provenance ? { provenance: { ...provenance, made_at } } : {},
    );
    made.push({
      html,
      notebook: name,
      file: `${basename(name, ".ipynb")}.html`,
      ...wordsOf(notebook, name),
      made: made_at,
      seconds: Math.round(performance.now() - start) / 1000,
    });
  }
  signal?.throwIfAborted();
  const target = join(project, "reports");
  progress?.("Writing the reports …");
  for (const { file, html } of made) await writeReport(join(target, file), html);
  const reports = made.map(({ html: _, ...entry }) => entry);
  const index = join(target, "index.html");
  await writeReport(index, await exportIndex(reports));
  return { index: pathToFileURL(index).href, reports };
}

function notebooksIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.endsWith(".ipynb")).sort();
}

/** What the last model that the notebook showed says of itself. */
function provenanceOf(notebook: Notebook): Provenance | undefined {
  const outputs = notebook.cells.flatMap((cell) => cell.outputs ?? []);
  const found = outputs.findLast((output) => "data" in output && PROVENANCE_MIME in output.data);
  return found && "data" in found ? found.data[PROVENANCE_MIME] as Provenance : undefined;
}

/** The title and the first paragraph of a notebook. */
function wordsOf({ cells }: Notebook, name: string): { title: string; summary: string } {
  const text = wholeText(cells.find((cell) => cell.cell_type === "markdown")?.source ?? "");
  const [, title = name, rest = ""] = text.match(/^# (.+)\n*([^]*)$/) ?? [];
  return { title, summary: rest.split(/\n\s*\n/)[0]!.replace(/\s+/g, " ").trim() };
}
