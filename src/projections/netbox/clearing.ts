/** What NetBox does not let go of by itself: it is given up by one object before another one has it. */
import type { Draft, Drafting } from "./draft.ts";
import type { Fields, Observed, Value } from "./objects.ts";
import type { Change } from "./plan.ts";
import { givenUp, type Holders } from "./standing.ts";
import { filled, isEmpty, isSame } from "./values.ts";

/** What may be the first of its owner's, and by which fields it is that. */
const PRIMARIES = {
  ip_address: ["primary_ip4", "primary_ip6"],
  mac_address: ["primary_mac_address"],
} as const;

/**
 * Finds what has to be given up first: the primary address of one that moves elsewhere, the cluster that moves to another
 * site, the name or the place in a rack that another one is to have. What a person has chosen to be primary holds its
 * address where it is, and what a person has put into a cluster holds that.
 */
export function clearances(drafting: Drafting, holders: Holders): Change[] {
  const cleared = new Map<Observed, Record<string, Value>>();
  const clear = (one: Observed, field: string, value: Value) => {
    cleared.set(one, { ...cleared.get(one), [field]: value });
  };
  const firsts = firstsOf(holders.observed);
  for (const draft of [...drafting.drafts]) leavePrimaries(draft, drafting, firsts, clear);
  leaveClusters(drafting, holders.observed, clear);
  for (const { holder, field } of givenUp(drafting, holders)) {
    clear(holder, field, field === "name" ? `~cim-${holder.id}` : null);
  }
  const drafts = new Map(drafting.drafts.map((draft) => [draft.observed, draft]));
  return [...cleared].map(([one, fields]) => {
    const draft = drafts.get(one);
    const after = without(one, fields);
    if (draft) {
      draft.observed = after;
      drafting.compare(draft);
    }
    return clearing(one, after, fields, draft);
  });
}

type Clear = (one: Observed, field: string, value: Value) => void;

/** By a field and an id: of what the object with the id is the first. */
type Firsts = ReadonlyMap<string, readonly Observed[]>;

function firstsOf(observed: readonly Observed[]): Firsts {
  const firsts = new Map<string, Observed[]>();
  for (const one of observed) {
    for (const field of Object.values(PRIMARIES).flat()) {
      const id = one.fields[field];
      if (isEmpty(id)) continue;
      const same = firsts.get(`${field} ${id}`);
      if (same) same.push(one);
      else firsts.set(`${field} ${id}`, [one]);
    }
  }
  return firsts;
}

function leavePrimaries(draft: Draft, drafting: Drafting, firsts: Firsts, clear: Clear): void {
  const { desired: { kind }, observed: moved, difference: { fields, before } } = draft;
  const moves = "assigned_object_id" in fields || "assigned_object_type" in fields;
  const isHeld = !isEmpty(before.assigned_object_id) || !isEmpty(before.assigned_object_type);
  if ((kind !== "ip_address" && kind !== "mac_address") || !moved || !moves || !isHeld) return;
  for (const field of PRIMARIES[kind]) {
    for (const holder of firsts.get(`${field} ${moved.id}`) ?? []) {
      if (holder.key !== undefined && isSame(holder.written?.fields[field], moved.id)) {
        clear(holder, field, null);
        continue;
      }
      const assigned = ["assigned_object_type", "assigned_object_id"];
      const reason = `it cannot be assigned to another one: somebody has made it the ${field} of ` +
        holder.display;
      return drafting.hold(draft, assigned, reason);
    }
  }
}

/** A cluster moves to another site with its hosts, and NetBox has them in one site at each moment. */
function leaveClusters(drafting: Drafting, observed: readonly Observed[], clear: Clear): void {
  const moving = drafting.drafts.filter(({ desired: { kind }, observed, difference: { fields } }) =>
    kind === "cluster" && observed !== undefined && "scope_id" in fields
  );
  if (moving.length === 0) return;
  const hosts = Map.groupBy(
    observed.filter(({ kind }) => kind === "device"),
    ({ fields }) => fields.cluster,
  );
  for (const draft of moving) {
    const { id } = draft.observed!;
    const inIt = hosts.get(id) ?? [];
    const theirs = inIt.find(({ key, written }) =>
      key === undefined || !isSame(written?.fields.cluster, id)
    );
    if (theirs) {
      const reason = `it cannot move to another site: somebody has put ${theirs.display} into it`;
      drafting.hold(draft, ["scope_type", "scope_id"], reason);
    } else for (const one of inIt) clear(one, "cluster", null);
  }
}

/** What it is like when fields are cleared. */
function without(one: Observed, fields: Fields): Observed {
  const written = filled({ ...one.written?.fields, ...fields });
  const { adopted = true } = one.written ?? {};
  return { ...one, fields: { ...one.fields, ...fields }, written: { adopted, fields: written } };
}

function clearing(one: Observed, after: Observed, fields: Fields, draft?: Draft): Change {
  const before = Object.keys(fields).map((field) => [field, one.fields[field] ?? null]);
  return {
    action: "clear",
    kind: one.kind,
    key: one.key!,
    title: draft?.desired.title ?? one.display,
    id: one.id,
    ...(one.sequence === undefined ? {} : { sequence: one.sequence }),
    fields,
    before: Object.fromEntries(before),
    written: after.written!,
    tags: one.tags,
  };
}
