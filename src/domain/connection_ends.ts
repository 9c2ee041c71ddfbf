/** Which connection is this? What its ends are, in their one canonical form. */
import type { ConnectionState, SeverConnection } from "./connection.ts";
import { aggregateIdOf } from "./aggregate_id.ts";
import { resolveCompute } from "./identity.ts";
import type { InventoryView } from "./inventory.ts";
import { quote, Refusal } from "./refusal.ts";
import { byCodeUnit, ipAddress, macAddress } from "./values.ts";

type End = ConnectionState["to"];

/** What the two ends are, and for a flow its port. */
export type Ends = Pick<ConnectionState, "from" | "to" | "port">;

/**
 * A connection is told from others by its kind, its ends, and for a flow its transport, port and process. A flow has
 * a direction, and its port is said once, not at its end as well; the ends of the other kinds are kept in the order
 * of their names.
 *
 * @returns its id, its ends in canonical form and order, and in the order in which they were said
 * @throws {Refusal} `invalid` or `unknown_compute` with the field
 */
export function identifyConnection(
  inventory: InventoryView,
  data: SeverConnection,
): { id: string; ends: Ends; said: Pick<Ends, "from" | "to"> } {
  const from = {
    ...data.from,
    compute: resolveCompute(inventory, data.from.compute, "from/compute"),
  };
  const to: End = "compute" in data.to
    ? { ...data.to, compute: resolveCompute(inventory, data.to.compute, "to/compute") }
    : { ...data.to, address: ipAddress(data.to.address, "to/address") };
  if ("address" in to && to.mac_address !== undefined) {
    to.mac_address = macAddress(to.mac_address, "to/mac_address");
  }
  const ends = data.kind === "flow" ? flowEnds(data, from, to) : otherEnds(data, from, to);
  const { transport, process } = data;
  const [one, other] = [endKey(ends.from), endKey(ends.to)];
  const id = aggregateIdOf("connection", data.kind, one, other, transport, ends.port, process);
  return { id, ends, said: { from, to } };
}

function flowEnds(data: SeverConnection, from: Ends["from"], to: End): Ends {
  const port = data.port ?? ("port" in to ? to.port : undefined);
  if (!port) {
    throw new Refusal("invalid", "port", "port: a flow needs the port that it goes to, from 1 on");
  }
  if ("port" in to && to.port !== port) {
    throw new Refusal("invalid", "port", `port: ${quote(port)} must be the one the flow goes to`);
  }
  if (data.transport === undefined) {
    throw new Refusal("invalid", "transport", "transport: a flow needs one, tcp or udp");
  }
  if (!("address" in to)) return { from, to, port };
  const { port: _, ...address } = to;
  return { from, to: address, port };
}

function otherEnds({ to: given, port }: SeverConnection, from: Ends["from"], to: End): Ends {
  const same = port === undefined ? {} : { port };
  if (!("compute" in to)) return { from, to, ...same };
  if (endKey(from) === endKey(to)) {
    throw new Refusal("invalid", "to", `to: ${quote(given)} is the end it comes from`);
  }
  return byCodeUnit(endKey(from), endKey(to)) > 0
    ? { from: to, to: from, ...same }
    : { from, to, ...same };
}

/** An end as text, the same for the same end. A MAC address may change behind an address, and is no part of it. */
export function endKey(end: End): string {
  return "compute" in end
    ? JSON.stringify([end.compute, end.interface ?? null])
    : JSON.stringify([end.address, end.port ?? null]);
}
