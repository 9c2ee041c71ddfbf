/** Up to where to replay, and which sequence that is. */
import { isMoment } from "../domain/values.ts";
import { Archive } from "../log/archive.ts";
import { ArchivedLog } from "../log/archived_log.ts";
import type { EventLog } from "../log/log.ts";

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

/** The archive that a replay can read from: what is replayed itself, or the one of a log. */
export function archiveOf(source: EventLog | Archive): Archive | undefined {
  if (source instanceof Archive) return source;
  return source instanceof ArchivedLog && source.archive.isOf(source) ? source.archive : undefined;
}

/**
 * The last sequence to replay.
 *
 * @throws {ReplayRange} for a moment that is none, or a moment or sequence outside the log
 */
export async function lastOf(
  source: EventLog | Archive,
  { sequence, asOf }: Until,
  signal?: AbortSignal,
): Promise<number> {
  const moment = asOf === undefined ? undefined : momentOf(asOf);
  const last = source instanceof Archive ? source.lastSequence : await source.lastSequence();
  const to = sequence ?? last;
  if (!Number.isSafeInteger(to) || to < 0 || to > last) {
    throw new ReplayRange(
      `Cannot replay to sequence ${to}: the log has 0 to ${last}; leave it out for all of them`,
    );
  }
  if (moment === undefined || last === 0) return to;
  await requireInside(source, moment, signal);
  return await lastBy(source, moment, to, signal);
}

/** Before the log there is nothing to see, and what will be recorded by a moment that is still to come is not known. */
async function requireInside(
  source: EventLog | Archive,
  moment: string,
  signal?: AbortSignal,
): Promise<void> {
  const begins = await firstMoment(source, signal);
  if (begins !== undefined && moment < begins) {
    throw new ReplayRange(`Cannot replay as of ${moment}: the log begins at ${begins}`);
  }
  const ends = source instanceof Archive
    ? source.segments.at(-1)!.last_recorded_at
    : momentOf(new Date());
  if (moment <= ends) return;
  throw new ReplayRange(
    source instanceof Archive
      ? `Cannot replay as of ${moment}: the archive ends at ${ends}; leave it out for all of it`
      : `Cannot replay as of ${moment}: it is still to come; leave it out for all there is`,
  );
}

async function firstMoment(
  source: EventLog | Archive,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const [segment] = archiveOf(source)?.segments ?? [];
  if (segment) return segment.first_recorded_at;
  for await (const record of source.read({ from: 1, to: 1, ...(signal ? { signal } : {}) })) {
    return record.recorded_at;
  }
}

/** The last sequence, not behind `to`, that was recorded by a moment. Time never goes back in a log. */
async function lastBy(
  source: EventLog | Archive,
  moment: string,
  to: number,
  signal?: AbortSignal,
): Promise<number> {
  const segments = archiveOf(source)?.segments ?? [];
  const early = segments.filter(({ last_recorded_at: recorded }) => recorded <= moment);
  let last = Math.min(to, early.at(-1)?.last_sequence ?? 0);
  for await (const record of source.read({ from: last + 1, to, ...(signal ? { signal } : {}) })) {
    if (record.recorded_at > moment) break;
    last = record.sequence;
  }
  return last;
}

/**
 * A moment as the log writes it, with microseconds, so that the two can be compared as text.
 *
 * @throws {ReplayRange} for what is no moment
 */
export function momentOf(asOf: string | Date): string {
  const text = typeof asOf === "string"
    ? asOf
    : Number.isNaN(asOf.getTime())
    ? String(asOf)
    : asOf.toISOString();
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
  const time = new Date(`${minute}${second}${zone}`).toISOString();
  if (!/^\d{4}-/.test(time)) {
    throw new ReplayRange(
      `Cannot replay as of ${JSON.stringify(text)}: in UTC it is not in the years 0000 to 9999`,
    );
  }
  const micros = fraction.padEnd(6, "0").slice(0, 6);
  return `${time.slice(0, 19)}.${micros}Z`;
}
