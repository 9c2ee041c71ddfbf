/** "What is near, and what is in the middle?" */
import { UndirectedGraph } from "graphology";
import * as metrics from "graphology-metrics";
import { Table } from "../table/table.ts";
import { counted } from "../table/text.ts";
import { columnsOf, TopologyAnswer } from "./answer.ts";
import type { TopologyLink, TopologyResource } from "./facts.ts";
import type { Topology } from "./topology.ts";

/** What is joined to a resource, a row for each way in which a resource is joined to one that is a step nearer. */
export function neighbours(
  topology: Topology,
  of: TopologyResource,
  steps: number,
): TopologyAnswer {
  const joined = joinedTo(topology);
  const seen = new Set([of.id]);
  const rows: unknown[][] = [];
  const links: string[] = [];
  let front = [of.id];
  for (let step = 1; step <= steps && front.length > 0; step++) {
    const next = new Set<string>();
    for (const id of front) {
      for (const { other, link, toward } of joined.get(id) ?? []) {
        if (seen.has(other)) continue;
        next.add(other);
        links.push(link.id);
        const { kind, port, process, speed_bps } = link;
        rows.push([
          step,
          topology.nameOf(other),
          kind,
          toward,
          topology.nameOf(id),
          port,
          process,
          speed_bps,
        ]);
      }
    }
    for (const id of next) seen.add(id);
    front = [...next];
  }
  const said = `${counted(seen.size - 1, "resource")} ${seen.size === 2 ? "is" : "are"} within ${
    counted(steps, "step")
  } of ${of.name}`;
  const columns = columnsOf(
    "#step",
    "resource",
    "kind",
    "way",
    "of",
    "#port",
    "process",
    "#speed_bps",
  );
  return new TopologyAnswer(said, new Table(columns, rows), { resources: [...seen], links });
}

interface Joined {
  other: string;
  link: Pick<TopologyLink, "id" | "kind" | "port" | "process" | "speed_bps">;
  /** As seen from the one that was asked about: `to` it, `from` it, or `both` ways. */
  toward: "to" | "from" | "both";
}

function joinedTo({ facts }: Topology): Map<string, Joined[]> {
  const all = new Map<string, Joined[]>();
  const add = (id: string, joined: Joined) => {
    const list = all.get(id);
    if (list) list.push(joined);
    else all.set(id, [joined]);
  };
  for (const link of facts.links) {
    if (link.from === link.to) continue;
    const isFlow = link.kind === "flow";
    add(link.from, { other: link.to, link, toward: isFlow ? "from" : "both" });
    add(link.to, { other: link.from, link, toward: isFlow ? "to" : "both" });
  }
  for (const { id, host } of facts.resources) {
    if (host === null) continue;
    const nothing = { port: null, process: null, speed_bps: null };
    add(id, {
      other: host,
      link: { id: `hosted:${id}`, kind: "host", ...nothing },
      toward: "both",
    });
    add(host, {
      other: id,
      link: { id: `hosted:${id}`, kind: "guest", ...nothing },
      toward: "both",
    });
  }
  return all;
}

/**
 * Betweenness: of all pairs of others, which share has it on their shortest paths; where a pair has several, those count
 * by their share (Brandes, "A faster algorithm for betweenness centrality", 2001), in O(nodes × edges).
 */
export function centrality(topology: Topology): TopologyAnswer {
  const { graph } = topology;
  // Of a multigraph it makes something else: its index has room for each edge, and what is left of that counts as well.
  const simple = new UndirectedGraph();
  for (const id of graph.nodes()) simple.addNode(id);
  graph.forEachEdge((_edge, _link, from, to) => simple.mergeEdge(from, to));
  // Of nothing it makes an error.
  const between = simple.size === 0
    ? {}
    : metrics.centrality.betweenness(simple, { getEdgeWeight: null });
  const rows = graph.nodes().filter((id) => graph.degree(id) > 0)
    .map((id) => ({
      id,
      between: Math.round(between[id]! * 1e6) / 1e6,
      neighbours: simple.degree(id),
    }))
    .sort((a, b) => b.between - a.between || b.neighbours - a.neighbours);
  const [first] = rows;
  const said = first && first.between > 0
    ? `${topology.nameOf(first.id)} is most in the middle: it lies between ${
      (100 * first.between).toFixed(1)
    } % of all pairs of others, on their shortest paths`
    : "Nothing lies between others";
  return new TopologyAnswer(
    said,
    new Table(
      columnsOf("resource", "#betweenness", "#neighbours", "#links"),
      rows.map(({ id, between, neighbours }) => [
        topology.nameOf(id),
        between,
        neighbours,
        graph.degree(id),
      ]),
    ),
    {
      resources: rows.filter((one) => one.between > 0).slice(0, 10).map(({ id }) => id),
      links: [],
    },
  );
}
