/** The graph of what carries traffic: layer 2. */
import { MultiUndirectedGraph } from "graphology";
import type { TopologyFacts } from "./facts.ts";

/** The kinds of links that carry traffic, and not what was seen on them. */
const CARRYING: ReadonlySet<string> = new Set(["cable", "wireless", "virtual"]);

const HOSTING = "hosted:";

/** Whether an edge is no link, but joins a guest and its host. */
export function isHosting(edge: string): boolean {
  return edge.startsWith(HOSTING);
}

/** A link of the graph; `hosted` joins a guest and its host, through which its traffic goes. */
export interface CarryingLink {
  kind: string;
  /** The interface at either end, by the id of the resource. */
  interfaces: Readonly<Record<string, string | null>>;
  speed_bps: number | null;
}

/** A resource of the graph: at which place it is in the order of all. */
export interface CarryingResource {
  place: number;
}

/** A multigraph without direction: two cables between two resources are two edges. */
export type CarryingGraph = MultiUndirectedGraph<CarryingResource, CarryingLink>;

/** The graph of some facts. Its nodes are ids of resources, its edges ids of links, both in the facts' order. */
export function carryingGraph({ resources, links }: TopologyFacts): CarryingGraph {
  const graph: CarryingGraph = new MultiUndirectedGraph();
  for (const [place, { id }] of resources.entries()) graph.addNode(id, { place });
  for (const link of links) {
    const { id, kind, from, to, speed_bps } = link;
    if (!CARRYING.has(kind) || from === to) continue;
    const interfaces = { [from]: link.from_interface, [to]: link.to_interface };
    graph.addUndirectedEdgeWithKey(id, from, to, { kind, interfaces, speed_bps });
  }
  for (const { id, host } of resources) {
    if (host === null || host === id) continue;
    graph.addUndirectedEdgeWithKey(`${HOSTING}${id}`, host, id, {
      kind: "hosted",
      interfaces: {},
      speed_bps: null,
    });
  }
  return graph;
}
