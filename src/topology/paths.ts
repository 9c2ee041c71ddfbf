/** Shortest paths. */
import type { CarryingGraph } from "./graph.ts";

/** The shortest paths between two nodes. */
export interface ShortestPaths {
  /** How many edges each has; undefined where there is none. */
  hops: number | undefined;
  /** How many there are; parallel edges do not make a path another one. */
  count: bigint;
  /** The first of them, each as nodes from end to end, in the order of the graph's nodes. */
  paths: string[][];
}

/** What a search has found from its end: how far each node is, and by how many shortest ways. */
interface Search {
  hops: Map<string, number>;
  ways: Map<string, bigint>;
  /** The nodes that are farthest. */
  front: string[];
}

/**
 * All shortest paths between two nodes of a graph: they are counted, and the first `most` of them told. Two breadth-first
 * searches from both ends, each time the one with fewer nodes at its front, until they meet (Pohl, "Bi-directional
 * search", Machine Intelligence 6, 1971); in O(nodes + edges), and mostly far less.
 */
export function shortestPaths(
  graph: CarryingGraph,
  from: string,
  to: string,
  most: number,
): ShortestPaths {
  const [begin, end] = [from, to].map((node): Search => ({
    hops: new Map([[node, 0]]),
    ways: new Map([[node, 1n]]),
    front: [node],
  })) as [Search, Search];
  let met = from === to ? [from] : [];
  while (met.length === 0) {
    const [one, other] = begin.front.length <= end.front.length ? [begin, end] : [end, begin];
    advance(graph, one);
    if (one.front.length === 0) return { hops: undefined, count: 0n, paths: [] };
    met = one.front.filter((node) => other.hops.has(node));
  }
  const hops = begin.hops.get(met[0]!)! + end.hops.get(met[0]!)!;
  const count = met.reduce((sum, node) => sum + begin.ways.get(node)! * end.ways.get(node)!, 0n);
  return { hops, count, paths: told(graph, from, to, leftOf(graph, begin, end, met), most) };
}

/** Goes one hop further. */
function advance(graph: CarryingGraph, { hops, ways, front }: Search): void {
  for (const node of front.splice(0)) {
    const far = hops.get(node)! + 1;
    graph.forEachNeighbor(node, (other) => {
      const known = hops.get(other);
      if (known === undefined) {
        hops.set(other, far);
        front.push(other);
      } else if (known < far) return;
      ways.set(other, (ways.get(other) ?? 0n) + ways.get(node)!);
    });
  }
}

/** How many hops are left from the nodes of all shortest paths, and from some others. */
function leftOf(
  graph: CarryingGraph,
  begin: Search,
  { hops: left }: Search,
  met: readonly string[],
): Map<string, number> {
  const open = [...met];
  for (const node of open) {
    graph.forEachNeighbor(node, (other) => {
      if (begin.hops.get(other) !== begin.hops.get(node)! - 1 || left.has(other)) return;
      left.set(other, left.get(node)! + 1);
      open.push(other);
    });
  }
  return left;
}

/** A path so far: its last node, and what is before that. */
interface Begun {
  node: string;
  before: Begun | undefined;
}

function told(
  graph: CarryingGraph,
  from: string,
  to: string,
  left: ReadonlyMap<string, number>,
  most: number,
): string[][] {
  const place = (node: string) => graph.getNodeAttribute(node, "place");
  const paths: string[][] = [];
  const open: Begun[] = [{ node: from, before: undefined }];
  while (open.length > 0 && paths.length < most) {
    const begun = open.pop()!;
    if (begun.node === to) paths.push(nodesOf(begun));
    const nearer = graph.neighbors(begun.node)
      .filter((other) => left.get(other) === left.get(begun.node)! - 1)
      .sort((a, b) => place(b) - place(a));
    for (const node of nearer) open.push({ node, before: begun });
  }
  return paths;
}

function nodesOf(begun: Begun | undefined): string[] {
  const nodes: string[] = [];
  for (; begun; begun = begun.before) nodes.push(begun.node);
  return nodes.reverse();
}
