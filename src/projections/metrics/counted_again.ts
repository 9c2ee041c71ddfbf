/** What the log comes to up to some point: what comes is counted on from there. */
import { setImmediate } from "node:timers/promises";
import {
  decodeEvent,
  type LogRecord,
  type RecordedEvent,
  UnreadableEvent,
} from "../../domain/event.ts";
import type { EventLog } from "../../log/log.ts";
import type { ParkedEvent } from "../projection.ts";
import { MetricsFold } from "./fold.ts";

/** So many records are folded at most before anything else has its turn: some milliseconds. */
const PAUSE_RECORDS = 500;

/**
 * Folds a log from its first event on.
 *
 * @param job the label that all series have
 * @param options up to which sequence, without which events, and whether measurements are only skimmed
 * @returns the fold, which has gathered nothing, and how many events it has taken in
 */
export async function folded(
  log: Pick<EventLog, "read">,
  job: string,
  { through: to, parked, isSkimmed = true }: {
    through: number;
    parked: readonly ParkedEvent[];
    isSkimmed?: boolean;
  },
): Promise<{ fold: MetricsFold; events: number }> {
  const fold = new MetricsFold(job);
  const aside = new Set(parked.map(({ sequence }) => sequence));
  let events = 0;
  if (to === 0) return { fold, events };
  for await (const record of unhurried(log.read({ from: 1, to }))) {
    if (aside.has(record.sequence)) continue;
    if (isSkimmed) {
      if (fold.skim(record)) events++;
      continue;
    }
    const event = readable(record);
    if (!event) continue;
    fold.take(event);
    fold.gathered.discard();
    events++;
  }
  return { fold, events };
}

/** Records with pauses between: a log that has them at hand would not let the lease be renewed meanwhile. */
export async function* unhurried(records: AsyncIterable<LogRecord>): AsyncGenerator<LogRecord> {
  let taken = 0;
  for await (const record of records) {
    yield record;
    if (++taken % PAUSE_RECORDS === 0) await setImmediate();
  }
}

/** The event of a record; undefined where it is none. */
export function readable(record: LogRecord): RecordedEvent | undefined {
  try {
    return decodeEvent(record);
  } catch (error) {
    if (error instanceof UnreadableEvent) return undefined;
    throw error;
  }
}
