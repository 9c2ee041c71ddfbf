/** The metrics projection: measurements and counts as time series on a server, kept in step with the log. */
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
import { whyAnew } from "./anew.ts";
import { folded, readable, unhurried } from "./counted_again.ts";
import { definition } from "./definition.ts";
import { MetricsFold } from "./fold.ts";
import { type LeftOut, nothingLeftOut } from "./measured.ts";
import { type MetricsSettings, MetricsSettingsError } from "./settings.ts";
import { type ServerFacts, VictoriaMetrics } from "./victoria_metrics.ts";
import { Writing } from "./writing.ts";

/** Which server, and what to do there. */
export interface MetricsProjectionOptions extends MetricsSettings {
  /** Whether series that are there are deleted, and made anew. */
  discard?: boolean;
  /** Whether it goes on for ever: then a server that keeps a sample twice which comes twice is refused. */
  watch?: boolean;
  /** Told why series that were there are made anew; not where that was asked for. */
  onAnew?: (reason: string) => void;
  /** Told once where the server makes no snapshot for us: what it took last is lost when it is killed. */
  onUnsettled?: () => void;
  /** How long a killed projector's lease lasts, in milliseconds; 10,000 unless it says otherwise. */
  leaseMs?: number;
}

/**
 * Folds events into time series: every measurement with its own time, and how many there are of what (`counts.ts`), under
 * the names that `names.ts` gives them. The labels of what is measured are `job`, `instance` (the host name),
 * `compute_id`, `resource_type` and `site`, as they were then, and its attributes.
 *
 * The server has no transactions. Where the projection stands is kept in the log's NATS server, behind what is surely on
 * the time-series server's disk; what is written once more after that is the same to the sample, and a server that
 * deduplicates keeps it once. What the samples of an event are depends on the events before it alone, so wherever the log
 * is cut or begun again, the series are the same.
 */
export class MetricsProjection implements Projection {
  readonly name = "metrics";
  /** How many measured values this instance put into no series, and why. */
  readonly leftOut: Readonly<LeftOut> = nothingLeftOut();
  #samples = 0;
  readonly #server: VictoriaMetrics;
  readonly #position: NatsPosition;
  #identity: LogIdentity | undefined;
  #kept: KeptPosition | undefined;
  #fold: MetricsFold;
  #writing: Writing | undefined;
  #facts: ServerFacts | undefined;
  #wasDiscarded = false;
  #wasToldUnsettled = false;

  /**
   * @param log all of it, such as an {@linkcode ArchivedLog}: what was counted is counted again at each start
   * @param connection where the position is kept: the log's own
   */
  constructor(
    private readonly log: Pick<EventLog, "read">,
    connection: NatsConnection,
    private readonly options: MetricsProjectionOptions,
  ) {
    const { url, job, leaseMs } = options;
    this.#server = new VictoriaMetrics(options);
    const lease = leaseMs === undefined ? {} : { leaseMs };
    this.#position = new NatsPosition(connection, this.name, `metrics ${job} ${url}`, lease);
    this.#fold = new MetricsFold(job);
  }

  /** How the server is set up; undefined before {@linkcode initialize}. */
  get facts(): ServerFacts | undefined {
    return this.#facts;
  }

  /** How many samples were written by this instance, those of a step that was broken off among them. */
  get samples(): number {
    return this.#samples;
  }

  /**
   * As the port says, and
   *
   * @throws {MetricsSettingsError} when the server does not let us in, does not deduplicate where that is needed, or has
   *   series of another log of which we know nothing
   */
  async initialize({ name, incarnation }: LogIdentity): Promise<void> {
    this.#identity = { name, incarnation };
    await this.#begin();
  }

  /** Finds what is there, or begins anew. */
  async #begin(): Promise<void> {
    const log = this.#identity;
    if (!log) throw new ProjectionUnavailable(this.name, "it is not open");
    await this.#writing?.close();
    this.#writing = undefined;
    const kept = await this.#position.open();
    const facts = this.#facts = await this.#server.facts();
    if (this.options.watch && !facts.deduplicates) throw notDeduplicating();
    const marks = await this.#server.marks();
    const ours = { log, definition: await definition() };
    const isDiscarded = this.options.discard === true && !this.#wasDiscarded;
    const reason = isDiscarded ? "" : whyAnew(kept, ours, marks);
    if (reason && kept) this.options.onAnew?.(reason);
    this.#kept = kept ?? { ...ours, checkpoint: { ...NOTHING_APPLIED }, parked: [] };
    const writing = new Writing(
      this.#server,
      this.#position,
      facts.deduplicates === true,
      () => this.#tellUnsettled(),
    );
    if (reason !== undefined) await this.#clear(ours);
    else await this.#countAgain();
    this.#fold.countInto(this.leftOut);
    this.#wasDiscarded = true;
    this.#writing = writing;
  }

  /** Deletes all series, and keeps that nothing is applied. */
  async #clear(ours: Pick<KeptPosition, "log" | "definition">): Promise<void> {
    this.#position.requireLease();
    // Whoever is broken off here begins here again.
    this.#kept = { ...ours, checkpoint: { ...NOTHING_APPLIED }, parked: [], unfinished: true };
    await this.#position.keep(this.#kept);
    await this.#server.clear();
    this.#position.requireLease();
    this.#kept = { ...ours, checkpoint: { ...NOTHING_APPLIED }, parked: [] };
    await this.#position.keep(this.#kept);
    this.#fold = new MetricsFold(this.options.job);
    this.#fold.countInto(this.leftOut);
  }

  /** Folds what is written already, so that what comes is counted on from there. */
  async #countAgain(): Promise<void> {
    const { checkpoint: { last_sequence, events }, parked } = this.#kept!;
    const upTo = { through: last_sequence, parked };
    let again = await folded(this.log, this.options.job, upTo);
    // Something begins as a measurement does, and is none.
    if (again.events !== events) {
      again = await folded(this.log, this.options.job, { ...upTo, isSkimmed: false });
    }
    this.#fold = again.fold;
  }

  project(event: ProjectedEvent): Promise<void> {
    return this.projectBatch(stepOf(event));
  }

  async projectBatch(step: Step): Promise<void> {
    await this.#reach(async () => {
      const kept = this.#kept!;
      const next = positionAfter(this.name, kept, step);
      const writing = this.#writing!;
      try {
        if (step.unpark.length > 0) await this.#writeAll(step.through, next.parked);
        else {
          await writing.begin(kept);
          for (const { event } of step.events) {
            this.#fold.take(event);
            if (writing.isDue(this.#fold.gathered)) await this.#write(writing);
          }
          await this.#write(writing);
        }
        await writing.end(next);
      } catch (error) {
        this.#writing = undefined; // the fold is ahead of what is written
        await writing.close();
        throw error;
      }
      this.#kept = next;
    });
  }

  /** Deletes all series and makes them anew: an event that comes late changes what was counted since. */
  async #writeAll(to: number, parked: readonly ParkedEvent[]): Promise<void> {
    const { log, definition } = this.#kept!;
    const aside = new Set(parked.map(({ sequence }) => sequence));
    await this.#clear({ log, definition });
    const writing = this.#writing!;
    await writing.begin(this.#kept!);
    for await (const record of unhurried(this.log.read({ from: 1, to }))) {
      const event = aside.has(record.sequence) ? undefined : readable(record);
      if (event) this.#fold.take(event);
      if (writing.isDue(this.#fold.gathered)) await this.#write(writing);
    }
    await this.#write(writing);
  }

  async #write(writing: Writing): Promise<void> {
    this.#samples += this.#fold.gathered.samples;
    await writing.write(this.#fold.gathered);
  }

  checkpoint(): Promise<Checkpoint> {
    return this.#reach(() => Promise.resolve({ ...this.#kept!.checkpoint }));
  }

  parked(): Promise<ParkedEvent[]> {
    return this.#reach(() => Promise.resolve([...this.#kept!.parked]));
  }

  async healthCheck(): Promise<Health> {
    try {
      await this.#server.reach();
      if (this.#writing) this.#position.requireLease();
      return { healthy: true, because: "the server answers" };
    } catch (error) {
      return { healthy: false, because: oneLine(error) };
    }
  }

  async reset(): Promise<void> {
    await this.#reach(async () => {
      const { log, definition } = this.#kept!;
      await this.#writing!.settle();
      await this.#clear({ log, definition });
    });
  }

  /**
   * As the port says.
   *
   * @throws {ProjectionUnavailable} when the last that was written is not surely on the server's disk: whoever opens it next
   *   writes it again
   */
  async close(): Promise<void> {
    const writing = this.#writing;
    this.#writing = this.#identity = undefined;
    try {
      await writing?.settleAtLast();
    } finally {
      await writing?.close();
      await this.#position.close();
    }
  }

  #tellUnsettled(): void {
    if (!this.#wasToldUnsettled) this.options.onUnsettled?.();
    this.#wasToldUnsettled = true;
  }

  /** Does something with what is there, which is looked at again where that is not sure any more. */
  async #reach<T>(work: () => Promise<T>): Promise<T> {
    try {
      if (!this.#writing || this.#position.isLost) await this.#begin();
      return await work();
    } catch (error) {
      if (!(error instanceof MetricsSettingsError)) throw error;
      throw new ProjectionUnavailable(this.name, error.message, { cause: error });
    }
  }
}

function notDeduplicating(): MetricsSettingsError {
  return new MetricsSettingsError(
    "METRICS_URL",
    "is a server that keeps a sample twice which comes twice, as after a crash: start it with " +
      "-dedup.minScrapeInterval=1ms, or run this without --watch",
  );
}
