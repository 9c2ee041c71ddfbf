/** Putting the rest of a log into its archive: new segments, small ones merged, one manifest after another. */
import { join } from "node:path";
import type { LogRecord } from "../domain/event.ts";
import { ArchiveError } from "./archive_error.ts";
import {
  type ArchiveManifest,
  type ArchiveSegment,
  manifestOf,
  saveManifest,
  sequencesOf,
  sha256,
} from "./archive_manifest.ts";
import {
  isFull,
  recordsOf,
  segmentBytes,
  type SegmentLimits,
  writeSegment,
} from "./archive_segment.ts";
import { PART } from "./durable_file.ts";
import type { EventLog } from "./log.ts";

/** How an archive is extended. */
export interface ExtendOptions {
  /** Ends it with its reason; segments that are full by then stay. */
  signal?: AbortSignal;
  /** Told how far it is: events archived, and how many there are to archive. */
  onProgress?: (done: number, total: number) => void;
  /** Called when another process has to be waited for. */
  onWaiting?: () => void;
  /** How long another process is waited for, in milliseconds; for ever unless it says otherwise. */
  patience?: number;
}

/** When small segments are merged. */
export interface ArchiveLimits extends SegmentLimits {
  /** So many segments that are not full are merged into one. */
  small: number;
}

/** How often the progress is told, in events. */
const PROGRESS_EVENTS = 1_000;

/**
 * Archives what the log has behind the archive's end. The caller holds the archive's lock. Every manifest that is saved
 * on the way is whole; the last one is returned.
 */
export async function extendArchive(
  folder: string,
  before: ArchiveManifest | undefined,
  log: EventLog,
  limits: ArchiveLimits,
  options: ExtendOptions,
): Promise<ArchiveManifest | undefined> {
  let manifest = before ?? manifestOf({ log: log.name, incarnation: log.incarnation }, []);
  const archived = manifest.segments.at(-1)?.last_sequence ?? 0;
  const last = await log.lastSequence();
  await requireContinuation(log, last, manifest);
  if (last === archived) {
    await removeLeftOvers(folder, manifest);
    return before;
  }
  // First of all, so that segments without a manifest are always a loss.
  if (before === undefined) await saveManifest(folder, manifest);
  const small = smallOnes(manifest.segments, limits, last - archived);
  const kept = manifest.segments.slice(0, manifest.segments.length - small.length);
  const source = rest(folder, small, log, [archived, last], options);
  const made: ArchiveSegment[] = [];
  try {
    for (;;) {
      const segment = await writeSegment(folder, source, limits);
      if (segment === undefined) return manifest;
      made.push(segment);
      // In the middle of those that are merged the old ones still stand.
      if (segment.last_sequence < archived) continue;
      manifest = manifestOf(manifest, [...kept, ...made]);
      await saveManifest(folder, manifest);
    }
  } finally {
    await source.return(undefined);
    await removeLeftOvers(folder, manifest);
  }
}

/**
 * Fails unless the log is the one that was archived, as far as can be told: its name, its incarnation, and the event
 * with which the archive ends, where the log still has it.
 *
 * @throws {ArchiveError} `archive_other_log`
 */
export async function requireContinuation(
  log: EventLog,
  last: number,
  manifest: ArchiveManifest,
): Promise<void> {
  requireSameLog(log, manifest);
  const end = manifest.segments.at(-1);
  if (end === undefined) return;
  const { last_sequence: sequence } = end;
  if (last < sequence) {
    throw otherLog(`the archive ends at sequence ${sequence}, and the log at ${last}`);
  }
  for await (const record of log.read({ from: sequence, to: sequence })) {
    if (record.sequence !== sequence) continue; // the log begins behind it
    if (
      record.recorded_at !== end.last_recorded_at ||
      sha256(record.payload) !== end.last_payload_sha256
    ) throw otherLog(`event ${sequence} is another one in the log than in the archive`);
  }
}

/**
 * Fails unless the log has the name and the incarnation of the one that was archived.
 *
 * @throws {ArchiveError} `archive_other_log`
 */
export function requireSameLog(
  { name, incarnation }: Pick<EventLog, "name" | "incarnation">,
  archive: Pick<ArchiveManifest, "log" | "incarnation">,
): void {
  if (archive.log === name && archive.incarnation === incarnation) return;
  throw otherLog(
    `the archive is of the log ${archive.log} (${archive.incarnation}), and this one is ${name} (${incarnation})`,
  );
}

function otherLog(what: string): ArchiveError {
  return new ArchiveError(
    "archive_other_log",
    `this log is not the one that was archived: ${what}`,
    "put the old log back, or move the archive's folder away, so that a new one is begun",
  );
}

/**
 * The last segments that are not full, if it is time to merge them: all of them where that makes a full one, and else
 * from the first on that is not larger than what is behind it. So an event is written again only a few times, although
 * every process that writes adds a segment of its own.
 */
function smallOnes(
  segments: readonly ArchiveSegment[],
  limits: ArchiveLimits,
  added: number,
): readonly ArchiveSegment[] {
  const small = segments.slice(segments.findLastIndex((segment) => isFull(segment, limits)) + 1);
  const together = small.reduce((sum, { count }) => sum + count, added);
  if (together >= limits.records) return small;
  if (small.length < limits.small) return [];
  let behind = together;
  const first = small.findIndex(({ count }) => {
    behind -= count;
    return count <= behind;
  });
  return first < 0 ? [] : small.slice(first);
}

/** The events of the small segments, and then those of the log, none missing. */
async function* rest(
  folder: string,
  small: readonly ArchiveSegment[],
  log: EventLog,
  [archived, last]: readonly [number, number],
  { signal, onProgress }: ExtendOptions,
): AsyncGenerator<LogRecord> {
  for (const segment of small) {
    const bytes = await segmentBytes(folder, segment);
    for await (const records of recordsOf(folder, segment, bytes)) {
      signal?.throwIfAborted();
      yield* records;
      onProgress?.(0, last - archived);
    }
  }
  let next = archived + 1;
  const options = { from: next, to: last, ...(signal ? { signal } : {}) };
  for await (const record of log.read(options)) {
    if (record.sequence !== next) throw gap(next, record.sequence - 1);
    yield record;
    if ((next - archived) % PROGRESS_EVENTS === 0) onProgress?.(next - archived, last - archived);
    next++;
  }
  if (next <= last) throw gap(next, last);
  onProgress?.(last - archived, last - archived);
}

function gap(first: number, last: number): ArchiveError {
  return new ArchiveError(
    "archive_gap",
    `the archive ends at sequence ${
      first - 1
    }, and the log has no events ${first} to ${last} any more`,
    "put back a copy of the archive that has them",
  );
}

/** Removes what killed writers left, and segments that others have taken the place of. */
async function removeLeftOvers(folder: string, { segments }: ArchiveManifest): Promise<void> {
  const listed = new Set(segments.map(({ file }) => file));
  const end = segments.at(-1)?.last_sequence ?? 0;
  for await (const { name } of Deno.readDir(folder)) {
    const sequences = sequencesOf(name);
    // One with sequences that are nowhere else is kept: the manifest may be an older one that was put back.
    const isOver = name.endsWith(PART) ||
      (sequences !== undefined && !listed.has(name) && sequences.last <= end);
    if (isOver) await Deno.remove(join(folder, name)).catch(() => {}); // Windows: somebody reads it
  }
}
