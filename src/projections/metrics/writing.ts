/** How samples come to the server, and when the position behind them is kept. */
import { setTimeout as delay } from "node:timers/promises";
import type { KeptPosition, NatsPosition } from "../nats_position.ts";
import { ProjectionUnavailable } from "../projection.ts";
import type { Gathered } from "./series.ts";
import type { VictoriaMetrics } from "./victoria_metrics.ts";

/** About so many characters of lines are one request. */
const REQUEST_CHARACTERS = 4_000_000;
/** So many samples are about that: then they are to be written. */
const REQUEST_SAMPLES = 150_000;
/** How many requests are under way at a time: the server has more than one processor. */
const AT_A_TIME = 2;
/** How long what was written may be without being on the server's disk, in milliseconds. */
const UNSETTLED_MS = 5_000;
/** So many characters of lines are kept until they are surely on the server's disk. */
const UNSETTLED_CHARACTERS = 32_000_000;
/** How long a server is waited for at the end, in milliseconds. */
const LAST_MS = 3_000;

/**
 * Writes samples, and keeps the position behind them once they are on the server's disk: what a server has only taken is
 * lost with it when it is killed. Until then the lines stay here; where the server was started again they are sent again.
 */
export class Writing {
  #unsettled: string[] = [];
  #characters = 0;
  /** What is to be kept once all of that is on the disk. */
  #next: KeptPosition | undefined;
  /** When the server was started that has it. */
  #startedAt: number | undefined;
  #since = performance.now();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** One settling at a time. */
  #settling: Promise<void> = Promise.resolve();
  #isClosed = false;

  /**
   * @param deduplicates whether what is sent again does not matter; otherwise that something may be half written is kept
   *   before it is
   */
  constructor(
    private readonly server: VictoriaMetrics,
    private readonly position: NatsPosition,
    private readonly deduplicates: boolean,
  ) {}

  /** Whether so much is gathered that it should be written. */
  isDue({ samples }: Gathered): boolean {
    return samples >= REQUEST_SAMPLES;
  }

  /** Before the first write of a step. */
  async begin(before: KeptPosition): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#settling;
    this.position.requireLease();
    if (this.#unsettled.length === 0) this.#startedAt = await this.server.startedAt();
    if (!this.deduplicates) await this.position.keep({ ...before, unfinished: true });
  }

  /** Writes what was gathered. */
  async write(gathered: Gathered): Promise<void> {
    const texts = gathered.take(REQUEST_CHARACTERS);
    for (const text of texts) {
      this.#unsettled.push(text);
      this.#characters += text.length;
    }
    await this.#send(texts);
  }

  /** At the end of a step: what is to be kept, now or soon. */
  async end(next: KeptPosition): Promise<void> {
    this.#next = next;
    const isOver = performance.now() - this.#since >= UNSETTLED_MS ||
      this.#characters >= UNSETTLED_CHARACTERS;
    if (isOver || !this.deduplicates) return await this.settle();
    this.#timer ??= setTimeout(() => this.#settleSoon(), UNSETTLED_MS);
  }

  /** Sees to it that all that was written is on the server's disk, and keeps the position behind it. */
  settle(): Promise<void> {
    const mine = this.#settling.then(() => this.#settle());
    this.#settling = mine.catch(() => {}); // told to whoever asked for it
    return mine;
  }

  /** As {@linkcode settle}, and a server that is just being started again is waited for a little. */
  async settleAtLast(): Promise<void> {
    for (const end = performance.now() + LAST_MS;; await delay(100)) {
      try {
        return await this.settle();
      } catch (error) {
        if (performance.now() > end) throw error;
      }
    }
  }

  /** Nothing is kept any more. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #settleSoon(): void {
    this.#timer = undefined;
    this.settle().catch(() => {
      // The next step is told, if there is one; without one it is tried again.
      if (!this.#isClosed) this.#timer = setTimeout(() => this.#settleSoon(), UNSETTLED_MS);
    });
  }

  async #settle(): Promise<void> {
    const next = this.#next;
    if (!next || this.#isClosed) return;
    this.position.requireLease();
    while (this.#unsettled.length > 0) {
      await this.server.settle();
      const startedAt = await this.server.startedAt();
      if (startedAt === this.#startedAt) break;
      if (!this.deduplicates) {
        throw new ProjectionUnavailable("metrics", "the server was started again meanwhile");
      }
      this.#startedAt = startedAt;
      await this.#send(this.#unsettled);
    }
    const { log, checkpoint: { last_sequence } } = next;
    await this.server.mark({ log: log.name, incarnation: log.incarnation }, last_sequence);
    await this.position.keep(next);
    this.#unsettled = [];
    this.#characters = 0;
    this.#next = undefined;
    this.#since = performance.now();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #send(texts: readonly string[]): Promise<void> {
    for (let at = 0; at < texts.length; at += AT_A_TIME) {
      this.position.requireLease();
      const some = texts.slice(at, at + AT_A_TIME);
      await Promise.all(some.map((text) => this.server.import(text)));
    }
  }
}
