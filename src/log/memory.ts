/** An event log in memory: for tests, and for histories that are made and not kept. */
import type { EncodedEvent, LogRecord } from "../domain/event.ts";
import {
  checkBatch,
  type EventLog,
  MAX_EVENT_BYTES,
  type ReadOptions,
  SequenceConflict,
} from "./log.ts";

/**
 * Keeps events as bytes, as a server would, so that what is read is what was written and nothing is shared.
 *
 * @example
 * ```ts
 * import { MemoryLog } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const log = new MemoryLog(() => new Date());
 * strictEqual(await log.lastSequence(), 0);
 * ```
 */
export class MemoryLog implements EventLog {
  readonly name = "memory";
  readonly incarnation: string = crypto.randomUUID();
  readonly maxEventBytes = MAX_EVENT_BYTES;
  readonly #records: LogRecord[] = [];
  readonly #subjects: string[] = [];
  readonly #waiting = new Set<() => void>();
  #latest = 0;

  /** @param clock the log's own clock */
  constructor(private readonly clock: () => Date) {}

  // deno-lint-ignore require-await -- the port's errors are rejections, here too
  async append(
    events: readonly EncodedEvent[],
    expectedLastSequence: number,
  ): Promise<number> {
    checkBatch(events, this.maxEventBytes);
    if (this.#records.length !== expectedLastSequence) {
      throw new SequenceConflict(expectedLastSequence);
    }
    this.#latest = Math.max(this.#latest, this.clock().getTime());
    const recorded_at = new Date(this.#latest).toISOString().replace("Z", "000Z");
    for (const { subject, payload } of events) {
      this.#subjects.push(subject);
      this.#records.push({ sequence: this.#records.length + 1, recorded_at, payload });
    }
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
    return this.#records.length;
  }

  async *read({ from = 1, to = this.#records.length, subjects, signal }: ReadOptions = {}) {
    for (let sequence = Math.max(from, 1); sequence <= to; sequence++) {
      signal?.throwIfAborted();
      const record = this.#records[sequence - 1];
      if (!record) return;
      if (this.#isUnder(subjects, sequence)) yield record;
    }
  }

  async *subscribe({ from = 1, subjects, signal }: Omit<ReadOptions, "to"> = {}) {
    for (let sequence = Math.max(from, 1);; sequence++) {
      while (sequence > this.#records.length) {
        if (signal?.aborted) return;
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#waiting.add(resolve);
        signal?.addEventListener("abort", () => resolve(), { once: true });
        await promise;
      }
      if (signal?.aborted) return;
      if (this.#isUnder(subjects, sequence)) yield this.#records[sequence - 1]!;
    }
  }

  /** As NATS compares them: `*` is any one word, a last `>` any words. */
  #isUnder(patterns: readonly string[] | undefined, sequence: number): boolean {
    if (patterns === undefined) return true;
    const words = this.#subjects[sequence - 1]!.split(".");
    return patterns.some((pattern) => {
      const wanted = pattern.split(".");
      const rest = wanted.at(-1) === ">";
      return (rest ? words.length >= wanted.length : words.length === wanted.length) &&
        wanted.every((word, at) => word === "*" || word === words[at] || (word === ">" && rest));
    });
  }

  lastSequence(): Promise<number> {
    return Promise.resolve(this.#records.length);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
