/** Retention: the stream forgets what is archived, verified and old enough. */
import { JetStreamApiError, jetstreamManager } from "@nats-io/jetstream";
import { type Archive, ArchiveError } from "./archive.ts";
import type { JetStreamLog } from "./jetstream_log.ts";
import type { EventLog } from "./log.ts";
import { STREAM } from "./stream_fitness.ts";

const DAY_MS = 86_400_000;
/** How many days the stream keeps. */
export const RETENTION_DAYS = 30;

/** Makes a log forget everything before a sequence. */
export type Forget = (sequence: number) => Promise<void>;

/** What is to be kept. */
export interface RetainOptions {
  /** Events of so many days stay in the log; 30 unless it says otherwise. */
  days?: number;
  /** The moment that the days are counted from. */
  now: Date;
  /** Ends it with its reason before anything was forgotten. */
  signal?: AbortSignal;
  /** Told how far the verification is: events verified, and how many there are at most. */
  onProgress?: (done: number, total: number) => void;
  /** Called when another process has to be waited for. */
  onWaiting?: () => void;
}

/** What the log was made to forget. */
export interface Retained {
  /** How many events went. */
  forgotten: number;
  /** The first sequence that the log still has; 0 for an empty log. */
  first_sequence: number;
}

/**
 * Makes the log forget the events of its front that are older than the days, and only those of which the archive's
 * files were read in this very run and are as they were written. The log's last event always stays: by it the log is
 * known again, and a server knows where it ended.
 *
 * @throws {ArchiveError} when the archive is not as it was written, or of another log; then nothing is forgotten
 * @throws {RangeError} for a number of days that is none
 * @throws {LogReplaced} when another log has taken this one's place
 */
export async function retain(
  log: EventLog,
  archive: Archive,
  forget: Forget,
  { days = RETENTION_DAYS, now, signal, onProgress, onWaiting }: RetainOptions,
): Promise<Retained> {
  const before = new Date(now.getTime() - days * DAY_MS);
  if (!(days >= 0) || Number.isNaN(before.getTime())) {
    throw new RangeError(`Cannot keep events of ${days} days: a number from 0 on is needed`);
  }
  const ends = { ...(signal ? { signal } : {}), ...(onWaiting ? { onWaiting } : {}) };
  return await archive.locked(ends, async () => {
    await archive.requireContinuation(log);
    const first = await firstOf(log);
    const verified = await firstToKeep(archive, [first, before], {
      ...ends,
      ...(onProgress ? { onProgress } : {}),
    });
    const keep = Math.min(verified, await log.lastSequence());
    if (keep <= first) return { forgotten: 0, first_sequence: first };
    signal?.throwIfAborted();
    await forget(keep);
    return { forgotten: keep - first, first_sequence: await firstOf(log) };
  });
}

/**
 * The first sequence that is not archived, or not older; from the log's first event to there all were read back, each
 * file compared with its hash.
 */
async function firstToKeep(
  archive: Archive,
  [first, before]: readonly [number, Date],
  { signal, onProgress }: Pick<RetainOptions, "signal" | "onProgress">,
): Promise<number> {
  const moment = before.toISOString().replace("Z", "000Z");
  const to = archive.segments.findLast(({ first_recorded_at }) => first_recorded_at < moment)
    ?.last_sequence ?? 0;
  if (first === 0 || to < first) return 0;
  for await (const records of archive.blocks({ from: first, to, ...(signal ? { signal } : {}) })) {
    const young = records.find(({ recorded_at }) => recorded_at >= moment);
    if (young) return young.sequence;
    onProgress?.(records.at(-1)!.sequence - first + 1, to - first + 1);
  }
  return to + 1;
}

async function firstOf(log: EventLog): Promise<number> {
  for await (const { sequence } of log.read()) return sequence;
  return 0;
}

/**
 * How a stream forgets: by the server's purge of its front. Single events can be deleted by nobody.
 *
 * @throws {ArchiveError} `purge_refused` when the server does not let us
 * @throws {LogReplaced} when another stream has taken this one's place
 */
export function streamPurge(log: JetStreamLog): Forget {
  return async (sequence) => {
    await log.lastSequence(); // fails if the stream is another one by now
    const { streams } = await jetstreamManager(log.connection, { checkAPI: false });
    try {
      await streams.purge(STREAM, { seq: sequence });
    } catch (error) {
      if (!(error instanceof JetStreamApiError)) throw error;
      throw new ArchiveError(
        "purge_refused",
        `the server does not let us take out of ${STREAM} what is archived (${error.message})`,
        "do it as someone who may purge it, or keep it all: nothing was taken out",
        { cause: error },
      );
    }
  };
}
