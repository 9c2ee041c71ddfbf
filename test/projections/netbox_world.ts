/** A NetBox in memory: it takes a plan change by change, and refuses what the real one refuses. */
import { KINDS } from "../../src/projections/netbox/kinds.ts";
import { HANGERS } from "../../src/projections/netbox/hangers.ts";
import {
  type Desired,
  type DesiredState,
  type Fields,
  type Hanging,
  type Observed,
  type ObservedState,
  resolved,
} from "../../src/projections/netbox/objects.ts";
import type { Change, Plan, PlanOptions } from "../../src/projections/netbox/plan.ts";
import { planChanges } from "../../src/projections/netbox/plan_changes.ts";
import { endsOf } from "../../src/projections/netbox/draft.ts";
import { isEmpty, pointedTo } from "../../src/projections/netbox/values.ts";

type Kind = Observed["kind"];
const OUR_TAG = 1;

/** What the log has. */
export function desiredState(...objects: Desired[]): DesiredState {
  return { through: 1, objects, findings: [] };
}

/** A NetBox, and what people do in it. */
export class World {
  readonly objects = new Map<string, Observed>();
  #last = 10;

  /** A person makes something. */
  make(
    kind: Kind,
    fields: Fields,
    display = String(fields.name ?? fields.address ?? kind),
  ): number {
    const id = ++this.#last;
    this.#put({ kind, id, display, fields, tagged: false, tags: [] });
    return id;
  }

  /** A person changes something. */
  edit(kind: Kind, id: number, fields: Fields): void {
    const one = this.get(kind, id);
    this.#put({ ...one, fields: { ...one.fields, ...fields } });
  }

  /** A person takes our tag off. */
  untag(kind: Kind, id: number): void {
    const { key, ...one } = this.get(kind, id);
    this.#put({
      ...one,
      ...(key === undefined ? {} : { releasedKey: key }),
      tagged: false,
      tags: [],
    });
  }

  /** A person deletes something; what points to it points to nothing. */
  delete(kind: Kind, id: number): void {
    this.objects.delete(`${kind} ${id}`);
    for (const one of this.objects.values()) {
      const fields = Object.entries(one.fields).map(([field, value]) => {
        const isTo = pointedTo(one.kind, { ...one.fields, [field]: value })
          .some((target) => target.kind === kind && target.id === id && value === id);
        return [field, isTo ? null : value];
      });
      this.#put({ ...one, fields: Object.fromEntries(fields) });
    }
  }

  get(kind: Kind, id: number): Observed {
    const one = this.objects.get(`${kind} ${id}`);
    if (!one) throw new Error(`there is no ${kind} ${id}`);
    return one;
  }

  /** The object with a `cim_id`, of a kind if that is said. */
  own(key: string, kind?: Kind): Observed {
    const one = [...this.objects.values()]
      .find((other) => other.key === key && (kind ?? other.kind) === other.kind);
    if (!one) throw new Error(`there is no ${key}`);
    return one;
  }

  /** All that there is, as the reader reads it. */
  observed(): ObservedState {
    const objects = [...this.objects.values()];
    const hanging: Hanging[] = objects.filter(({ key }) => key === undefined).flatMap((one) =>
      pointedTo(one.kind, one.fields)
        .filter((on) =>
          HANGERS[on.kind]?.some(({ endpoint }) => endpoint === KINDS[one.kind].endpoint)
        )
        .map((on) => ({ on, endpoint: KINDS[one.kind].endpoint, id: one.id, display: one.display }))
    );
    return { objects, hanging };
  }

  plan(desired: DesiredState, options: PlanOptions = {}): Plan {
    return planChanges(desired, this.observed(), options);
  }

  /** Carries out a plan; what is refused is told. */
  carryOut({ changes }: Plan): string[] {
    const ids = new Map<string, number>();
    return changes.flatMap((change) => {
      try {
        this.#change(change, ids);
        return [];
      } catch (error) {
        return [`${change.action} ${change.kind} ${change.title}: ${error}`];
      }
    });
  }

  /** Plans and applies: nothing is refused, and a plan made again has nothing to do any more. */
  apply(desired: DesiredState, options: PlanOptions = {}): Plan {
    const plan = this.plan(desired, options);
    const refused = this.carryOut(plan);
    if (refused.length > 0) throw new Error(refused.join("\n"));
    const again = this.plan(desired, options);
    if (again.changes.length > 0) {
      throw new Error(`a second time: ${JSON.stringify(again.changes, null, 1)}`);
    }
    return plan;
  }

  #change(change: Change, ids: Map<string, number>): void {
    const { action, kind, key, title, fields, written } = change;
    const real = resolved(fields, (ref) => ids.get(ref)) as Fields | undefined;
    const wrote = resolved(written.fields, (ref) => ids.get(ref)) as Fields | undefined;
    if (!real || !wrote) throw new Error("it refers to what is not there");
    const { sequence } = change;
    const mark = {
      key,
      tagged: true,
      written: { adopted: written.adopted, fields: wrote },
      ...(sequence === undefined ? {} : { sequence }),
    };
    if (action === "create") {
      const id = ++this.#last;
      ids.set(key, id);
      this.#check({ kind, id, display: title, fields: real, tags: [OUR_TAG], ...mark });
      return;
    }
    const { sequence: _, ...one } = this.get(kind, change.id ?? ids.get(key)!);
    switch (action) {
      case "remove":
      case "uncable":
        return this.#remove(one);
      case "release": {
        const { key: __, written: ___, ...rest } = one;
        const tags = change.tags.filter((tag) => tag !== OUR_TAG);
        return this.#check({ ...rest, fields: { ...one.fields, ...real }, tagged: false, tags });
      }
      default: {
        const tags = action === "adopt" ? [...change.tags, OUR_TAG] : one.tags;
        return this.#check({ ...one, ...mark, tags, fields: { ...one.fields, ...real } });
      }
    }
  }

  #put(one: Observed): void {
    this.objects.set(`${one.kind} ${one.id}`, one);
  }

  #check(one: Observed): void {
    const before = this.objects.get(`${one.kind} ${one.id}`);
    for (const { kind, id } of pointedTo(one.kind, one.fields)) this.get(kind, id);
    for (const other of this.objects.values()) {
      if (other.id === one.id) continue;
      const holds = (field: string) => other.fields[field] === one.id;
      const moves = before && !isEmpty(before.fields.assigned_object_id) &&
        before.fields.assigned_object_id !== one.fields.assigned_object_id;
      if (one.kind === "ip_address" && moves && (holds("primary_ip4") || holds("primary_ip6"))) {
        throw new Error(`it is the primary address of ${other.display}`);
      }
      if (one.kind === "mac_address" && moves && holds("primary_mac_address")) {
        throw new Error(`it is the primary MAC of ${other.display}`);
      }
      if (other.kind === one.kind) this.#requireOther(one, other);
    }
    this.#put(one);
  }

  #requireOther(one: Observed, other: Observed): void {
    const same = (...fields: string[]) =>
      fields.every((field) =>
        !isEmpty(one.fields[field]) && one.fields[field] === other.fields[field]
      );
    const text = (value: unknown) => String(value).toLowerCase();
    const isNamed = text(one.fields.name) === text(other.fields.name);
    if (one.key !== undefined && one.key === (other.key ?? other.releasedKey)) {
      throw new Error("two of one cim_id");
    }
    if (one.kind === "device" && isNamed && same("site")) throw new Error("its name is another's");
    if (one.kind === "virtual_machine" && isNamed && same("cluster")) {
      throw new Error("its name is another's");
    }
    if (one.kind === "device" && same("rack", "position")) {
      throw new Error("its place is another's");
    }
    if (one.kind === "site" && isNamed) throw new Error("its name is another's");
    if (one.kind === "cable") {
      const ends = new Set(endsOf(one.fields));
      if (endsOf(other.fields).some((end) => ends.has(end))) throw new Error("its end has a cable");
    }
  }

  #remove(one: Observed): void {
    for (const other of this.objects.values()) {
      const primary = /^primary_/;
      const fields = Object.entries(other.fields).filter(([field]) => !primary.test(field));
      const points = pointedTo(other.kind, Object.fromEntries(fields));
      if (points.some(({ kind, id }) => kind === one.kind && id === one.id)) {
        throw new Error(`${other.display} would be deleted or changed with it`);
      }
    }
    this.delete(one.kind, one.id);
  }
}
