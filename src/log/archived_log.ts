/** An event log of which the older part may be in an archive only. */
import type { EncodedEvent, LogRecord } from "../domain/event.ts";
import type { Archive } from "./archive.ts";
import { type EventLog, LogBroken, type ReadOptions } from "./log.ts";
import { isUnder } from "./subject_filter.ts";

/** So few events are read from the log where it has them: a whole segment would be read for them. */
const FEW_EVENTS = 1_000;

/**
 * A log and its archive as one: every sequence from 1 on, whatever the log has forgotten. What is archived is read from
 * there, which is several times faster; everything else is asked of the log. It passes the contract of a log.
 */
export class ArchivedLog implements EventLog {
  /**
   * @param log where events are written, and which may forget those that are archived
   * @param archive of this log; it may still be empty, and one of another log is not read
   */
  constructor(readonly log: EventLog, readonly archive: Archive) {}

  get name(): string {
    return this.log.name;
  }

  get incarnation(): string {
    return this.log.incarnation;
  }

  get maxEventBytes(): number {
    return this.log.maxEventBytes;
  }

  append(events: readonly EncodedEvent[], expectedLastSequence: number): Promise<number> {
    return this.log.append(events, expectedLastSequence);
  }

  lastSequence(): Promise<number> {
    return this.log.lastSequence();
  }

  /**
   * As the log's own, from the first event on.
   *
   * @throws {ArchiveError} when the archive is not as it was written, or another log's where
   *   this one has forgotten events
   * @throws {LogBroken} when events are missing between the archive and the log
   */
  async *read(
    { from = 1, to = Infinity, subjects, signal }: ReadOptions = {},
  ): AsyncIterable<LogRecord> {
    signal?.throwIfAborted();
    const part = {
      from: Math.max(from, 1),
      to: Math.min(to, await this.log.lastSequence()),
      ...(signal ? { signal } : {}),
    };
    if (part.from > part.to) return;
    if (subjects) yield* this.#readUnder(subjects, part);
    else yield* this.#readAll(part);
  }

  async *#readAll({ from, to, signal }: Part): AsyncGenerator<LogRecord> {
    let next = from;
    for (let isGone = false; next <= to;) {
      const isArchived = next <= await this.#archived();
      if (isGone && !isArchived) throw await this.#hole(next, to);
      const options = { from: next, to, ...(signal ? { signal } : {}) };
      const records = isArchived && (isGone || to - next >= FEW_EVENTS)
        ? this.archive.read(options)
        : this.log.read(options);
      isGone = true; // unless it comes
      for await (const record of records) {
        if (record.sequence !== next) break; // forgotten by now; what is forgotten is archived
        yield record;
        next++;
        isGone = false;
      }
    }
  }

  /**
   * The log knows what is under a subject, so whatever it still has is asked of it. That nothing was forgotten
   * meanwhile is seen at the end.
   */
  async *#readUnder(subjects: readonly string[], part: Part): AsyncGenerator<LogRecord> {
    const { to, signal } = part;
    const begins = await this.#firstIn(part);
    if (begins > part.from) {
      for await (const record of this.#readAll({ ...part, to: begins - 1 })) {
        if (isUnder(subjects, record)) yield record;
      }
    }
    if (begins > to) return;
    yield* this.log.read({ from: begins, to, subjects, ...(signal ? { signal } : {}) });
    const now = await this.#firstIn({ ...part, from: begins });
    if (now > begins) {
      throw new LogBroken(`it forgot the events ${begins} to ${now - 1} while they were read`);
    }
  }

  /** The first sequence of a part that the log still has; the one behind the part if it has none. */
  async #firstIn({ from, to, signal }: Part): Promise<number> {
    for await (const { sequence } of this.log.read({ from, to, ...(signal ? { signal } : {}) })) {
      return sequence;
    }
    return to + 1;
  }

  /** The last sequence that is archived by now; 0 where the archive is another log's. */
  async #archived(): Promise<number> {
    await this.archive.refresh();
    return this.archive.isOf(this.log) ? this.archive.lastSequence : 0;
  }

  async #hole(from: number, to: number): Promise<LogBroken> {
    this.archive.requireSameLog(this.log); // there was another one that may have it
    const first = await this.#firstIn({ from, to });
    const which = first - 1 === from
      ? `sequence ${from} is`
      : `sequences ${from} to ${first - 1} are`;
    const { folder, lastSequence } = this.archive;
    return new LogBroken(
      `${which} missing in it, and the archive in ${folder} ends at ${lastSequence}`,
    );
  }

  /** As the log's own; what the log has forgotten comes from the archive. */
  async *subscribe(
    { from = 1, subjects, signal }: Omit<ReadOptions, "to"> = {},
  ): AsyncIterable<LogRecord> {
    const options = { ...(subjects ? { subjects } : {}), ...(signal ? { signal } : {}) };
    let next = Math.max(from, 1);
    try {
      while (!signal?.aborted) {
        const last = await this.log.lastSequence();
        for await (const record of this.read({ ...options, from: next, to: last })) {
          if (signal?.aborted) return;
          yield record;
        }
        next = Math.max(next, last + 1);
        for await (const record of this.log.subscribe({ ...options, from: next })) {
          // Behind one that was forgotten before it came: it is read from the archive.
          if (subjects === undefined && record.sequence !== next) break;
          yield record;
          next = record.sequence + 1;
        }
      }
    } catch (error) {
      if (!signal?.aborted) throw error;
    }
  }

  close(): Promise<void> {
    return this.log.close();
  }
}

interface Part {
  from: number;
  to: number;
  signal?: AbortSignal;
}
