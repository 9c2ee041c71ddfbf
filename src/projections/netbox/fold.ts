/** The inventory that the desired state is made of, folded from the log without measurements. */
import { decodeEvent, UnreadableEvent } from "../../domain/event.ts";
import { EVENTS, type EventType, subjectOf } from "../../domain/event_types.ts";
import { Inventory } from "../../domain/inventory.ts";
import type { EventLog } from "../../log/log.ts";
import type { ProjectedEvent } from "../projection.ts";

/** What is no business of NetBox's, and most of a log. */
const LEFT_OUT: ReadonlySet<EventType> = new Set(["MeasurementsRecorded"]);
const SUBJECTS = (Object.keys(EVENTS) as EventType[])
  .filter((type) => !LEFT_OUT.has(type)).map(subjectOf);

/**
 * Folds a log.
 *
 * @param through the last sequence
 * @param parked sequences that are left out
 */
export async function foldLog(
  log: Pick<EventLog, "read">,
  through: number,
  parked: ReadonlySet<number>,
  signal?: AbortSignal,
): Promise<Inventory> {
  const inventory = new Inventory();
  if (through === 0) return inventory;
  const part = { from: 1, to: through, subjects: SUBJECTS, ...(signal ? { signal } : {}) };
  for await (const record of log.read(part)) {
    if (parked.has(record.sequence)) continue;
    try {
      const event = decodeEvent(record);
      // A log that is only read, such as an archive, may not tell subjects apart.
      if (!LEFT_OUT.has(event.event_type)) inventory.apply(event, record.sequence);
    } catch (error) {
      if (!(error instanceof UnreadableEvent)) throw error; // it was passed over
    }
  }
  inventory.sequence = through;
  return inventory;
}

/** Folds the events of a step; whether there was any that NetBox may have something of. */
export function foldStep(
  inventory: Inventory,
  events: readonly ProjectedEvent[],
  through: number,
): boolean {
  const some = events.filter(({ event }) => !LEFT_OUT.has(event.event_type));
  for (const { event } of some) inventory.apply(event, event.sequence);
  inventory.sequence = through;
  return some.length > 0;
}
