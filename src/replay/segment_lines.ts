/** The events of an archive's segment as lines that the database reads: each checked, and led up where it is older. */
import { setImmediate } from "node:timers/promises";
import { decodeEvent, type LogRecord, NewerEvent, UnreadableEvent } from "../domain/event.ts";
import type { Archive, ArchiveSegment } from "../log/archive.ts";
import type { ProjectedEvent } from "../projections/projection.ts";
import { LinesFile } from "../projections/sql/typed.ts";

/**
 * So many events are checked before others may go on: what the database does meanwhile is many short pieces, of which
 * none begins while nothing is awaited.
 */
const PAUSE_EVENTS = 100;

/**
 * Writes the events of a segment to a file, as `LinesFile` does.
 *
 * @param onProgress told how many of its records are done
 * @returns the sequences of what is no event; undefined where an event is of a newer version
 */
export async function segmentLines(
  archive: Archive,
  { first_sequence, last_sequence }: ArchiveSegment,
  path: string,
  onProgress: (events: number) => void,
  signal?: AbortSignal,
): Promise<number[] | undefined> {
  const lines = new LinesFile(path);
  const skipped: number[] = [];
  let done = 0;
  try {
    const range = { from: first_sequence, to: last_sequence, ...(signal ? { signal } : {}) };
    for await (const records of archive.blocks(range)) {
      for (const record of records) {
        const event = decoded(record);
        if (event) lines.write(event);
        else skipped.push(record.sequence);
        if (record.sequence % PAUSE_EVENTS === 0) await setImmediate();
      }
      onProgress(done += records.length);
    }
    return skipped;
  } catch (error) {
    if (error instanceof NewerEvent) return undefined;
    throw error;
  } finally {
    lines.close();
  }
}

function decoded(record: LogRecord): ProjectedEvent | undefined {
  try {
    return { record, event: decodeEvent(record) };
  } catch (error) {
    if (error instanceof UnreadableEvent) return undefined;
    throw error;
  }
}
