/** The events: what each is called, which aggregate it belongs to, and the envelope that all of them travel in. */
import Type from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { ComputeState, RecordMeasurements } from "./compute_schema.ts";
import { NetworkState } from "./network.ts";
import { ConnectionState } from "./connection.ts";
import { SoftwareState } from "./software.ts";
import { PolicyState } from "./policy.ts";
import { quote } from "./refusal.ts";
import { Timestamp } from "./values.ts";
import { illFormedText } from "./well_formed.ts";

/**
 * Every event type with its aggregate, the last word of its subject, its version and the shape of its data. All but
 * MeasurementsRecorded carry the aggregate's whole new state: of several, the one with the highest sequence wins.
 */
export const EVENTS = {
  ComputeRegistered: { aggregate: "compute", verb: "registered", version: 1, data: ComputeState },
  ComputeUpdated: { aggregate: "compute", verb: "updated", version: 1, data: ComputeState },
  MeasurementsRecorded: {
    aggregate: "compute",
    verb: "measured",
    version: 1,
    data: RecordMeasurements,
  },
  NetworkDefined: { aggregate: "network", verb: "defined", version: 1, data: NetworkState },
  ConnectionEstablished: {
    aggregate: "connection",
    verb: "established",
    version: 1,
    data: ConnectionState,
  },
  SoftwareConfigured: {
    aggregate: "software",
    verb: "configured",
    version: 1,
    data: SoftwareState,
  },
  PolicySet: { aggregate: "policy", verb: "set", version: 1, data: PolicyState },
} as const;

/** The name of an event. */
export type EventType = keyof typeof EVENTS;
/** The kinds of aggregates. */
export type AggregateType = (typeof EVENTS)[EventType]["aggregate"];
/** The data of each event type. */
export type EventData = { [T in EventType]: Type.Static<(typeof EVENTS)[T]["data"]> };

/** What is the same in every event, whatever it says. */
interface Envelope {
  /** UUID v7; in one log every event's is greater than that of the event before. */
  event_id: string;
  event_version: number;
  aggregate_type: AggregateType;
  aggregate_id: string;
  /** 1 for the aggregate's first event, and one more for each after it. */
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
export type RecordedEvent = InfrastructureEvent & { sequence: number; recorded_at: string };

/** The subject an event is published under: `infrastructure.compute.registered`. */
export function subjectOf(type: EventType): string {
  return `infrastructure.${EVENTS[type].aggregate}.${EVENTS[type].verb}`;
}

const Uuid = Type.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" });

/** The JSON Schema of one event type's envelope and data. */
export function eventSchema(type: EventType): Type.TSchema {
  const { aggregate, version, data } = EVENTS[type];
  return Type.Object({
    event_id: Uuid,
    event_type: Type.Literal(type),
    event_version: Type.Literal(version),
    aggregate_type: Type.Literal(aggregate),
    aggregate_id: Uuid,
    aggregate_version: Type.Integer({ minimum: 1 }),
    occurred_at: Timestamp,
    message_id: Uuid,
    correlation_id: Uuid,
    causation_id: Uuid,
    actor: Type.String({ minLength: 1 }),
    data,
  }, { additionalProperties: false });
}

const validators = new Map<EventType, Validator>();

function validator(type: EventType): Validator {
  let compiled = validators.get(type);
  if (!compiled) validators.set(type, compiled = Compile(eventSchema(type)));
  return compiled;
}

/**
 * What is wrong with an event of a known type and version.
 *
 * @returns the field and the reason, or undefined for a sound event
 */
export function faultOf(event: InfrastructureEvent): { field: string; reason: string } | undefined {
  const compiled = validator(event.event_type);
  if (compiled.Check(event)) return undefined;
  const [first] = compiled.Errors(event);
  return { field: first?.instancePath.slice(1) ?? "", reason: first?.message ?? "is wrong" };
}

/** A message in the log that is not an event we know. It names the sequence, and what is wrong with it. */
export class UnreadableEvent extends Error {
  override readonly name = "UnreadableEvent";
  /** Stable, for programs. */
  readonly code = "unreadable_event";
  /** @param sequence where in the log it lies */
  constructor(readonly sequence: number, reason: string, options?: ErrorOptions) {
    super(`event ${sequence} cannot be read: ${reason}`, options);
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

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** An event on its way to a log: what it is published under, and its UTF-8 JSON. */
export interface EncodedEvent {
  subject: string;
  payload: Uint8Array;
}

/** An event as the bytes that the log keeps. */
export function encodeEvent(event: InfrastructureEvent): EncodedEvent {
  return {
    subject: subjectOf(event.event_type),
    payload: encoder.encode(JSON.stringify(event)),
  };
}

/**
 * Reads a record of the log back, and checks it.
 *
 * @throws {UnreadableEvent} when it is not JSON, of an unknown type or version, or not of its type's shape
 */
export function decodeEvent(record: LogRecord): RecordedEvent {
  let event: RecordedEvent;
  let text: string;
  try {
    text = decoder.decode(record.payload);
    event = JSON.parse(text);
  } catch (error) {
    throw new UnreadableEvent(record.sequence, "it is not JSON", { cause: error });
  }
  const type = event?.event_type;
  if (typeof type !== "string" || !Object.hasOwn(EVENTS, type)) {
    throw new UnreadableEvent(record.sequence, `unknown event type ${quote(type)}`);
  }
  if (event.event_version !== EVENTS[type].version) {
    throw new UnreadableEvent(
      record.sequence,
      `${type} of version ${quote(event.event_version)}; this program reads version ${
        EVENTS[type].version
      }`,
    );
  }
  const fault = faultOf(event);
  if (fault) {
    throw new UnreadableEvent(record.sequence, `${type}/${fault.field} ${fault.reason}`);
  }
  // Only an escape can bring half a surrogate pair into what was UTF-8.
  if (/\\u[dD][89a-fA-F]/.test(text)) {
    const field = illFormedText(event);
    if (field !== undefined) {
      throw new UnreadableEvent(record.sequence, `${field} has half a surrogate pair in its text`);
    }
  }
  event.sequence = record.sequence;
  event.recorded_at = record.recorded_at;
  return event;
}
