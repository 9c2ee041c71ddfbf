/** Experiments, with every analysis that there is. */
import Type from "typebox";
import { ANALYSES } from "./analyses.ts";
import { checkTerms } from "./command/concept_terms.ts";
import { letIn } from "./command/door.ts";
import { checkRules, loadRules } from "./command/policy_rules.ts";
import type { Command } from "./domain/command.ts";
import { interruption } from "./interruption.ts";
import type { Archive } from "./log/archive.ts";
import type { EventLog } from "./log/log.ts";
import { saying, toldOfExperiment } from "./progress.ts";
import {
  type ExperimentOptions,
  runExperiment as run,
  type RunOptions,
} from "./replay/experiment.ts";
import { callSchema } from "./replay/experiment_analysis.ts";
import type { ExperimentRun } from "./replay/experiment_run.ts";
import { ExperimentSpec, TableName } from "./replay/experiment_spec.ts";
import {
  type ExperimentAgreement,
  verifyExperiment as verify,
} from "./replay/experiment_verify.ts";

const calls = Object.entries(ANALYSES).map(([name, one]) => callSchema(name, one));

/** The JSON Schema of an experiment's spec, with what each analysis may be given. */
export const EXPERIMENT_SCHEMA: object = {
  ...ExperimentSpec,
  properties: {
    ...ExperimentSpec.properties,
    analyses: Type.Record(TableName, Type.Union(calls), {
      additionalProperties: false,
      minProperties: 1,
      description: "Besides queries, or instead of them.",
    }),
  },
};

/**
 * Runs an experiment: reads a part of a log, drops, changes and adds events, folds what is left into a read model, and
 * asks that: queries in SQL, and analyses by their names. Nothing is written to the log. The same spec, log and code
 * always give the same tables.
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
 *   analyses: { verdicts: { analysis: "compliance" } },
 * }, fleet);
 * strictEqual(run.tables.sites?.rows[0]?.site, "berlin");
 * strictEqual(run.tables.verdicts?.rows.some(({ verdict }) => verdict === "fail"), false);
 * ```
 */
export async function runExperiment(
  given: ExperimentSpec | string,
  source: EventLog | Archive,
  options: ExperimentOptions = {},
): Promise<ExperimentRun> {
  return await attended(options, (attended) => run(given, source, attended));
}

/**
 * Runs an experiment again, as its manifest says, and compares each table, whatever else the manifest says of what came
 * of it, and the files that are beside it.
 *
 * @param path of the manifest, or of the folder that it is in; nothing else of that is needed
 * @param source of the same log: that itself, or an archive of it
 * @throws {ExperimentError} `experiment_other_log` where it is of another log, and as {@linkcode runExperiment}
 */
export async function verifyExperiment(
  path: string,
  source: EventLog | Archive,
  options: Omit<ExperimentOptions, "folder"> = {},
): Promise<ExperimentAgreement> {
  return await attended(options, (attended) => verify(path, source, attended));
}

/** With all that an experiment takes from other rooms, and what a cell of a notebook does for whoever waits for it. */
async function attended<T>(
  options: ExperimentOptions,
  work: (options: RunOptions) => Promise<T>,
): Promise<T> {
  const signal = options.signal ?? interruption();
  const isTold = options.onProgress !== undefined || options.onQuestion !== undefined;
  return await saying(isTold ? () => {} : undefined, async (say) =>
    await work({
      ...(say ? toldOfExperiment(say) : {}),
      ...options,
      ...(signal ? { signal } : {}),
      ...await house(),
    }));
}

/** What an experiment takes from other rooms: the analyses, and the door that every command comes in by. */
async function house() {
  await loadRules();
  return { analyses: ANALYSES, door };
}

function door(given: Command): Command {
  const { command } = letIn(given);
  checkRules(command);
  checkTerms(command);
  return command;
}
