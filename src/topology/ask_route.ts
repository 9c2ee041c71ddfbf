/** "How does a packet get from here to there, and where does it stop?" */
import ipaddr from "ipaddr.js";
import { Table } from "../table/table.ts";
import { counted } from "../table/text.ts";
import { columnsOf, type Highlight, TopologyAnswer } from "./answer.ts";
import { TopologyError } from "./error.ts";
import type { TopologyResource } from "./facts.ts";
import { shortestPaths } from "./paths.ts";
import { type RoutedWay, uniform } from "./routing.ts";
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
  const address = isAddress(to) ? uniform(to)! : addressOf(topology, from, to);
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
  const said = saidOf(topology, from, address, way);
  const highlight = highlightOf(topology, way);
  return new TopologyAnswer(said, new Table(COLUMNS, rows), highlight, way.end === "arrived");
}

/** Not what might be a name: `ipaddr.js` takes even `10` for an address. */
function isAddress(said: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(said) || ipaddr.IPv6.isValid(said);
}

/** Who has the packet in their hands, and over what it gets from one to the next. */
function highlightOf({ graph }: Topology, { hops }: RoutedWay): Highlight {
  const resources = hops.map(({ resource }) => resource);
  const links = resources.slice(1).flatMap((to, at) => {
    const { paths: [nodes = []] } = shortestPaths(graph, resources[at]!, to, 1);
    return nodes.slice(1).flatMap((node, before) => graph.edges(nodes[before]!, node).sort());
  });
  return { resources, links: [...new Set(links)] };
}

/** Of several addresses that which the packet reaches; the first where it reaches none. */
function addressOf(topology: Topology, from: TopologyResource, to: string): string {
  const { id, name } = topology.resource(to);
  const all = topology.facts.addresses.filter(({ resource }) => resource === id)
    .map(({ address }) => uniform(address))
    .filter((address) => address !== undefined)
    .filter((address) => !["loopback", "linkLocal"].includes(ipaddr.parse(address).range()));
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
