/** "What if it failed?" */
import { Table } from "../table/table.ts";
import { counted, whole } from "../table/text.ts";
import { columnsOf, TopologyAnswer } from "./answer.ts";
import type { Hit } from "./failure.ts";
import type { Topology } from "./topology.ts";

/** What a failure hits, a row each, with the flows that end. */
export function blastRadius(topology: Topology, said: readonly string[]): TopologyAnswer {
  const failed = [...new Set(said)];
  const hits = topology.failures.hits(failed);
  const ended = flowsOf(topology, hits);
  const sentence = `If ${failed.map((id) => topology.nameOf(id)).join(", ")} failed, ${
    counted(hits.length - failed.length, "other resource")
  } would be down or cut off, and ${
    counted(ended.links.length, "flow would end", "flows would end")
  }`;
  const types = new Map(topology.facts.resources.map(({ id, type }) => [id, type]));
  const rows = hits.map(({ resource, effect }) => [
    topology.nameOf(resource),
    types.get(resource) ?? null,
    effect,
    ended.of.get(resource) ?? 0,
  ]);
  return new TopologyAnswer(
    sentence,
    new Table(columnsOf("resource", "type", "effect", "#flows"), rows),
    {
      resources: hits.map(({ resource }) => resource),
      links: ended.links,
    },
  );
}

/** The flows of those that are hit, with others and among each other, and how many each of them has. */
function flowsOf({ facts }: Topology, hits: readonly Hit[]) {
  const isHit = new Set(hits.map(({ resource }) => resource));
  const flows = facts.links.filter(({ kind, from, to }) =>
    kind === "flow" && (isHit.has(from) || isHit.has(to))
  );
  const of = new Map<string, number>();
  for (const { from, to } of flows) {
    for (const end of new Set([from, to])) of.set(end, (of.get(end) ?? 0) + 1);
  }
  return { links: flows.map(({ id }) => id), of };
}

/** Racks and sites with what is in them, and what else each would take with it; the worst first. */
export function sharedFate(topology: Topology): TopologyAnswer {
  const { resources } = topology.facts;
  const groups = new Map<string, { kind: string; name: string; members: string[] }>();
  const put = (kind: string, name: string, id: string) => {
    const key = JSON.stringify([kind, name]);
    const group = groups.get(key) ?? { kind, name, members: [] };
    group.members.push(id);
    groups.set(key, group);
  };
  for (const { id, site, rack } of resources) {
    if (site !== null) put("site", site, id);
    if (rack !== null) put("rack", site === null ? rack : `${site} ${rack}`, id);
  }
  const rows = [...groups.values()].map(({ kind, name, members }) => {
    const hits = topology.failures.hits(members);
    const count = (effect: Hit["effect"]) => hits.filter((hit) => hit.effect === effect).length;
    return {
      kind,
      name,
      failed: members.length,
      hosted: count("hosted"),
      cut_off: count("cut_off"),
    };
  }).sort((a, b) => b.hosted + b.cut_off + b.failed - (a.hosted + a.cut_off + a.failed));
  const [worst] = rows;
  const said = worst
    ? `The ${worst.kind} ${worst.name} would take most with it: ${
      counted(worst.failed + worst.hosted + worst.cut_off, "resource")
    } of ${whole(resources.length)}`
    : "Nothing is known to share a site or a rack";
  return new TopologyAnswer(
    said,
    new Table(
      columnsOf("kind", "name", "#in_it", "#hosted", "#cut_off"),
      rows.map(({ kind, name, failed, hosted, cut_off }) => [kind, name, failed, hosted, cut_off]),
    ),
  );
}
