/** Carrying out a plan. */
import type { NetBoxClient } from "./client.ts";
import { findMarks, makeMarks } from "./marks.ts";
import { type Fields, MARKS, refsOf, resolved, type Value } from "./objects.ts";
import type { Outcome } from "./lists.ts";
import { nameOf } from "./match.ts";
import type { Action, Change, Held, Plan } from "./plan.ts";
import { createAll, removeAll, updateAll } from "./write.ts";
import { filled } from "./values.ts";

/** What NetBox refused, and in which words. */
export interface Refused extends Held {
  action: Action;
}

/** What came of a plan. */
export interface Applied {
  /** How many objects were made, changed, marked with a later event alone, adopted, released and removed. */
  created: number;
  updated: number;
  marked: number;
  adopted: number;
  released: number;
  removed: number;
  refused: readonly Refused[];
  /** What depends on something that was refused. */
  waiting: readonly Held[];
}

/** What goes with carrying out a plan. */
export interface Applying {
  /** Called before each request that writes; throws when we may not any more. */
  before?: () => void;
  /** Told as it goes on: how many of the changes are made, or refused. */
  progress?: (done: number, of: number) => void;
}

/** What each action counts as; several to one object count once. */
const COUNTED: Readonly<Record<Action, Exclude<keyof Applied, "refused" | "waiting">>> = {
  clear: "updated",
  uncable: "removed",
  create: "created",
  adopt: "adopted",
  update: "updated",
  mark: "marked",
  link: "updated",
  release: "released",
  remove: "removed",
};

/**
 * Makes the changes of a plan in their order. What NetBox refuses is told with its own words and left as it is, with what
 * depends on it; the rest is done.
 *
 * @throws {NetBoxUnavailable} when it is out of reach; what was done by then stays, and a new plan goes on from there
 * @throws {NetBoxMarksRefused} when the tag or the custom fields cannot be made
 */
export async function applyPlan(
  client: NetBoxClient,
  { changes }: Pick<Plan, "changes">,
  applying: Applying = {},
): Promise<Applied> {
  const carrying = new Carrying(client, changes.length, applying);
  if (changes.length > 0) await carrying.run(changes);
  return carrying.applied();
}

class Carrying {
  readonly #ids = new Map<string, number>();
  /** What an earlier change of was refused: what was to follow on that is not done. */
  readonly #failed = new Set<string>();
  readonly #done = new Map<string, Action>();
  readonly #refused: Refused[] = [];
  readonly #waiting: Held[] = [];
  #made = 0;
  #tag: number | undefined;

  constructor(
    private readonly client: NetBoxClient,
    private readonly of: number,
    private readonly applying: Applying,
  ) {}

  async run(changes: readonly Change[]): Promise<void> {
    const needsMarks = changes.some(({ action }) => action === "create" || action === "adopt");
    const { before } = this.applying;
    this.#tag = needsMarks
      ? await makeMarks(this.client, before)
      : (await findMarks(this.client)).tag;
    let group: Change[] = [];
    for (const [at, change] of changes.entries()) {
      group.push(change);
      const next = changes[at + 1];
      if (next?.action === change.action && next.kind === change.kind) continue;
      await this.#together(change.action, change.kind, group);
      group = [];
    }
  }

  applied(): Applied {
    const counts = { created: 0, updated: 0, marked: 0, adopted: 0, released: 0, removed: 0 };
    for (const action of this.#done.values()) counts[COUNTED[action]]++;
    return { ...counts, refused: this.#refused, waiting: this.#waiting };
  }

  /** Changes of one action and kind. */
  async #together(action: Action, kind: Change["kind"], changes: readonly Change[]): Promise<void> {
    const ready = changes.flatMap((change) => this.#ready(change) ?? []);
    const begun = this.#made;
    const { before } = this.applying;
    const writing = {
      ...(before ? { before } : {}),
      progress: (done: number) => this.applying.progress?.(begun + done, this.of),
    };
    const of = (outcomes: ReadonlyMap<string | number, Outcome>, key: (one: Change) => unknown) => {
      for (const { change } of ready) this.#settle(change, outcomes.get(key(change) as string));
    };
    const idOf = ({ id, key }: Change) => id ?? this.#ids.get(key)!;
    switch (action) {
      case "create": {
        const makings = ready.map(({ change: { key }, fields }) => ({ key, fields }));
        of(await createAll(this.client, kind, makings, writing), ({ key }) => key);
        break;
      }
      case "uncable":
      case "remove": {
        const removings = ready.map(({ change }) => ({ id: idOf(change), key: change.key }));
        of(await removeAll(this.client, kind, removings, writing), idOf);
        break;
      }
      default: {
        const changings = ready.map(({ change, fields }) => ({ id: idOf(change), fields }));
        of(await updateAll(this.client, kind, changings, writing), idOf);
      }
    }
    this.#made = begun + changes.length;
    this.applying.progress?.(this.#made, this.of);
  }

  /** What is sent for a change; undefined where that is not to be, because something before it was refused. */
  #ready(change: Change): { change: Change; fields: Fields } | undefined {
    const { action, kind, key, title, id } = change;
    if (this.#failed.has(nameOf(change))) return undefined;
    if (action === "remove" || action === "uncable") return { change, fields: {} };
    const isLost = (value: Value) => refsOf(value).some((ref) => !this.#ids.has(ref));
    const lost = Object.keys(change.fields).filter((field) => isLost(change.fields[field]!));
    const isMade = id !== undefined || this.#ids.has(key);
    if (lost.length > 0 || !isMade && action !== "create") {
      const reason = lost.length > 0
        ? `its ${lost.join(", ")}: what it points to was refused`
        : "it was refused itself";
      this.#waiting.push({ kind, key, title, ...(id === undefined ? {} : { id }), reason });
      if (!isMade) {
        this.#failed.add(nameOf(change));
        return undefined;
      }
    }
    const fields = Object.entries(change.fields).filter(([field]) => !lost.includes(field));
    if (fields.length === 0 && lost.length > 0) return undefined;
    const wrote: Record<string, Value> = { ...change.written.fields };
    for (const field of lost) wrote[field] = change.before[field] ?? null;
    const written = {
      adopted: change.written.adopted,
      fields: this.#known(Object.entries(filled(wrote)).filter(([, value]) => !isLost(value))),
    };
    return { change, fields: { ...this.#known(fields), ...this.#marks(change, written) } };
  }

  /** Its tags and custom fields. */
  #marks({ action, key, sequence, tags }: Change, written: Value): Fields {
    const isReleased = action === "release";
    const custom_fields = isReleased
      ? { [MARKS.id]: null, [MARKS.sequence]: null, [MARKS.written]: null }
      : {
        [MARKS.id]: key,
        [MARKS.sequence]: sequence ?? null,
        [MARKS.written]: written,
      };
    const others = tags.filter((tag) => tag !== this.#tag);
    if (isReleased) return { tags: others, custom_fields };
    const isMarked = action === "create" || action === "adopt";
    return isMarked ? { tags: [...others, this.#tag!], custom_fields } : { custom_fields };
  }

  #known(fields: readonly (readonly [string, Value])[]): Fields {
    return Object.fromEntries(
      fields.map(([field, value]) => [field, resolved(value, (ref) => this.#ids.get(ref))!]),
    );
  }

  #settle(change: Change, outcome: Outcome | undefined): void {
    const { action, kind, key, title, id } = change;
    if (outcome && "id" in outcome) {
      if (action === "create") this.#ids.set(key, outcome.id);
      const name = nameOf(change);
      const done = this.#done.get(name) ?? "mark";
      if (done === "mark") this.#done.set(name, action);
      return;
    }
    this.#failed.add(nameOf(change));
    const reason = outcome?.refused ?? "NetBox has not said anything about it";
    this.#refused.push({ action, kind, key, title, ...(id === undefined ? {} : { id }), reason });
  }
}
