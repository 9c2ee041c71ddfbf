/** "How does a packet get from here to there, and where does it stop?" */
import ipaddr from "ipaddr.js";
import { Table } from "../table/table.ts";
import { counted } from "../table/text.ts";
import { columnsOf, TopologyAnswer } from "./answer.ts";
import { TopologyError } from "./error.ts";
import type { TopologyResource } from "./facts.ts";
import type { RoutedWay } from "./routing.ts";
import type { Topology } from "./topology.ts";

const COLUMNS = columnsOf(
  "#hop",
  "resource",
  "prefix",
  "gateway",
  "interface",
  "#metric",
  "#alike",
);

/** The way of a packet, a row for each resource that has it in its hands. */
export function route(topology: Topology, from: TopologyResource, to: string): TopologyAnswer {
  const address = ipaddr.isValid(to) ? ipaddr.parse(to).toString() : addressOf(topology, from, to);
  const way = topology.routing.way(from.id, address);
  const rows = way.hops.map((hop, at) => [
    at + 1,
    topology.nameOf(hop.resource),
    hop.prefix,
    hop.gateway,
    hop.interface,
    hop.metric,
    hop.alike,
  ]);
  const resources = [...new Set(way.hops.map(({ resource }) => resource))];
  return new TopologyAnswer(saidOf(topology, from, address, way), new Table(COLUMNS, rows), {
    resources,
    links: resources.slice(1).flatMap((id, at) => [...topology.graph.edges(resources[at]!, id)]),
  });
}

/** Of several addresses that which the packet reaches; the first where it reaches none. */
function addressOf(topology: Topology, from: TopologyResource, to: string): string {
  const { id, name } = topology.resource(to);
  const all = topology.facts.addresses.filter(({ resource }) => resource === id)
    .map(({ address }) => ipaddr.parse(address))
    .filter((address) => !["loopback", "linkLocal"].includes(address.range()))
    .map((address) => address.toString());
  const reached = all.find((address) => {
    const { end, hops } = topology.routing.way(from.id, address);
    return end === "arrived" && hops.at(-1)!.resource === id;
  });
  const [first] = all;
  if (first !== undefined) return reached ?? first;
  throw new TopologyError(
    "no_address",
    `${name} has no address that others could send to: say an address`,
  );
}

function saidOf(
  topology: Topology,
  from: TopologyResource,
  address: string,
  { end, hops, next }: RoutedWay,
): string {
  const last = topology.nameOf(hops.at(-1)!.resource);
  const begin = `A packet from ${from.name} to ${address}`;
  switch (end) {
    case "arrived":
      return `${begin} arrives at ${last} after ${counted(hops.length - 1, "hop")}`;
    case "no_route":
      return `${begin} stops at ${last}, which has no route for it`;
    case "unknown_next":
      return `${begin} leaves ${last} for ${next}, which no known resource has`;
    case "ambiguous_next":
      return `${begin} leaves ${last} for ${next}, which several resources have`;
    case "loop":
      return `${begin} goes round in circles: ${last} hands it back to ${next}`;
  }
}
