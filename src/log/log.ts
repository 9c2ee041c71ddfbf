/** The event log: an ordered list of facts that only grows. This is the port; the adapters are its neighbours. */
import type { EncodedEvent, LogRecord } from "../domain/event.ts";

/** The most events that one append takes: what a server takes in one atomic batch. */
export const MAX_BATCH_EVENTS = 1000;
/** The most bytes that one event may have, with room for headers below the server's default limit of 1 MiB. */
export const MAX_EVENT_BYTES = 1_000_000;

/** Which part of the log to read. */
export interface ReadOptions {
  /** The first sequence wanted; 1 by default. */
  from?: number;
  /** The last sequence wanted; by default the last that the log has when reading begins. */
  to?: number;
  /** Only events under these subjects, which must not overlap: `infrastructure.compute.*`; all by default. */
  subjects?: readonly string[];
  /** Ends the reading with its reason. */
  signal?: AbortSignal;
}

/** A log of events. Every adapter passes the same contract (`test/log/contract.ts`). */
export interface EventLog {
  /** What the log is called where it is kept. */
  readonly name: string;
  /** Tells this log from another one of the same name that was made before or after it. */
  readonly incarnation: string;
  /** The most bytes that one event may have here: {@linkcode MAX_EVENT_BYTES}, or less where the server says so. */
  readonly maxEventBytes: number;
  /**
   * Writes all of these events, or none, behind the event that is expected to be the last one.
   *
   * @returns the sequence of the last event written, on disk by then
   * @throws {SequenceConflict} when the log ends elsewhere: decide again on the newer state
   * @throws {LogFull} when there is no room for them; none was written
   * @throws {LogReplaced} when another log has taken this one's place
   * @throws {LogUnavailable} when the server is out of reach; the events may or may not have been written
   * @throws {RangeError} for no event, more than {@linkcode MAX_BATCH_EVENTS}, or one over {@linkcode maxEventBytes}
   */
  append(events: readonly EncodedEvent[], expectedLastSequence: number): Promise<number>;
  /**
   * Reads what is there, in order, and ends.
   *
   * @throws {LogReplaced} when another log has taken this one's place
   * @throws {LogUnavailable} when the server goes away before the end
   */
  read(options?: ReadOptions): AsyncIterable<LogRecord>;
  /**
   * Reads what is there and then what comes, in order, each once, until `signal` ends it.
   *
   * @throws {LogReplaced} when another log has taken this one's place
   * @throws {LogUnavailable} when the server goes away for good
   */
  subscribe(options?: Omit<ReadOptions, "to">): AsyncIterable<LogRecord>;
  /**
   * The sequence of the last event; 0 for an empty log.
   *
   * @throws {LogReplaced} when another log has taken this one's place
   */
  lastSequence(): Promise<number>;
  /** Lets go of the log. What was acknowledged stays. */
  close(): Promise<void>;
}

/** Somebody else wrote first. Nothing of ours was written. */
export class SequenceConflict extends Error {
  override readonly name = "SequenceConflict";
  /** Stable, for programs. */
  readonly code = "sequence_conflict";
  /** @param expected the sequence that was expected to be the log's last */
  constructor(readonly expected: number) {
    super(`the log does not end at sequence ${expected} any more: read on and decide again`);
  }
}

/** The log's server cannot be reached, or went away. Running again goes on from what was acknowledged. */
export class LogUnavailable extends Error {
  override readonly name = "LogUnavailable";
  /** Stable, for programs. */
  readonly code = "log_unavailable";
}

/**
 * Another log of the same name has taken this one's place, or none has: the stream was deleted, made anew, or is on a
 * server that lost its data. What was decided on the old one is void, so this log can be used no more.
 */
export class LogReplaced extends Error {
  override readonly name = "LogReplaced";
  /** Stable, for programs. */
  readonly code = "log_replaced";
  /** @param how what was seen */
  constructor(how: string) {
    super(
      `the event log is not the one that was opened: ${how}; put the old one back, or run this again ` +
        `to work on what is there now`,
    );
  }
}

/** There is no room for more events. Nothing of ours was written; once there is room the same log goes on. */
export class LogFull extends Error {
  override readonly name = "LogFull";
  /** Stable, for programs. */
  readonly code = "log_full";
  /**
   * @param what is full
   * @param remedy what to do
   */
  constructor(what: string, remedy: string, options?: ErrorOptions) {
    super(`the event log is full: ${what}; ${remedy}, and run this again`, options);
  }
}

/** The log is not what it was: events are missing in it, or another one has taken its place. */
export class LogBroken extends Error {
  override readonly name = "LogBroken";
  /** Stable, for programs. */
  readonly code = "log_broken";
  /** @param how what was seen */
  constructor(how: string) {
    super(
      `the event log is not whole: ${how}; put back what is missing, or open the workspace anew ` +
        `if another log has taken its place`,
    );
  }
}

/**
 * Checks a batch before it is sent.
 *
 * @throws {RangeError} as {@linkcode EventLog.append} says
 */
export function checkBatch(events: readonly EncodedEvent[], maxEventBytes: number): void {
  if (events.length === 0 || events.length > MAX_BATCH_EVENTS) {
    throw new RangeError(
      `Cannot append ${events.length} events at once: 1 to ${MAX_BATCH_EVENTS} are possible`,
    );
  }
  for (const { payload: { length } } of events) {
    if (length > maxEventBytes) {
      throw new RangeError(
        `Cannot append an event of ${length} bytes: at most ${maxEventBytes} are possible`,
      );
    }
  }
}
