/** Reports: the notebooks, run from the first cell to the last and exported as pages. */
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type PythonEnvironment, pythonEnvironment } from "../setup/python.ts";
import { exportHtml, exportIndex, type ReportEntry, writeReport } from "./export/mod.ts";
import { NotebookFailed } from "./notebook_error.ts";
import { notebooksIn, readNotebook, wordsOf } from "./notebooks.ts";
import { parametersOf } from "./parameters.ts";
import { notebookText, runNotebook } from "./report_run.ts";

/** The archive of the sample fleet, from the project's folder. */
const SAMPLE = "data/samples/fleet";
/** The notebook that looks at this machine, and writes what the others read. */
const FIRST = "01-discover";
/** What the last run has written, for the next one. */
const KEPT = "reports.json";
/** The most notebooks at a time: each has a kernel of its own, which may need a gigabyte. */
const MOST_AT_A_TIME = 2;

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

/** A report, or why there is none. */
export interface MadeReport extends ReportEntry {
  /** The notebook's file. */
  notebook: string;
  /** Whose log it is about. */
  of: "machine" | "sample";
}

/** Reports that were made. */
export interface Reports {
  /** The page that lists them, as a `file:` URL. */
  index: string;
  reports: MadeReport[];
  /** What stopped a notebook, in the order of the reports. */
  failures: NotebookFailed[];
}

/** A notebook to be run on a log. */
interface Job {
  path: string;
  name: string;
  of: MadeReport["of"];
  /** Its page, below `reports/`. */
  file: string;
  title: string;
  summary: string;
}

/**
 * Runs every notebook on the log of this machine, and on the sample fleet all but the first that have a parameter
 * `archive`; writes a page for each, and an index. Where one fails, the others' pages are made all the same, its own of
 * the last time stays, and the index says so. When the work is ended by its signal, the pages that are done are kept,
 * and the index stays as it was.
 *
 * @throws {SetupError} when something is missing that only a person can provide
 * @throws {NotebookUnusable} when a file is no notebook, or the kernel does not start
 */
export async function makeReports(options: ReportOptions): Promise<Reports> {
  const { project, progress, signal } = options;
  const python = await pythonEnvironment({ project, progress, signal });
  const jobs = await jobsIn(project);
  const target = join(project, "reports");
  const before = await reportsOf(target);
  const failures = new Map<Job, NotebookFailed>();
  const made = new Map<Job, MadeReport>();
  const board = new Board(jobs.length, progress);
  const discovered = Promise.withResolvers<void>();
  if (jobs[0]?.name !== FIRST) discovered.resolve();
  // While the first looks at this machine, those on the sample need not wait for it.
  const turn = ({ name, of }: Job) => name === FIRST ? 0 : of === "sample" ? 1 : 2;
  await eachOf(jobs.toSorted((a, b) => turn(a) - turn(b)), async (job) => {
    if (job.of === "machine" && job.name !== FIRST) await discovered.promise;
    try {
      made.set(job, await report(job, python, board, options));
    } catch (error) {
      if (!(error instanceof NotebookFailed)) throw error;
      failures.set(job, error);
      made.set(job, await failed(job, error, target, before));
    } finally {
      board.end(job);
      if (job.name === FIRST) discovered.resolve();
    }
  });
  signal?.throwIfAborted();
  const reports = jobs.map((job) => made.get(job)!);
  const index = join(target, "index.html");
  await writeReport(index, await indexOf(reports));
  await writeReport(join(target, KEPT), JSON.stringify({ reports }, null, 1) + "\n");
  await removeOld(target, before, jobs);
  return {
    index: pathToFileURL(index).href,
    reports,
    failures: jobs.flatMap((job) => failures.get(job) ?? []),
  };
}

/** All notebooks here, and then on the sample; the first comes first, for others read what it writes. */
async function jobsIn(project: string): Promise<Job[]> {
  const files = await Promise.all(notebooksIn(project).map(readNotebook));
  const job =
    (of: Job["of"], folder: string) => ({ path, name, notebook }: typeof files[number]) => ({
      path,
      name,
      of,
      file: `${folder}${name}.html`,
      ...wordsOf(notebook, name),
    });
  const onSample = files.filter(({ name, notebook }) =>
    name !== FIRST && parametersOf(notebook).some((one) => one.name === "archive")
  );
  return [...files.map(job("machine", "")), ...onSample.map(job("sample", "sample/"))];
}

async function report(
  job: Job,
  python: PythonEnvironment,
  board: Board,
  { project, clock, signal }: ReportOptions,
): Promise<MadeReport> {
  const { path, of, file } = job;
  const { notebook, provenance, title, summary } = await runNotebook({
    python,
    project,
    path,
    clock,
    signal,
    ...(of === "sample" ? { parameters: { archive: SAMPLE } } : {}),
    progress: (done, total) => board.say(job, done, total),
  });
  const page = join(project, "reports", file);
  await writeReport(page, await exportHtml(notebook, { provenance }));
  await Deno.remove(partOf(page)).catch(() => {});
  const { made_at: made, seconds } = provenance;
  return { notebook: basename(path), of, file, title, summary, made, seconds };
}

/** Keeps the notebook as far as it came. */
async function failed(
  { path, of, file, title, summary }: Job,
  error: NotebookFailed,
  target: string,
  before: readonly MadeReport[],
): Promise<MadeReport> {
  await writeReport(partOf(join(target, file)), notebookText(error.notebook));
  const last = before.find((one) => one.file === file);
  const { cell, errorName, errorMessage } = error;
  return {
    notebook: basename(path),
    of,
    title,
    summary,
    ...(last?.file && last.made ? { file: last.file, made: last.made } : {}),
    failed: { reason: `Cell ${cell}: ${errorName}: ${errorMessage}`, file: partOf(file) },
  };
}

/** Where a notebook that failed is kept, beside its page. */
function partOf(page: string): string {
  return page.replace(/\.html$/, ".failed.ipynb");
}

/** Does the work for each, some at a time; the first error ends it when what has begun is done. */
async function eachOf<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const rest = [...all];
  const errors: unknown[] = [];
  const worker = async () => {
    for (let one = rest.shift(); one !== undefined && errors.length === 0; one = rest.shift()) {
      await work(one).catch((error) => errors.push(error));
    }
  };
  const workers = Math.min(MOST_AT_A_TIME, navigator.hardwareConcurrency);
  await Promise.all(Array.from({ length: workers }, worker));
  if (errors.length > 0) throw errors[0];
}

/** What is being run, in a line. */
class Board {
  readonly #now = new Map<Job, string>();
  #done = 0;

  constructor(private readonly total: number, private readonly progress?: (line: string) => void) {}

  say(job: Job, done: number, total: number): void {
    const where = job.of === "sample" ? " (sample)" : "";
    this.#now.set(job, `${job.name}.ipynb${where} … cell ${Math.min(done + 1, total)} of ${total}`);
    const all = this.total === 1 ? "" : `, ${this.#done} of ${this.total} notebooks done`;
    this.progress?.(`Running ${[...this.#now.values()].join(", ")}${all}`);
  }

  end(job: Job): void {
    this.#now.delete(job);
    this.#done++;
  }
}

async function indexOf(reports: readonly MadeReport[]): Promise<string> {
  const of = (which: MadeReport["of"]) => reports.filter((one) => one.of === which);
  const sample = {
    title: "The sample fleet",
    summary:
      `The same questions, asked of the history of a fleet that was made (${SAMPLE}), whose incidents are known.`,
    reports: of("sample"),
  };
  return await exportIndex([
    {
      title: "This machine",
      summary:
        "What this machine is, and what can be told from all that it has written to its log.",
      reports: of("machine"),
    },
    ...(sample.reports.length > 0 ? [sample] : []),
  ], {
    title: "Reports",
    summary:
      "Each is a notebook that was run from its first cell to its last, and says at its foot what it was made of.",
  });
}

/** What was written last time; nothing where that is not known. */
async function reportsOf(target: string): Promise<MadeReport[]> {
  try {
    const { reports } = JSON.parse(await Deno.readTextFile(join(target, KEPT)));
    return Array.isArray(reports) ? reports : [];
  } catch {
    return [];
  }
}

/** Removes the pages of notebooks that are gone, and nothing that others have put there. */
async function removeOld(target: string, before: readonly MadeReport[], jobs: readonly Job[]) {
  const files = new Set(jobs.map(({ file }) => file));
  for (const { notebook, of } of before) {
    const file = `${of === "sample" ? "sample/" : ""}${basename(String(notebook), ".ipynb")}.html`;
    if (files.has(file)) continue;
    for (const path of [join(target, file), partOf(join(target, file))]) {
      await Deno.remove(path).catch(() => {});
    }
  }
}
