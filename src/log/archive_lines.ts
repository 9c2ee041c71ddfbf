/**
 * The lines of a segment, one for each record, its four fields a tab apart:
 *
 *     sequence TAB recorded_at TAB payload TAB encoded LF
 *
 * An event's JSON is one line of UTF-8, so it stands there as it is, and a database reads it at once (DuckDB:
 * `read_csv` with `delim = '\t', quote = '', escape = ''`). A foreign message may have any bytes: one with control
 * characters, or that is not UTF-8, has an empty payload here and its bytes in base64 behind it.
 */
import { Buffer, isUtf8 } from "node:buffer";
import type { LogRecord } from "../domain/event.ts";

const TAB = 9;
const LF = 10;
const FIRST_PRINTABLE = 32;
const ASCII_END = 128;
/** How many letters a `recorded_at` has. */
const MOMENT_LETTERS = 27;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

/** How many bytes of lines are compressed together, and about how many a reader has in memory at a time. */
export const BLOCK_BYTES = 1 << 20;

/** Whether a payload can stand in a line as it is. */
function isPlain(payload: Uint8Array): boolean {
  let isAscii = true;
  for (let at = 0; at < payload.length; at++) {
    const byte = payload[at]!;
    if (byte < FIRST_PRINTABLE) return false;
    if (byte >= ASCII_END) isAscii = false;
  }
  return isAscii || isUtf8(payload);
}

/** Collects lines until there are enough of them to be compressed. */
export class LineBlock {
  #bytes = new Uint8Array(BLOCK_BYTES);
  #used = 0;
  readonly #encoder = new TextEncoder();

  #events = 0;

  /** How many bytes there are. */
  get length(): number {
    return this.#used;
  }

  /** How many records they are of. */
  get events(): number {
    return this.#events;
  }

  /**
   * Adds a record's line.
   *
   * @returns how many bytes it has
   * @throws {RangeError} for a time that is not as the port says
   */
  add({ sequence, recorded_at, payload }: LogRecord): number {
    if (!MOMENT.test(recorded_at)) {
      throw new RangeError(`Cannot archive event ${sequence}: its time is ${recorded_at}`);
    }
    const plain = isPlain(payload);
    const encoded = plain ? "" : Buffer.from(payload).toString("base64");
    const before = this.#used;
    this.#reserve(payload.length + encoded.length + 64);
    this.#text(`${sequence}\t${recorded_at}\t`);
    if (plain) {
      this.#bytes.set(payload, this.#used);
      this.#used += payload.length;
    }
    this.#bytes[this.#used++] = TAB;
    this.#text(encoded);
    this.#bytes[this.#used++] = LF;
    this.#events++;
    return this.#used - before;
  }

  /** Hands out the lines so far, and begins anew. */
  take(): Uint8Array {
    const bytes = this.#bytes.subarray(0, this.#used);
    this.#bytes = new Uint8Array(BLOCK_BYTES);
    this.#used = 0;
    this.#events = 0;
    return bytes;
  }

  #text(text: string): void {
    this.#used += this.#encoder.encodeInto(text, this.#bytes.subarray(this.#used)).written;
  }

  #reserve(bytes: number): void {
    if (this.#used + bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(this.#used + bytes);
    larger.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = larger;
  }
}

/**
 * The records of a block of lines. Their payloads share its memory.
 *
 * @param first the sequence that the first line must have
 * @param fault makes the error for a line that is not as {@linkcode LineBlock} writes them, out of what is wrong
 * @throws what `fault` makes
 */
export function recordsIn(
  block: Uint8Array,
  first: number,
  fault: (what: string) => Error,
): LogRecord[] {
  const lines = new Uint8Array(block.buffer, block.byteOffset, block.length); // a Buffer's parts are Buffers
  const text = Buffer.from(block.buffer, block.byteOffset, block.length);
  const records: LogRecord[] = [];
  let latest = "";
  for (let from = 0; from < lines.length;) {
    const sequence = first + records.length;
    const moment = lines.indexOf(TAB, from) + 1;
    const payload = moment + MOMENT_LETTERS + 1;
    const encoded = lines.indexOf(TAB, payload) + 1;
    const end = lines.indexOf(LF, encoded);
    if (moment === 0 || lines[payload - 1] !== TAB || encoded === 0 || end < 0) {
      throw fault(`the line of event ${sequence} has not its four fields`);
    }
    if (numberIn(lines, from, moment - 1) !== sequence) {
      throw fault(`event ${sequence} is not where it should be`);
    }
    const recorded_at = text.toString("latin1", moment, payload - 1);
    if (recorded_at !== latest) {
      if (!MOMENT.test(recorded_at) || recorded_at < latest) {
        throw fault(`the time of event ${sequence} is none, or before that of the last one`);
      }
      latest = recorded_at;
    }
    const plain = lines.subarray(payload, encoded - 1);
    const bytes = encoded === end ? plain : decoded(text.toString("latin1", encoded, end));
    if (bytes === undefined || (bytes !== plain && plain.length > 0)) {
      throw fault(`event ${sequence} is not encoded as it should be`);
    }
    records.push({ sequence, recorded_at, payload: bytes });
    from = end + 1;
  }
  return records;
}

/** Bytes out of base64; undefined for what is none. */
function decoded(base64: string): Uint8Array | undefined {
  const bytes = Buffer.from(base64, "base64");
  return bytes.toString("base64") === base64 ? new Uint8Array(bytes) : undefined;
}

/** The number that is written from here to there in decimal digits; NaN for anything else. */
function numberIn(bytes: Uint8Array, from: number, end: number): number {
  let number = from < end && bytes[from] !== 48 ? 0 : NaN;
  for (let at = from; at < end; at++) {
    const digit = bytes[at]! - 48;
    number = digit >= 0 && digit <= 9 ? number * 10 + digit : NaN;
  }
  return number;
}
