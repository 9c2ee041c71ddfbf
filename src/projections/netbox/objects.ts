/** What is said about NetBox: what there should be, what there is, and what we wrote there last. */
import { isDeepStrictEqual } from "node:util";
import type { Kind } from "./kinds.ts";

/** Another desired object, by its key; it becomes that object's NetBox id where it is written. */
export interface Ref {
  readonly ref: string;
}

/** A value that is no list and no object. */
export type Plain = string | number | boolean | null;

/** A field's value: of what is desired with {@linkcode Ref}s, of what NetBox has with ids in their place. */
export type Value = Plain | Ref | readonly Value[] | { readonly [name: string]: Value };

/** Fields by the names of NetBox's write payload. */
export type Fields = Readonly<Record<string, Value>>;

/** An object as the log has it. */
export interface Desired {
  kind: Kind;
  /**
   * The `cim_id`, unique over all kinds: of an aggregate its id, of a part `ID/interface/eth0`, of what is only derived
   * `site:fra1` or `device_type:…`.
   */
  key: string;
  /**
   * The sequence of the last change of what it stands for itself: a resource, a network, a cable, the software of a service.
   * Its parts have none, nor has what is only derived: not all of them are written anew with each of its changes.
   */
  sequence?: number;
  /** What people call it: "web-01 eth0". */
  title: string;
  /** What the log knows; a field that it does not know is absent, and is not ours to say. */
  fields: Fields;
  /** Fields that say no more than had to be said: what a person has in one that we never wrote stands, and is no conflict. */
  assumed?: readonly string[];
  /** Fields that are set when what they point to is there as well: `primary_ip4`, `primary_mac_address`. */
  later?: Fields;
  /** A decommissioned resource: brought up to date where NetBox has it as ours, and otherwise not made. */
  ending?: boolean;
}

/** All that there should be in NetBox at one place of the log. */
export interface DesiredState {
  /** The last sequence it was folded through. */
  through: number;
  /** Of the log's state always in one order; every {@linkcode Ref} leads to one of them. */
  objects: readonly Desired[];
  /** What NetBox could not take, and is left out with what depends on it. */
  findings: readonly NetBoxFinding[];
}

/** Something that is told about an object, because NetBox cannot have it as the log does. */
export interface NetBoxFinding {
  kind: Kind;
  key: string;
  title: string;
  /** Why, and what to do about it, in one line. */
  reason: string;
}

/** An object that NetBox has. */
export interface Observed {
  kind: Kind;
  /** NetBox's own id. */
  id: number;
  /** What NetBox shows for it; of an interface with what it is part of: "web-01 eth0". */
  display: string;
  /** Its `cim_id`; only where it has our tag as well: such an object is ours. */
  key?: string;
  /**
   * A `cim_id` that it has without our tag: a person has taken it out of our hands. Looked for by the keys of what is
   * desired and was not found with our tag, for NetBox has no two objects with one `cim_id`.
   */
  releasedKey?: string;
  /** Whether it has our tag. */
  tagged: boolean;
  /** The ids of all of its tags, for a list of tags is written whole. */
  tags: readonly number[];
  /** Its `cim_sequence`. */
  sequence?: number;
  /** In the shape in which they are written: references as ids, choices as their plain value. */
  fields: Fields;
  /** What we wrote last; absent where that is nothing, or cannot be read. */
  written?: Written;
}

/** What we wrote last to an object, as its custom field `cim_written` keeps it. */
export interface Written {
  /** Whether it was there before us: such an object is released, and never removed. */
  adopted: boolean;
  /** With ids in place of {@linkcode Ref}s. */
  fields: Fields;
}

/** What hangs on an object, is not ours, and would be deleted or changed with it. */
export interface Hanging {
  on: { kind: Kind; id: number };
  /** Where NetBox has it: `ipam/ip-addresses`. */
  endpoint: string;
  id: number;
  /** What NetBox shows for it. */
  display: string;
}

/** What was read of NetBox to make a plan. */
export interface ObservedState {
  /** All that is ours; what is not, but has the natural key of something desired; and what has a cable of ours already. */
  objects: readonly Observed[];
  /** Of what is ours and no longer desired: what stands in the way of removing it. Only read where it is to be removed. */
  hanging: readonly Hanging[];
}

/** The tag of what is ours. */
export const TAG = { name: "cim", slug: "cim" } as const;

/** The custom fields of what is ours. */
export const MARKS = {
  /** {@linkcode Desired.key}. */
  id: "cim_id",
  /** {@linkcode Desired.sequence}. */
  sequence: "cim_sequence",
  /** {@linkcode Written}. */
  written: "cim_written",
} as const;

/** Whether two states have NetBox be the same, at whatever places of the log. */
export function isSameState(one: DesiredState, other: DesiredState | undefined): boolean {
  if (one === other) return true;
  return one.objects.length === other?.objects.length &&
    isDeepStrictEqual([one.objects, one.findings], [other.objects, other.findings]);
}

/** Whether a value is a reference to another desired object. */
export function isRef(value: Value): value is Ref {
  return typeof value === "object" && value !== null && "ref" in value;
}

/** A value with each reference in it put in another way; undefined as soon as one cannot be. */
export function resolved(
  value: Value,
  idOf: (key: string) => number | undefined,
): Value | undefined {
  if (typeof value !== "object" || value === null) return value;
  if (isRef(value)) return idOf(value.ref);
  if (Array.isArray(value)) {
    const items = value.map((item: Value) => resolved(item, idOf));
    return items.every((item) => item !== undefined) ? items : undefined;
  }
  const entries = Object.entries(value).map(([name, item]) =>
    [name, resolved(item, idOf)] as const
  );
  return entries.every(([, item]) => item !== undefined)
    ? Object.fromEntries(entries as [string, Value][])
    : undefined;
}

/** The keys of the objects that a value refers to. */
export function refsOf(value: Value): string[] {
  if (typeof value !== "object" || value === null) return [];
  if (isRef(value)) return [value.ref];
  return Object.values(value as Record<string, Value>).flatMap(refsOf);
}
