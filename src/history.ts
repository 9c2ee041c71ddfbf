/** A log to ask: that of this machine's workspace, or an archive by itself, which needs no server. */
import { join } from "node:path";
import { Archive } from "./log/archive.ts";
import type { ExperimentOptions } from "./replay/experiment.ts";
import { ExperimentError } from "./replay/experiment_error.ts";
import type { ExperimentRun } from "./replay/experiment_run.ts";
import type { ExperimentSpec } from "./replay/experiment_spec.ts";
import type { ExperimentAgreement } from "./replay/experiment_verify.ts";
import type { Model } from "./replay/model.ts";
import type { ReplayOptions } from "./replay/replay.ts";
import { told, toldOfExperiment } from "./progress.ts";
import { LOCAL, type WorkspaceOptions } from "./workspace_options.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";

/** Which log, and up to when. Nothing is needed. */
export interface HistoryOptions extends WorkspaceOptions {
  /** The folder of an archive; the log of the workspace where it is empty or left out. */
  archive?: string | undefined;
  /** The moment that is asked about, RFC 3339; the end of the log where it is empty or left out. */
  asOf?: string | undefined;
}

/**
 * Opens a log to ask. Whoever asks need not know whether it is this machine's or somebody's archive.
 *
 * @throws {ArchiveError} when the archive is not as it was written, or there is none
 * @throws as {@linkcode openWorkspace} where it is the log of the workspace
 * @example
 * ```ts
 * import { openHistory } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * await using history = await openHistory({
 *   archive: "data/samples/fleet",
 *   asOf: "2026-10-07T10:00:00Z",
 * });
 * await using model = await history.replay();
 * const { rows } = await model.sql`SELECT count(*) AS resources FROM resources`;
 * strictEqual(rows[0]?.resources, 59);
 * ```
 */
export async function openHistory(options: HistoryOptions = {}): Promise<History> {
  return options.archive
    ? new History(await Archive.open(options.archive), options)
    : new History(await openWorkspace(options), options);
}

/** A log that is open to be asked; made by {@linkcode openHistory}. Close it, or declare it with `await using`. */
export class History implements AsyncDisposable {
  constructor(
    private readonly source: Archive | Workspace,
    private readonly options: HistoryOptions,
  ) {}

  /** The workspace whose log it is; undefined for an archive, to which nothing can be written. */
  get workspace(): Workspace | undefined {
    return this.source instanceof Archive ? undefined : this.source;
  }

  /**
   * Folds the log into a read model of one's own, as of the moment that is asked about, or another one.
   *
   * @throws as `replay`
   */
  async replay(options: ReplayOptions = {}): Promise<Model> {
    const { asOf, progress, signal } = this.options;
    const isAnother = options.asOf !== undefined || options.sequence !== undefined;
    const until = asOf && !isAnother ? { asOf } : {};
    if (!(this.source instanceof Archive)) {
      return await this.source.replay({ ...until, ...options });
    }
    // DuckDB takes a fifth of a second to load, which only those who replay have to wait.
    const { replay } = await import("./replay/replay.ts");
    return await replay(this.source, {
      ...until,
      ...(signal ? { signal } : {}),
      ...(progress ? { onProgress: (done, of) => progress(told("Replaying", done, of)) } : {}),
      ...options,
    });
  }

  /**
   * Runs an experiment on this log, up to the moment that is asked about unless its range says otherwise, and keeps the
   * run among the workspace's.
   *
   * @throws as `runExperiment`
   */
  async experiment(spec: ExperimentSpec, options: ExperimentOptions = {}): Promise<ExperimentRun> {
    const { asOf, folder = LOCAL, progress, signal } = this.options;
    const { range } = spec;
    const isAnother = range?.as_of !== undefined || range?.sequence !== undefined;
    const asked = asOf && !isAnother ? { ...spec, range: { ...range, as_of: asOf } } : spec;
    if (!(this.source instanceof Archive)) return await this.source.experiment(asked, options);
    const { runExperiment } = await import("./experiments.ts");
    return await runExperiment(asked, this.source, {
      folder: join(folder, "experiments"),
      ...(signal ? { signal } : {}),
      ...(progress ? toldOfExperiment(progress) : {}),
      ...options,
    });
  }

  /**
   * Runs a kept experiment again, as its manifest says, and compares what comes of it.
   *
   * @param run it, or the folder of it, or its manifest there
   * @throws {ExperimentError} `experiment_missing` for a run that was not kept; as `verifyExperiment`
   */
  async verify(run: ExperimentRun | string): Promise<ExperimentAgreement> {
    const path = typeof run === "string" ? run : run.path;
    if (path === undefined) {
      const reason = `the run ${run} was not kept: run it by experiment(), which keeps it`;
      throw new ExperimentError("experiment_missing", "", reason);
    }
    const { verifyExperiment } = await import("./experiments.ts");
    const log = this.source instanceof Archive ? this.source : await this.source.history();
    const { signal } = this.options;
    return await verifyExperiment(path, log, signal ? { signal } : {});
  }

  /** What truly was, as `ground_truth.json` beside an archive tells it; undefined where nobody knows. */
  async truth(): Promise<string | undefined> {
    if (!(this.source instanceof Archive)) return undefined;
    return await Deno.readTextFile(join(this.source.folder, "ground_truth.json"))
      .catch((error) => {
        if (error instanceof Deno.errors.NotFound) return undefined;
        throw error;
      });
  }

  /** Lets go of the log, as {@linkcode Workspace.close} does. */
  async close(): Promise<void> {
    if (!(this.source instanceof Archive)) await this.source.close();
  }

  /** {@linkcode close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
