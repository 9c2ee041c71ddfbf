/** The difference between what NetBox has of an object and what the log has, in the light of what we wrote last. */
import { emptyValue, TOGETHER } from "./fields.ts";
import type { Fields, Observed, Value } from "./objects.ts";
import type { Conflict } from "./plan.ts";
import { isEmpty, isSame } from "./values.ts";

/** What to write, and what a person has changed. */
export interface Difference {
  /** What is to be written. */
  fields: Fields;
  /** What NetBox has in these fields. */
  before: Fields;
  conflicts: Pick<Conflict, "field" | "observed" | "written" | "desired">[];
}

/** How an object is compared. */
export interface Comparing {
  /** Whether what we wrote, and the log no longer knows, is emptied; but not what is among `unsaid`. */
  forgets: boolean;
  /** Fields about which nothing can be said yet. */
  unsaid: ReadonlySet<string>;
  /** Whether what we wrote into a field pointed to something of ours that has since been removed. */
  isVanished: (field: string, written: Value) => boolean;
}

/**
 * Compares field by field: what is as it should be stays; what we wrote and nobody touched is brought up to date, and what
 * is empty and never was ours is filled in; all else a person has changed, and it stays, with the fields that say one thing
 * together with it.
 */
export function difference(observed: Observed, wanted: Fields, comparing: Comparing): Difference {
  const last = observed.written?.fields ?? {};
  const wants = new Map(Object.entries(wanted));
  for (const field of comparing.forgets ? Object.keys(last) : []) {
    const empty = emptyValue(observed.kind, field);
    const isOurs = isSame(observed.fields[field], last[field]);
    if (!wants.has(field) && isOurs && empty !== undefined) wants.set(field, empty);
  }
  const found = { fields: {}, before: {}, conflicts: [] } as {
    fields: Record<string, Value>;
    before: Record<string, Value>;
    conflicts: Difference["conflicts"];
  };
  for (const group of groupsOf([...wants.keys()])) {
    if (group.some((field) => comparing.unsaid.has(field))) continue;
    const differing = group.filter((field) => !isSame(observed.fields[field], wants.get(field)));
    // Before 4.3 a service's parent is in a field of its kind, which an id alone does not tell.
    const isParent = observed.kind === "service" &&
      differing.some((field) => field.startsWith("parent_object_"));
    const isOurs = (field: string) => {
      const [have, wrote] = [observed.fields[field], last[field]];
      if (wrote === undefined) return isEmpty(have);
      return isSame(have, wrote) || (isEmpty(have) && comparing.isVanished(field, wrote));
    };
    const isFree = differing.every(isOurs);
    for (const field of isFree && isParent ? group : differing) {
      const have = observed.fields[field] ?? null;
      const desired = wants.get(field)!;
      if (isFree) [found.fields[field], found.before[field]] = [desired, have];
      // What the log does not know is nobody's but the person's.
      else if (Object.hasOwn(wanted, field)) {
        found.conflicts.push({ field, observed: have, written: last[field], desired });
      }
    }
  }
  return found;
}

/** Fields in the groups in which they are written. */
function groupsOf(fields: readonly string[]): string[][] {
  const together = TOGETHER.map((group) => group.filter((field) => fields.includes(field)));
  const grouped = new Set(together.flat());
  return [
    ...together.filter((group) => group.length > 0),
    ...fields.filter((field) => !grouped.has(field)).map((field) => [field]),
  ];
}
