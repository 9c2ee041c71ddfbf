/** How samples come to the server, and when the position behind them is kept. */
import { setTimeout as delay } from "node:timers/promises";
import type { KeptPosition, NatsPosition } from "../nats_position.ts";
import { ProjectionUnavailable } from "../projection.ts";
import type { Gathered } from "./series.ts";
import { type Body, packed, type VictoriaMetrics } from "./victoria_metrics.ts";

/** About so many characters of lines are one request. */
const REQUEST_CHARACTERS = 4_000_000;
/** So many samples are to be written, though that may be less: while they are under way the next ones are folded. */
const REQUEST_SAMPLES = 75_000;
/** How many requests are under way at a time: the server has more than one processor. */
const AT_A_TIME = 2;
/** How long what was written may be without being on the server's disk, in milliseconds. */
const UNSETTLED_MS = 5_000;
/** So many bytes of requests, some three million samples, are kept until they are surely on the server's disk. */
const UNSETTLED_BYTES = 16_000_000;
/** How long a server is waited for at the end, in milliseconds. */
const LAST_MS = 3_000;

/**
 * Writes samples, and keeps the position behind them once they are on the server's disk: what a server has only taken is
 * lost with it when it is killed. Until then the requests stay here; where the server was started again they are sent
 * again. To have all on its disk takes a server some 100 ms, so it is asked for that every few seconds, and not in each step.
 */
export class Writing {
  #unsettled: Body[] = [];
  /** The requests that are under way. */
  readonly #underWay = new Set<Promise<void>>();
  /** Why one of them failed. */
  #fault: { error: unknown } | undefined;
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
   * @param onRefused told where the server lets us make no snapshot
   */
  constructor(
    private readonly server: VictoriaMetrics,
    private readonly position: NatsPosition,
    private readonly deduplicates: boolean,
    private readonly onRefused: () => void,
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

  /** Begins to write what was gathered, and waits only while too many requests are under way. */
  async write(gathered: Gathered): Promise<void> {
    for (const text of gathered.take(REQUEST_CHARACTERS)) {
      await this.#launch(async () => {
        const body = await packed(text);
        this.#unsettled.push(body);
        await this.#send(body);
      });
    }
  }

  /** At the end of a step, when all is written: what is to be kept, now or soon. */
  async end(next: KeptPosition): Promise<void> {
    await this.#allBut(0);
    this.#next = next;
    const isOver = performance.now() - this.#since >= UNSETTLED_MS ||
      this.#unsettled.reduce((sum, { length }) => sum + length, 0) >= UNSETTLED_BYTES;
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

  /** Nothing is written or kept any more once this comes back. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await Promise.all(this.#underWay);
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
      if (!await this.server.settle()) this.onRefused();
      const startedAt = await this.server.startedAt();
      if (startedAt === this.#startedAt) break;
      if (!this.deduplicates) {
        throw new ProjectionUnavailable("metrics", "the server was started again meanwhile");
      }
      this.#startedAt = startedAt;
      for (const body of this.#unsettled) await this.#launch(() => this.#send(body));
      await this.#allBut(0);
    }
    const { log, checkpoint: { last_sequence } } = next;
    await this.server.mark({ log: log.name, incarnation: log.incarnation }, last_sequence);
    await this.position.keep(next);
    this.#unsettled = [];
    this.#next = undefined;
    this.#since = performance.now();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Begins with a request as soon as no more than the others are under way that may be. */
  async #launch(request: () => Promise<void>): Promise<void> {
    await this.#allBut(AT_A_TIME - 1);
    const underWay = request()
      .catch((error) => void (this.#fault ??= { error }))
      .finally(() => this.#underWay.delete(underWay));
    this.#underWay.add(underWay);
  }

  async #send(body: Body): Promise<void> {
    this.position.requireLease();
    await this.server.import(body);
  }

  /**
   * Waits until no more than so many requests are under way.
   *
   * @throws why one failed, when none is
   */
  async #allBut(most: number): Promise<void> {
    while (this.#underWay.size > (this.#fault ? 0 : most)) await Promise.race(this.#underWay);
    const fault = this.#fault;
    this.#fault = undefined;
    if (fault) throw fault.error;
  }
}
