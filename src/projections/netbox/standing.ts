/** Names and places in racks: what one object is to have, and another one has. */
import type { Draft, Drafting } from "./draft.ts";
import { naturalKeys } from "./match.ts";
import type { Fields, Observed } from "./objects.ts";
import { isEmpty, isSame } from "./values.ts";

/** Which objects there are to have something. */
export interface Holders {
  /** All that there is. */
  observed: readonly Observed[];
  /** What is ours and the log no longer has. */
  gone: readonly Observed[];
  /** What of that is removed in the end. */
  leaving: ReadonlySet<Observed>;
}

/** What one object gives up, so that another one can have it. */
export interface Given {
  holder: Observed;
  field: "name" | "position";
}

/**
 * What is given up: by what gets another name or place itself, and by what the log no longer has its place in the rack. Its
 * name that keeps as long as it is kept, for people know it by that; whoever is to have it waits.
 */
export function givenUp(drafting: Drafting, holders: Holders): Given[] {
  const [names, places] = [new Names(drafting, holders), new Places(drafting, holders)];
  // One that keeps what it has may be in the way of the next one.
  while (names.settle() || places.settle());
  return [...names.given(), ...places.given()];
}

class Names {
  readonly #holders = new Map<string, Observed>();

  constructor(private readonly drafting: Drafting, private readonly holders: Holders) {
    for (const one of holders.observed.filter(isNamed)) {
      for (const key of naturalKeys(one.kind, one.fields)) this.#holders.set(key, one);
    }
  }

  /** Whether one had to be held. */
  settle(): boolean {
    const drafts = this.#drafts();
    const draftOf = new Map(drafts.map((draft) => [draft.observed, draft]));
    for (const draft of drafts) {
      const holder = this.#inTheWay(draft);
      if (!holder || this.#gives(holder, draftOf.get(holder))) continue;
      const whose = holder.key === undefined
        ? "which is not ours"
        : draftOf.has(holder)
        ? "which keeps it"
        : "which the log no longer has";
      const reason = `its name is that of ${holder.display} (#${holder.id}), ${whose}`;
      if (draft.is === "new") this.drafting.drop(draft, reason);
      else this.drafting.hold(draft, ["name", "site", "cluster"], reason);
      return true;
    }
    return false;
  }

  given(): Given[] {
    return this.#drafts().flatMap((draft): Given[] => {
      const holder = this.#inTheWay(draft);
      return holder ? [{ holder, field: "name" }] : [];
    });
  }

  #drafts(): Draft[] {
    return this.drafting.drafts.filter(({ desired }) => isNamed(desired));
  }

  #inTheWay(draft: Draft): Observed | undefined {
    const { observed } = draft;
    const next = nextName(draft);
    const isOwn = next === undefined ||
      (observed && naturalKeys(observed.kind, observed.fields)[0] === next);
    return isOwn ? undefined : this.#holders.get(next);
  }

  #gives(holder: Observed, draft: Draft | undefined): boolean {
    if (!draft) return this.holders.leaving.has(holder);
    return nextName(draft) !== naturalKeys(holder.kind, holder.fields)[0];
  }
}

class Places {
  readonly #holders = new Map<string, Observed>();
  readonly #gone: ReadonlySet<Observed>;

  constructor(private readonly drafting: Drafting, { observed, gone }: Holders) {
    this.#gone = new Set(gone);
    for (const one of observed) {
      const place = placeOf(one.fields);
      if (one.kind === "device" && place !== undefined) this.#holders.set(place, one);
    }
  }

  /** Whether one had to be held. */
  settle(): boolean {
    const drafts = this.#drafts();
    const draftOf = new Map(drafts.map((draft) => [draft.observed, draft]));
    for (const draft of drafts) {
      const holder = this.#inTheWay(draft);
      if (!holder || this.#gives(holder, draftOf.get(holder))) continue;
      const reason = `its place in the rack is that of ${holder.display} (#${holder.id})`;
      this.drafting.hold(draft, ["position", "face"], reason);
      return true;
    }
    return false;
  }

  given(): Given[] {
    const racks = new Map<unknown, number>();
    const moving = this.#drafts().filter(isMoving);
    for (const draft of moving) {
      const { rack } = fieldsAfter(draft);
      racks.set(rack, (racks.get(rack) ?? 0) + 1);
    }
    const given = this.#drafts().flatMap((draft) => this.#inTheWay(draft) ?? []);
    // Devices may be of any height: in a rack to which another one comes, all that move give way.
    for (const draft of moving) {
      const { observed } = draft;
      if (!observed || placeOf(observed.fields) === undefined) continue;
      const { rack } = observed.fields;
      const others = (racks.get(rack) ?? 0) - (fieldsAfter(draft).rack === rack ? 1 : 0);
      if (others > 0) given.push(observed);
    }
    return [...new Set(given)].map((holder) => ({ holder, field: "position" }));
  }

  #drafts(): Draft[] {
    return this.drafting.drafts.filter(({ desired: { kind } }) => kind === "device");
  }

  #inTheWay(draft: Draft): Observed | undefined {
    const place = isMoving(draft) ? placeOf(fieldsAfter(draft)) : undefined;
    const holder = place === undefined ? undefined : this.#holders.get(place);
    return holder === draft.observed ? undefined : holder;
  }

  #gives(holder: Observed, draft: Draft | undefined): boolean {
    const { fields, written } = holder;
    const isOver = this.#gone.has(holder) || draft?.desired.ending;
    if (isOver) return isSame(fields.position, written?.fields.position);
    return draft !== undefined && placeOf(fieldsAfter(draft)) !== placeOf(fields);
  }
}

function isNamed({ kind }: { kind: Observed["kind"] }): boolean {
  return kind === "device" || kind === "virtual_machine";
}

/** What tells it from others when it is as planned. */
function nextName(draft: Draft): string | undefined {
  return naturalKeys(draft.desired.kind, fieldsAfter(draft))[0];
}

function isMoving({ difference: { fields } }: Draft): boolean {
  return ["rack", "position", "face"].some((field) => field in fields);
}

function fieldsAfter({ observed, difference }: Draft): Fields {
  return { ...observed?.fields, ...difference.fields };
}

/** Where in a rack that is there already. */
function placeOf({ rack, position }: Fields): string | undefined {
  const isPlaced = typeof rack === "number" && !isEmpty(position);
  return isPlaced ? `${rack} ${position}` : undefined;
}
