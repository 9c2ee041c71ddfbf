/** From what the log has and what NetBox has to what is to be done. */
import { recabled } from "./cabling.ts";
import { clearances } from "./clearing.ts";
import { changesOf, type Draft, Drafting } from "./draft.ts";
import { KIND_NAMES } from "./kinds.ts";
import { matched, type Matching, nameOf } from "./match.ts";
import type { DesiredState, Fields, Observed, ObservedState } from "./objects.ts";
import type { Change, Conflict, Held, Plan, PlanOptions } from "./plan.ts";
import { removal, type Staying } from "./removal.ts";
import { pointedTo } from "./values.ts";

const MADE = ["update", "mark", "adopt", "create"] as const;

/**
 * Plans what brings NetBox to what the log has, without touching what a person has changed or made; the same for the same
 * state. Made of what was read right before: it is not asked again.
 *
 * Cost: O(objects); with `remove`, and for cables that wait for each other, a little more.
 */
export function planChanges(
  desired: DesiredState,
  observed: ObservedState,
  options: PlanOptions = {},
): Plan {
  const plan = planned(desired, observed, options);
  const ending = new Set(desired.objects.filter((one) => one.ending).map(nameOf));
  const staying = plan.blocked.filter((one) => ending.has(nameOf(one)));
  if (staying.length === 0) return plan;
  // What has come to its end and cannot be removed is brought up to date.
  const kept = planned(desired, observed, options, new Set(staying.map(nameOf)));
  return { ...kept, blocked: [...staying, ...kept.blocked] };
}

function planned(
  desired: DesiredState,
  { objects: observed, hanging }: ObservedState,
  options: PlanOptions,
  kept?: ReadonlySet<string>,
): Plan {
  const matching = matched(desired.objects, observed, options, kept);
  const drafting = new Drafting(matching, observed);
  const { changes: uncabled, replaced } = recabled(drafting, observed, matching.gone);
  const { drafts } = drafting;
  const gone = matching.gone.filter((one) => !replaced.has(one));
  const removes = () => options.remove ? removal(gone, staying(drafts), hanging) : undefined;
  const leaving = new Set(removes()?.leaving);
  const clears = clearances(drafting, { observed, gone, leaving });
  const removing = removes(); // what was held meanwhile may hold something in turn
  const made = drafts.flatMap(changesOf);
  const conflicts = drafts.flatMap(conflictsOf);
  const changes = [
    ...inKinds([...clears, ...removing?.clears ?? []]),
    ...uncabled,
    ...KIND_NAMES.flatMap((kind) => MADE.flatMap((action) => made.filter(of(action, kind)))),
    ...inKinds(made.filter(({ action }) => action === "link")),
    ...removing?.changes ?? [],
  ];
  return {
    through: desired.through,
    changes,
    conflicts,
    existing: matching.existing,
    gone: removing ? [] : [...gone.map(heldGone), ...ended(drafts)],
    blocked: removing?.blocked ?? [],
    waiting: [...matching.waiting, ...drafting.waiting],
    findings: desired.findings,
    unchanged: unchanged(matching, changes, conflicts),
    displays: displaysOf(changes, conflicts, observed),
  };
}

/** Whether a plan changes anything in NetBox. */
export function isEmptyPlan({ changes }: Plan): boolean {
  return changes.length === 0;
}

function of(action: Change["action"], kind: Change["kind"]): (change: Change) => boolean {
  return (change) => change.action === action && change.kind === kind;
}

function inKinds(changes: readonly Change[]): Change[] {
  return KIND_NAMES.flatMap((kind) => changes.filter((change) => change.kind === kind));
}

function conflictsOf({ desired, observed, difference }: Draft): Conflict[] {
  const { kind, key, title } = desired;
  return difference.conflicts.map((one) => ({ kind, key, title, id: observed!.id, ...one }));
}

function heldGone({ kind, id, key, display }: Observed): Held {
  return { kind, key: key!, title: display, id, reason: "the log no longer has it" };
}

/** What has come to its end, and is in NetBox as long as nobody removes it. */
function ended(drafts: readonly Draft[]): Held[] {
  return drafts.filter(({ desired }) => desired.ending).map(({ desired, observed }) => {
    const { kind, key, title } = desired;
    return { kind, key, title, id: observed!.id, reason: "it is decommissioned" };
  });
}

/** What stays, as it will be. */
function staying(drafts: readonly Draft[]): Staying[] {
  return drafts.flatMap(({ desired: { kind, title }, observed, difference }) =>
    observed ? [{ kind, title, fields: { ...observed.fields, ...difference.fields } }] : []
  );
}

function unchanged(
  { found, objects }: Matching,
  changes: readonly Change[],
  conflicts: readonly Conflict[],
): number {
  const touched = new Set([...changes, ...conflicts].map(({ key }) => key));
  return objects.filter(({ key }) => found.get(key)!.is !== "new" && !touched.has(key)).length;
}

/** What people know the objects by whose ids are among the values. */
function displaysOf(
  changes: readonly Change[],
  conflicts: readonly Conflict[],
  observed: readonly Observed[],
): Record<string, string> {
  const all = new Map(observed.map(({ kind, id, display }) => [`${kind} ${id}`, display]));
  const shown: Record<string, string> = {};
  const show = (kind: Change["kind"], fields: Fields) => {
    for (const { kind: target, id } of pointedTo(kind, fields)) {
      const display = all.get(`${target} ${id}`);
      if (display !== undefined) shown[`${target} ${id}`] = display;
    }
  };
  for (const { kind, fields, before } of changes) {
    show(kind, fields);
    show(kind, before);
  }
  for (const { kind, field, observed, desired } of conflicts) {
    for (const value of [observed, desired]) show(kind, { [field]: value });
  }
  return shown;
}
