/** An object of NetBox between how it is read and how it is written. */
import type { NetBoxRow } from "./client.ts";
import { FIELDS, type FieldShape } from "./fields.ts";
import type { Kind } from "./kinds.ts";
import { type Fields, MARKS, type Observed, TAG, type Value, type Written } from "./objects.ts";

/** What of an object is read, as NetBox's `fields=` takes it. */
export function fieldsOf(kind: Kind): string {
  const parent = kind === "service" ? ["device", "virtual_machine"] : [];
  return ["id", "display", "tags", "custom_fields", ...Object.keys(FIELDS[kind]), ...parent].join();
}

/** What our marks on an object say: it is ours only if it has both. */
export function markOf(row: NetBoxRow): { tagged: boolean; key?: string; isOurs: boolean } {
  const tagged = tagsOf(row).some(({ slug }) => slug === TAG.slug);
  const key = (row.custom_fields as Record<string, unknown> | undefined)?.[MARKS.id];
  const hasKey = typeof key === "string" && key !== "";
  return { tagged, isOurs: tagged && hasKey, ...(hasKey ? { key } : {}) };
}

/** An object in the shape in which it is written. */
export function observedOf(kind: Kind, row: NetBoxRow): Observed {
  const { tagged, key } = markOf(row);
  const marks = (row.custom_fields ?? {}) as Record<string, unknown>;
  const sequence = marks[MARKS.sequence];
  const written = writtenOf(marks[MARKS.written]);
  const fields: Record<string, Value> = {};
  for (const [name, shape] of Object.entries(FIELDS[kind])) {
    if (row[name] !== undefined) fields[name] = valueOf(row[name], shape);
  }
  return {
    kind,
    id: row.id,
    display: displayOf(kind, row),
    ...(key === undefined ? {} : { [tagged ? "key" : "releasedKey"]: key }),
    tagged,
    tags: tagsOf(row).map(({ id }) => id),
    ...(typeof sequence === "number" ? { sequence } : {}),
    fields: kind === "service" ? { ...fields, ...parentOf(row) } : fields,
    ...(written ? { written } : {}),
  };
}

/** What is sent for an object; a service of NetBox 4.2 has its parent in a field of the parent's kind. */
export function payloadOf(
  kind: Kind,
  fields: Fields,
  [, minor]: readonly [number, number],
): Fields {
  if (kind !== "service" || minor >= 3 || !("parent_object_type" in fields)) return fields;
  const { parent_object_type, parent_object_id = null, ...others } = fields;
  const isDevice = parent_object_type === "dcim.device";
  return {
    ...others,
    device: isDevice ? parent_object_id : null,
    virtual_machine: isDevice ? null : parent_object_id,
  };
}

function valueOf(value: unknown, shape: FieldShape): Value {
  if (value === null) return null;
  switch (shape) {
    case "number":
      return Number(value);
    case "choice":
      return (typeof value === "object" ? (value as { value: string }).value : value) as Value;
    case "reference":
      return idOf(value);
    case "references":
      return listOf(value).map(idOf);
    case "terminations":
      return listOf(value).map((end) => {
        const { object_type, object_id } = end as { object_type: string; object_id: number };
        return { object_type, object_id };
      });
    case "plain":
      return value as Value;
  }
}

/** What NetBox shows for it; of an interface with what it is part of. */
function displayOf(kind: Kind, { display, device, virtual_machine }: NetBoxRow): string {
  const isPart = kind === "interface" || kind === "vm_interface";
  const whole = (isPart ? device ?? virtual_machine : undefined) as NetBoxRow | undefined;
  return [whole?.display, display].filter((part) => part !== undefined).map(String).join(" ");
}

/** The parent of a service of NetBox 4.2; as it is for a newer one. */
function parentOf({ device, virtual_machine, parent_object_type }: NetBoxRow): Fields {
  if (parent_object_type !== undefined) return {};
  return device ? { parent_object_type: "dcim.device", parent_object_id: idOf(device) } : {
    parent_object_type: "virtualization.virtualmachine",
    parent_object_id: idOf(virtual_machine),
  };
}

function writtenOf(value: unknown): Written | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { adopted, fields } = value as Partial<Written>;
  const isOurs = typeof adopted === "boolean" && typeof fields === "object" && fields !== null;
  return isOurs ? { adopted, fields } : undefined;
}

function idOf(value: unknown): number {
  return typeof value === "object" && value !== null ? (value as { id: number }).id : Number(value);
}

function tagsOf(row: NetBoxRow): { id: number; slug: string }[] {
  return listOf(row.tags) as { id: number; slug: string }[];
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
