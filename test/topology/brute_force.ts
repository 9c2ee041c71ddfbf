/** What a topology says of itself, found out the slow way: by taking things away, and looking. */
import type { Topology } from "../../src/topology/topology.ts";

/** Pairs of nodes that are joined, each link once. */
export interface Plain {
  nodes: string[];
  edges: { id: string; ends: [string, string] }[];
}

/** What carries traffic, without any of our algorithms. */
export function plain({ facts }: Topology): Plain {
  const carrying = facts.links.filter(({ kind, from, to }) =>
    ["cable", "wireless", "virtual"].includes(kind) && from !== to
  );
  return {
    nodes: facts.resources.map(({ id }) => id),
    edges: [
      ...carrying.map(({ id, from, to }): Plain["edges"][number] => ({ id, ends: [from, to] })),
      ...facts.resources.filter(({ id, host }) => host !== null && host !== id)
        .map(({ id, host }): Plain["edges"][number] => ({ id: `hosted:${id}`, ends: [host!, id] })),
    ],
  };
}

/** Its parts, by putting together again and again what an edge joins. */
export function parts({ nodes, edges }: Plain): string[][] {
  const of = new Map(nodes.map((node) => [node, node]));
  for (let changed = true; changed;) {
    changed = false;
    for (const { ends: [a, b] } of edges) {
      const [one, other] = [of.get(a)!, of.get(b)!];
      if (one === other) continue;
      for (const [node, part] of of) if (part === other) of.set(node, one);
      changed = true;
    }
  }
  return [...Map.groupBy(nodes, (node) => of.get(node)!).values()];
}

/** What some nodes or an edge part from the largest rest of their component, by taking them away. */
export function partedBy(graph: Plain, gone: readonly string[], edge?: string): string[] {
  const left: Plain = {
    nodes: graph.nodes.filter((node) => !gone.includes(node)),
    edges: graph.edges.filter(({ id, ends }) =>
      id !== edge && !ends.some((end) => gone.includes(end))
    ),
  };
  const after = parts(left);
  return parts(graph).flatMap((component) => {
    const rest = after.filter(([first]) => component.includes(first!));
    const most = Math.max(...rest.map((part) => part.length));
    const kept = rest.find((part) => part.length === most);
    return rest.filter((part) => part !== kept).flat();
  });
}

/** All shortest paths, by trying all that are no longer than the last one found. */
export function paths({ edges }: Plain, from: string, to: string): string[][] {
  let open = [[from]];
  const seen = new Set([from]);
  while (open.length > 0) {
    const found = open.filter((path) => path.at(-1) === to);
    if (found.length > 0) return found;
    const longer = open.flatMap((path) => {
      const next = edges.flatMap(({ ends: [a, b] }) =>
        a === path.at(-1) ? [b] : b === path.at(-1) ? [a] : []
      );
      return [...new Set(next)].filter((node) => !seen.has(node)).map((node) => [...path, node]);
    });
    for (const path of longer) seen.add(path.at(-1)!);
    open = longer;
  }
  return [];
}

/** Betweenness by its definition: of all pairs of others, the share of their shortest paths that it is on. */
export function betweenness(graph: Plain): Map<string, number> {
  const of = new Map(graph.nodes.map((node) => [node, 0]));
  const pairs = (graph.nodes.length - 1) * (graph.nodes.length - 2) / 2;
  for (const [at, from] of graph.nodes.entries()) {
    for (const to of graph.nodes.slice(at + 1)) {
      const all = paths(graph, from, to);
      for (const node of all.flatMap((path) => path.slice(1, -1))) {
        of.set(node, of.get(node)! + 1 / all.length / pairs);
      }
    }
  }
  return of;
}
