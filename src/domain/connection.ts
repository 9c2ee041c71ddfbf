/** Connections: EstablishConnection → ConnectionEstablished; SeverConnection → ConnectionSevered. */
import Type from "typebox";
import type { Command } from "./command.ts";
import { endKey, type Ends, identifyConnection } from "./connection_ends.ts";
import { type Decision, removalDecision, stateDecision } from "./decision.ts";
import { type Finding, finding, Findings, openFindings } from "./finding.ts";
import type { InventoryView } from "./inventory.ts";
import { quote, Refusal } from "./refusal.ts";
import { Amount, Name, Port, Text, Transport } from "./values.ts";

const closed = { additionalProperties: false };

/** An end that is a resource we know: an aggregate id or a registered hostname, and one of its interfaces. */
export const ComputeEnd = Type.Object({ compute: Name, interface: Type.Optional(Name) }, closed);
/** An end that is only an address; with the MAC address that it has on the link, where that was seen. */
export const AddressEnd = Type.Object({
  address: Type.String(),
  port: Type.Optional(Port),
  mac_address: Type.Optional(Type.String()),
}, closed);

/** What a connection is told from others by. */
const key = {
  from: ComputeEnd,
  to: Type.Union([ComputeEnd, AddressEnd]),
  kind: Type.Enum(["cable", "wireless", "virtual", "flow", "neighbour"]),
  transport: Type.Optional(Transport),
  port: Type.Optional(Port),
  process: Type.Optional(Name),
};
const facts = { ...key, speed_bps: Type.Optional(Amount) };

/**
 * The data of EstablishConnection. A `flow` is observed traffic: `from` is the side that opened it and `port` the one
 * that it called, so that many short connections of a client to a service are one flow. A `neighbour` is an address
 * that answered on an interface's link (ARP, NDP).
 */
export const EstablishConnection = Type.Object(facts, closed);
/** {@linkcode EstablishConnection} as a type. */
export type EstablishConnection = Type.Static<typeof EstablishConnection>;

/** The data of SeverConnection. */
export const SeverConnection = Type.Object({ ...key, reason: Type.Optional(Text) }, closed);
/** {@linkcode SeverConnection} as a type. */
export type SeverConnection = Type.Static<typeof SeverConnection>;

/** The data of ConnectionEstablished; every `compute` is an aggregate id. */
export const ConnectionState = Type.Object({ ...facts, findings: Findings }, closed);
/** {@linkcode ConnectionState} as a type. */
export type ConnectionState = Type.Static<typeof ConnectionState>;

/** The data of ConnectionSevered: its last state, and why it is gone. */
export const ConnectionLast = Type.Object({
  ...facts,
  findings: Findings,
  reason: Type.Optional(Text),
}, closed);

/**
 * Decides EstablishConnection. What is left out stays as it was.
 *
 * @throws {Refusal} `interface_in_use` for a declared cable where another one is plugged in
 */
export function establishConnection(
  inventory: InventoryView,
  { data, source }: Command<"EstablishConnection">,
): Decision {
  const { id, ends, said } = identifyConnection(inventory, data);
  const { findings: before, ...known } = inventory.get("connection", id)?.state ?? {};
  const findings = [...oddEnds(inventory, ends)];
  const taken = data.kind === "cable"
    ? takenEnds(inventory, id, source === "declared" ? said : ends)
    : [];
  for (const one of taken) {
    if (source === "declared") throw new Refusal("interface_in_use", one.field, one.message);
    findings.push(one);
  }
  const state: ConnectionState = { ...known, ...data, ...ends };
  return stateDecision(inventory, "connection", {
    event_type: "ConnectionEstablished",
    aggregate_id: id,
    data: { ...state, ...openFindings(before, findings, source) },
  }, findings);
}

/** Decides SeverConnection. */
export function severConnection(
  inventory: InventoryView,
  { data }: Command<"SeverConnection">,
): Decision {
  const { id } = identifyConnection(inventory, data);
  return removalDecision(
    inventory,
    "connection",
    "ConnectionSevered",
    id,
    data.reason,
    () => finding("not_there", "to", `there is no such ${data.kind} to sever`),
  );
}

/** Ends at interfaces that their resource is not known to have. */
function* oddEnds(inventory: InventoryView, ends: Pick<Ends, "from" | "to">): Generator<Finding> {
  for (const field of ["from", "to"] as const) {
    const end = ends[field];
    if (!("compute" in end) || end.interface === undefined) continue;
    const { hostname, interfaces } = inventory.get("compute", end.compute)!.state;
    // Of one whose interfaces nobody has told of, none is unknown.
    if (interfaces.length === 0 || interfaces.some(({ name }) => name === end.interface)) continue;
    const message = `${field}/interface: ${hostname} is not known to have ${quote(end.interface)}`;
    yield finding("unknown_interface", `${field}/interface`, message);
  }
}

/** One interface takes one cable. */
function* takenEnds(
  inventory: InventoryView,
  id: string,
  ends: Pick<Ends, "from" | "to">,
): Generator<Finding> {
  for (const field of ["from", "to"] as const) {
    const end = ends[field];
    if (!("compute" in end) || end.interface === undefined) continue;
    const other = inventory.otherWith(`cable:${endKey(end)}`, id);
    if (other === undefined) continue;
    const message = `${field}: another cable (${other.id}) is plugged in there; sever it first`;
    yield finding("interface_in_use", field, message);
  }
}
