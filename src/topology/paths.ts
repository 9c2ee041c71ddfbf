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
  let front = [to];
  while (front.length > 0 && !hops.has(from)) {
    const next: string[] = [];
    for (const node of front) {
      for (const other of new Set(graph.neighbors(node))) {
        const known = hops.get(other);
        if (known === undefined) {
          hops.set(other, hops.get(node)! + 1);
          next.push(other);
        } else if (known <= hops.get(node)!) continue;
        ways.set(other, (ways.get(other) ?? 0n) + ways.get(node)!);
      }
    }
    front = next;
  }
  const length = hops.get(from);
  if (length === undefined) return { hops: undefined, count: 0n, paths: [] };
  const order = new Map(graph.nodes().map((node, at) => [node, at]));
  const paths: string[][] = [];
  const open = [[from]];
  while (open.length > 0 && paths.length < most) {
    const path = open.pop()!;
    const last = path.at(-1)!;
    if (last === to) {
      paths.push(path);
      continue;
    }
    const nearer = [...new Set(graph.neighbors(last))]
      .filter((other) => hops.get(other) === hops.get(last)! - 1)
      .sort((a, b) => order.get(b)! - order.get(a)!);
    for (const other of nearer) open.push([...path, other]);
  }
  return { hops: length, count: ways.get(from)!, paths };
}
