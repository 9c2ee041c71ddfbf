/** `cim experiment`: what the tables would say if the log had been another one. */
import { type Command, InvalidArgumentError } from "commander";
import { dirname, join, resolve } from "node:path";
import type { Archive } from "../log/archive.ts";
import type { EventLog } from "../log/log.ts";
import type { ExperimentOptions } from "../replay/experiment.ts";
import { ExperimentError } from "../replay/experiment_error.ts";
import { isArchive, openArchive, readSpecAt } from "../replay/experiment_source.ts";
import type { ExperimentSpec, Parameters } from "../replay/experiment_spec.ts";
import { exact } from "../table/cell.ts";
import { openWorkspace } from "../workspace.ts";
import { LOCAL } from "../workspace_options.ts";
import { keptJson, runJson } from "./experiment_json.ts";
import {
  describeAgreement,
  describeComparison,
  describeRun,
  describeRuns,
} from "./experiment_text.ts";
import { given } from "./given.ts";
import { progressOf } from "./progress.ts";
import { EXIT, run, type Terminal } from "./terminal.ts";

/** Where runs are kept, unless it is said otherwise. */
const FOLDER = join(LOCAL, "experiments");
/** Refused because of what the spec says. */
const REFUSED = /^experiment_(invalid|unknown|empty|refused|query|analysis|key)$/;

interface Options {
  archive?: string;
  folder?: string;
  set?: Parameters;
  json?: boolean;
}

/** Adds the command to the command line. */
export function addExperiment(program: Command): void {
  const experiment = program.command("experiment")
    .summary("try out what would have been, on a copy of the log")
    .description(
      "Reads a part of the log, drops, changes and adds events as a spec says, folds what is left into a read model of " +
        "its own, and asks that. Nothing is written to the log. The same spec, log and code always give the same tables.",
    )
    .addHelpText(
      "after",
      `
Examples:
  deno task cim experiment run data/samples/experiments/rack_fails.json
  deno task cim experiment run data/samples/experiments/cpu_threshold.json --set threshold=0.8
  deno task cim schema Experiment`,
    );
  addRun(experiment);
  addCompare(experiment);
  addVerify(experiment);
  addList(experiment);
}

function addRun(experiment: Command): void {
  withFolder(experiment.command("run"))
    .summary("run an experiment, and keep what came of it")
    .description(
      "Runs the experiment of a spec, a JSON file, on the archive that it names, else on this machine's log. What came " +
        "of it is kept in a folder: the tables as Parquet, and a manifest with all that is needed to run it again.",
    )
    .argument("<spec>", "the spec's file")
    .option("--archive <folder>", "run it on this archive, which needs no server")
    .option(
      "--set <name=value>",
      "another value for one of the spec's parameters; several times for several",
      parameter,
    )
    .addHelpText(
      "after",
      `
Exits with ${EXIT.done} where it ran, with ${EXIT.refused} where what the spec says is refused (the message begins with where in it), and
with ${EXIT.failed} where it took too long, or spec, archive or log cannot be read. With --json it is the manifest, in which the
rows of each table are these themselves.

Examples:
  deno task cim experiment run data/samples/experiments/rack_fails.json
  deno task cim experiment run data/samples/experiments/cpu_threshold.json --set threshold=0.8 --json`,
    )
    .action((path: string, options: Options) =>
      run((terminal) =>
        refusing(terminal, async () => {
          const began = performance.now();
          const read = await readSpecAt(given(path));
          const spec = withParameters(read.spec, options.set);
          const archive = options.archive === undefined ? read.archive : given(options.archive);
          await using source = await openSource(archive, terminal);
          const { runExperiment } = await import("../experiments.ts");
          const made = await runExperiment(spec, source.log, {
            folder: folderOf(options),
            ...told(terminal),
          });
          if (options.json) print(terminal, runJson(made));
          else for (const line of describeRun(made, archive, began)) terminal.print(line);
          return EXIT.done;
        })
      )
    );
}

function addCompare(experiment: Command): void {
  withFolder(experiment.command("compare"))
    .summary("show what two runs say differently, cell by cell")
    .description(
      "Shows which rows the second run has more, has less, and has with other values. Rows are told by the key that the " +
        "spec names for a query, else by all that is in them.",
    )
    .argument("<a>", "a run: its name, id, or folder")
    .argument("<b>", "the other one")
    .addHelpText(
      "after",
      `
Exits with ${EXIT.done} where all tables are the same, and with ${EXIT.failed} where one is not, or a run is not there or not as it was
written.

Examples, where A and B are two of the ids that \`deno task cim experiment list\` shows:
  deno task cim experiment compare A B
  deno task cim experiment compare A B --json`,
    )
    .action((a: string, b: string, options: Options) =>
      run((terminal) =>
        refusing(terminal, async () => {
          const { findRun } = await import("../replay/experiment_runs.ts");
          const { compareExperiments } = await import("../replay/experiment_compare.ts");
          const folder = folderOf(options);
          const [one, other] = [
            await findRun(folder, a, given(a)),
            await findRun(folder, b, given(b)),
          ];
          const found = await compareExperiments(one, other);
          const { same, asked, tables } = found;
          if (options.json) print(terminal, { same, asked, tables });
          else for (const line of describeComparison(found)) terminal.print(line);
          return same ? EXIT.done : EXIT.failed;
        })
      )
    );
}

function addVerify(experiment: Command): void {
  withFolder(experiment.command("verify"))
    .summary("run an experiment again, and prove that it comes out the same")
    .description(
      "Runs again what a manifest says, and compares the hash of each table, whatever else it says of what came of it, and " +
        "the files beside it: identical, or the first table and row that differ. The manifest and an archive of the log " +
        "are enough, on whatever machine.",
    )
    .argument("<manifest>", "the manifest's file, or a run: its name, id, or folder")
    .option(
      "--archive <folder>",
      "read this archive; without it that of the run, else the log here",
    )
    .addHelpText(
      "after",
      `
Exits with ${EXIT.done} where it is identical, and with ${EXIT.failed} where it is not, or the manifest is not as it was written.

Examples:
  deno task cim experiment verify rack-fails
  deno task cim experiment verify manifest.json --archive data/samples/fleet --json`,
    )
    .action((named: string, options: Options) =>
      run((terminal) =>
        refusing(terminal, async () => {
          const { findRun } = await import("../replay/experiment_runs.ts");
          const { readManifest } = await import("../replay/experiment_manifest.ts");
          const { verifyExperiment } = await import("../experiments.ts");
          const path = await findRun(folderOf(options), named, given(named));
          const { archive: hint } = await readManifest(path);
          const place = path.endsWith(".json") ? dirname(path) : path;
          const beside = hint === undefined ? undefined : resolve(place, hint);
          const archive = options.archive === undefined
            ? beside && await isArchive(beside) ? beside : undefined
            : given(options.archive);
          await using source = await openSource(archive, terminal);
          const found = await verifyExperiment(path, source.log, {
            ...told(terminal),
          });
          if (options.json) print(terminal, found);
          else for (const line of describeAgreement(found)) terminal.print(line);
          return found.identical ? EXIT.done : EXIT.failed;
        })
      )
    );
}

function addList(experiment: Command): void {
  withFolder(experiment.command("list"))
    .summary("list the runs that are kept")
    .description(
      "Lists the runs that are kept, each with when it was, its parameters, and how many rows its tables have. One whose " +
        "manifest is not as it was written is named on stderr.",
    )
    .action((options: Options) =>
      run(async (terminal) => {
        const { keptRuns } = await import("../replay/experiment_runs.ts");
        const folder = folderOf(options);
        const { runs, damaged } = await keptRuns(folder);
        if (options.json) print(terminal, runs.map(keptJson));
        else for (const line of describeRuns(runs, folder)) terminal.print(line);
        for (const { error } of damaged) terminal.warn(error.message);
        return EXIT.done;
      })
    );
}

function withFolder(command: Command): Command {
  return command
    .option("--folder <folder>", "where runs are kept; data/local/experiments without it")
    .option("--json", "print JSON");
}

function folderOf({ folder }: Options): string {
  return folder === undefined ? FOLDER : given(folder);
}

/** The log to read: an archive alone, or that of the workspace. */
async function openSource(
  archive: string | undefined,
  terminal: Terminal,
): Promise<AsyncDisposable & { log: EventLog | Archive }> {
  if (archive !== undefined) {
    return { log: await openArchive(archive), [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const workspace = await openWorkspace(terminal);
  try {
    const log = await workspace.history();
    return { log, [Symbol.asyncDispose]: () => workspace.close() };
  } catch (error) {
    await workspace.close();
    throw error;
  }
}

/** What is wrong with a spec is refused, and not a failure. */
async function refusing(terminal: Terminal, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ExperimentError) || !REFUSED.test(error.code)) throw error;
    terminal.warn(error.message);
    return EXIT.refused;
  }
}

function withParameters(spec: ExperimentSpec, set: Parameters = {}): ExperimentSpec {
  const known = Object.keys(spec.parameters ?? {});
  const strange = Object.keys(set).find((name) => !known.includes(name));
  if (strange === undefined) return { ...spec, parameters: { ...spec.parameters, ...set } };
  const reason = `there is no such parameter to set: there are ${known.join(", ") || "none"}`;
  throw new ExperimentError("experiment_unknown", `/parameters/${strange}`, reason);
}

/** A value is JSON, like 0.9 or true; anything else is a text. */
function parameter(text: string, before: Parameters = {}): Parameters {
  const [, name, value] = text.match(/^([a-z][a-z0-9_]*)=([\s\S]*)$/) ?? [];
  if (name === undefined || value === undefined) {
    throw new InvalidArgumentError("Say it like threshold=0.9.");
  }
  let said: unknown;
  try {
    said = JSON.parse(value);
  } catch {
    said = value;
  }
  if (typeof said === "object" && said !== null) throw new InvalidArgumentError("It is one value.");
  return { ...before, [name]: said as string };
}

/** What a run tells meanwhile, and what ends it. */
function told(terminal: Terminal): ExperimentOptions {
  const replaying = progressOf(terminal, "Replaying");
  return {
    signal: terminal.signal,
    onProgress: (_, done, total) => replaying(done, total),
    // At once: nobody knows how long a query takes.
    onQuestion: (table, at, total) => terminal.progress(`Asking ${table} …, ${at} of ${total}`),
  };
}

function print(terminal: Terminal, value: unknown): void {
  terminal.print(JSON.stringify(value, exact));
}
