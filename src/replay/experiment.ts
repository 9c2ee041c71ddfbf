/** Experiments: what a read model would say if the log had been another one. */
import { join, relative, sep } from "node:path";
import { Archive } from "../log/archive.ts";
import type { EventLog } from "../log/log.ts";
import { canonical, digestOf, type RawTable } from "./experiment_canonical.ts";
import { codeIdentity } from "./experiment_code.ts";
import { ExperimentError } from "./experiment_error.ts";
import { keepRun } from "./experiment_keep.ts";
import { ExperimentLog } from "./experiment_log.ts";
import { type ExperimentManifest, MANIFEST_VERSION, runId } from "./experiment_manifest.ts";
import { ExperimentModel, identityOf } from "./experiment_model.ts";
import { type Effect, leavesEvents, planOf } from "./experiment_plan.ts";
import { ExperimentRun } from "./experiment_run.ts";
import { namedIn, sqlIn } from "./experiment_selection.ts";
import { type ExperimentSpec, type Parameters, readSpec } from "./experiment_spec.ts";
import { archiveOf, lastOf, ReplayRange } from "./until.ts";

const TIMEOUT_SECONDS = 600;
/** So many events are folded before anybody has waited: what is wrong with a query is said soon enough when it is asked. */
const QUICK_EVENTS = 20_000;

/** How to run an experiment. Nothing is needed. */
export interface ExperimentOptions {
  /** Where runs are kept, each in a folder of its own: manifest and tables. Nothing is kept without it. */
  folder?: string;
  /** How many threads fold; as many as there are cores without it. What comes of it is the same. */
  threads?: number;
  /** Told what is done, and how far it is. */
  onProgress?: (what: string, done: number, total: number) => void;
  /** Ends it, with its reason; nothing is kept then. */
  signal?: AbortSignal;
}

/**
 * Runs an experiment: reads a part of a log, drops, changes and adds events, folds what is left into a read model, and
 * asks that. Nothing is written to the log. The same spec, log and code always give the same tables.
 *
 * @param given the spec: an object, or its JSON; `archive` in it is not looked at, since `source` is given
 * @param source a log, with its archive or without; or an archive alone, which needs no server
 * @throws {ExperimentError} with the position in the spec, and what to do
 * @throws as `replay` does, where the log or the archive cannot be read
 * @example
 * ```ts
 * import { Archive, runExperiment } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const fleet = await Archive.open("data/samples/fleet");
 * const run = await runExperiment({
 *   name: "berlin-alone",
 *   range: { sequence: 500 },
 *   queries: { sites: { sql: "SELECT site, count(*) AS resources FROM locations GROUP BY site" } },
 * }, fleet);
 * strictEqual(run.tables.sites?.rows[0]?.site, "berlin");
 * ```
 */
export async function runExperiment(
  given: ExperimentSpec | string,
  source: EventLog | Archive,
  options: ExperimentOptions = {},
): Promise<ExperimentRun> {
  const spec = readSpec(given);
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

type Running = ExperimentOptions & { signal: AbortSignal };

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
  const raw: Record<string, RawTable> = {};
  const tables: ExperimentManifest["tables"] = {};
  for (const [at, [name, { sql, key }]] of Object.entries(spec.queries).entries()) {
    options.onProgress?.("Asking", at, Object.keys(spec.queries).length);
    const position = `/queries/${name}`;
    const table = await model.ask({ sql, position: `${position}/sql` }, parameters, seed, signal);
    checkKey(table, key, `${position}/key`);
    raw[name] = table;
    tables[name] = { columns: table.columns, ordered: table.ordered, ...digestOf(table) };
  }
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
    tables,
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
  if (folder === undefined) return new ExperimentRun(manifest, raw);
  return await keepRun(folder, manifest, raw, signal);
}

/** The part of the log that is read. */
async function partOf(
  { range: { from_sequence: from = 1, sequence, as_of } = {} }: ExperimentSpec,
  source: EventLog | Archive,
  signal: AbortSignal,
): Promise<{ from: number; to: number }> {
  let to: number;
  try {
    const until = {
      ...(sequence === undefined ? {} : { sequence }),
      ...(as_of === undefined ? {} : { asOf: as_of }),
    };
    to = await lastOf(source, until, signal);
  } catch (error) {
    if (!(error instanceof ReplayRange)) throw error;
    const field = sequence === undefined ? "as_of" : "sequence";
    throw new ExperimentError("experiment_unknown", `/range/${field}`, error.message, {
      cause: error,
    });
  }
  if (from <= to) return { from, to };
  const reason = `there is nothing from ${from} on: the range ends at ${to}`;
  throw new ExperimentError("experiment_unknown", "/range/from_sequence", reason);
}

/** A sequence that commands are added behind is one of the range, or the one before it. */
function checkPlaces({ transformations = [] }: ExperimentSpec, part: { from: number; to: number }) {
  for (const [index, one] of transformations.entries()) {
    if (!("add" in one) || typeof one.at !== "number") continue;
    if (one.at >= part.from - 1 && one.at <= part.to) continue;
    const reason = `there is no sequence ${one.at} to add behind: the range has ${
      part.from - 1
    } to ${part.to}`;
    throw new ExperimentError("experiment_unknown", `/transformations/${index}/at`, reason);
  }
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
  for (const [name, { sql }] of Object.entries(spec.queries)) {
    await empty.check({ sql, position: `/queries/${name}/sql` }, parameters);
  }
}

/** The model that is asked, what it was made of, and what was done to that. */
async function modelOf(
  spec: ExperimentSpec,
  source: EventLog | Archive,
  part: { from: number; to: number },
  parameters: Parameters,
  { threads, onProgress, signal }: Running,
) {
  const progress = (done: number, total: number) => onProgress?.("Replaying", done, total);
  const making = { ...(threads === undefined ? {} : { threads }), signal };
  if (leavesEvents(spec)) {
    const model = await ExperimentModel.of(source, part.to, { ...making, onProgress: progress });
    const { events, skipped, log_hash } = await model.checkpoint();
    return { model, input: { events, skipped, log_hash }, effects: [] as Effect[] };
  }
  const plan = await planned(spec, source, part.to, parameters, { ...making, progress });
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
  { progress, ...making }: Making & { progress: (done: number, total: number) => void },
) {
  if (namedIn(spec).length === 0) return await planOf(spec, undefined);
  using model = await ExperimentModel.of(source, last, { ...making, onProgress: progress });
  const { signal } = making;
  return await planOf(spec, { model, parameters, seed: spec.seed ?? 0, signal });
}

type Making = { threads?: number; signal: AbortSignal };

/** What does nothing is a mistake in a spec, and would be taken for an answer. */
function checkEffects({ transformations = [] }: ExperimentSpec, effects: readonly Effect[]): void {
  for (const [at, effect] of effects.entries()) {
    if (Object.values(effect).some((count) => count > 0)) continue;
    const kind = Object.keys(transformations[at]!)[0]!;
    const reason = "it is about no event of the range: nothing would be tried out";
    throw new ExperimentError("experiment_empty", `/transformations/${at}/${kind}`, reason);
  }
}

/** Rows are told from each other by their key, in a comparison. */
function checkKey({ columns, rows }: RawTable, key: readonly string[] = [], position: string) {
  const places = key.map((name, at) => {
    const place = columns.findIndex((column) => column.name === name);
    if (place >= 0) return place;
    const known = columns.map((column) => column.name).join(", ");
    const reason = `the query gives no column ${name}: it gives ${known}`;
    throw new ExperimentError("experiment_key", `${position}/${at}`, reason);
  });
  if (places.length === 0) return;
  const seen = new Set<string>();
  for (const row of rows) {
    const text = places.map((place) => canonical(row[place]!)).join();
    if (seen.has(text)) {
      const reason = `two rows have the key ${text}: name columns that tell them apart`;
      throw new ExperimentError("experiment_key", position, reason);
    }
    seen.add(text);
  }
}

function secondsOf(milliseconds: number): number {
  return Math.round(milliseconds) / 1_000;
}
