/** What of a topology is drawn: resources, parallel links as one, and what there is no room for as a number. */
import type { Topology, TopologyAnswer, TopologyResource } from "../topology/mod.ts";

/** A resource that is drawn. */
export interface MappedResource {
  readonly resource: TopologyResource;
  /** What runs on it, and is drawn around it. */
  readonly guests: MappedResource[];
  /** How many run on it, also through others, and are not drawn. */
  folded: number;
  /** To how many others that are drawn something joins it; guests are not counted. */
  neighbours: number;
  isHighlighted: boolean;
}

/** What joins two resources that are drawn. */
export interface MappedLink {
  readonly from: MappedResource;
  readonly to: MappedResource;
  readonly kind: string;
  /** How many parallel links this is. */
  count: number;
  isHighlighted: boolean;
}

/** Resources that are drawn together. */
export interface MappedGroup {
  readonly name: string;
  readonly members: readonly MappedResource[];
}

/** By what resources are drawn together. */
export type MapGrouping = "site" | "rack" | "type";

/** What is drawn. */
export interface DrawnTopology {
  /** What runs on nothing that is known, those first that most joins; guests are in them. */
  readonly machines: readonly MappedResource[];
  readonly links: readonly MappedLink[];
  readonly groups: readonly MappedGroup[];
  /** How many resources are not drawn: guests, which are a number at their host, and others. */
  readonly left: { readonly guests: number; readonly others: number };
}

/** So many resources are drawn at most. */
const MOST = 2_000;
/** And around one machine so many guests. */
const MOST_GUESTS = 60;
/** And between so many pairs the flows that an answer is about. */
const MOST_FLOWS = 200;

/** What is drawn of a topology, and what of that an answer is about. */
export function drawnOf(
  topology: Topology,
  highlight: TopologyAnswer["highlight"] | undefined,
  grouping: MapGrouping | undefined,
): DrawnTopology {
  const { resources } = topology.facts;
  const told = new Set(highlight?.resources);
  const shown = new Map<string, MappedResource>();
  const machineOf = machinesOf(resources);
  const guestsOf = Map.groupBy(resources, ({ id }) => machineOf.get(id)!);
  const machines = mostJoined(topology, [...guestsOf.keys()], told);
  let left = 0;
  for (const id of machines) {
    const all = guestsOf.get(id)!;
    const isFolded = resources.length > MOST || all.length > MOST_GUESTS + 1;
    if (isFolded) left += all.length - 1;
    for (const resource of all) {
      const one = isFolded && shown.get(id);
      if (one) {
        one.folded++;
        one.isHighlighted ||= told.has(resource.id);
        shown.set(resource.id, one);
      } else if (!isFolded || resource.id === id) {
        shown.set(resource.id, mapped(resource, told));
      }
    }
    if (isFolded) continue;
    for (const { id: guest, host } of all) {
      if (guest !== id) shown.get(host!)!.guests.push(shown.get(guest)!);
    }
  }
  const drawn = machines.map((id) => shown.get(id)!);
  const links = linksOf(topology, shown, new Set(highlight?.links));
  for (const { from, to, kind } of links) {
    if (kind === "hosted" || kind === "flow") continue;
    from.neighbours++;
    to.neighbours++;
  }
  return {
    machines: drawn,
    links,
    groups: groupsOf(drawn, grouping),
    left: { guests: left, others: resources.length - shown.size },
  };
}

function mapped(resource: TopologyResource, told: ReadonlySet<string>): MappedResource {
  const isHighlighted = told.has(resource.id);
  return { resource, guests: [], folded: 0, neighbours: 0, isHighlighted };
}

/**
 * What each runs on in the end, the machines before their guests; itself where that is nothing, or goes round in circles.
 */
function machinesOf(resources: readonly TopologyResource[]): Map<string, string> {
  const guests = Map.groupBy(resources, ({ host }) => host);
  const machineOf = new Map<string, string>();
  for (const { id, host } of resources) {
    if (host !== null && host !== id) continue;
    machineOf.set(id, id);
    const open = [id];
    for (const at of open) {
      for (const { id: guest } of guests.get(at) ?? []) {
        if (machineOf.has(guest)) continue;
        machineOf.set(guest, id);
        open.push(guest);
      }
    }
  }
  for (const { id } of resources) if (!machineOf.has(id)) machineOf.set(id, id);
  return machineOf;
}

/** The machines that are drawn: those first that an answer is about, and then those that have most links. */
function mostJoined(
  { graph, facts }: Topology,
  machines: readonly string[],
  told: ReadonlySet<string>,
): string[] {
  if (machines.length <= MOST) return [...machines];
  const places = new Map(facts.resources.map(({ id }, at) => [id, at]));
  return [...machines].sort((a, b) =>
    Number(told.has(b)) - Number(told.has(a)) || graph.degree(b) - graph.degree(a) ||
    places.get(a)! - places.get(b)!
  ).slice(0, MOST);
}

/** What joins those that are drawn, a guest and its host first, so that the rest is drawn over it. */
function linksOf(
  { graph, facts }: Topology,
  shown: ReadonlyMap<string, MappedResource>,
  told: ReadonlySet<string>,
): MappedLink[] {
  const links = new Map<string, MappedLink>();
  const add = (id: string, kind: string, ends: readonly [string, string]) => {
    const [from, to] = ends.map((end) => shown.get(end));
    if (!from || !to || from === to) return;
    const key = JSON.stringify([kind, ...[from, to].map(({ resource }) => resource.id).sort()]);
    const link = links.get(key) ?? { from, to, kind, count: 0, isHighlighted: false };
    link.count++;
    link.isHighlighted ||= told.has(id);
    links.set(key, link);
  };
  graph.forEachEdge((id, { kind }, ...ends) => add(id, kind, [ends[0], ends[1]]));
  const carrying = links.size;
  for (const { id, from, to } of facts.links) {
    if (links.size - carrying === MOST_FLOWS) break;
    if (told.has(id) && !graph.hasEdge(id)) add(id, "flow", [from, to]);
  }
  return [...links.values()].sort((a, b) =>
    Number(b.kind === "hosted") - Number(a.kind === "hosted") ||
    Number(a.isHighlighted) - Number(b.isHighlighted)
  );
}

/** Of those that are drawn who are in one rack, in one site, or of one type; the finest that is known, if nothing is said. */
function groupsOf(
  machines: readonly MappedResource[],
  grouping: MapGrouping | undefined,
): MappedGroup[] {
  const by = grouping ??
    (["rack", "site"] as const).find((one) => machines.some(({ resource }) => resource[one]));
  if (by === undefined) return [];
  const sites = new Set(machines.flatMap(({ resource: { site } }) => site ?? [])).size;
  const groups = Map.groupBy(
    machines.filter(({ resource }) => resource[by] !== null),
    ({ resource }) => JSON.stringify(by === "rack" ? [resource.site, resource.rack] : resource[by]),
  );
  return [...groups.values()].filter(({ length }) => length > 1).map((members) => {
    const { site, [by]: own } = members[0]!.resource;
    const name = by === "rack" && site !== null && sites > 1 ? `${site} / ${own}` : own!;
    return { name: by === "type" ? name.replaceAll("_", " ") : name, members };
  });
}
