/** "What does it hang on?" */
import { Table } from "../table/table.ts";
import { counted, whole } from "../table/text.ts";
import { columnsOf, TopologyAnswer } from "./answer.ts";
import { isHosting } from "./graph.ts";
import type { Topology } from "./topology.ts";

/** How many members of an island are named. */
const NAMED = 8;

/** Resources and links that others hang on, those first that most hang on. */
export function cutPoints(topology: Topology): TopologyAnswer {
  const { graph, cuts } = topology;
  const points = cuts.points.map(({ id, parted }) => {
    return { kind: "resource", id, name: topology.nameOf(id), parted };
  });
  const bridges = cuts.bridges.filter(({ id }) => !isHosting(id)).map(({ id, parted }) => {
    const ends = graph.extremities(id).map((end) => topology.nameOf(end));
    return { kind: "link", id, name: ends.join(" – "), parted };
  });
  const rows = [...points, ...bridges].sort((a, b) => b.parted - a.parted);
  const said = rows.length === 0
    ? "No single failure of a resource or link cuts anything off"
    : `${counted(points.length, "resource")} and ${
      counted(bridges.length, "link")
    } are single points of failure`;
  return new TopologyAnswer(
    said,
    new Table(
      columnsOf("kind", "name", "#cut_off"),
      rows.map(({ kind, name, parted }) => [kind, name, parted]),
    ),
    { resources: points.map(({ id }) => id), links: bridges.map(({ id }) => id) },
  );
}

/** The parts, the largest first. */
export function islands(topology: Topology): TopologyAnswer {
  const parts = topology.failures.islands.sort((a, b) => b.length - a.length);
  const alone = parts.filter((nodes) => nodes.length === 1).length;
  const rows = parts.map((nodes, at) => {
    const names = nodes.slice(0, NAMED).map((node) => topology.nameOf(node)).join(", ");
    const more = nodes.length > NAMED ? ` and ${whole(nodes.length - NAMED)} more` : "";
    return [at + 1, nodes.length, names + more];
  });
  const [largest = []] = parts;
  const said = parts.length === 0
    ? "There is nothing"
    : `${counted(parts.length, "island")}, of which the largest has ${
      counted(largest.length, "resource")
    }; ${counted(alone, "resource")} ${alone === 1 ? "is" : "are"} joined to nothing`;
  const table = new Table(columnsOf("#island", "#resources", "members"), rows);
  return new TopologyAnswer(said, table, { resources: largest, links: [] });
}

/**
 * How well each resource is joined: by how many links, to how many others, and how many other resources could each cut
 * it off by failing. The worst first; those that nothing joins are left out.
 */
export function redundancy(topology: Topology): TopologyAnswer {
  const { graph, cuts } = topology;
  const rows = graph.nodes().filter((id) => graph.degree(id) > 0).map((id) => ({
    id,
    links: graph.degree(id),
    neighbours: graph.neighbors(id).length,
    hangsOn: cuts.hangsOn.get(id)!,
  })).sort((a, b) => b.hangsOn - a.hangsOn || a.links - b.links);
  const safe = rows.filter(({ hangsOn }) => hangsOn === 0).length;
  return new TopologyAnswer(
    `${whole(safe)} of ${counted(rows.length, "resource")} would still be joined to most others, ` +
      "whichever single other one failed",
    new Table(
      columnsOf("resource", "#links", "#neighbours", "#hangs_on"),
      rows.map(({ id, links, neighbours, hangsOn }) => [
        topology.nameOf(id),
        links,
        neighbours,
        hangsOn,
      ]),
    ),
    { resources: rows.filter(({ hangsOn }) => hangsOn > 0).map(({ id }) => id), links: [] },
  );
}
