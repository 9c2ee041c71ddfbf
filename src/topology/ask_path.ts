/** "How are these two joined?" */
import { Table } from "../table/table.ts";
import { counted, whole } from "../table/text.ts";
import { columnsOf, TopologyAnswer } from "./answer.ts";
import type { TopologyResource } from "./facts.ts";
import type { CarryingLink } from "./graph.ts";
import { shortestPaths } from "./paths.ts";
import type { Topology } from "./topology.ts";

/** How many paths are told; of more it is said how many there are. */
const MOST = 16;

/** Up to so many it is said how many there are: in a mesh their number has more digits than anybody reads. */
const MOST_COUNTED = 1_000_000_000;

const COLUMNS = columnsOf(
  "#path",
  "#hop",
  "from",
  "from_interface",
  "by",
  "to_interface",
  "to",
  "#speed_bps",
  "#links",
);

/** The shortest paths, a row for each step of each. */
export function path(
  topology: Topology,
  from: TopologyResource,
  to: TopologyResource,
): TopologyAnswer {
  const { hops, count, paths } = shortestPaths(topology.graph, from.id, to.id, MOST);
  if (hops === undefined) {
    const said = `${from.name} and ${to.name} are not joined by anything that carries traffic`;
    const highlight = { resources: [from.id, to.id], links: [] };
    return new TopologyAnswer(said, new Table(COLUMNS, []), highlight, false);
  }
  const links: string[] = [];
  const rows = paths.flatMap((nodes, at) =>
    nodes.slice(1).map((node, hop) => {
      const before = nodes[hop]!;
      const edges = [...topology.graph.edges(before, node)].sort();
      links.push(...edges);
      const fastest = fastestOf(topology, edges);
      return [
        at + 1,
        hop + 1,
        topology.nameOf(before),
        fastest.interfaces[before] ?? null,
        fastest.kind,
        fastest.interfaces[node] ?? null,
        topology.nameOf(node),
        fastest.speed_bps,
        edges.length,
      ];
    })
  );
  const told = count > BigInt(paths.length) ? `, of which ${paths.length} are shown` : "";
  const many = count === 1n
    ? "one shortest path"
    : count > MOST_COUNTED
    ? `more than ${whole(MOST_COUNTED)} equally short paths`
    : `${whole(Number(count))} equally short paths`;
  const said = hops === 0
    ? `${from.name} is where it is`
    : `${from.name} and ${to.name} are ${counted(hops, "hop")} apart, by ${many}${told}`;
  const highlight = { resources: [...new Set(paths.flat())], links: [...new Set(links)] };
  return new TopologyAnswer(said, new Table(COLUMNS, rows), highlight, true);
}

/** Of parallel links the fastest; of equally fast ones the first. */
function fastestOf({ graph }: Topology, edges: readonly string[]): CarryingLink {
  return edges.map((edge) => graph.getEdgeAttributes(edge) as CarryingLink)
    .reduce((best, one) => (one.speed_bps ?? -1) > (best.speed_bps ?? -1) ? one : best);
}
