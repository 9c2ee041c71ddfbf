/** What NetBox does not let go of by itself: it is given up by one object before another one has it. */
import type { Draft, Drafting } from "./draft.ts";
import { naturalKeys } from "./match.ts";
import type { Fields, Observed, Value } from "./objects.ts";
import type { Change } from "./plan.ts";
import { filled, isEmpty, isSame } from "./values.ts";

/** What may be the first of its owner's, and by which fields it is that. */
const PRIMARIES = {
  ip_address: ["primary_ip4", "primary_ip6"],
  mac_address: ["primary_mac_address"],
} as const;

/**
 * Finds what has to be given up first: the primary address of one that moves elsewhere, the name or the place in a rack
 * that another one is to have. What a person has chosen to be primary holds its address where it is.
 */
export function clearances(drafting: Drafting, observed: readonly Observed[]): Change[] {
  const cleared = new Map<Observed, Record<string, Value>>();
  const clear = (one: Observed, field: string, value: Value) => {
    cleared.set(one, { ...cleared.get(one), [field]: value });
  };
  for (const draft of drafting.drafts) leavePrimaries(draft, drafting, observed, clear);
  leaveNames(drafting.drafts, clear);
  leavePlaces(drafting.drafts, clear);
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

function leavePrimaries(
  draft: Draft,
  drafting: Drafting,
  observed: readonly Observed[],
  clear: Clear,
): void {
  const { desired: { kind }, observed: moved, difference: { fields, before } } = draft;
  const moves = "assigned_object_id" in fields || "assigned_object_type" in fields;
  const isHeld = !isEmpty(before.assigned_object_id) || !isEmpty(before.assigned_object_type);
  if ((kind !== "ip_address" && kind !== "mac_address") || !moved || !moves || !isHeld) return;
  for (const holder of observed) {
    for (const field of PRIMARIES[kind]) {
      if (holder.fields[field] !== moved.id) continue;
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

function leaveNames(drafts: readonly Draft[], clear: Clear): void {
  const named = drafts.filter(({ desired: { kind } }) =>
    kind === "device" || kind === "virtual_machine"
  );
  const moving = new Map<string, Draft>();
  const keysOf = ({ desired: { kind } }: Draft, fields: Fields) => naturalKeys(kind, fields);
  for (const draft of named) {
    if (draft.is !== "ours") continue;
    const { fields } = draft.observed!;
    const [before] = keysOf(draft, fields);
    const [after] = keysOf(draft, { ...fields, ...draft.difference.fields });
    if (before !== undefined && before !== after) moving.set(before, draft);
  }
  for (const draft of named) {
    const [after] = keysOf(draft, { ...draft.observed?.fields, ...draft.difference.fields });
    const inTheWay = after === undefined ? undefined : moving.get(after);
    if (!inTheWay || inTheWay === draft) continue;
    clear(inTheWay.observed!, "name", `~cim-${inTheWay.observed!.id}`);
  }
}

function leavePlaces(drafts: readonly Draft[], clear: Clear): void {
  const devices = drafts.filter(({ desired: { kind } }) => kind === "device");
  const isPlaced = (fields: Fields) => !isEmpty(fields.rack) && !isEmpty(fields.position);
  const placements = devices.flatMap((draft) => {
    const after: Fields = { ...draft.observed?.fields, ...draft.difference.fields };
    const moves = ["rack", "position", "face"].some((field) => field in draft.difference.fields);
    return moves && isPlaced(after) ? [{ draft, rack: after.rack, position: after.position }] : [];
  });
  for (const draft of devices) {
    if (!draft.observed || !isPlaced(draft.observed.fields)) continue;
    const { fields, written } = draft.observed;
    const moves = placements.some((placement) => placement.draft === draft) ||
      (draft.difference.fields.position === null);
    const isEnding = draft.desired.ending === true &&
      isSame(written?.fields.position, fields.position);
    const isWanted = placements.some((other) =>
      other.draft !== draft && other.rack === fields.rack &&
      (moves || (isEnding && other.position === fields.position))
    );
    if (isWanted) clear(draft.observed, "position", null);
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
