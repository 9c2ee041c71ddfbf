/** Events as they would have been: what an experiment changes in them. */
import { isDeepStrictEqual } from "node:util";
import {
  decodeEvent,
  encodeEvent,
  type InfrastructureEvent,
  type RecordedEvent,
  UnreadableEvent,
} from "../domain/event.ts";
import { ExperimentError } from "./experiment_error.ts";
import type { Change } from "./experiment_spec.ts";

/**
 * An event as a change makes it; the same object where it changes nothing.
 *
 * @param position of the change in the spec
 * @throws {ExperimentError} `experiment_refused` when it would be no event any more
 */
export function changed(event: RecordedEvent, change: Change, position: string): RecordedEvent {
  const data = "merge" in change
    ? mergePatch(event.data, change.merge)
    : measured(event, change.measurements);
  if (data === event.data || isDeepStrictEqual(data, event.data)) return event;
  const next = { ...event, data } as RecordedEvent;
  // Of a measurement only values are others, which are checked by themselves: there are many of them.
  if (!("merge" in change) && areFinite(next)) return next;
  try {
    const { payload } = encodeEvent(written(next));
    decodeEvent({ sequence: event.sequence, recorded_at: event.recorded_at, payload });
  } catch (error) {
    if (!(error instanceof UnreadableEvent)) throw error;
    const { event_type: type, sequence } = event;
    const field = "merge" in change ? "merge" : "measurements";
    const wrong = error.reason.replace(/^(\S+) schema is false$/, "$1 is no field of it");
    const narrower = change.change.event_types ? "" : ", or say the event_types that it is about";
    throw new ExperimentError(
      "experiment_refused",
      `${position}/${field}`,
      `event ${sequence} (${type}) would be none any more: ${wrong}; change less of it${narrower}`,
      { cause: error },
    );
  }
  return next;
}

function areFinite({ event_type, data }: RecordedEvent): boolean {
  return event_type === "MeasurementsRecorded" &&
    data.points.every(({ value }) => Number.isFinite(value));
}

/** An event as it is written to a log: without what a log says of it. */
export function written(event: RecordedEvent): InfrastructureEvent {
  const { sequence: _, recorded_at: __, upcast_from: ___, ...rest } = event;
  return rest as InfrastructureEvent;
}

/** A JSON Merge Patch (RFC 7396) of a value, which stays as it is. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = new Map(Object.entries(isObject(target) ? target : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function measured(
  { event_type, data }: RecordedEvent,
  { names, attributes = {}, scale = 1, offset = 0, set }: Extract<
    Change,
    { measurements: unknown }
  >["measurements"],
): unknown {
  if (event_type !== "MeasurementsRecorded") return data;
  let isChanged = false;
  const wanted = Object.entries(attributes);
  const points = data.points.map((point) => {
    const isMeant = names.includes(point.name) &&
      wanted.every(([name, value]) => point.attributes?.[name] === value);
    if (!isMeant) return point;
    isChanged = true;
    return { ...point, value: set ?? point.value * scale + offset };
  });
  return isChanged ? { ...data, points } : data;
}
