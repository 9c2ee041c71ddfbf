/** Values of fields: whether they are the same, and what they refer to. */
import { FIELDS } from "./fields.ts";
import { type Kind, KIND_NAMES, KINDS } from "./kinds.ts";
import { type Fields, isRef, type Value } from "./objects.ts";

/** An object by NetBox's id. */
export interface ObjectId {
  kind: Kind;
  id: number;
}

/** Whether a field says nothing. */
export function isEmpty(value: Value | undefined): boolean {
  return value === undefined || value === null || value === "" ||
    (Array.isArray(value) && value.length === 0);
}

/** What of some fields says something. */
export function filled(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));
}

/** Whether two values say the same: nothing is nothing however it is written, and lists have no order in NetBox. */
export function isSame(one: Value | undefined, other: Value | undefined): boolean {
  if (isEmpty(one) || isEmpty(other)) return isEmpty(one) && isEmpty(other);
  return canonical(one!) === canonical(other!);
}

/** A value as text: the same for the same. */
export function canonical(value: Value): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).sort().join()}]`;
  const entries = Object.entries(value as Record<string, Value>)
    .map(([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`);
  return `{${entries.sort().join()}}`;
}

/** A value with an id for each reference that has one; the others stay. */
export function known(value: Value, idOf: (key: string) => number | undefined): Value {
  if (typeof value !== "object" || value === null) return value;
  if (isRef(value)) return idOf(value.ref) ?? value;
  if (Array.isArray(value)) return value.map((item: Value) => known(item, idOf));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, known(item, idOf)]),
  );
}

/** The objects that an object's fields point to; of those that have an id. */
export function pointedTo(kind: Kind, fields: Fields): ObjectId[] {
  return Object.entries(fields).flatMap(([field, value]) => idsIn(kind, field, value, fields));
}

/** The objects that one of an object's fields points to. */
export function idsIn(kind: Kind, field: string, value: Value, fields: Fields): ObjectId[] {
  const to = (target: Kind | undefined, id: Value | undefined): ObjectId[] =>
    target && typeof id === "number" ? [{ kind: target, id }] : [];
  switch (FIELDS[kind][field]) {
    case "reference":
      return to(targetOf(kind, field), value);
    case "references":
      return itemsOf(value).flatMap((id) => to(targetOf(kind, field), id));
    case "terminations":
      return (itemsOf(value) as readonly Fields[]).flatMap(({ object_type, object_id }) =>
        to(kindOfType(object_type), object_id)
      );
    default: {
      const type = field.endsWith("_id") ? fields[field.replace(/_id$/, "_type")] : undefined;
      return to(kindOfType(type), value);
    }
  }
}

/** The items of a list; none of what is empty. */
function itemsOf(value: Value): readonly Value[] {
  return Array.isArray(value) ? value : [];
}

/** Which kind a field of a kind points to. */
function targetOf(kind: Kind, field: string): Kind | undefined {
  switch (field) {
    case "type":
      return "cluster_type";
    case "role":
      return "device_role";
    case "lag":
    case "parent":
    case "bridge":
      return kind;
    case "untagged_vlan":
      return "vlan";
    case "primary_ip4":
    case "primary_ip6":
    case "ipaddresses":
      return "ip_address";
    case "primary_mac_address":
      return "mac_address";
    default:
      return Object.hasOwn(KINDS, field) ? field as Kind : undefined;
  }
}

const KIND_OF_TYPE = new Map<Value | undefined, Kind>(
  KIND_NAMES.map((kind) => [KINDS[kind].type, kind]),
);

/** Which kind NetBox calls so. */
function kindOfType(type: Value | undefined): Kind | undefined {
  return KIND_OF_TYPE.get(type);
}
