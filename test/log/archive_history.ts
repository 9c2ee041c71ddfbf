/** Logs to archive: one in memory that can forget its front, and one of any length that is made as it is read. */
import type { EncodedEvent, LogRecord } from "../../src/domain/event.ts";
import type { EventLog, ReadOptions } from "../../src/log/log.ts";
import { MemoryLog } from "../../src/log/memory.ts";

/** A log in memory that can be made to forget what is before a sequence, as a stream by a purge. */
export class ForgetfulLog implements EventLog {
  readonly name = "forgetful";
  readonly maxEventBytes = 1_000_000;
  #first = 1;

  constructor(readonly incarnation = "one", readonly kept = new MemoryLog(() => new Date())) {}

  /** Forgets everything before this sequence. */
  readonly forget = (sequence: number): Promise<void> => {
    this.#first = Math.max(this.#first, sequence);
    return Promise.resolve();
  };

  append(events: readonly EncodedEvent[], expected: number): Promise<number> {
    return this.kept.append(events, expected);
  }

  /** Appends payloads as they are. */
  async add(...payloads: readonly Uint8Array[]): Promise<void> {
    for (let at = 0; at < payloads.length; at += 1_000) {
      const events = payloads.slice(at, at + 1_000).map((payload) => ({ subject: "a.b", payload }));
      await this.append(events, await this.lastSequence());
    }
  }

  async *read(options: ReadOptions = {}): AsyncGenerator<LogRecord> {
    for (let from = options.from ?? 1;;) {
      let jumped = false;
      for await (
        const record of this.kept.read({ ...options, from: Math.max(from, this.#first) })
      ) {
        // What is forgotten while it is read is not read any more.
        jumped = record.sequence < this.#first;
        if (jumped) break;
        yield record;
        from = record.sequence + 1;
      }
      if (!jumped) return;
    }
  }

  async *subscribe(options: ReadOptions = {}): AsyncGenerator<LogRecord> {
    const from = Math.max(options.from ?? 1, this.#first);
    for await (const record of this.kept.subscribe({ ...options, from })) {
      if (record.sequence >= this.#first) yield record;
    }
  }

  lastSequence(): Promise<number> {
    return this.kept.lastSequence();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const encoder = new TextEncoder();

/** What is at a sequence of a {@linkcode madeLog}. Every seventh is no JSON but any bytes. */
export function madeRecord(sequence: number): LogRecord {
  const digits = (number: number, of: number) => String(number % 10 ** of).padStart(of, "0");
  const minute = digits(Math.floor(sequence / 60_000) % 60, 2);
  const second = digits(Math.floor(sequence / 1_000) % 60, 2);
  return {
    sequence,
    recorded_at: `2026-11-24T10:${minute}:${second}.${digits(sequence, 3)}000Z`,
    payload: sequence % 7 === 0
      ? new Uint8Array([sequence & 255, 10, 9, 0, 255, sequence >> 8 & 255])
      : encoder.encode(JSON.stringify({ at: sequence, text: "é".repeat(sequence % 40) })),
  };
}

/** A log with so many events, the same each time and in each process. */
export function madeLog(last: number, incarnation = "made"): EventLog {
  return {
    name: "made",
    incarnation,
    maxEventBytes: 1_000_000,
    append: () => Promise.reject(new Error("nothing can be appended")),
    async *read({ from = 1, to = last, signal }: ReadOptions = {}) {
      for (let sequence = Math.max(1, from); sequence <= Math.min(to, last); sequence++) {
        signal?.throwIfAborted();
        yield madeRecord(sequence);
      }
    },
    subscribe: () => {
      throw new Error("nobody can subscribe");
    },
    lastSequence: () => Promise.resolve(last),
    close: () => Promise.resolve(),
  };
}
