/** A checkpoint as plain data: for adapters that keep it so, and for whoever checks one. */
import { createHash } from "node:crypto";
import { Buffer } from "node:buffer";
import type { Checkpoint, ParkedEvent, ProjectedEvent, Step } from "./projection.ts";

/** Where a projection stands that has applied nothing. */
export const NOTHING_APPLIED: Readonly<Checkpoint> = {
  first_sequence: 0,
  last_sequence: 0,
  events: 0,
  log_hash: "0".repeat(32),
  skipped: 0,
  parked: 0,
};

/** The checkpoint behind a step that begins where `before` stands. */
export function checkpointAfter(before: Checkpoint, step: Step): Checkpoint {
  return {
    first_sequence: before.first_sequence || Math.min(step.after + 1, step.through),
    last_sequence: step.through,
    events: before.events + step.events.length,
    log_hash: logHash(before.log_hash, step.events),
    skipped: before.skipped + step.skipped,
    parked: before.parked + step.park.length - step.unpark.length,
  };
}

/** What is parked behind a step, in order of the log. */
export function parkedAfter(before: readonly ParkedEvent[], step: Step): ParkedEvent[] {
  return [...before.filter(({ sequence }) => !step.unpark.includes(sequence)), ...step.park]
    .sort((one, other) => one.sequence - other.sequence);
}

/** The `log_hash` of a checkpoint after these events as well; in whatever order they come, it is the same. */
export function logHash(before: string, events: readonly ProjectedEvent[]): string {
  const hash = Buffer.from(before, "hex");
  for (const { record: { sequence, payload }, event: { event_id } } of events) {
    const one = createHash("md5").update(`${sequence}|${event_id}|`).update(payload).digest();
    for (let at = 0; at < hash.length; at++) hash[at]! ^= one[at]!;
  }
  return hash.toString("hex");
}

/** The step of one event alone, which adapters make of what `project` is given. */
export function stepOf(event: ProjectedEvent): Step {
  const { sequence } = event.record;
  return {
    after: sequence - 1,
    through: sequence,
    events: [event],
    skipped: 0,
    park: [],
    unpark: [],
  };
}
