/** A projection: what keeps one read model in step with the log. This is the port; each folder here is an adapter. */
import type { LogRecord, RecordedEvent } from "../domain/event.ts";

/**
 * Folds events into one read model. An adapter does what the interface says and passes the laws of `laws/`; running it
 * (reading the log, retrying, parking) is the projector's work.
 *
 * The checkpoint is the only position there is. It is written with the events that it covers, all or nothing, and only
 * if it still is where the step began: that is also the fence against a second projector.
 */
export interface Projection {
  /** What it is called: on the command line, in `cim status`. */
  readonly name: string;
  /**
   * Makes what it needs, or finds it. What is there and damaged, of another log, or of another version of the fold, is
   * put aside with its reason, and the projection begins anew.
   *
   * @throws {ProjectionUnavailable} when the read model cannot be reached
   */
  initialize(log: LogIdentity): Promise<void>;
  /** As {@linkcode projectBatch}, for the one event behind the checkpoint. */
  project(event: ProjectedEvent): Promise<void>;
  /**
   * Applies a step, and nothing of it if that fails.
   *
   * @throws {ProjectionMoved} when the checkpoint is not where the step begins
   * @throws {ProjectionUnavailable} for trouble of the read model, which has nothing to do with the events
   * @throws anything else for events that it cannot take: they are tried one by one, and the culprit is parked
   */
  projectBatch(step: Step): Promise<void>;
  /** What it has applied. */
  checkpoint(): Promise<Checkpoint>;
  /** Which events are parked, in their order. */
  parked(): Promise<ParkedEvent[]>;
  /** Whether it can work now, and if not, why; never throws. */
  healthCheck(): Promise<Health>;
  /** Empties the read model: as if nothing had ever been applied. */
  reset(): Promise<void>;
  /** Lets go of the read model, which stays. */
  close(): Promise<void>;
}

/** Which log a read model is of. */
export interface LogIdentity {
  name: string;
  /** Tells the log from another one of the same name. */
  incarnation: string;
}

/** An event of the log, checked and led up to its newest version, beside its bytes. */
export interface ProjectedEvent {
  record: LogRecord;
  event: RecordedEvent;
}

/** A part of the log on its way into a read model. */
export interface Step {
  /** Where the checkpoint stands: the sequence before the step's first. */
  after: number;
  /** The step's last sequence, where the checkpoint stands then; `after` where it only un-parks. */
  through: number;
  /** What is to be applied, in order. */
  events: readonly ProjectedEvent[];
  /** How many messages of this part are no events, and were passed over. */
  skipped: number;
  /** Events of this part that are put aside. They are in none of the tables, and not in `log_hash`. */
  park: readonly ParkedEvent[];
  /** Sequences of parked events that are parked no more: they are among `events`. */
  unpark: readonly number[];
}

/** An event that a read model could not take, or a later one of the same aggregate. */
export interface ParkedEvent {
  sequence: number;
  event_type: string;
  aggregate_id: string;
  /** Why, in one line. */
  reason: string;
}

/** What of the log a read model has applied, and how to check that. */
export interface Checkpoint {
  /** The first sequence it covers; 0 when it covers none. */
  first_sequence: number;
  /** The last sequence it covers: applied, passed over or parked. */
  last_sequence: number;
  /** How many events are applied. */
  events: number;
  /**
   * The xor of the 128-bit MD5 of `sequence|event_id|payload` of each event applied, as 32 hexadecimal digits: hashes
   * of two ranges can be put together.
   */
  log_hash: string;
  /** How many messages it passed over because they are no events. */
  skipped: number;
  /** How many events are parked. */
  parked: number;
}

/** Whether a projection can work. */
export interface Health {
  healthy: boolean;
  /** In one line, what is wrong, or that nothing is. */
  because: string;
}

/** The read model is out of reach, or has no room: trying again later may help, and nothing was applied. */
export class ProjectionUnavailable extends Error {
  override readonly name = "ProjectionUnavailable";
  /** Stable, for programs. */
  readonly code = "projection_unavailable";
  /** @param projection which one */
  constructor(readonly projection: string, why: string, options?: ErrorOptions) {
    super(`the projection ${projection} cannot go on: ${why}`, options);
  }
}

/** The checkpoint is elsewhere: another projector is at work on the same read model, or the step leaves a gap. */
export class ProjectionMoved extends Error {
  override readonly name = "ProjectionMoved";
  /** Stable, for programs. */
  readonly code = "projection_moved";
  /**
   * @param projection which one
   * @param expected where the step begins
   * @param found where the checkpoint is
   */
  constructor(readonly projection: string, readonly expected: number, readonly found: number) {
    super(
      `the projection ${projection} is at sequence ${found} and not at ${expected}: ` +
        `another projector is at work on it`,
    );
  }
}
