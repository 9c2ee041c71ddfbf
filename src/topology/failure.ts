/** What goes with what: the consequences of a failure. */
import type { TopologyFacts } from "./facts.ts";
import type { CarryingGraph } from "./graph.ts";

/** What a failure does to a resource. */
export type Effect =
  /** It is what failed. */
  | "failed"
  /** It runs on one that failed. */
  | "hosted"
  /** It runs, but no longer reaches most of what it reached. */
  | "cut_off";

/** A resource that a failure hits. */
export interface Hit {
  resource: string;
  effect: Effect;
}

/**
 * What the failure of some resources hits: themselves, what runs on them, and what is then parted from the largest part
 * that is left of its component. Of parts of one size the one with the first resource stays.
 */
export function hitsOf(
  facts: TopologyFacts,
  graph: CarryingGraph,
  failed: readonly string[],
): Hit[] {
  const effects = new Map<string, Effect>(failed.map((id) => [id, "failed"]));
  const gone = guestsOf(facts, failed);
  for (const id of gone) if (!effects.has(id)) effects.set(id, "hosted");
  for (const component of partsOf(graph)) {
    if (!component.some((node) => gone.has(node))) continue;
    const parts = partsOf(graph, gone, component);
    const kept = parts.reduce<string[]>((most, one) => one.length > most.length ? one : most, []);
    for (const nodes of parts) {
      if (nodes !== kept) { for (const node of nodes) effects.set(node, "cut_off"); }
    }
  }
  return facts.resources.filter(({ id }) => effects.has(id))
    .map(({ id }) => ({ resource: id, effect: effects.get(id)! }));
}

/** What runs on some resources, also through others, and these themselves. */
export function guestsOf({ resources }: TopologyFacts, hosts: readonly string[]): Set<string> {
  const guests = Map.groupBy(resources, ({ host }) => host);
  const all = new Set(hosts);
  for (const host of all) for (const { id } of guests.get(host) ?? []) all.add(id);
  return all;
}

/** The connected parts of a graph without what is gone, each and all of them in the order of the nodes. */
export function partsOf(
  graph: CarryingGraph,
  gone: ReadonlySet<string> = new Set(),
  among: readonly string[] = graph.nodes(),
): string[][] {
  const partOf = new Map<string, string[]>();
  const parts: string[][] = [];
  for (const first of among) {
    if (gone.has(first) || partOf.has(first)) continue;
    const part: string[] = [];
    parts.push(part);
    partOf.set(first, part);
    for (const open = [first]; open.length > 0;) {
      graph.forEachNeighbor(open.pop()!, (other) => {
        if (gone.has(other) || partOf.has(other)) return;
        partOf.set(other, part);
        open.push(other);
      });
    }
  }
  for (const node of among) partOf.get(node)?.push(node);
  return parts;
}
