/**
 * Holds a log to the stream that was opened. A stream can be deleted and made anew under the same name, or its server
 * come back on an emptied disk; its sequences then begin again, and neither a fence nor a reader that only counts
 * would notice. What tells streams apart is the time when each was made.
 *
 * It is asked for at every read, whenever a reader is given another consumer, after every time that the connection was
 * away, and when the server says that the stream was deleted or made; while appending, once a second as well, and with
 * every append where we may not listen to what the server says. So nothing of another stream is ever given out. What is
 * left: an append in the moment of the change may be written into the new stream, if that happens to end at the same
 * sequence; within a second {@linkcode LogReplaced} is thrown. (The server has a header for this, `Nats-Expected-Last-Msg-Id`, but
 * refuses it in atomic batches: error 10177 of 2.15.1.) And servers before 2.15 may tell another time after a stream
 * was edited and they were restarted twice (nats-server issue 8470): then the log has to be opened again for nothing.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { JetStreamManager, StreamInfo } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { LogReplaced } from "./log.ts";
import { requireVersion } from "./server_version.ts";
import { infoOf } from "./stream.ts";
import { STREAM } from "./stream_fitness.ts";

/** How long an answer is good for while nothing has happened, in milliseconds. */
const LOOK_MS = 1_000;
/** How long to wait before believing that there is no stream, in milliseconds: a cluster may still be coming up. */
const GONE_MS = 250;

/** One stream among those of its name. */
export class Incarnation {
  /** How often something gave reason to doubt, and how often of that it has been put to rest. */
  #doubts = 0;
  #settled = 0;
  /** When the last answer came, by `performance.now()`. */
  #looked = -Infinity;
  /** Whether the server knows that we listen, and whether it has refused that. */
  #listens = false;
  #refused = false;
  #replaced: LogReplaced | undefined;
  readonly #ended = new AbortController();

  /** @param created when the stream that was opened was made, as the server says it */
  constructor(
    private readonly connection: NatsConnection,
    private readonly manager: JetStreamManager,
    readonly created: string,
  ) {
    for (const action of ["DELETED", "CREATED"]) {
      const callback = (error: unknown) => {
        if (error) this.#refused = true;
        else this.doubt();
      };
      connection.subscribe(`$JS.EVENT.ADVISORY.STREAM.${action}.${STREAM}`, { callback });
    }
    void connection.flush().then(() => this.#listens = true, () => {});
  }

  /** Fires when another stream was seen in this one's place. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Why this one has ended, if it has. */
  get replaced(): LogReplaced | undefined {
    return this.#replaced;
  }

  /** Something has happened that may have changed the stream: the next append looks first, and we look now. */
  doubt(): void {
    this.#doubts++;
    void this.look().catch(() => {});
  }

  /**
   * Asks the server, but only if something has happened that may have changed the stream.
   *
   * @throws as {@linkcode look}
   */
  async sure(): Promise<void> {
    if (this.#replaced) throw this.#replaced;
    if (this.#settled < this.#doubts) await this.look();
  }

  /**
   * What is asked while an append is under way: always by one who does not hear what happens to the stream, and else
   * if something has happened or nobody has asked for a second.
   *
   * @throws as {@linkcode look}
   */
  async sureMeanwhile(): Promise<void> {
    const hears = this.#listens && !this.#refused;
    if (hears && performance.now() - this.#looked < LOOK_MS) await this.sure();
    else await this.look();
  }

  /**
   * Asks the server for the stream, which is the one that was opened.
   *
   * @throws {LogReplaced} when it is another, or there is none
   * @throws {ServerTooOld} when we have come to a server that is not safe to write to
   */
  async look(options: { subjects_filter?: string } = {}): Promise<StreamInfo> {
    if (this.#replaced) throw this.#replaced;
    const doubts = this.#doubts; // those that come while we ask are not put to rest by the answer
    let info = await infoOf(this.manager, options);
    if (info === undefined) {
      await delay(GONE_MS);
      info = await infoOf(this.manager, options);
    }
    if (info === undefined) throw this.#end("the stream is gone");
    if (info.created !== this.created) {
      throw this.#end(`its stream was made at ${info.created}, and not at ${this.created}`);
    }
    requireVersion(this.connection.info?.version ?? "", this.connection.getServer());
    this.#settled = Math.max(this.#settled, doubts);
    this.#looked = performance.now();
    return info;
  }

  #end(how: string): LogReplaced {
    this.#replaced ??= new LogReplaced(how);
    this.#ended.abort();
    return this.#replaced;
  }
}
