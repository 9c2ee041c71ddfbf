/** The events: what each is called, which aggregate it belongs to, its subject, version and shape. */
import type Type from "typebox";
import { ComputeState } from "./compute_schema.ts";
import { ConceptState, LabelState } from "./concept.ts";
import { ConnectionLast, ConnectionState } from "./connection.ts";
import { RecordMeasurements } from "./measurement.ts";
import { NetworkLast, NetworkState } from "./network.ts";
import { PolicyLast, PolicyState } from "./policy.ts";
import { SoftwareLast, SoftwareState } from "./software.ts";

/**
 * Every event type. All but MeasurementsRecorded carry the aggregate's whole state: of several, the one with the
 * highest sequence wins, and one that ends the aggregate carries its last state. A field more is a version more, with
 * an upcaster in `upcasters.ts`: older programs refuse what they do not know, and say that it is newer.
 */
export const EVENTS = {
  ComputeRegistered: {
    aggregate: "compute",
    subject: "compute.registered",
    version: 3,
    data: ComputeState,
  },
  ComputeUpdated: {
    aggregate: "compute",
    subject: "compute.updated",
    version: 3,
    data: ComputeState,
  },
  ComputeStatusChanged: {
    aggregate: "compute",
    subject: "compute.status_changed",
    version: 2,
    data: ComputeState,
  },
  MeasurementsRecorded: {
    aggregate: "compute",
    subject: "compute.measured",
    version: 1,
    data: RecordMeasurements,
  },
  ComputeDecommissioned: {
    aggregate: "compute",
    subject: "compute.decommissioned",
    version: 2,
    data: ComputeState,
  },
  NetworkDefined: {
    aggregate: "network",
    subject: "network.defined",
    version: 2,
    data: NetworkState,
  },
  NetworkRemoved: {
    aggregate: "network",
    subject: "network.removed",
    version: 1,
    data: NetworkLast,
  },
  ConnectionEstablished: {
    aggregate: "connection",
    subject: "connection.established",
    version: 2,
    data: ConnectionState,
  },
  ConnectionSevered: {
    aggregate: "connection",
    subject: "connection.severed",
    version: 1,
    data: ConnectionLast,
  },
  SoftwareConfigured: {
    aggregate: "software",
    subject: "software.configured",
    version: 1,
    data: SoftwareState,
  },
  SoftwareRemoved: {
    aggregate: "software",
    subject: "software.removed",
    version: 1,
    data: SoftwareLast,
  },
  PolicySet: { aggregate: "policy", subject: "policy.set", version: 1, data: PolicyState },
  PolicyRevoked: { aggregate: "policy", subject: "policy.revoked", version: 1, data: PolicyLast },
  ConceptDefined: {
    aggregate: "concept",
    subject: "concept.defined",
    version: 2,
    data: ConceptState,
  },
  // A label is an aggregate of its own (of a resource and a space), said about a concept.
  ResourceLabelled: {
    aggregate: "label",
    subject: "concept.labelled",
    version: 1,
    data: LabelState,
  },
} as const;

/** The name of an event. */
export type EventType = keyof typeof EVENTS;
/** The kinds of aggregates. */
export type AggregateType = (typeof EVENTS)[EventType]["aggregate"];
/** The data of each event type. */
export type EventData = { [T in EventType]: Type.Static<(typeof EVENTS)[T]["data"]> };

/** The subject an event is published under: `infrastructure.compute.registered`. */
export function subjectOf(type: EventType): string {
  return `infrastructure.${EVENTS[type].subject}`;
}
