/** Whether a log and its archive agree: every event that is in both is the same in both, and none is in neither. */
import { Buffer } from "node:buffer";
import type { LogRecord } from "../domain/event.ts";
import type { Archive } from "./archive.ts";
import type { ArchivedLog } from "./archived_log.ts";
import type { EventLog } from "./log.ts";

/** How the comparison is followed and ended. */
export interface AgreementOptions {
  /** Ends it with its reason. */
  signal?: AbortSignal;
  /** Told how far it is: events compared, and how many there are to compare at most. */
  onProgress?: (done: number, total: number) => void;
}

/** What can be wrong with an event, for programs. */
export type DisagreementCode =
  /** The log has another payload than the archive. */
  | "other_payload"
  /** The payload is the same, and was recorded at another time. */
  | "other_time"
  /** It is archived, and missing in the log behind its beginning. */
  | "missing_in_log"
  /** The archive ends before it, and the log goes on behind it without it. */
  | "missing_in_both";

/** The first event about which a log and its archive do not agree. */
export interface Disagreement {
  sequence: number;
  code: DisagreementCode;
  /** The same for people, to stand behind "event 42: ". */
  what: string;
}

/** How far a log and its archive agree. */
export interface Agreement {
  /** How many events are the same in both; where there is a disagreement, before it. */
  compared: number;
  /** The first and the last of them; 0 for none. */
  first_sequence: number;
  last_sequence: number;
  /** How many events only the archive has, because the log forgot its front. */
  forgotten: number;
  /** How many events only the log has, behind the archive's end. */
  not_archived: number;
  /** Not there where they agree. */
  disagreement?: Disagreement;
}

/**
 * Compares, byte for byte, what a log and its archive both have when it begins: payloads, and when they were recorded.
 * A log that forgot its front agrees with the archive that has it, also while they are compared, and so does an archive
 * that ends before the log. Of the events behind the archive's end each has to be in the log.
 *
 * Cost: the reading of both; memory: that of reading them.
 *
 * @throws {ArchiveError} when the archive is another log's, or a segment is not as it was written
 * @throws {LogUnavailable} and the other errors of the log
 */
export async function agreementOf(
  { log, archive }: Pick<ArchivedLog, "log" | "archive">,
  { signal, onProgress }: AgreementOptions = {},
): Promise<Agreement> {
  await archive.refresh();
  archive.requireSameLog(log);
  const archived = archive.lastSequence;
  // Asked for after the archive's end: a log that ends before that was not always so short.
  const part = { from: 1, to: await log.lastSequence(), ...(signal ? { signal } : {}) };
  const from = await firstIn(log, part);
  const to = Math.min(archived, part.to);
  const comparison = new Comparison(log, { ...part, from, to });
  let disagreement: Disagreement | undefined;
  try {
    for await (const records of archive.blocks({ ...part, from, to })) {
      disagreement = await comparison.firstOtherOf(records);
      if (disagreement) break;
      onProgress?.(records.at(-1)!.sequence - from + 1, part.to - from + 1);
    }
  } finally {
    await comparison.end();
  }
  disagreement ??= await behind({ log, archive }, archived, {
    ...part,
    onProgress: (sequence) => onProgress?.(sequence - from + 1, part.to - from + 1),
  });
  const { begins, compared, first, last } = comparison;
  return {
    compared,
    first_sequence: first,
    last_sequence: last,
    forgotten: Math.min(begins - 1, archived),
    not_archived: Math.max(0, part.to - Math.max(archived, begins - 1)),
    ...(disagreement ? { disagreement } : {}),
  };
}

/** A part of a log. */
interface Part {
  from: number;
  to: number;
  signal?: AbortSignal;
}

/** A log that is read along with its archive. */
class Comparison {
  /** How many events are the same in both, and the first and the last of them. */
  compared = 0;
  first = 0;
  last = 0;
  readonly #records: AsyncIterator<LogRecord>;
  /** Read, and behind what was compared. */
  #ahead: LogRecord | undefined;
  #begins: number;

  /** @param part from the first sequence that the log has to the last one that both have */
  constructor(private readonly log: EventLog, private readonly part: Part) {
    this.#records = log.read(part)[Symbol.asyncIterator]();
    this.#begins = part.from;
  }

  /** The first sequence that the log has, which grows when it forgets more of its front. */
  get begins(): number {
    return this.#begins;
  }

  /** Compares what is archived next. */
  async firstOtherOf(archived: readonly LogRecord[]): Promise<Disagreement | undefined> {
    for (const record of archived) {
      const { sequence } = record;
      if (sequence < this.#begins) continue;
      const logged = this.#ahead ?? await this.#next();
      if (logged?.sequence === sequence) {
        const other = difference(logged, record);
        if (other) return other;
        this.#ahead = undefined;
        this.first ||= sequence;
        this.last = sequence;
        this.compared++;
        continue;
      }
      this.#ahead = logged;
      // Either it is missing, or everything up to there was forgotten meanwhile.
      this.#begins = await firstIn(this.log, this.part);
      if (sequence >= this.#begins) {
        return { sequence, code: "missing_in_log", what: "it is archived, and missing in the log" };
      }
    }
    return undefined;
  }

  async #next(): Promise<LogRecord | undefined> {
    const next = await this.#records.next();
    return next.done ? undefined : next.value;
  }

  /** Lets go of the log. */
  async end(): Promise<void> {
    await this.#records.return?.();
  }
}

/** The first sequence of a part that the log has; the one behind the part if it has none. */
async function firstIn(log: EventLog, part: Part): Promise<number> {
  for await (const { sequence } of log.read(part)) return sequence;
  return part.to + 1;
}

function difference(logged: LogRecord, archived: LogRecord): Disagreement | undefined {
  const { sequence } = archived;
  if (Buffer.compare(logged.payload, archived.payload) !== 0) {
    const what = "its payload is another one in the log than in the archive";
    return { sequence, code: "other_payload", what };
  }
  if (logged.recorded_at !== archived.recorded_at) {
    const what =
      `it was recorded at ${logged.recorded_at} by the log, and at ${archived.recorded_at} by the archive`;
    return { sequence, code: "other_time", what };
  }
  return undefined;
}

/** After how many events it is said again how far the reading behind the archive's end is. */
const TOLD_EVENTS = 10_000;

/** Whether the log ends where the archive does, or goes on there, event by event. */
async function behind(
  { log, archive }: Pick<ArchivedLog, "log" | "archive">,
  archived: number,
  { onProgress, ...part }: Part & { onProgress: (sequence: number) => void },
): Promise<Disagreement | undefined> {
  if (part.to < archived) {
    const what = `it is archived, and the log ends at ${part.to}`;
    return { sequence: part.to + 1, code: "missing_in_log", what };
  }
  let next = archived + 1;
  if (part.to < next) return undefined;
  for await (const { sequence } of log.read({ ...part, from: next })) {
    if (sequence > next) {
      const missing = await missingBetween(archive, next, sequence - 1);
      if (missing) return missing;
    }
    next = sequence + 1;
    if (sequence % TOLD_EVENTS === 0) onProgress(sequence);
  }
  return next > part.to ? undefined : await missingBetween(archive, next, part.to);
}

/** The first of some events that the log has not: unless they were archived meanwhile, and then forgotten. */
async function missingBetween(
  archive: Archive,
  first: number,
  last: number,
): Promise<Disagreement | undefined> {
  await archive.refresh();
  const archived = archive.lastSequence;
  if (archived >= last) return undefined;
  const what = `the archive ends at ${archived}, and the log has it not, or not any more`;
  return { sequence: Math.max(first, archived + 1), code: "missing_in_both", what };
}
