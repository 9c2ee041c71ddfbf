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

/** A path so far: its last node, and what is before that. */
interface Begun {
  node: string;
  before: Begun | undefined;
}

/**
 * All shortest paths between two nodes of a graph, by breadth-first search from the end, in O(nodes + edges): they are
 * counted, and the first `most` of them told.
 */
export function shortestPaths(
  graph: CarryingGraph,
  from: string,
  to: string,
  most: number,
): ShortestPaths {
  const hops = new Map([[to, 0]]);
  const ways = new Map([[to, 1n]]);
  for (let front = [to]; front.length > 0 && !hops.has(from);) {
    const next: string[] = [];
    for (const node of front) {
      graph.forEachNeighbor(node, (other) => {
        const known = hops.get(other);
        if (known === undefined) {
          hops.set(other, hops.get(node)! + 1);
          next.push(other);
        } else if (known <= hops.get(node)!) return;
        ways.set(other, (ways.get(other) ?? 0n) + ways.get(node)!);
      });
    }
    front = next;
  }
  const length = hops.get(from);
  if (length === undefined) return { hops: undefined, count: 0n, paths: [] };
  const places = new Map(graph.nodes().map((node, at) => [node, at]));
  const paths: string[][] = [];
  const open: Begun[] = [{ node: from, before: undefined }];
  while (open.length > 0 && paths.length < most) {
    const begun = open.pop()!;
    if (begun.node === to) paths.push(nodesOf(begun));
    const nearer = graph.neighbors(begun.node)
      .filter((other) => hops.get(other) === hops.get(begun.node)! - 1)
      .sort((a, b) => places.get(b)! - places.get(a)!);
    for (const node of nearer) open.push({ node, before: begun });
  }
  return { hops: length, count: ways.get(from)!, paths };
}

function nodesOf(begun: Begun | undefined): string[] {
  const nodes: string[] = [];
  for (; begun; begun = begun.before) nodes.push(begun.node);
  return nodes.reverse();
}
