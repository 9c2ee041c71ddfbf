/** An event: the envelope that all of them travel in, its bytes in the log, and how they are read back. */
import Type from "typebox";
import { Compile, type Validator } from "typebox/compile";
import {
  type AggregateType,
  type EventData,
  EVENTS,
  type EventType,
  subjectOf,
} from "./event_types.ts";
import { quote } from "./refusal.ts";
import { upcast } from "./upcasters.ts";
import { Timestamp, UUID, Uuid } from "./values.ts";
import { illFormedText } from "./well_formed.ts";

/** What is the same in every event, whatever it says. */
interface Envelope {
  /** UUID v7; in one log every event's is greater than that of the event before. */
  event_id: string;
  event_version: number;
  aggregate_type: AggregateType;
  aggregate_id: string;
  /**
   * 1 for the aggregate's first event, and one more for each after it. What was removed and is defined again has a new
   * life, which begins at 1 as well: only of what lives is its version remembered.
   */
  aggregate_version: number;
  /** When it happened, by the clock of whoever saw it. */
  occurred_at: string;
  /** An event is a message too, and this is its identity as one: the event's id. */
  message_id: string;
  /** The message that began all this: the same for everything that one root command caused. */
  correlation_id: string;
  /** The command this event came of. */
  causation_id: string;
  actor: string;
}

/** An event as it is written to the log. */
export type InfrastructureEvent = {
  [T in EventType]: Envelope & { event_type: T; data: EventData[T] };
}[EventType];

/** An event as it is read from the log: with its place there and the log's own time. */
export type RecordedEvent = InfrastructureEvent & {
  sequence: number;
  recorded_at: string;
  /** The version it was written in, where that is older than the one that it is read in. */
  upcast_from?: number;
};

/** The JSON Schema of one event type's envelope and data. */
export function eventSchema(type: EventType): Type.TSchema {
  const { aggregate, version, data } = EVENTS[type];
  return Type.Object({
    event_id: Uuid,
    event_type: Type.Literal(type),
    event_version: Type.Literal(version),
    aggregate_type: Type.Literal(aggregate),
    aggregate_id: Uuid,
    aggregate_version: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
    occurred_at: Timestamp,
    message_id: Uuid,
    correlation_id: Uuid,
    causation_id: Uuid,
    actor: Type.String({ minLength: 1 }),
    data,
  }, { additionalProperties: false });
}

const validators = new Map<EventType, { event: Validator; data: Validator }>();

function validatorsOf(type: EventType): { event: Validator; data: Validator } {
  let compiled = validators.get(type);
  if (!compiled) {
    compiled = { event: Compile(eventSchema(type)), data: Compile(EVENTS[type].data) };
    validators.set(type, compiled);
  }
  return compiled;
}

/** What is wrong, and where. */
export interface Fault {
  field: string;
  reason: string;
}

/**
 * What is wrong with an event of a known type and version.
 *
 * @returns the field and the reason, or undefined for a sound event
 */
export function faultOf(event: InfrastructureEvent): Fault | undefined {
  return firstFault(validatorsOf(event.event_type).event, event);
}

/** What is wrong with the data of an event, whose envelope a {@linkcode MessageFactory} made and so is sound. */
export function dataFaultOf({ event_type, data }: InfrastructureEvent): Fault | undefined {
  return firstFault(validatorsOf(event_type).data, data);
}

function firstFault(compiled: Validator, value: unknown): Fault | undefined {
  if (compiled.Check(value)) return undefined;
  const [first] = compiled.Errors(value);
  return { field: first?.instancePath.slice(1) ?? "", reason: first?.message ?? "is wrong" };
}

/**
 * A message in the log that is no event: a foreign one, or one that is malformed. Readers pass it over and report it.
 * It names the sequence, and what is wrong with it.
 */
export class UnreadableEvent extends Error {
  override readonly name = "UnreadableEvent";
  /** Stable, for programs. */
  readonly code = "unreadable_event";
  /**
   * @param sequence where in the log it lies
   * @param reason what is wrong with it
   */
  constructor(readonly sequence: number, readonly reason: string, options?: ErrorOptions) {
    super(`event ${sequence} cannot be read: ${reason}`, options);
  }
}

/**
 * An event of a type or version that this program does not know: a newer one wrote it. Nobody may pass it over, for
 * what is decided or shown without it may be wrong.
 */
export class NewerEvent extends Error {
  override readonly name = "NewerEvent";
  /** Stable, for programs. */
  readonly code = "newer_event";
  /** @param sequence where in the log it lies */
  constructor(readonly sequence: number, what: string) {
    super(
      `event ${sequence} is ${what}, which a newer version of this program wrote: update this one`,
    );
  }
}

/** What a log keeps of an event: its bytes, its place, and when it was put there. */
export interface LogRecord {
  /** 1 for the first event of the log; none is ever used twice. */
  sequence: number;
  /** The log's clock, RFC 3339 with microseconds: `2026-11-23T17:46:47.123456Z`. Never goes back. */
  recorded_at: string;
  /** The event as UTF-8 JSON, byte for byte as it was written. */
  payload: Uint8Array;
}

/** Tab, line feed and carriage return, which stand in no JSON that is on one line. */
const LINE_BYTES = [9, 10, 13];

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** An event on its way to a log: what it is published under, and its UTF-8 JSON. */
export interface EncodedEvent {
  subject: string;
  payload: Uint8Array;
}

/** An event as the bytes that the log keeps. */
export function encodeEvent(event: InfrastructureEvent): EncodedEvent {
  return { subject: subjectOf(event.event_type), payload: utf8(JSON.stringify(event)) };
}

/** Room for the next payloads, one behind the other: that takes a quarter of the time of an array for each. */
let room = new Uint8Array(0);
const ROOM_BYTES = 1 << 18;

function utf8(text: string): Uint8Array {
  const most = 3 * text.length;
  if (room.length < most) room = new Uint8Array(Math.max(ROOM_BYTES, most));
  const { written } = encoder.encodeInto(text, room);
  const bytes = room.subarray(0, written);
  room = room.subarray(written);
  return bytes;
}

/**
 * Reads a record of the log back, checks it, and leads an older version up to the newest.
 *
 * @throws {UnreadableEvent} when it is not JSON, no event, or not of its type's shape
 * @throws {NewerEvent} when it is of a type or version that this program does not know
 */
export function decodeEvent(record: LogRecord): RecordedEvent {
  const { sequence, recorded_at } = record;
  let event: RecordedEvent;
  let text: string;
  if (LINE_BYTES.some((byte) => record.payload.includes(byte))) {
    throw new UnreadableEvent(sequence, "its JSON is spread over lines");
  }
  try {
    text = decoder.decode(record.payload);
    event = JSON.parse(text);
  } catch (error) {
    throw new UnreadableEvent(sequence, "it is not JSON", { cause: error });
  }
  const { event_type: type, event_version: version } = checkKind(event, sequence);
  const older = version < EVENTS[type].version;
  if (older) event = upcastEvent(event, sequence);
  const fault = faultOf(event);
  if (fault) throw new UnreadableEvent(sequence, `${type}/${fault.field} ${fault.reason}`);
  // Only an escape can bring half a surrogate pair into what was UTF-8.
  if (/\\u[dD][89a-fA-F]/.test(text)) {
    const field = illFormedText(event);
    if (field !== undefined) {
      throw new UnreadableEvent(sequence, `${field} has half a surrogate pair in its text`);
    }
  }
  event.sequence = sequence;
  event.recorded_at = recorded_at;
  if (older) event.upcast_from = version;
  return event;
}

/** Tells what is no event of ours from what only a newer program knows. */
function checkKind(event: InfrastructureEvent | null, sequence: number): InfrastructureEvent {
  const type: unknown = event?.event_type;
  const version: unknown = event?.event_version;
  if (typeof type !== "string" || !Number.isSafeInteger(version) || Number(version) < 1) {
    throw new UnreadableEvent(sequence, `it is no event: its type is ${quote(type)}`);
  }
  const known = Object.hasOwn(EVENTS, type);
  if (known && Number(version) <= EVENTS[type as EventType].version) return event!;
  if (!UUID.test(String(event?.event_id)) || !UUID.test(String(event?.aggregate_id))) {
    throw new UnreadableEvent(sequence, `it is no event of ours: its type is ${quote(type)}`);
  }
  throw new NewerEvent(
    sequence,
    known ? `${type} of version ${version}` : `of the type ${quote(type)}`,
  );
}

function upcastEvent(event: RecordedEvent, sequence: number): RecordedEvent {
  const { event_type: type, event_version: version, data } = event;
  try {
    const newest = upcast(type, version, data as Record<string, unknown>);
    return { ...event, event_version: EVENTS[type].version, data: newest } as RecordedEvent;
  } catch (error) {
    throw new UnreadableEvent(sequence, `${type} of version ${version} cannot be led up`, {
      cause: error,
    });
  }
}
