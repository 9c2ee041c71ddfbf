/** Removing what is ours and no longer there in the log, and nothing else with it. */
import { emptyValue } from "./fields.ts";
import { KIND_NAMES } from "./kinds.ts";
import type { Fields, Hanging, Observed } from "./objects.ts";
import type { Blocked, Change } from "./plan.ts";
import { filled, isEmpty, isSame, type ObjectId, pointedTo } from "./values.ts";

/** What is removed or released, and what cannot be. */
export interface Removal {
  /** What has to be given up before. */
  clears: Change[];
  changes: Change[];
  /** What is removed. */
  leaving: Observed[];
  blocked: Blocked[];
}

/** Something that stays, as it will be. */
export interface Staying {
  kind: Observed["kind"];
  title: string;
  fields: Fields;
}

/**
 * Plans to remove what is gone, what depends on others first. What was there before us is only released. Where something
 * stays that hangs on it or points to it, it stays as well, and so does what it needs itself.
 */
export function removal(
  gone: readonly Observed[],
  staying: readonly Staying[],
  hanging: readonly Hanging[],
): Removal {
  const isMade = ({ written }: Observed) => written?.adopted === false;
  const removed = new Map(gone.filter(isMade).map((one) => [idOf(one), one]));
  const releases = gone.filter((one) => !isMade(one)).map(release);
  const blocked = new Map<Observed, Blocked>();
  const stays: Staying[] = [
    ...staying,
    ...releases.map(({ one, change }) => ({
      kind: one.kind,
      title: one.display,
      fields: { ...one.fields, ...change.fields },
    })),
  ];
  const block = (one: Observed, reason: string, by: readonly Hanging[] = []) => {
    if (blocked.has(one)) return;
    const { kind, id, key, display } = one;
    blocked.set(one, { kind, key: key!, title: display, id, reason, by });
    stays.push({ kind, title: display, fields: one.fields });
  };
  const onIt = Map.groupBy(
    hanging.filter(({ on }) => removed.has(idOf(on))),
    ({ on }) => removed.get(idOf(on))!,
  );
  for (const [one, by] of onIt) {
    const what = by.slice(0, 3).map(({ display, endpoint, id }) =>
      `${display} (${endpoint} ${id})`
    );
    const more = by.length > what.length ? ` and ${by.length - what.length} more` : "";
    block(one, `${what.join(", ")}${more} would be deleted or changed with it`, by);
  }
  for (let at = 0; at < stays.length; at++) { // what is blocked is put behind, and holds what it needs in turn
    const { kind, title, fields } = stays[at]!;
    for (const target of pointedTo(kind, fields)) {
      const one = removed.get(idOf(target));
      if (one) block(one, `${title} stays, and needs it`);
    }
  }
  const leaving = [...removed.values()].filter((one) => !blocked.has(one));
  const ids = new Set(leaving.map(idOf));
  return {
    clears: leaving.flatMap((one) => orphaned(one, ids)),
    changes: [
      ...releases.map(({ change }) => change),
      ...leaving.toSorted(byDependency).map((one) => change("remove", one, {})),
    ],
    leaving,
    blocked: [...blocked].toSorted(([a], [b]) => byDependency(b, a)).map(([, one]) => one),
  };
}

/** Takes our marks off what was there before us, and what we have filled in and nobody has changed since. */
function release(one: Observed): { one: Observed; change: Change } {
  const fields = Object.entries(one.written?.fields ?? {}).flatMap(([field, wrote]) => {
    const empty = emptyValue(one.kind, field);
    const isOurs = !isEmpty(wrote) && isSame(one.fields[field], wrote);
    return isOurs && empty !== undefined ? [[field, empty]] : [];
  });
  return { one, change: change("release", one, Object.fromEntries(fields)) };
}

/** An interface is not deleted before those that are part of it: they let go of it. */
function orphaned(one: Observed, leaving: ReadonlySet<string>): Change[] {
  const { kind, fields: { parent } } = one;
  const isPart = (kind === "interface" || kind === "vm_interface") &&
    typeof parent === "number" && leaving.has(idOf({ kind, id: parent }));
  return isPart ? [change("clear", one, { parent: null })] : [];
}

function change(action: "clear" | "release" | "remove", one: Observed, fields: Fields): Change {
  const before = Object.keys(fields).map((field) => [field, one.fields[field] ?? null]);
  const { adopted = true, fields: written = {} } = one.written ?? {};
  return {
    action,
    kind: one.kind,
    key: one.key!,
    title: one.display,
    id: one.id,
    ...(one.sequence === undefined ? {} : { sequence: one.sequence }),
    fields,
    before: Object.fromEntries(before),
    written: { adopted, fields: action === "clear" ? filled({ ...written, ...fields }) : written },
    tags: one.tags,
  };
}

function idOf({ kind, id }: ObjectId): string {
  return `${kind} ${id}`;
}

function byDependency(a: Observed, b: Observed): number {
  return KIND_NAMES.indexOf(b.kind) - KIND_NAMES.indexOf(a.kind) || b.id - a.id;
}
