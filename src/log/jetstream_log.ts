/** The event log in NATS JetStream: what can be done with it once it is open. */
import { setTimeout as delay } from "node:timers/promises";
import type { JetStreamManager, StreamInfo } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import type { EncodedEvent, LogRecord } from "../domain/event.ts";
import { EVENTS, type EventType, subjectOf } from "../domain/event_types.ts";
import { Appender } from "./appender.ts";
import { appendFault } from "./append_fault.ts";
import { HEADER_BYTES } from "./atomic_batch.ts";
import type { Durability } from "./durability.ts";
import type { Incarnation } from "./incarnation.ts";
import { openReader, type Reader } from "./jetstream_reader.ts";
import { isTransient, type Link } from "./link.ts";
import {
  checkBatch,
  type EventLog,
  LogFull,
  LogUnavailable,
  MAX_EVENT_BYTES,
  type ReadOptions,
} from "./log.ts";
import { STREAM } from "./stream_fitness.ts";

/** How much of the disk is left free, in bytes: a server whose disk is full has to be restarted. */
const SPARE_BYTES = 16 * 1024 * 1024;
/** How long a question is asked again when there is no answer, in milliseconds, however patient the readers are. */
const ASK_MS = 15_000;
/** How long to wait between two attempts to read, in milliseconds. */
const PAUSE_MS = 200;

/** Any subject of the stream. (For `>` alone nats-server 2.15.1 finds nothing where the last event was taken out.) */
const ANY = "infrastructure.>";

/** What a log holds, as its server says. */
export interface LogStatus {
  stream: string;
  /** `nats-server` as `2.15.1`. */
  server_version: string;
  /** On how many servers it is. */
  replicas: number;
  events: number;
  /** Before compression: on disk it is about a tenth where the stream is compressed. */
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

/** What a {@linkcode JetStreamLog} is made of. */
export interface JetStreamParts {
  /** Is closed with the log. */
  connection: NatsConnection;
  manager: JetStreamManager;
  link: Link;
  incarnation: Incarnation;
  stream: StreamInfo;
  durability: Durability;
  /** How many bytes are free on the server's disk; asked before every append. */
  room: (() => Promise<number>) | undefined;
}

/** The log in a stream of a JetStream server; made by `openJetStream`. */
export class JetStreamLog implements EventLog {
  readonly name = STREAM;
  /** When the stream was made. */
  readonly incarnation: string;
  /** What an acknowledgement is worth when the power fails. */
  readonly durability: Durability;
  readonly connection: NatsConnection;
  readonly #parts: JetStreamParts;
  readonly #appender: Appender;
  #maxPayload = MAX_EVENT_BYTES + HEADER_BYTES;
  #wasWritten = false;

  /** @param parts all of one connection */
  constructor(parts: JetStreamParts) {
    const { connection, manager, link, incarnation, durability } = parts;
    this.#parts = parts;
    this.connection = connection;
    this.incarnation = incarnation.created;
    this.durability = durability;
    this.#appender = new Appender(connection, manager, link, incarnation);
  }

  /** Whether anything was appended by this process, or may have been. */
  get wasWritten(): boolean {
    return this.#wasWritten;
  }

  /** What the server takes now; of a cluster, the server that we are connected to. */
  get maxEventBytes(): number {
    this.#maxPayload = this.connection.info?.max_payload ?? this.#maxPayload;
    const { max_msg_size } = this.#parts.stream.config;
    const most = max_msg_size > 0 ? Math.min(this.#maxPayload, max_msg_size) : this.#maxPayload;
    return Math.max(0, Math.min(MAX_EVENT_BYTES, most - HEADER_BYTES));
  }

  async append(events: readonly EncodedEvent[], expectedLastSequence: number): Promise<number> {
    checkBatch(events, this.maxEventBytes);
    await this.#requireRoom(events);
    this.#wasWritten = true;
    try {
      return await this.#appender.append(events, expectedLastSequence);
    } catch (error) {
      const silent = isTransient(error) && this.#parts.link.isUp &&
        await this.#parts.incarnation.look().then(() => true, () => false);
      throw silent ? this.#silent(error) : this.#explained(error);
    }
  }

  async #requireRoom(events: readonly EncodedEvent[]): Promise<void> {
    const free = await this.#parts.room?.() ?? Infinity;
    // A batch is put by before it is written.
    const needed = events.reduce((sum, { payload }) => sum + 2 * (payload.length + 256), 0);
    if (free >= needed + SPARE_BYTES) return;
    const megabytes = (bytes: number) => Math.round(bytes / 1_000_000);
    throw new LogFull(
      `its disk has ${megabytes(free)} MB left`,
      `make room for at least ${megabytes(needed + SPARE_BYTES) + 1} MB on it`,
    );
  }

  async *read(
    { from = 1, to = Infinity, subjects, signal }: ReadOptions = {},
  ): AsyncIterable<LogRecord> {
    signal?.throwIfAborted();
    const { first_seq, last_seq, messages } = (await this.#ask(() => this.#look())).state;
    // Where events were taken out it may be the last ones, and nobody waits for what never comes.
    const isWhole = messages === last_seq - first_seq + 1;
    const under = subjects ?? (isWhole ? undefined : [ANY]);
    const end = Math.min(to, under ? await this.#lastUnder(under) : Infinity, last_seq);
    if (messages === 0 || end < Math.max(from, first_seq)) return;
    for await (const record of this.#records({ from, ...(subjects ? { subjects } : {}) }, signal)) {
      if (record.sequence <= end) yield record;
      if (record.sequence >= end) return;
    }
    signal?.throwIfAborted();
    throw this.#explained();
  }

  /** The leader is asked, and not the consumer how many are pending: that one may lag behind in a cluster. */
  async #lastUnder(subjects: readonly string[]): Promise<number> {
    const found = await Promise.all(
      subjects.map((subject) =>
        this.#ask(() => this.#parts.manager.streams.getMessage(STREAM, { last_by_subj: subject }))
      ),
    );
    return Math.max(0, ...found.map((message) => message?.seq ?? 0));
  }

  async *subscribe(
    { from = 1, subjects, signal }: Omit<ReadOptions, "to"> = {},
  ): AsyncIterable<LogRecord> {
    yield* this.#records({ from, ...(subjects ? { subjects } : {}) }, signal);
    if (!signal?.aborted) throw this.#explained();
  }

  /** Ends with the signal, the connection, or the stream; anything else is tried again behind the last record. */
  async *#records(
    options: { from: number; subjects?: readonly string[] },
    signal?: AbortSignal,
  ): AsyncGenerator<LogRecord> {
    const { link, incarnation } = this.#parts;
    const end = AbortSignal.any([link.gone, incarnation.ended, ...(signal ? [signal] : [])]);
    const patience = Math.max(ASK_MS, link.patience);
    for (let from = options.from; !end.aborted; await delay(PAUSE_MS)) {
      const reader = await this.#ask(() => this.#reader({ ...options, from }), patience);
      end.addEventListener("abort", reader.close, { once: true });
      if (end.aborted) reader.close(); // while the reader was being made
      try {
        for await (const record of reader.records()) {
          if (end.aborted) return;
          yield record;
          from = record.sequence + 1;
        }
      } catch (error) {
        if (end.aborted || !isTransient(error)) throw this.#explained(error);
      } finally {
        end.removeEventListener("abort", reader.close);
        reader.close();
      }
    }
  }

  async #reader(options: { from: number; subjects?: readonly string[] }): Promise<Reader> {
    const { link } = this.#parts;
    const look = () => this.#ask(() => this.#look(), Math.max(ASK_MS, link.patience));
    const opening = openReader(this.connection, look, options);
    try {
      return await link.whileUp(opening);
    } catch (error) {
      opening.then((late) => late.close(), () => {});
      throw error;
    }
  }

  async lastSequence(): Promise<number> {
    return (await this.#ask(() => this.#look())).state.last_seq;
  }

  /**
   * What is in the log.
   *
   * @throws {LogUnavailable} when the server is out of reach
   */
  async status(): Promise<LogStatus> {
    const { state, config } = await this.#ask(() => this.#look({ subjects_filter: ">" }));
    const counts = Object.keys(EVENTS).map((type) =>
      [type, state.subjects?.[subjectOf(type as EventType)] ?? 0] as const
    );
    const empty = state.messages === 0;
    return {
      stream: STREAM,
      server_version: this.connection.info?.version ?? "",
      replicas: config.num_replicas,
      events: state.messages,
      bytes: state.bytes,
      first_sequence: empty ? 0 : state.first_seq,
      last_sequence: state.last_seq,
      first_recorded_at: empty ? null : String(state.first_ts),
      last_recorded_at: empty ? null : String(state.last_ts),
      events_by_type: Object.fromEntries(counts.filter(([, count]) => count > 0)),
    };
  }

  #look(options: { subjects_filter?: string } = {}): Promise<StreamInfo> {
    return this.#parts.link.whileUp(this.#parts.incarnation.look(options));
  }

  /** Asks the server until it answers, for as long as one has patience with it, in milliseconds. */
  async #ask<T>(ask: () => Promise<T>, patience = ASK_MS): Promise<T> {
    for (const end = performance.now() + patience;; await delay(PAUSE_MS)) {
      try {
        await this.#parts.link.whenUp(end);
        return await ask();
      } catch (error) {
        const passing = isTransient(error) || appendFault(error) === "again";
        if (!passing || this.#parts.link.gone.aborted || performance.now() >= end) {
          throw this.#explained(error);
        }
      }
    }
  }

  /** The error that the port promises, for one of the way to the server; any other as it is. */
  #explained(cause?: unknown): unknown {
    const { incarnation } = this.#parts;
    if (incarnation.replaced) return incarnation.replaced;
    if (cause !== undefined && !isTransient(cause) && appendFault(cause) !== "again") return cause;
    return new LogUnavailable(
      `the log's server at ${this.connection.getServer()} went away` +
        `${cause instanceof Error ? ` (${cause.message})` : ""}; ` +
        `run this again: it goes on from what was acknowledged`,
      { cause },
    );
  }

  #silent(cause: unknown): LogUnavailable {
    return new LogUnavailable(
      `the log's server at ${this.connection.getServer()} answers, but acknowledges no event, as on a ` +
        `full disk: see its own log, make room, restart it, and run this again`,
      { cause },
    );
  }

  async close(): Promise<void> {
    await this.connection.close();
  }
}
