/** The event log in NATS JetStream. */
import {
  type ConsumerMessages,
  jetstream,
  JetStreamApiError,
  jetstreamManager,
  type JsMsg,
  type StreamConfig,
} from "@nats-io/jetstream";
import {
  ClosedConnectionError,
  type NatsConnection,
  NoRespondersError,
  RequestError,
  TimeoutError,
} from "@nats-io/nats-core";
import {
  type EncodedEvent,
  EVENTS,
  type EventType,
  type LogRecord,
  subjectOf,
} from "../domain/event.ts";
import { ANSWER_TIMEOUT, publishBatch } from "./atomic_batch.ts";
import { connectNats } from "./nats_connection.ts";
import {
  checkBatch,
  type EventLog,
  LogUnavailable,
  MAX_EVENT_BYTES,
  type ReadOptions,
  SequenceConflict,
} from "./log.ts";

/** The stream that is the source of truth. */
export const STREAM = "INFRASTRUCTURE_EVENTS";

/** The server's code for "wrong last sequence". */
const WRONG_LAST_SEQUENCE = 10071;
/** How often an append is asked for again while it is not known whether it was done. */
const ATTEMPTS = 6;

/** Where a JetStream server is, and how it knows us. */
export interface JetStreamOptions {
  /** `nats://127.0.0.1:4222` */
  url: string;
  token?: string;
  /** How this client is named in the server's monitoring. */
  name?: string;
}

/**
 * Connects to a server and opens the log there; an empty one is made if there is none.
 *
 * @throws {LogUnavailable} when the server cannot be reached, or refuses us
 */
export async function openJetStream(
  { url, token, name = "cim" }: JetStreamOptions,
): Promise<JetStreamLog> {
  let connection: NatsConnection | undefined;
  try {
    connection = await connectNats({
      servers: url,
      name,
      timeout: ANSWER_TIMEOUT,
      // A server that was killed is back in a moment or not at all: about five seconds of trying.
      reconnectTimeWait: 500,
      maxReconnectAttempts: 10,
      ...(token === undefined ? {} : { token }),
    });
    const manager = await jetstreamManager(connection, { timeout: ANSWER_TIMEOUT });
    const { created } = await manager.streams.add(
      {
        name: STREAM,
        subjects: ["infrastructure.*.*"],
        storage: "file",
        compression: "s2",
        allow_atomic: true,
        allow_direct: true,
        // Single facts are never taken out; old ones are purged from the front, by the archiver alone.
        deny_delete: true,
      } as Partial<StreamConfig> & { name: string },
    );
    return new JetStreamLog(connection, created);
  } catch (error) {
    await connection?.close();
    throw new LogUnavailable(`the log at ${url} cannot be opened: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

/** What a log holds, as its server says. */
export interface LogStatus {
  stream: string;
  /** `nats-server` as `2.15.1`. */
  server_version: string;
  events: number;
  /** On disk, compressed. */
  bytes: number;
  /** The first event that is still in the stream; 0 for an empty log. */
  first_sequence: number;
  last_sequence: number;
  /** When the first and the last event were recorded; null for an empty log. */
  first_recorded_at: string | null;
  last_recorded_at: string | null;
  /** How many events of each type there are. */
  events_by_type: Record<string, number>;
}

/** The log in a stream of a JetStream server; made by {@linkcode openJetStream}. */
export class JetStreamLog implements EventLog {
  readonly name = STREAM;
  readonly maxEventBytes = MAX_EVENT_BYTES;
  readonly #gone = new AbortController();

  /**
   * @param connection is closed with the log
   * @param incarnation when the stream was made
   */
  constructor(readonly connection: NatsConnection, readonly incarnation: string) {
    void connection.closed().then(() => this.#gone.abort());
  }

  async append(
    events: readonly EncodedEvent[],
    expectedLastSequence: number,
  ): Promise<number> {
    checkBatch(events, this.maxEventBytes);
    const last = expectedLastSequence + events.length;
    let uncertain = false;
    for (let attempt = 1;; attempt++) {
      try {
        await publishBatch(this.connection, events, expectedLastSequence);
        return last;
      } catch (error) {
        if (error instanceof JetStreamApiError) {
          if (error.code !== WRONG_LAST_SEQUENCE) throw error;
          // After an attempt without an answer, what lies there may be our own.
          if (uncertain && await this.#isAt(expectedLastSequence + 1, events[0]!.payload)) {
            return last;
          }
          throw new SequenceConflict(expectedLastSequence);
        }
        if (!isTransient(error) || attempt === ATTEMPTS || this.connection.isClosed()) {
          throw this.#unavailable(error);
        }
        uncertain = true;
      }
    }
  }

  async #isAt(sequence: number, payload: Uint8Array): Promise<boolean> {
    for await (const record of this.read({ from: sequence, to: sequence })) {
      return record.payload.length === payload.length &&
        record.payload.every((byte, index) => byte === payload[index]);
    }
    return false;
  }

  async *read({ from = 1, to = Infinity, signal }: ReadOptions = {}): AsyncIterable<LogRecord> {
    const { first_seq, last_seq, messages } = await this.#state();
    const end = Math.min(to, last_seq);
    if (messages === 0 || end < Math.max(from, first_seq)) return;
    for await (const record of this.#consume(from, signal)) {
      if (record.sequence <= end) yield record;
      if (record.sequence >= end) return;
    }
    signal?.throwIfAborted();
    throw this.#unavailable();
  }

  async *subscribe(
    { from = 1, signal }: Omit<ReadOptions, "to"> = {},
  ): AsyncIterable<LogRecord> {
    yield* this.#consume(from, signal);
    if (!signal?.aborted) throw this.#unavailable();
  }

  async *#consume(from: number, signal?: AbortSignal): AsyncGenerator<LogRecord> {
    const end = AbortSignal.any([this.#gone.signal, ...(signal ? [signal] : [])]);
    if (end.aborted) return;
    const messages = await this.#messages(from);
    const stop = () => void messages.close();
    end.addEventListener("abort", stop, { once: true });
    if (end.aborted) stop(); // while the consumer was being made
    try {
      for await (const message of messages) yield recordOf(message);
    } finally {
      end.removeEventListener("abort", stop);
      await messages.close();
    }
  }

  async #messages(from: number): Promise<ConsumerMessages> {
    try {
      const consumer = await jetstream(this.connection).consumers.get(STREAM, {
        deliver_policy: "by_start_sequence",
        opt_start_seq: Math.max(from, 1),
        // Nothing is left of a reader at the server soon after it has gone.
        inactive_threshold: 30_000_000_000,
      });
      // Short expiry and heartbeat: a consumer that loses its server is back in two seconds, not in forty.
      return await consumer.consume({ max_messages: 1000, expires: 5_000, idle_heartbeat: 1_000 });
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  async lastSequence(): Promise<number> {
    return (await this.#state()).last_seq;
  }

  /**
   * What is in the log.
   *
   * @throws {LogUnavailable} when the server is out of reach
   */
  async status(): Promise<LogStatus> {
    const state = await this.#state({ subjects_filter: ">" });
    const counts = Object.keys(EVENTS).map((type) =>
      [type, state.subjects?.[subjectOf(type as EventType)] ?? 0] as const
    );
    const empty = state.messages === 0;
    return {
      stream: STREAM,
      server_version: this.connection.info?.version ?? "",
      events: state.messages,
      bytes: state.bytes,
      first_sequence: empty ? 0 : state.first_seq,
      last_sequence: state.last_seq,
      first_recorded_at: empty ? null : String(state.first_ts),
      last_recorded_at: empty ? null : String(state.last_ts),
      events_by_type: Object.fromEntries(counts.filter(([, count]) => count > 0)),
    };
  }

  async #state(options: { subjects_filter?: string } = {}) {
    try {
      const manager = await jetstreamManager(this.connection, { checkAPI: false });
      return (await manager.streams.info(STREAM, options)).state;
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  #unavailable(cause?: unknown): LogUnavailable {
    return new LogUnavailable(
      `the log's server at ${this.connection.getServer()} went away` +
        `${cause === undefined ? "" : ` (${reasonOf(cause)})`}; ` +
        `run this again: it goes on from what was acknowledged`,
      { cause },
    );
  }

  async close(): Promise<void> {
    await this.connection.close();
  }
}

function isTransient(error: unknown): boolean {
  return error instanceof TimeoutError || error instanceof NoRespondersError ||
    error instanceof ClosedConnectionError || error instanceof RequestError;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** `timestampNanos` is exact, as the server wrote it; `info`'s has lost its last digits to a double. */
function recordOf(message: JsMsg): LogRecord {
  const nanoseconds = message.timestampNanos;
  const seconds = new Date(Number(nanoseconds / 1_000_000n)).toISOString().slice(0, 19);
  const micros = String(nanoseconds / 1_000n % 1_000_000n).padStart(6, "0");
  return {
    sequence: message.seq,
    recorded_at: `${seconds}.${micros}Z`,
    payload: message.data,
  };
}
