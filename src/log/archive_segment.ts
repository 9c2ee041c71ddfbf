/** One segment of an archive: a file that is written once, and read only as it was written. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { constants, zstdCompress, zstdDecompress } from "node:zlib";
import type { LogRecord } from "../domain/event.ts";
import { ArchiveError, fileFault, PUT_BACK } from "./archive_error.ts";
import { BLOCK_BYTES, LineBlock, recordsIn } from "./archive_lines.ts";
import { type ArchiveSegment, segmentFile, sha256 } from "./archive_manifest.ts";
import { partIn, publish, writeAll } from "./durable_file.ts";

/** When a segment is full. */
export interface SegmentLimits {
  records: number;
  /** Of its lines, before they are compressed. */
  bytes: number;
}

/** Whether nothing more goes into a segment. */
export function isFull(segment: ArchiveSegment, limits: SegmentLimits): boolean {
  return segment.count >= limits.records || segment.line_bytes >= limits.bytes;
}

const compressed = promisify(zstdCompress);
const decompressed = promisify(zstdDecompress);
/**
 * The fastest level: of a fleet's events, 583 bytes each, it makes 50 (level 3: 57; gzip: 58, in five times the time).
 * Each block of lines is a frame of its own, so that a part of a segment can be read alone. They are decompressed one
 * by one: given several at once, Deno 2.9.6 returns the first and says nothing.
 */
const ZSTD = {
  params: {
    [constants.ZSTD_c_compressionLevel]: 1,
    [constants.ZSTD_c_checksumFlag]: 1,
  },
};

/** A file of frames: while one is compressed and written the next is collected. */
class FrameFile {
  readonly frames: [bytes: number, events: number][] = [];
  readonly #hash = createHash("sha256");
  #writing = Promise.resolve();

  constructor(private readonly file: Deno.FsFile) {}

  /** Waits for the frame before this one only. */
  async add(events: number, lines: Uint8Array): Promise<void> {
    await this.#writing;
    this.#writing = this.#write(events, lines);
    this.#writing.catch(() => {}); // it is waited for
  }

  async #write(events: number, lines: Uint8Array): Promise<void> {
    const frame = await compressed(lines, ZSTD);
    this.#hash.update(frame);
    this.frames.push([frame.length, events]);
    await writeAll(this.file, frame);
  }

  /** Waits for the last frame. */
  async end(): Promise<{ bytes: number; sha256: string }> {
    await this.#writing;
    const bytes = this.frames.reduce((sum, [length]) => sum + length, 0);
    return { bytes, sha256: this.#hash.digest("hex") };
  }
}

/**
 * Writes the next records to a new segment, until it is full or there are no more.
 *
 * @returns what the manifest says of it; undefined if there were none
 * @throws {ArchiveError} when there is no room; then nothing is left of it
 */
export async function writeSegment(
  folder: string,
  source: AsyncIterator<LogRecord> | Iterator<LogRecord>,
  limits: SegmentLimits,
): Promise<ArchiveSegment | undefined> {
  const start = await source.next();
  if (start.done) return undefined;
  const first = start.value;
  const part = await partIn(folder);
  const output = new FrameFile(part.file);
  try {
    const block = new LineBlock();
    let last = first;
    let [count, lineBytes] = [1, block.add(first)];
    while (count < limits.records && lineBytes < limits.bytes) {
      if (block.length >= BLOCK_BYTES) await output.add(block.events, block.take());
      const next = await source.next();
      if (next.done) break;
      last = next.value;
      lineBytes += block.add(last);
      count++;
    }
    if (block.length > 0) await output.add(block.events, block.take());
    const { bytes, sha256: hash } = await output.end();
    const file = segmentFile(first.sequence, last.sequence);
    await publish(part, file);
    return {
      file,
      first_sequence: first.sequence,
      last_sequence: last.sequence,
      count,
      first_recorded_at: first.recorded_at,
      last_recorded_at: last.recorded_at,
      bytes,
      line_bytes: lineBytes,
      sha256: hash,
      last_payload_sha256: sha256(last.payload),
      frames: output.frames,
    };
  } catch (error) {
    await output.end().catch(() => {});
    await Deno.remove(part.path).catch(() => {});
    throw fileFault(error, folder);
  } finally {
    part.file.close();
  }
}

/**
 * The bytes of a segment's file, which are those that were written.
 *
 * @throws {ArchiveError} when they are not; `archive_missing` when there is no such file
 */
export async function segmentBytes(
  folder: string,
  segment: ArchiveSegment,
): Promise<Uint8Array> {
  const path = join(folder, segment.file);
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw missing(path, segment);
  }
  if (bytes.length < segment.bytes) throw torn(path, segment, bytes.length);
  if (bytes.length > segment.bytes || sha256(bytes) !== segment.sha256) {
    throw altered(path, "its bytes are not those that were written");
  }
  return bytes;
}

/**
 * Fails unless the file of a segment is there and as long as it was written.
 *
 * @throws {ArchiveError} as {@linkcode segmentBytes}
 */
export async function checkSize(folder: string, segment: ArchiveSegment): Promise<void> {
  const path = join(folder, segment.file);
  try {
    const { size } = await Deno.stat(path);
    if (size < segment.bytes) throw torn(path, segment, size);
    if (size > segment.bytes) throw altered(path, "it is longer than it was written");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw missing(path, segment);
  }
}

/**
 * The records of a segment from a sequence on, a frame at a time, each in its place; while one is given out the next is
 * decompressed.
 *
 * @param bytes of its file, compared with their hash
 * @throws {ArchiveError} `archive_altered` when they are not those that the manifest says
 */
export async function* recordsOf(
  folder: string,
  segment: ArchiveSegment,
  bytes: Uint8Array,
  from: number = segment.first_sequence,
): AsyncGenerator<LogRecord[]> {
  const fault = (what: string) => altered(join(folder, segment.file), what);
  const { first_sequence, first_recorded_at, last_sequence, last_recorded_at } = segment;
  let latest = "";
  let lineBytes = 0;
  for (const { first, events, lines } of ahead(framesFrom(segment, bytes, from))) {
    const block = await lines.catch((error: Error) => {
      throw fault(`it cannot be decompressed (${error.message})`);
    });
    lineBytes += block.length;
    const records = recordsIn(block, first, fault);
    const [one, last] = [records[0], records.at(-1)];
    if (one === undefined || last === undefined || records.length !== events) {
      throw fault(`it has ${records.length} events from ${first} on, and not ${events}`);
    }
    const begins = first !== first_sequence || one.recorded_at === first_recorded_at;
    const ends = last.sequence !== last_sequence || (
      last.recorded_at === last_recorded_at &&
      sha256(last.payload) === segment.last_payload_sha256 &&
      (from > first_sequence || lineBytes === segment.line_bytes)
    );
    if (!begins || !ends || one.recorded_at < latest) {
      throw fault("its events are not those that the manifest says");
    }
    latest = last.recorded_at;
    yield records;
  }
}

/** A frame of a segment: its lines, decompressed. */
interface Frame {
  first: number;
  events: number;
  lines: Promise<Uint8Array>;
}

/** The frames with the sequence `from` and those behind it; each is decompressed when it is asked for. */
function* framesFrom(
  segment: ArchiveSegment,
  bytes: Uint8Array,
  from: number,
): Generator<Frame> {
  let first = segment.first_sequence;
  let at = 0;
  for (const [length, events] of segment.frames) {
    if (first + events > from) {
      const lines = decompressed(bytes.subarray(at, at + length));
      lines.catch(() => {}); // it may be that nobody waits for it any more
      yield { first, events, lines };
    }
    at += length;
    first += events;
  }
}

/** The same, each asked for while the one before is worked on. */
function* ahead<T>(items: Iterator<T>): Generator<T> {
  for (let next = items.next(); !next.done;) {
    const { value } = next;
    next = items.next();
    yield value;
  }
}

function missing(path: string, { first_sequence, last_sequence }: ArchiveSegment): ArchiveError {
  return new ArchiveError(
    "archive_missing",
    `the segment ${path} with the sequences ${first_sequence} to ${last_sequence} is missing`,
    PUT_BACK,
  );
}

function torn(path: string, { bytes }: ArchiveSegment, size: number): ArchiveError {
  return new ArchiveError(
    "archive_torn",
    `the segment ${path} has ${size} bytes of the ${bytes} that were written`,
    PUT_BACK,
  );
}

function altered(path: string, what: string): ArchiveError {
  return new ArchiveError(
    "archive_altered",
    `the segment ${path} was altered: ${what}`,
    PUT_BACK,
  );
}
