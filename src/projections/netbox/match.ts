/** Which object of NetBox is which of the log's. */
import { type Kind, KIND_NAMES, kindOf, type NaturalKey } from "./kinds.ts";
import { type Desired, type Fields, isRef, type Observed, refsOf, type Value } from "./objects.ts";
import type { Held, PlanOptions } from "./plan.ts";
import { canonical, isEmpty, known } from "./values.ts";

/** What there is of a desired object. */
export type Found =
  /** It is ours: by its key, or because it has taken the place of one that the log no longer has. */
  | { is: "ours"; observed: Observed }
  /** It was there before us, and is taken over. */
  | { is: "adopted"; observed: Observed }
  /** It was there before us, and is of a kind that is shared: it is used as it is. */
  | { is: "used"; observed: Observed }
  /** It is to be made. */
  | { is: "new" }
  /** Nothing can be done with it, nor with what depends on it. */
  | { is: "out of reach" };

/** Which is which. */
export interface Matching {
  /** What is desired, in the order in which it is made. */
  objects: readonly Desired[];
  found: ReadonlyMap<string, Found>;
  /** Our objects that the log no longer has. */
  gone: readonly Observed[];
  existing: readonly Held[];
  waiting: readonly Held[];
  /** The id that NetBox has for a key; undefined before it is made. */
  idOf: (key: string) => number | undefined;
  /** Whether a key is, or will be, something in NetBox to point to. */
  isUsable: (key: string) => boolean;
  /** What is said of something that points to a key which is not usable. */
  waitsFor: (key: string) => string;
}

/**
 * Finds each desired object: by its key, or else by what tells one from another.
 *
 * @param kept the kinds and keys of what has come to its end and is not removed, though it should be
 */
export function matched(
  desired: readonly Desired[],
  observed: readonly Observed[],
  { adopt = false, remove = false }: PlanOptions = {},
  kept: ReadonlySet<string> = new Set(),
): Matching {
  // What has come to its end is removed like anything else that the log no longer has.
  const isWanted = (one: Desired) => !(one.ending && remove) || kept.has(nameOf(one));
  return new Matcher(desired.filter(isWanted), observed, adopt).run();
}

/** A kind and a key: a resource that is of another kind now is two objects of one key. */
export function nameOf({ kind, key }: Pick<Desired, "kind" | "key">): string {
  return `${kind} ${key}`;
}

class Matcher {
  readonly #found = new Map<string, Found>();
  readonly #existing: Held[] = [];
  readonly #waiting: Held[] = [];
  readonly #byKey = new Map<string, Observed>();
  readonly #released = new Map<string, Observed>();
  readonly #byNature = new Map<string, Observed[]>();
  readonly #objects: readonly Desired[];
  /** The kinds and keys that the log has, and whose objects therefore are nobody else's. */
  readonly #live = new Set<string>();
  readonly #titles = new Map<string, Desired>();
  readonly #claimed = new Set<Observed>();

  constructor(
    desired: readonly Desired[],
    private readonly observed: readonly Observed[],
    private readonly adopt: boolean,
  ) {
    this.#objects = inOrder(desired);
    for (const one of this.#objects) {
      this.#titles.set(one.key, one);
      if (!one.ending) this.#live.add(nameOf(one));
    }
    for (const one of [...observed].sort((a, b) => a.id - b.id)) {
      if (one.key !== undefined) this.#byKey.set(`${one.kind} ${one.key}`, one);
      else if (one.releasedKey !== undefined) this.#released.set(one.releasedKey, one);
      for (const key of naturalKeys(one.kind, one.fields)) {
        const same = this.#byNature.get(key);
        if (same) same.push(one);
        else this.#byNature.set(key, [one]);
      }
    }
  }

  run(): Matching {
    for (const one of this.#objects) if (!one.ending) this.#found.set(one.key, this.#find(one));
    for (const one of this.#objects) {
      if (!one.ending) continue;
      const own = this.#own(one);
      this.#found.set(one.key, own ? { is: "ours", observed: own } : { is: "out of reach" });
      if (own) this.#claimed.add(own);
    }
    const gone = this.observed.filter((one) => one.key !== undefined && !this.#claimed.has(one));
    return {
      objects: this.#objects.filter(({ key }) => this.#found.get(key)!.is !== "out of reach"),
      found: this.#found,
      gone: [...gone].sort(byKindAndId),
      existing: this.#existing,
      waiting: this.#waiting,
      idOf: this.#idOf,
      isUsable: this.#isUsable,
      waitsFor: this.#waitsFor,
    };
  }

  readonly #idOf = (key: string): number | undefined => {
    const found = this.#found.get(key);
    return found && "observed" in found ? found.observed.id : undefined;
  };

  readonly #isUsable = (key: string): boolean => {
    const found = this.#found.get(key);
    return found !== undefined && found.is !== "out of reach";
  };

  #own({ kind, key }: Desired): Observed | undefined {
    const own = this.#byKey.get(`${kind} ${key}`);
    return own && !this.#claimed.has(own) ? own : undefined;
  }

  #find(one: Desired): Found {
    const own = this.#own(one);
    if (own) return this.#claim("ours", own);
    const { kind, key, title } = one;
    const released = this.#released.get(key);
    if (released) {
      const reason = "somebody has taken our tag off: it is left alone until that is put on again";
      this.#existing.push({ kind, key, title, id: released.id, reason });
      return { is: "out of reach" };
    }
    const missing = refsOf(one.fields).find((ref) => !this.#isUsable(ref));
    if (missing !== undefined) {
      this.#waiting.push({ kind, key, title, reason: this.#waitsFor(missing) });
      return { is: "out of reach" };
    }
    const same = this.#alike(one);
    const successor = same.find((other) =>
      other.key !== undefined && !this.#live.has(`${kind} ${other.key}`) &&
      !this.#claimed.has(other)
    );
    if (successor) return this.#claim("ours", successor);
    const others = same.filter((other) => other.key === undefined);
    const free = others.filter((other) => !this.#claimed.has(other));
    const { isShared } = kindOf(kind);
    if (isShared && others[0]) return this.#claim("used", others[0]);
    if (others.length === 0) return { is: "new" };
    if (free.length === 1 && this.adopt) return this.#claim("adopted", free[0]!);
    const reason = others.length > 1
      ? `there are ${others.length} like it (${others.map(({ id }) => `#${id}`).join(", ")})`
      : free.length === 0
      ? "it is taken over for another one"
      : "it is there already, and is not ours";
    this.#existing.push({ kind, key, title, id: others[0]!.id, reason });
    return { is: "out of reach" };
  }

  #claim(is: "ours" | "adopted" | "used", observed: Observed): Found {
    this.#claimed.add(observed);
    return { is, observed };
  }

  /** What cannot be told from it. */
  #alike({ kind, fields }: Desired): Observed[] {
    const mine = Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, known(value, this.#idOf)]),
    );
    for (const key of naturalKeys(kind, mine)) {
      const same = this.#byNature.get(key);
      if (same) return same;
    }
    return [];
  }

  readonly #waitsFor = (key: string): string => {
    const other = this.#titles.get(key);
    if (!other) return `it waits for ${key}, which is not there`;
    return `it waits for the ${kindOf(other.kind).names[0]} ${other.title}`;
  };
}

/** What tells an object from others of its kind, as texts that are the same for the same; not by what has no id yet. */
export function naturalKeys(kind: Kind, fields: Fields): string[] {
  if (kind === "cable") return [naturalCable(fields)];
  return kindOf(kind).natural.flatMap((natural, at) => {
    const values = natural.fields.map((field) => fields[field] ?? null);
    if (natural.otherwise && isEmpty(values.at(-1))) values.push(fields[natural.otherwise] ?? null);
    const isTelling = !isEmpty(values[0]) && !values.some(isRef);
    return isTelling ? [`${kind} ${at} ${values.map((value) => comparable(value, natural))}`] : [];
  });
}

function naturalCable({ a_terminations = [], b_terminations = [] }: Fields): string {
  return `cable ${canonical([a_terminations, b_terminations])}`;
}

function comparable(value: Value, { ignoresCase }: NaturalKey): string {
  if (isEmpty(value)) return "null";
  const text = canonical(value);
  return ignoresCase ? text.toLowerCase() : text;
}

/** In the order in which they are made. */
function inOrder(desired: readonly Desired[]): Desired[] {
  const order = new Map(KIND_NAMES.map((kind, at) => [kind, at]));
  return [...desired].sort((a, b) =>
    order.get(a.kind)! - order.get(b.kind)! || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
  );
}

function byKindAndId(a: Observed, b: Observed): number {
  return KIND_NAMES.indexOf(a.kind) - KIND_NAMES.indexOf(b.kind) || a.id - b.id;
}
