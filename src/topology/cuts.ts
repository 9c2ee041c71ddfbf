/** Single points of failure: nodes and edges without which a graph falls apart. */
import type { CarryingGraph } from "./graph.ts";

/**
 * A node or an edge, and how many others its loss parts from the largest part that is left of its component. Of parts of
 * one size the one with the first node is left.
 */
export interface Cut {
  id: string;
  parted: number;
}

/** What a graph hangs on. */
export interface Cuts {
  /** Articulation points, in the order of the graph's nodes. */
  points: Cut[];
  /** Edges whose loss parts their component, in the order of the graph's edges; of parallel ones there is none. */
  bridges: Cut[];
  /** Of each node: how many articulation points part it from the largest part; 0 is not in it. */
  hangsOn: Map<string, number>;
}

/** A node on the way of the search. */
interface Visit {
  node: string;
  /** In which order it was found; a subtree is found in one go, so that it is a range of these. */
  found: number;
  /** The first one that its subtree reaches by an edge that is not in the tree. */
  low: number;
  size: number;
  /** The first of its subtree, by the order of the graph's nodes. */
  first: number;
  /** The edge that it was found by. */
  by: string;
  edges: string[];
  at: number;
  /** The subtrees that hang on it. */
  parts: Visit[];
}

/**
 * The articulation points and bridges of a multigraph, in O(nodes + edges), by the lowest node that a depth-first search
 * reaches back to (Hopcroft and Tarjan, "Efficient algorithms for graph manipulation", Communications of the ACM 16(6),
 * 1973). Iterative: a chain of a million nodes needs no stack.
 */
export function cutsOf(graph: CarryingGraph): Cuts {
  const found = new Map<string, number>();
  const points = new Map<string, number>();
  const bridges = new Map<string, number>();
  const hanging = new Int32Array(graph.order + 1);
  const visit = (node: string, by: string): Visit => {
    const at = found.size;
    found.set(node, at);
    const [first, edges] = [graph.getNodeAttribute(node, "place"), graph.edges(node)];
    return { node, found: at, low: at, size: 1, first, by, edges, at: 0, parts: [] };
  };
  for (const start of graph.nodes()) {
    if (found.has(start)) continue;
    const root = visit(start, "");
    const done: Visit[] = [];
    for (const path = [root]; path.length > 0;) {
      const top = path.at(-1)!;
      const edge = top.edges[top.at++];
      if (edge === undefined) {
        path.pop();
        done.push(top);
        const above = path.at(-1);
        if (!above) continue;
        above.low = Math.min(above.low, top.low);
        above.size += top.size;
        above.first = Math.min(above.first, top.first);
        if (top.low >= above.found) above.parts.push(top);
      } else if (edge !== top.by) {
        const seen = found.get(graph.opposite(top.node, edge));
        if (seen === undefined) path.push(visit(graph.opposite(top.node, edge), edge));
        else top.low = Math.min(top.low, seen);
      }
    }
    for (const one of done) {
      if (one !== root && one.low === one.found) {
        bridges.set(one.by, Math.min(one.size, root.size - one.size));
      }
      const parted = part(one, root, hanging);
      if (parted > 0) points.set(one.node, parted);
    }
  }
  const cuts = (ids: string[], of: Map<string, number>) =>
    ids.filter((id) => of.has(id)).map((id) => ({ id, parted: of.get(id)! }));
  return {
    points: cuts(graph.nodes(), points),
    bridges: cuts(graph.edges(), bridges),
    hangsOn: summed(found, hanging),
  };
}

/** How many a node parts from the largest of the parts that it leaves; they are marked as hanging on it. */
function part({ found, parts }: Visit, root: Visit, hanging: Int32Array): number {
  const below = parts.reduce((sum, { size }) => sum + size, 0);
  const above = root.size - 1 - below; // what is not below it has the root, which is the first; nothing is above that
  let largest: Visit | undefined;
  for (const one of parts) {
    const more = one.size - (largest?.size ?? above);
    if (more > 0 || (more === 0 && largest && one.first < largest.first)) largest = one;
  }
  const parted = root.size - 1 - (largest?.size ?? above);
  if (parted === 0) return 0;
  const mark = (from: number, size: number, by: number) => {
    hanging[from]! += by;
    hanging[from + size]! -= by;
  };
  if (!largest) { for (const { found, size } of parts) mark(found, size, 1); }
  else {
    mark(root.found, root.size, 1);
    mark(largest.found, largest.size, -1);
    mark(found, 1, -1);
  }
  return parted;
}

/** Marks of ranges as what each of them adds up to. */
function summed(found: Map<string, number>, marks: Int32Array): Map<string, number> {
  const of = new Map<string, number>();
  let sum = 0;
  for (const [node, at] of found) of.set(node, sum += marks[at]!);
  return of;
}
