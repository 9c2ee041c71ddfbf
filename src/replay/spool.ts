/** From the log to a file that a database reads at once. */
import { decodeEvent, type LogRecord, UnreadableEvent } from "../domain/event.ts";
import { isMoment } from "../domain/values.ts";
import { type EventLog, LogBroken } from "../log/log.ts";

/** Up to where to replay: one of them, or neither for all that is there. */
export interface Until {
  /** The last sequence to apply. */
  sequence?: number;
  /** The moment to go back to, RFC 3339 or a Date: the longest prefix of the log recorded by then is applied. */
  asOf?: string | Date;
}

/** A moment, a sequence or a file that the log cannot be replayed to. */
export class ReplayRange extends RangeError {
  override readonly name = "ReplayRange";
  /** Stable, for programs. */
  readonly code = "replay_range";
}

const BUFFER_BYTES = 1 << 20;

/**
 * Writes a part of the log to a file: sequence, time, payload of an event a line, a tab apart, and its newest form
 * where it was written in an older one. Each event is checked on the way. Memory: a buffer of 1 MiB, whatever the length of the log.
 *
 * @param progress called after each buffer, with how many events are done and how many there are to do at most
 * @throws {ReplayRange} for a moment that is none, or a sequence that the log does not have
 * @returns how many messages were passed over because they are no events
 * @throws {NewerEvent} for what a newer version of this program wrote
 * @throws {LogBroken} when events are missing
 */
export async function spool(
  log: EventLog,
  path: string,
  { sequence, asOf }: Until,
  progress?: (done: number, total: number) => void,
  signal?: AbortSignal,
): Promise<number> {
  const last = await log.lastSequence();
  const to = sequence ?? last;
  if (!Number.isSafeInteger(to) || to < 0 || to > last) {
    throw new ReplayRange(`Cannot replay to sequence ${to}: the log has 0 to ${last}`);
  }
  const until = asOf === undefined ? undefined : momentOf(asOf);
  const output = new BufferedFile(path);
  let done = 0;
  let skipped = 0;
  try {
    for await (const record of log.read({ to, ...(signal ? { signal } : {}) })) {
      if (until !== undefined && record.recorded_at > until) break;
      if (record.sequence !== done + 1) {
        throw new LogBroken(`sequence ${done + 1} is missing in it`);
      }
      done = record.sequence;
      const newest = read(record);
      if (newest === undefined) skipped++;
      else output.write(`${record.sequence}\t${record.recorded_at}\t`, record.payload, newest);
      if (output.flushed()) progress?.(done, to);
    }
    output.flush();
    progress?.(done, done);
    return skipped;
  } finally {
    output.close();
  }
}

/**
 * Checks an event.
 *
 * @returns its newest form where an upcaster changed it, "" where it is as it was written, undefined for what is none
 */
function read(record: LogRecord): string | undefined {
  try {
    const decoded = decodeEvent(record);
    if (decoded.upcast_from === undefined) return "";
    const { sequence: _, recorded_at: __, upcast_from: ___, ...event } = decoded;
    return JSON.stringify(event);
  } catch (error) {
    if (!(error instanceof UnreadableEvent)) throw error;
    return undefined;
  }
}

/**
 * A moment as the log writes it, with microseconds, so that the two can be compared as text.
 *
 * @throws {ReplayRange} for what is no moment
 */
export function momentOf(asOf: string | Date): string {
  const text = typeof asOf === "string" ? asOf : asOf.toISOString();
  const match = text.match(
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d)?(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/,
  );
  const [, minute, second = ":00", fraction = "", zone] = match ?? [];
  if (!match || !isMoment(`${minute}${second}Z`) || Number.isNaN(Date.parse(`${minute}${zone}`))) {
    throw new ReplayRange(
      `Cannot replay as of ${
        JSON.stringify(text)
      }: say date, time and zone, like 2026-11-01T00:00Z`,
    );
  }
  const time = Date.parse(`${minute}${second}${zone}`);
  const micros = fraction.padEnd(6, "0").slice(0, 6);
  return `${new Date(time).toISOString().slice(0, 19)}.${micros}Z`;
}

/** A file that is written a buffer at a time. */
class BufferedFile {
  readonly #file: Deno.FsFile;
  readonly #encoder = new TextEncoder();
  #buffer = new Uint8Array(BUFFER_BYTES);
  #used = 0;
  #flushed = false;

  constructor(path: string) {
    this.#file = Deno.openSync(path, { write: true, create: true, truncate: true });
  }

  write(head: string, payload: Uint8Array, tail: string): void {
    this.#flushed = false;
    const most = 3 * (head.length + tail.length) + payload.length + 2;
    if (this.#used + most > this.#buffer.length) this.flush();
    if (most > this.#buffer.length) this.#buffer = new Uint8Array(most);
    this.#text(head);
    this.#buffer.set(payload, this.#used);
    this.#used += payload.length;
    this.#buffer[this.#used++] = 9;
    this.#text(tail);
    this.#buffer[this.#used++] = 10;
  }

  #text(text: string): void {
    this.#used += this.#encoder.encodeInto(text, this.#buffer.subarray(this.#used)).written;
  }

  /** Whether the last write emptied the buffer. */
  flushed(): boolean {
    return this.#flushed;
  }

  flush(): void {
    for (let from = 0; from < this.#used;) {
      from += this.#file.writeSync(this.#buffer.subarray(from, this.#used));
    }
    this.#used = 0;
    this.#flushed = true;
  }

  close(): void {
    this.#file.close();
  }
}
