/** Reading on: what came to the log since an inventory was last as new as it. */
import { decodeEvent, UnreadableEvent } from "../domain/event.ts";
import type { Inventory } from "../domain/inventory.ts";
import type { MessageFactory } from "../domain/message.ts";
import { type EventLog, LogBroken } from "../log/log.ts";

/** A message of the log that is no event, and was passed over. */
export interface Skipped {
  sequence: number;
  reason: string;
}

/** How to read. */
export interface CatchingUp {
  /** Ends the reading, with its reason. */
  signal?: AbortSignal | undefined;
  /** Told how far it is: events read, and how many there are to read. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** How many messages that were passed over are kept with their reasons. */
const SKIPPED_KEPT = 100;
/** How often the progress is told, in events. */
const PROGRESS_EVENTS = 10_000;

/**
 * Applies what the log has and the inventory has not; nothing may be marked in it.
 *
 * @param skipped gets the first messages that are no events
 * @throws {LogUnavailable} when the log cannot be read
 * @throws {NewerEvent} when a newer version of this program wrote to it
 * @throws {LogBroken} when events are missing in it
 */
export async function catchUp(
  log: EventLog,
  inventory: Inventory,
  messages: MessageFactory,
  skipped: Skipped[],
  { signal, onProgress }: CatchingUp = {},
): Promise<void> {
  const before = inventory.sequence;
  const last = await log.lastSequence();
  if (last < before) throw new LogBroken(`it ends at ${last}, and was at ${before} before`);
  for await (const record of log.read({ from: before + 1, ...(signal ? { signal } : {}) })) {
    const { sequence } = record;
    if (sequence !== inventory.sequence + 1) {
      throw new LogBroken(`sequence ${inventory.sequence + 1} is missing in it`);
    }
    try {
      const event = decodeEvent(record);
      inventory.apply(event, sequence);
      messages.witness(event.event_id);
    } catch (error) {
      if (!(error instanceof UnreadableEvent)) throw error;
      inventory.skip(sequence);
      if (skipped.length < SKIPPED_KEPT) skipped.push({ sequence, reason: error.reason });
    }
    if (sequence % PROGRESS_EVENTS === 0) onProgress?.(sequence - before, last - before);
  }
  if (inventory.sequence < last) {
    throw new LogBroken(`sequence ${inventory.sequence + 1} is missing in it, and all behind that`);
  }
}
