/** The metrics projection where samples go by remote write: of what is new, from where it began. */
import type { NatsConnection } from "@nats-io/nats-core";
import type { EventLog } from "../../log/log.ts";
import { NOTHING_APPLIED, stepOf } from "../checkpoint.ts";
import { type KeptPosition, NatsPosition, positionAfter } from "../nats_position.ts";
import {
  type Checkpoint,
  type Health,
  type LogIdentity,
  type ParkedEvent,
  type ProjectedEvent,
  type Projection,
  ProjectionUnavailable,
  type Step,
} from "../projection.ts";
import { oneLine } from "../projector_error.ts";
import { folded } from "./counted_again.ts";
import { definition } from "./definition.ts";
import type { MetricsFold } from "./fold.ts";
import { type LeftOut, nothingLeftOut } from "./measured.ts";
import { type NotTaken, RemoteWrite } from "./remote_write.ts";
import { type MetricsSettings, MetricsSettingsError } from "./settings.ts";

/** Which server. */
export interface LiveMetricsOptions extends MetricsSettings {
  /** Told from which sequence on samples are written, and why from there, where nothing was kept of this log. */
  onBegin?: (sequence: number, reason: string) => void;
  /** How long a killed projector's lease lasts, in milliseconds; 10,000 unless it says otherwise. */
  leaseMs?: number;
}

/**
 * Writes what `MetricsProjection` writes, but by Prometheus' remote write, and so only what is new: a server takes there
 * the samples of a series in the order of their times, of the last hour or so, and deletes nothing. It begins where the log
 * ends when it is first run, and from then on goes on from where it was. What the server does not take is counted.
 *
 * The laws of projections do not hold here, and cannot: the series are no function of the log but of when it was followed,
 * `reset` is refused, and a step that is applied again after a crash is not written twice only because the server refuses
 * what it has.
 */
export class LiveMetricsProjection implements Projection {
  readonly name = "metrics";
  readonly #leftOut: LeftOut = nothingLeftOut();
  readonly #server: RemoteWrite;
  readonly #position: NatsPosition;
  #identity: LogIdentity | undefined;
  #kept: KeptPosition | undefined;
  /** Undefined where it has to be looked at anew what is there. */
  #fold: MetricsFold | undefined;

  /**
   * @param log all of it, such as an {@linkcode ArchivedLog}: what was counted is counted again at each start
   * @param connection where the position is kept: the log's own
   */
  constructor(
    private readonly log: Pick<EventLog, "read" | "lastSequence">,
    connection: NatsConnection,
    private readonly options: LiveMetricsOptions,
  ) {
    const { url, job, leaseMs } = options;
    this.#server = new RemoteWrite(this.name, options);
    const lease = leaseMs === undefined ? {} : { leaseMs };
    this.#position = new NatsPosition(connection, this.name, `metrics ${job} ${url}`, lease);
  }

  /** How many samples the server has taken from this instance. */
  get samples(): number {
    return this.#server.taken;
  }

  /** How many it did not get, or did not take, and why. */
  get leftOut(): Readonly<LeftOut & NotTaken> {
    return { ...this.#leftOut, ...this.#server.notTaken };
  }

  /** Why the server refused the last one of `leftOut.refused`, in its own words. */
  get reason(): string {
    return this.#server.reason;
  }

  /**
   * As the port says, and
   *
   * @throws {MetricsSettingsError} when the server does not let us in, or takes no remote write
   */
  async initialize({ name, incarnation }: LogIdentity): Promise<void> {
    this.#identity = { name, incarnation };
    await this.#begin();
  }

  async #begin(): Promise<void> {
    const log = this.#identity;
    if (!log) throw new ProjectionUnavailable(this.name, "it is not open");
    this.#fold = undefined;
    const kept = await this.#position.open();
    await this.#server.reach(); // before all is counted for nothing
    if (kept && kept.log.name === log.name && kept.log.incarnation === log.incarnation) {
      this.#kept = kept;
    } else {
      const last_sequence = await this.log.lastSequence();
      const checkpoint = { ...NOTHING_APPLIED, last_sequence };
      this.#kept = { log, definition: await definition(), checkpoint, parked: [] };
      await this.#position.keep(this.#kept);
      const reason = kept ? "what was written is of another log" : "nothing was written there yet";
      this.options.onBegin?.(last_sequence + 1, reason);
    }
    const { checkpoint: { last_sequence: through }, parked } = this.#kept;
    const { fold } = await folded(this.log, this.options.job, { through, parked });
    fold.countInto(this.#leftOut);
    this.#fold = fold;
  }

  project(event: ProjectedEvent): Promise<void> {
    return this.projectBatch(stepOf(event));
  }

  async projectBatch(step: Step): Promise<void> {
    await this.#reach(async (fold, kept) => {
      const next = positionAfter(this.name, kept, step);
      this.#fold = undefined; // until all is written, the fold is ahead of that
      this.#position.requireLease();
      for (const { event } of step.events) fold.take(event);
      await this.#server.write(fold.gathered.takeEach(), () => this.#position.requireLease());
      await this.#position.keep(next);
      this.#fold = fold;
      this.#kept = next;
    });
  }

  checkpoint(): Promise<Checkpoint> {
    return this.#reach((_, { checkpoint }) => Promise.resolve({ ...checkpoint }));
  }

  parked(): Promise<ParkedEvent[]> {
    return this.#reach((_, { parked }) => Promise.resolve([...parked]));
  }

  async healthCheck(): Promise<Health> {
    try {
      await this.#server.reach();
      if (this.#fold) this.#position.requireLease();
      return { healthy: true, because: "the server answers" };
    } catch (error) {
      return { healthy: false, because: oneLine(error) };
    }
  }

  /**
   * Refuses.
   *
   * @throws {MetricsSettingsError} by remote write nothing can be deleted
   */
  reset(): Promise<void> {
    return Promise.reject(nothingAnew());
  }

  async close(): Promise<void> {
    this.#fold = this.#identity = undefined;
    await this.#position.close();
  }

  /** Does something with what is there, which is looked at again where that is not sure any more. */
  async #reach<T>(work: (fold: MetricsFold, kept: KeptPosition) => Promise<T>): Promise<T> {
    try {
      if (!this.#fold || this.#position.isLost) await this.#begin();
      return await work(this.#fold!, this.#kept!);
    } catch (error) {
      if (!(error instanceof MetricsSettingsError)) throw error;
      throw new ProjectionUnavailable(this.name, error.message, { cause: error });
    }
  }
}

/** Why series cannot be made anew, and what can be done. */
export function nothingAnew(): MetricsSettingsError {
  return new MetricsSettingsError(
    "METRICS_URL",
    "is a remote write, by which nothing can be deleted and no history be written: give that of a VictoriaMetrics, " +
      "such as http://127.0.0.1:8428, or run this without --rebuild",
  );
}
