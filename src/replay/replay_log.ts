/** The rest of a replay: what no archive has yet, from the log itself. */
import { decodeEvent, UnreadableEvent } from "../domain/event.ts";
import type { Archive } from "../log/archive.ts";
import { type EventLog, LogBroken } from "../log/log.ts";
import type { ProjectedEvent } from "../projections/projection.ts";
import type { SqlProjection } from "../projections/sql/projection.ts";
import type { Rest } from "./replay_archive.ts";

/** The most events, and bytes of them, that one step applies. */
const STEP_EVENTS = 100_000;
const STEP_BYTES = 32_000_000;

/** Applies to a projection what a log has behind its checkpoint, up to a sequence. */
export async function replayLog(
  projection: SqlProjection,
  log: EventLog | Archive,
  { last, onProgress, signal }: Rest,
): Promise<void> {
  let { last_sequence: after } = await projection.checkpoint();
  let events: ProjectedEvent[] = [];
  let [through, bytes, skipped] = [after, 0, 0];
  const apply = async () => {
    signal?.throwIfAborted();
    await projection.projectBatch({ after, through, events, skipped, park: [], unpark: [] });
    onProgress(through, last);
    [after, events, bytes, skipped] = [through, [], 0, 0];
  };
  const rest = { from: after + 1, to: last, ...(signal ? { signal } : {}) };
  for await (const record of log.read(rest)) {
    if (record.sequence !== through + 1) {
      throw new LogBroken(`sequence ${through + 1} is missing in it`);
    }
    through = record.sequence;
    try {
      events.push({ record, event: decodeEvent(record) });
    } catch (error) {
      if (!(error instanceof UnreadableEvent)) throw error;
      skipped++;
    }
    bytes += record.payload.length;
    if (events.length >= STEP_EVENTS || bytes >= STEP_BYTES) await apply();
  }
  if (through > after) await apply();
}
