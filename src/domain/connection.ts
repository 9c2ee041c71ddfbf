/** Connections between two ends: EstablishConnection → ConnectionEstablished. */
import Type from "typebox";
import type { Command } from "./command.ts";
import { type Decision, stateDecision } from "./decision.ts";
import { aggregateIdOf, resolveCompute } from "./identity.ts";
import type { InventoryView } from "./inventory.ts";
import { quote, Refusal } from "./refusal.ts";
import { Amount, byCodeUnit, ipAddress, Name, Port, Transport } from "./values.ts";

const closed = { additionalProperties: false };

/** An end that is a resource we know: an aggregate id or a registered hostname, and one of its interfaces. */
export const ComputeEnd = Type.Object({ compute: Name, interface: Type.Optional(Name) }, closed);
/** An end that is only an address; with the MAC address that it has on the link, where that was seen. */
export const AddressEnd = Type.Object({
  address: Type.String(),
  port: Type.Optional(Port),
  mac_address: Type.Optional(Type.String()),
}, closed);

/**
 * The data of EstablishConnection. A `flow` is observed traffic: `from` is the side that opened it and `port` the one
 * that it called, so that many short connections of a client to a service are one flow. A `neighbour` is an address
 * that answered on an interface's link (ARP, NDP).
 */
export const EstablishConnection = Type.Object({
  from: ComputeEnd,
  to: Type.Union([ComputeEnd, AddressEnd]),
  kind: Type.Enum(["cable", "wireless", "virtual", "flow", "neighbour"]),
  speed_bps: Type.Optional(Amount),
  transport: Type.Optional(Transport),
  port: Type.Optional(Port),
  process: Type.Optional(Name),
}, closed);
/** {@linkcode EstablishConnection} as a type. */
export type EstablishConnection = Type.Static<typeof EstablishConnection>;

/** The data of ConnectionEstablished; every `compute` is an aggregate id. */
export const ConnectionState = EstablishConnection;
/** {@linkcode ConnectionState} as a type. */
export type ConnectionState = EstablishConnection;

type End = ConnectionState["to"];

/**
 * Decides EstablishConnection. A connection is told from others by its kind, its ends, and for a flow its transport,
 * port and process. A flow has a direction, and its port is said once, not at its end as well; the ends of the other
 * kinds are kept in the order of their names. What is left out stays as it was.
 */
export function establishConnection(
  inventory: InventoryView,
  { data }: Command<"EstablishConnection">,
): Decision {
  let from: End = {
    ...data.from,
    compute: resolveCompute(inventory, data.from.compute, "from/compute"),
  };
  let to: End = "compute" in data.to
    ? { ...data.to, compute: resolveCompute(inventory, data.to.compute, "to/compute") }
    : { ...data.to, address: ipAddress(data.to.address, "to/address") };
  const state: ConnectionState = { ...data, from, to };
  if (data.kind === "flow") {
    const port = data.port ?? ("port" in to ? to.port : undefined);
    if (port === undefined || ("port" in to && to.port !== port)) {
      throw new Refusal("invalid", "port", `port: ${quote(port)} must be the one the flow goes to`);
    }
    if (data.transport === undefined) {
      throw new Refusal("invalid", "transport", "transport: a flow needs one, tcp or udp");
    }
    state.port = port;
    if ("address" in to) state.to = { address: to.address };
  } else if ("compute" in to) {
    if (endKey(from) === endKey(to)) {
      throw new Refusal("invalid", "to", `to: ${quote(data.to)} is the end it comes from`);
    }
    if (byCodeUnit(endKey(from), endKey(to)) > 0) [from, to] = [to, from];
    Object.assign(state, { from, to });
  }
  const id = aggregateIdOf(
    "connection",
    state.kind,
    endKey(state.from),
    endKey(state.to),
    state.transport,
    state.port,
    state.process,
  );
  return stateDecision(inventory, "connection", {
    event_type: "ConnectionEstablished",
    aggregate_id: id,
    data: { ...inventory.get("connection", id)?.state, ...state },
  });
}

function endKey(end: End): string {
  return "compute" in end
    ? JSON.stringify([end.compute, end.interface ?? null])
    : JSON.stringify([end.address, end.port ?? null]);
}
