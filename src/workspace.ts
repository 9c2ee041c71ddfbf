/** The workspace: the rooms of the house put together, with nothing to configure. */
import { hostname } from "node:os";
import { join } from "node:path";
import type { Answer } from "./command/answer.ts";
import { CommandHandler } from "./command/handler.ts";
import { type SaidCommand, submitTogether } from "./command/submit_together.ts";
import { discover, type Discovery, type DiscoveryTools } from "./discovery.ts";
import { MessageFactory } from "./domain/message.ts";
import { type EmbeddedServer, embeddedServer, type EmbeddedServerOptions } from "./log/embedded.ts";
import { interruption } from "./interruption.ts";
import { Archive } from "./log/archive.ts";
import { ArchiveKeeper } from "./log/archive_keeper.ts";
import { ArchivedLog } from "./log/archived_log.ts";
import { ON_DISK } from "./log/durability.ts";
import { type JetStreamLog, openJetStream } from "./log/jetstream.ts";
import { logFolder } from "./log/log_folder.ts";
import { natsEnvironment } from "./log/nats_environment.ts";
import { keepServer } from "./log/server_keeper.ts";
import { Snapshots } from "./log/snapshots.ts";
import { type Say, saying, tellingOf, toldOfExperiment } from "./progress.ts";
import type { Projector } from "./projections/projector.ts";
import type { ExperimentOptions } from "./replay/experiment.ts";
import type { ExperimentRun } from "./replay/experiment_run.ts";
import type { ExperimentSpec } from "./replay/experiment_spec.ts";
import type { KeepPublishedOptions, KeptModel } from "./replay/keep_published.ts";
import type { Model } from "./replay/model.ts";
import type { ReplayOptions } from "./replay/replay.ts";
import { pythonEnvironment } from "./setup/python.ts";
import { watch, type Watched, type WatchRhythm } from "./watch.ts";
import { LOCAL, PROJECT, warning, type WorkspaceOptions } from "./workspace_options.ts";

/** How long closing goes on after a signal has ended the work of one who had no other end, in milliseconds. */
const LAST_MS = 1_000;

/**
 * Opens the workspace: sets up what is missing, and starts the event log's server unless it runs. Several processes may
 * have the same workspace open; the last to close it stops the server. With `NATS_URL` in the environment the log is on
 * that server or cluster instead, and none is started: `log/nats_environment.ts` says which variables there are.
 *
 * @throws {SetupError} when something is missing that only a person can provide
 * @throws {ServerError} when the server cannot be started
 * @throws {LogUnavailable} when it does not answer
 * @throws {NatsSettingsError} when a variable makes no sense
 * @throws {ServerTooOld} when the server is not safe to write to
 * @throws {StreamUnfit} when its stream could lose events
 * @example
 * ```ts
 * import { openWorkspace } from "@cim/infrastructure";
 * await using workspace = await openWorkspace({ folder: await Deno.makeTempDir() });
 * console.log(await workspace.log.lastSequence()); // 0: nothing has happened yet
 * ```
 */
export async function openWorkspace(options: WorkspaceOptions = {}): Promise<Workspace> {
  return await saying(options.progress, (progress) => opened(options, progress));
}

async function opened(options: WorkspaceOptions, progress: Say | undefined): Promise<Workspace> {
  const { folder = LOCAL, signal = interruption() } = options;
  const patience = options.patience === undefined ? {} : { patience: options.patience };
  const nats = natsEnvironment();
  if (nats) {
    const log = await openJetStream({ ...nats, ...patience });
    if (!log.durability.safe) (options.warn ?? warning)(log.durability.because);
    return new Workspace(undefined, log, options);
  }
  const python = await pythonEnvironment({ project: PROJECT, progress, signal });
  const program = python.program("nats-server");
  const place = { folder: join(folder, "nats"), program };
  const server = await embeddedServer({ ...place, progress, signal });
  try {
    const log = await openJetStream({ ...server, ...patience, durability: ON_DISK });
    const workspace = new Workspace(server, log, options);
    if (options.patience === Infinity) workspace.keepServer({ ...options, ...place });
    return workspace;
  } catch (error) {
    await server.release();
    throw error;
  }
}

/** An open workspace; made by {@linkcode openWorkspace}. Close it, or declare it with `await using`. */
export class Workspace implements AsyncDisposable {
  readonly #clock = () => new Date();
  /** Makes the identities of commands. */
  readonly messages: MessageFactory = new MessageFactory(this.#clock);
  /**
   * Where what is made of this log is kept: its archive, snapshots, and all else that belongs to no other log. For the
   * embedded log it is the workspace's own folder.
   */
  readonly folder: string;
  /** Where the runs of experiments are kept, each in a folder of its own. */
  readonly experiments: string;
  readonly #snapshots: Snapshots;
  readonly #keeper: ArchiveKeeper;
  #history: Promise<ArchivedLog> | undefined;
  #handler: Promise<CommandHandler> | undefined;
  readonly #shares: EmbeddedServer[];
  #keeping: Promise<void> | undefined;
  /** What keeps models in step, and the status of each, which is said to the end. */
  readonly #projectors: KeptModel[] = [];

  /**
   * @param server the share in the embedded server; undefined when the log is on another one
   * @param log the event log, the source of truth
   */
  constructor(
    readonly server: EmbeddedServer | undefined,
    readonly log: JetStreamLog,
    private readonly options: WorkspaceOptions,
  ) {
    this.#shares = server ? [server] : [];
    const { folder = LOCAL, signal, warn = warning } = options;
    this.folder = server ? folder : logFolder(folder, log);
    this.experiments = join(folder, "experiments");
    this.#snapshots = new Snapshots(join(this.folder, "snapshots"));
    this.#keeper = new ArchiveKeeper(() => this.history(), { warn, signal });
  }

  /**
   * Looks at this machine and writes to the log what is new.
   *
   * @throws as {@linkcode discover}
   */
  async discover(): Promise<Discovery> {
    const tools = await this.#tools();
    return await saying(tools.progress, (progress) => discover({ ...tools, progress }));
  }

  /**
   * Submits commands as what somebody wants: `[{ command: "LabelResource", data: { … } }]`.
   *
   * @throws as {@linkcode submitTogether}
   */
  async submit(commands: readonly SaidCommand[]): Promise<Answer[]> {
    const who = { actor: `workspace@${hostname()}`, signal: this.#signal };
    return await submitTogether(await this.handler(), this.messages, commands, who);
  }

  /**
   * Looks at this machine again and again, until the signal ends it: measures it, and discovers its facts every few
   * minutes. While the log's server is away, what is measured is lost, and said to be.
   */
  async *watch(rhythm: WatchRhythm): AsyncGenerator<Watched> {
    yield* watch(await this.#tools(), rhythm);
  }

  async #tools(): Promise<DiscoveryTools> {
    const { server, log } = this;
    const signal = this.#signal;
    const { server_version: version, stream } = await log.status();
    return {
      ...this.options,
      signal,
      port: await this.handler(),
      messages: this.messages,
      clock: this.#clock,
      own: {
        stream,
        ...(server
          ? { server: { version, url: server.url, durability: log.durability.because } }
          : {}),
      },
    };
  }

  /**
   * Folds the log into a read model of one's own, up to now or to `{ asOf: "2026-11-01T00:00:00Z" }` or
   * `{ sequence: 42_000 }`.
   *
   * @throws as `replay`
   */
  async replay(options: ReplayOptions = {}): Promise<Model> {
    const { progress, signal } = this.options;
    // DuckDB takes a fifth of a second to load, which only those who replay have to wait.
    const { replay } = await import("./replay/replay.ts");
    return await replay(await this.history(), {
      ...(signal ? { signal } : {}),
      ...(progress ? { onProgress: tellingOf(progress, "Replaying") } : {}),
      ...options,
    });
  }

  /**
   * Runs an experiment on this log, or on the archive that it names, and keeps the run among {@linkcode experiments}.
   *
   * @param given the spec, or the path of its file
   * @throws as `runExperiment`
   */
  async experiment(
    given: ExperimentSpec | string,
    options: ExperimentOptions = {},
  ): Promise<ExperimentRun> {
    const { progress, signal } = this.options;
    const { runExperiment } = await import("./experiments.ts");
    const { openExperiment } = await import("./replay/experiment_source.ts");
    const { spec, source } = await openExperiment(given);
    return await runExperiment(spec, source ?? await this.history(), {
      folder: this.experiments,
      ...(signal ? { signal } : {}),
      ...(progress ? toldOfExperiment(progress) : {}),
      ...options,
    });
  }

  /**
   * Keeps a published model of this log in step with it, until that is stopped: `models/sql.duckdb` in
   * {@linkcode folder}, or with `{ model: "spaces" }` `models/spaces.duckdb`, which any number of processes may open with
   * {@linkcode Model.open}. With `{ projection }` that keeps another read model: {@linkcode Neo4jProjection}, or one of
   * one's own. How it is, is said in a file beside it. {@linkcode close} stops it.
   *
   * @param options which model, how it is kept, and when that ends: as of a projector
   */
  async project(options: KeepPublishedOptions = {}): Promise<Projector> {
    const { signal, warn = warning } = this.options;
    const { keepPublished } = await import("./replay/keep_published.ts");
    this.keepArchive();
    const how = { ...(signal ? { signal } : {}), ...options };
    const kept = keepPublished(await this.history(), this.folder, how, warn);
    this.#projectors.push(kept);
    return kept.projector;
  }

  /**
   * The log from its first event on: what is archived is read from there, if there is an archive of this log.
   *
   * @throws {ArchiveError} when the archive is not as it was written
   */
  history(): Promise<ArchivedLog> {
    return this.#history ??= Archive.open(join(this.folder, "archive")).then(
      (archive) => new ArchivedLog(this.log, archive),
      (error) => {
        this.#history = undefined; // it may be put back
        throw error;
      },
    );
  }

  /** What ends a call that is made now. */
  get #signal(): AbortSignal | undefined {
    return this.options.signal ?? interruption();
  }

  /** The handler of commands over this log. It is opened once, from a snapshot of the write model if there is one. */
  handler(): Promise<CommandHandler> {
    return this.#handler ??= this.#openHandler().catch((error) => {
      this.#handler = undefined; // the next one may find the log again
      throw error;
    });
  }

  async #openHandler(): Promise<CommandHandler> {
    const how = { signal: this.#signal, snapshots: this.#snapshots };
    const history = await this.history();
    const handler = await saying(this.options.progress, async (say) => {
      const onProgress = say && tellingOf(say, "Reading what is known");
      return await CommandHandler.open(history, this.messages, { ...how, onProgress });
    });
    this.keepArchive();
    return handler;
  }

  /**
   * Keeps the archive up with the log from now on, every few minutes and when the workspace is closed. Whoever writes
   * does so anyway; this is for one who has it open for others that write.
   */
  keepArchive(): void {
    this.#keeper.start();
  }

  /** Archives what others have not; of those who only read nobody wants to wait for that. */
  async #archiveRest(): Promise<void> {
    if (!this.#keeper.isStarted && !this.log.wasWritten) return;
    const { signal, patience } = this.options;
    // Whoever goes on for ever is ended by the signal, and anybody else is interrupted.
    const isOver = signal?.aborted && patience === Infinity;
    await saying(this.options.progress, async (say) => {
      const onProgress = say && tellingOf(say, "Archiving");
      await this.#keeper.end(isOver ? AbortSignal.timeout(LAST_MS) : signal, onProgress);
    });
  }

  /**
   * Lets go of the log; the last one to do so stops the server. Before, what keeps models in step is stopped, each with
   * all of it published that it has applied, and where events were written the archive is extended; what hinders that is
   * said to {@linkcode WorkspaceOptions.warn}.
   */
  async close(): Promise<void> {
    try {
      await Promise.all(this.#projectors.splice(0).map((kept) => kept.end()));
      const handler = await this.#handler?.catch(() => undefined);
      await handler?.close();
      await this.#archiveRest();
      await this.log.close();
      await this.#keeping;
    } finally {
      for (const share of this.#shares) await share.release();
    }
  }

  /** Has the embedded server started again when it dies, from now on. */
  keepServer(place: EmbeddedServerOptions): void {
    this.#keeping ??= keepServer(this.log.connection, place, (server) => this.#shares.push(server));
  }

  /** {@linkcode close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
