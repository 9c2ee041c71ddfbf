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

/** A node as it was found from one end: how far it is, by how many shortest ways, and which nodes are before it on them. */
interface Found {
  hops: number;
  ways: bigint;
  before: string[];
}

/** What was found from one end, and the nodes of it that are farthest. */
interface Search {
  found: Map<string, Found>;
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
  const [begin, end] = [beginning(from), beginning(to)];
  let met = from === to ? [from] : [];
  while (met.length === 0) {
    const [one, other] = begin.front.length <= end.front.length ? [begin, end] : [end, begin];
    advance(graph, one);
    if (one.front.length === 0) return { hops: undefined, count: 0n, paths: [] };
    met = one.front.filter((node) => other.found.has(node));
  }
  const ends = met.map((node) => [begin.found.get(node)!, end.found.get(node)!] as const);
  const [near, far] = ends[0]!;
  return {
    hops: near.hops + far.hops,
    count: ends.reduce((sum, [near, far]) => sum + near.ways * far.ways, 0n),
    paths: told(graph, from, to, nextOf(begin, met), end, most),
  };
}

function beginning(node: string): Search {
  return { found: new Map([[node, { hops: 0, ways: 1n, before: [] }]]), front: [node] };
}

/** Goes one hop further. */
function advance(graph: CarryingGraph, { found, front }: Search): void {
  for (const node of front.splice(0)) {
    const { hops, ways } = found.get(node)!;
    graph.forEachNeighbor(node, (other) => {
      const known = found.get(other);
      if (known === undefined) {
        found.set(other, { hops: hops + 1, ways, before: [node] });
        front.push(other);
      } else if (known.hops > hops) {
        known.ways += ways;
        known.before.push(node);
      }
    });
  }
}

/** Which nodes are next on the shortest paths, up to where the searches met: from there on it is what was before. */
function nextOf(begin: Search, met: readonly string[]): Map<string, string[]> {
  const next = new Map<string, string[]>();
  const open = [...met];
  for (const node of open) {
    for (const before of begin.found.get(node)!.before) {
      const known = next.get(before);
      if (known) known.push(node);
      else {
        next.set(before, [node]);
        open.push(before);
      }
    }
  }
  return next;
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
  next: ReadonlyMap<string, readonly string[]>,
  { found }: Search,
  most: number,
): string[][] {
  const place = (node: string) => graph.getNodeAttribute(node, "place");
  const paths: string[][] = [];
  const open: Begun[] = [{ node: from, before: undefined }];
  while (open.length > 0 && paths.length < most) {
    const begun = open.pop()!;
    if (begun.node === to) paths.push(nodesOf(begun));
    const nodes = next.get(begun.node) ?? found.get(begun.node)!.before;
    for (const node of nodes.toSorted((a, b) => place(b) - place(a))) {
      open.push({ node, before: begun });
    }
  }
  return paths;
}

function nodesOf(begun: Begun | undefined): string[] {
  const nodes: string[] = [];
  for (; begun; begun = begun.before) nodes.push(begun.node);
  return nodes.reverse();
}
