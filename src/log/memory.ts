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
    for (const { payload } of events) {
      this.#records.push({ sequence: this.#records.length + 1, recorded_at, payload });
    }
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
    return this.#records.length;
  }

  async *read({ from = 1, to = this.#records.length, signal }: ReadOptions = {}) {
    for (let sequence = Math.max(from, 1); sequence <= to; sequence++) {
      signal?.throwIfAborted();
      const record = this.#records[sequence - 1];
      if (!record) return;
      yield record;
    }
  }

  async *subscribe({ from = 1, signal }: Omit<ReadOptions, "to"> = {}) {
    for (let sequence = Math.max(from, 1);; sequence++) {
      while (sequence > this.#records.length) {
        if (signal?.aborted) return;
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#waiting.add(resolve);
        signal?.addEventListener("abort", () => resolve(), { once: true });
        await promise;
      }
      if (signal?.aborted) return;
      yield this.#records[sequence - 1]!;
    }
  }

  lastSequence(): Promise<number> {
    return Promise.resolve(this.#records.length);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
