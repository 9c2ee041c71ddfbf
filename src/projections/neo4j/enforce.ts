/** ENFORCES: which policies are about which resources, judged anew where a step may have changed that. */
import type { Asking } from "./asking.ts";
import type { Folded } from "./fold.ts";
import { Candidate, type GraphResource, readsSoftware } from "./selector.ts";
import * as cypher from "./statements.ts";

interface JudgedPolicy {
  id: string;
  selector: string;
}
interface Seen {
  id: string;
  seen: Pick<GraphResource, "state" | "first_seen_at" | "changed_at">;
}

/** So many resources are judged at once. */
const AT_ONCE = 500;

/** Judges each policy that the step has set by all resources, and each resource that it has changed by all policies. */
export async function enforce(ask: Asking, folded: Folded): Promise<void> {
  const { states: { policy: set, compute }, softwareOf } = folded;
  if (set.size + compute.size + softwareOf.size === 0) return;
  const policies = await ask.run<JudgedPolicy>(cypher.JUDGED_POLICIES);
  const withSoftware = policies.some(({ selector }) => readsSoftware(selector));
  const changed = new Set([...compute.keys(), ...withSoftware ? softwareOf : []]);
  await ask.ids(cypher.RETRACT, set.keys());
  await ask.ids(cypher.RELEASE, changed);
  const fresh = policies.filter(({ id }) => set.has(id));
  if (fresh.length > 0) {
    for await (const some of everyResource(ask)) {
      await judge(ask, some.filter(({ id }) => !changed.has(id)), fresh);
    }
  }
  const ids = policies.length === 0 ? [] : [...changed];
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    await judge(ask, await ask.ids<Seen>(cypher.SEEN, ids.slice(at, at + AT_ONCE)), policies);
  }
}

async function* everyResource(ask: Asking): AsyncGenerator<Seen[]> {
  for (let behind = "";;) {
    const some = await ask.run<Seen>(cypher.SEEN_BEHIND, { behind, most: BigInt(AT_ONCE) });
    if (some.length > 0) yield some;
    if (some.length < AT_ONCE) return;
    behind = some.at(-1)!.id;
  }
}

async function judge(
  ask: Asking,
  resources: readonly Seen[],
  policies: readonly JudgedPolicy[],
): Promise<void> {
  const software = policies.some(({ selector }) => readsSoftware(selector))
    ? Map.groupBy(
      await ask.ids<{ id: string; software: Record<string, unknown> }>(
        cypher.SEEN_SOFTWARE,
        resources.map(({ id }) => id),
      ),
      ({ id }) => id,
    )
    : new Map<string, { software: Record<string, unknown> }[]>();
  const picked = resources.flatMap(({ id: compute, seen }) => {
    const own = (software.get(compute) ?? []).map(({ software }) => software);
    const candidate = new Candidate({ id: compute, ...seen, software: own });
    return policies.filter(({ selector }) => candidate.isPickedBy(selector))
      .map(({ id }) => ({ id, compute }));
  });
  await ask.rows(cypher.ENFORCE, picked);
}
