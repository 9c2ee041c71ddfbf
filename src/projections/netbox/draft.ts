/** What becomes of one desired object: a first draft, before it is looked at what stands in its way. */
import { type Difference, difference } from "./difference.ts";
import { kindOf } from "./kinds.ts";
import type { Matching } from "./match.ts";
import { type Desired, type Fields, type Observed, refsOf } from "./objects.ts";
import type { Change, Held } from "./plan.ts";
import { canonical, filled, isEmpty, isSame, known, pointedTo } from "./values.ts";

/** A desired object that is ours, or is to be. */
export interface Draft {
  desired: Desired;
  is: "ours" | "adopted" | "new";
  /** What NetBox has of it; absent where it is to be made. */
  observed?: Observed;
  /** What the log has, with an id for each reference that has one. */
  wanted: Fields;
  /** Fields that cannot be written for now. */
  unsaid: Set<string>;
  difference: Difference;
}

/** Drafts what becomes of each object, and compares it with what NetBox has. */
export class Drafting {
  readonly drafts: Draft[] = [];
  readonly waiting: Held[] = [];
  readonly #ids: ReadonlySet<string>;

  constructor(private readonly matching: Matching, observed: readonly Observed[]) {
    this.#ids = new Set(observed.map(({ kind, id }) => `${kind} ${id}`));
    for (const desired of matching.objects) {
      const found = matching.found.get(desired.key)!;
      if (found.is === "used" || found.is === "out of reach") continue;
      const draft: Draft = {
        desired,
        is: found.is,
        ...("observed" in found ? { observed: found.observed } : {}),
        wanted: {},
        unsaid: new Set(),
        difference: { fields: {}, before: {}, conflicts: [] },
      };
      draft.wanted = this.#wanted(draft);
      this.compare(draft);
      this.drafts.push(draft);
    }
  }

  /** Compares anew: after something was cleared, or something cannot be said. */
  compare(draft: Draft): void {
    const { desired, observed, unsaid, wanted } = draft;
    if (!observed) {
      const fields = Object.entries(wanted).filter(([field]) => !unsaid.has(field));
      draft.difference = { fields: Object.fromEntries(fields), before: {}, conflicts: [] };
      return;
    }
    draft.difference = difference(observed, turned(wanted, observed), {
      forgets: !desired.ending,
      unsaid: new Set([...unsaid, ...standing(desired, observed)]),
      isVanished: (field, written) => this.#isVanished(observed, field, written),
    });
  }

  /** Leaves fields of a draft as they are, and says why; what is to be made is made without them. */
  hold(draft: Draft, fields: readonly string[], reason: string): void {
    for (const field of fields) draft.unsaid.add(field);
    this.#wait(draft, reason);
    this.compare(draft);
  }

  /** Makes no object of a draft, nor of what depends on it, and says why. */
  drop(draft: Draft, reason: string): void {
    this.drafts.splice(this.drafts.indexOf(draft), 1);
    this.#wait(draft, reason);
    const { kind, key, title } = draft.desired;
    for (const other of [...this.drafts]) {
      const pointing = Object.entries({ ...other.desired.fields, ...other.desired.later })
        .filter(([, value]) => refsOf(value).includes(key)).map(([field]) => field);
      if (pointing.length === 0 || !this.drafts.includes(other)) continue;
      const because = `it waits for the ${kindOf(kind).names[0]} ${title}`;
      const isNeeded = pointing.some((field) => Object.hasOwn(other.desired.fields, field));
      if (other.is === "new" && isNeeded) this.drop(other, because);
      else this.hold(other, pointing, because);
    }
  }

  #wait({ desired: { kind, key, title }, observed }: Draft, reason: string): void {
    this.waiting.push({ kind, key, title, ...(observed ? { id: observed.id } : {}), reason });
  }

  /** What the log has of it; what points to something that is not to be had is not said for now. */
  #wanted(draft: Draft): Fields {
    const { desired, unsaid } = draft;
    const all = Object.entries({ ...desired.fields, ...desired.later });
    return Object.fromEntries(all.flatMap(([field, value]) => {
      const missing = refsOf(value).find((ref) => !this.matching.isUsable(ref));
      if (missing === undefined) return [[field, known(value, this.matching.idOf)]];
      unsaid.add(field);
      this.#wait(draft, `its ${field}: ${this.matching.waitsFor(missing)}`);
      return [];
    }));
  }

  /** Whether what was written into a field pointed to something of ours that has been removed since. */
  #isVanished({ kind, fields }: Observed, field: string, written: Fields[string]): boolean {
    const [target] = pointedTo(kind, { ...fields, [field]: written })
      .filter(({ id }) => id === written);
    return target !== undefined && !kindOf(target.kind).isShared &&
      !this.#ids.has(`${target.kind} ${target.id}`);
  }
}

/** Assumed fields in which a person has something better. */
function standing({ assumed = [] }: Desired, { fields, written }: Observed): string[] {
  return assumed.filter((field) => written?.fields[field] === undefined && !isEmpty(fields[field]));
}

/** A cable is the same cable from its other end. */
function turned(wanted: Fields, { fields }: Observed): Fields {
  const { a_terminations: a, b_terminations: b } = wanted;
  const isTurned = a !== undefined && b !== undefined &&
    isSame(a, fields.b_terminations) && isSame(b, fields.a_terminations);
  return isTurned ? { ...wanted, a_terminations: b, b_terminations: a } : wanted;
}

/** The changes that a draft comes to: one now, and one when everything is there. */
export function changesOf({ desired, is, observed, difference }: Draft): Change[] {
  const { kind, key, title, sequence, later = {} } = desired;
  // A machine moves to another host and its cluster in one: NetBox takes neither without the other.
  const waits = (field: string) =>
    Object.hasOwn(later, field) && !(observed !== undefined && field === "device");
  const split = (fields: Fields, isLater: boolean): Fields =>
    Object.fromEntries(Object.entries(fields).filter(([field]) => waits(field) === isLater));
  const [now, then] = [split(difference.fields, false), split(difference.fields, true)];
  const adopted = is === "adopted" || (observed?.written?.adopted ?? is === "ours");
  const last = observed?.written?.fields ?? {};
  const common = {
    kind,
    key,
    title,
    ...(observed ? { id: observed.id } : {}),
    ...(sequence === undefined ? {} : { sequence }),
    tags: observed?.tags ?? [],
  };
  const action = is === "new" ? "create" : is === "adopted" ? "adopt" : "update";
  const isNeeded = is !== "ours" || observed?.key !== key || Object.keys(now).length > 0;
  const written = { ...last, ...now };
  const changes: Change[] = isNeeded || observed?.sequence !== sequence
    ? [{
      action: isNeeded ? action : "mark",
      ...common,
      fields: now,
      before: split(difference.before, false),
      written: { adopted, fields: filled(written) },
    }]
    : [];
  if (Object.keys(then).length > 0) {
    changes.push({
      action: "link",
      ...common,
      fields: then,
      before: split(difference.before, true),
      written: { adopted, fields: filled({ ...written, ...then }) },
    });
  }
  return changes;
}

/** The ends of a cable that are there already, as texts. */
export function endsOf({ a_terminations = [], b_terminations = [] }: Fields): string[] {
  return [...a_terminations as Fields[], ...b_terminations as Fields[]].map(canonical);
}
