/** Experiments: what a read model would say if the log had been another one. */
import { join, relative, sep } from "node:path";
import { Archive } from "../log/archive.ts";
import type { EventLog } from "../log/log.ts";
import { type Analyses, checkAnalyses } from "./experiment_analysis.ts";
import type { Door } from "./experiment_addition.ts";
import { answersOf } from "./experiment_answers.ts";
import { codeIdentity } from "./experiment_code.ts";
import { ExperimentError } from "./experiment_error.ts";
import { keepRun, secondsOf } from "./experiment_keep.ts";
import { ExperimentLog } from "./experiment_log.ts";
import { type ExperimentManifest, MANIFEST_VERSION, runId } from "./experiment_manifest.ts";
import { ExperimentModel, identityOf, type MakingOptions } from "./experiment_model.ts";
import { checkUse } from "./experiment_parameters.ts";
import { type Effect, leavesEvents, planOf } from "./experiment_plan.ts";
import { checkPlaces, type LogPart, partOf } from "./experiment_range.ts";
import { ExperimentRun } from "./experiment_run.ts";
import { namedIn, sqlIn } from "./experiment_selection.ts";
import {
  type ExperimentSpec,
  type Parameters,
  readSpec,
  TIMEOUT_SECONDS,
} from "./experiment_spec.ts";
import { noteLogRead } from "./log_read.ts";
import { shownPath } from "./shown_path.ts";
import { archiveOf } from "./until.ts";

/** So many events are folded before anybody has waited: what is wrong with a query is said soon enough when it is asked. */
const QUICK_EVENTS = 20_000;

/** How to run an experiment. Nothing is needed. */
export interface ExperimentOptions {
  /** Where runs are kept, each in a folder of its own: manifest and tables. Nothing is kept without it. */
  folder?: string;
  /** How many threads fold; as many as there are cores without it. What comes of it is the same. */
  threads?: number;
  /** Told what is done, and how far it is, in events. */
  onProgress?: (what: string, done: number, total: number) => void;
  /** Told which table is asked for, before it is; the first is at 1. */
  onQuestion?: (table: string, at: number, total: number) => void;
  /** Ends it, with its reason; nothing is kept then. */
  signal?: AbortSignal;
}

/** How to run it, for those who know which analyses there are. */
export interface RunOptions extends ExperimentOptions {
  /** What a spec can name as an analysis. */
  analyses?: Analyses;
  /** That commands come in by which a spec adds; they come in as they are without it. */
  door?: Door;
  /** The moment that the model shows, where that is not said by the spec's range. */
  moment?: string | undefined;
}

/**
 * Runs an experiment: reads a part of a log, drops, changes and adds events, folds what is left into a read model, and
 * asks that.
 *
 * @param given the spec: an object, or its JSON; `archive` in it is not looked at, since `source` is given
 * @param source a log, with its archive or without; or an archive alone, which needs no server
 * @throws {ExperimentError} with the position in the spec, and what to do
 * @throws as `replay` does, where the log or the archive cannot be read
 */
export async function runExperiment(
  given: ExperimentSpec | string,
  source: EventLog | Archive,
  options: RunOptions = {},
): Promise<ExperimentRun> {
  const spec = readSpec(given);
  checkAnalyses(spec, options.analyses ?? {});
  checkUse(spec);
  const seconds = spec.timeout_seconds ?? TIMEOUT_SECONDS;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error("it is too late")), seconds * 1_000);
  const signal = AbortSignal.any([late.signal, ...(options.signal ? [options.signal] : [])]);
  try {
    return await run(spec, source, { ...options, signal });
  } catch (error) {
    if (!late.signal.aborted || options.signal?.aborted) throw error;
    const reason = `it was not done after ${seconds} s: say a longer time, or ask for less`;
    throw new ExperimentError("experiment_timeout", "/timeout_seconds", reason);
  } finally {
    clearTimeout(timer);
  }
}

type Running = RunOptions & { signal: AbortSignal };

async function run(
  spec: ExperimentSpec,
  source: EventLog | Archive,
  options: Running,
): Promise<ExperimentRun> {
  const began = performance.now();
  const { folder, signal } = options;
  const seed = spec.seed ?? 0;
  const parameters = { ...spec.parameters, seed };
  const identity = identityOf(source);
  const part = await partOf(spec, source, signal);
  checkPlaces(spec, part);
  if (part.to - part.from >= QUICK_EVENTS) await checkQueries(spec, source, parameters, options);
  const made = await modelOf(spec, source, part, parameters, options);
  using model = made.model;
  const folded = performance.now();
  const { raw, entries } = await answersOf(spec, model, {
    parameters,
    seed,
    analyses: options.analyses ?? {},
    moment: options.moment ?? spec.range?.as_of,
    onQuestion: options.onQuestion ?? (() => {}),
    signal,
  });
  const asked = performance.now();
  const code = await codeIdentity();
  const { name, incarnation } = identity;
  const input = {
    name,
    incarnation,
    first_sequence: part.from,
    last_sequence: part.to,
    ...made.input,
  };
  const archive = folder && archiveOf(source)?.folder;
  const manifest: ExperimentManifest = {
    manifest: MANIFEST_VERSION,
    run_id: runId(spec, input, code),
    spec,
    input,
    code,
    effects: made.effects,
    applied: await model.checkpoint(),
    parked: await model.parked(),
    tables: entries,
    ...(source instanceof Archive && archive
      ? { archive: relative(join(folder, "run"), archive).split(sep).join("/") }
      : {}),
    files: {},
    timings: {
      fold: secondsOf(folded - began),
      queries: secondsOf(asked - folded),
      whole: secondsOf(performance.now() - began),
    },
  };
  signal.throwIfAborted();
  noteLogRead(identity, {
    first_sequence: input.first_sequence,
    last_sequence: input.last_sequence,
    events: input.events,
    log_hash: input.log_hash,
    ...(manifest.spec.range?.as_of === undefined ? {} : { as_of: manifest.spec.range.as_of }),
    ...(source instanceof Archive ? { archive: shownPath(source.folder) } : {}),
    experiment: `${spec.name} ${manifest.run_id}`,
  });
  if (folder === undefined) return new ExperimentRun(manifest, raw);
  return await keepRun(folder, manifest, raw, signal);
}

/** What is wrong with a query is said before a long log is folded. */
async function checkQueries(
  spec: ExperimentSpec,
  source: EventLog | Archive,
  parameters: Parameters,
  { signal }: Running,
): Promise<void> {
  using empty = await ExperimentModel.of(source, 0, { threads: 1, signal });
  for (const asked of sqlIn(spec)) await empty.check(asked, parameters);
  for (const [name, { sql }] of Object.entries(spec.queries ?? {})) {
    await empty.check({ sql, position: `/queries/${name}/sql` }, parameters);
  }
}

/** The model that is asked, what it was made of, and what was done to that. */
async function modelOf(
  spec: ExperimentSpec,
  source: EventLog | Archive,
  part: LogPart,
  parameters: Parameters,
  { threads, door = (command) => command, onProgress, signal }: Running,
) {
  const progress = (done: number, total: number) => onProgress?.("Replaying", done, total);
  const { projection } = spec;
  const making = { ...(threads === undefined ? {} : { threads }), projection, signal };
  if (leavesEvents(spec)) {
    const model = await ExperimentModel.of(source, part.to, { ...making, onProgress: progress });
    const { events, skipped, log_hash } = await model.checkpoint();
    return { model, input: { events, skipped, log_hash }, effects: [] as Effect[] };
  }
  const plan = await planned(spec, source, part.to, parameters, { ...making, door, progress });
  const log = new ExperimentLog(source, part, plan, progress);
  const model = await ExperimentModel.of(log, Infinity, making);
  try {
    checkEffects(spec, plan.effects);
    if (spec.filter && (await model.checkpoint()).events === 0) {
      throw new ExperimentError(
        "experiment_empty",
        "/filter",
        "no event of the range is left by it",
      );
    }
  } catch (error) {
    model[Symbol.dispose]();
    throw error;
  }
  return { model, input: log.input, effects: plan.effects };
}

/** Looks up what the spec names in the log as it is, where it names something. */
async function planned(
  spec: ExperimentSpec,
  source: EventLog | Archive,
  last: number,
  parameters: Parameters,
  { progress, door, ...making }: Making & {
    progress: (done: number, total: number) => void;
    door: Door;
  },
) {
  if (namedIn(spec).length === 0) return await planOf(spec, undefined, door);
  using model = await ExperimentModel.of(source, last, { ...making, onProgress: progress });
  const { signal } = making;
  const archive = source instanceof Archive ? source.folder : undefined;
  const lookUp = { model, archive, parameters, seed: spec.seed ?? 0, signal };
  return await planOf(spec, lookUp, door);
}

type Making = Pick<MakingOptions, "threads" | "projection" | "signal">;

/** What does nothing is a mistake in a spec, and would be taken for an answer. */
function checkEffects({ transformations = [] }: ExperimentSpec, effects: readonly Effect[]): void {
  for (const [at, effect] of effects.entries()) {
    if (Object.values(effect).some((count) => count > 0)) continue;
    const kind = Object.keys(transformations[at]!)[0]!;
    const reason = "it is about no event of the range: nothing would be tried out";
    throw new ExperimentError("experiment_empty", `/transformations/${at}/${kind}`, reason);
  }
}
