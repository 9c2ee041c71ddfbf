/** The fields of each kind that may be written, and are read. */
import type { Kind } from "./kinds.ts";
import type { Value } from "./objects.ts";

/** What one field is like where it is read; it is written as its plain value, or as an id. */
export type FieldShape =
  /** As it is: text, a number, true or false, a list of these, the type and id of any other object. */
  | "plain"
  /** Read as text or a number, a number here: `position` 4 of "4.0". */
  | "number"
  /** Read as `{value, label}`. */
  | "choice"
  /** Read as `{id, …}`. */
  | "reference"
  /** Read as a list of `{id, …}`. */
  | "references"
  /** The ends of a cable: `{object_type, object_id, object}`, of which the first two are written. */
  | "terminations";

const NAME = { name: "plain", slug: "plain" } as const;
const SCOPE = { scope_type: "plain", scope_id: "plain" } as const;
const ASSIGNED = { assigned_object_type: "plain", assigned_object_id: "plain" } as const;

/** Fields by the names of NetBox's write payload; a service's parent as from 4.3 on (4.2: `device`, `virtual_machine`). */
export const FIELDS: Readonly<Record<Kind, Readonly<Record<string, FieldShape>>>> = {
  site: { ...NAME, status: "choice", description: "plain" },
  location: { ...NAME, site: "reference", status: "choice", description: "plain" },
  rack: {
    name: "plain",
    site: "reference",
    location: "reference",
    u_height: "number",
    status: "choice",
    description: "plain",
  },
  manufacturer: { ...NAME, description: "plain" },
  device_type: {
    model: "plain",
    slug: "plain",
    manufacturer: "reference",
    u_height: "number",
    description: "plain",
  },
  device_role: { ...NAME, color: "plain", vm_role: "plain", description: "plain" },
  platform: { ...NAME, manufacturer: "reference", description: "plain" },
  cluster_type: { ...NAME, description: "plain" },
  cluster: {
    name: "plain",
    type: "reference",
    status: "choice",
    ...SCOPE,
    description: "plain",
  },
  vrf: { name: "plain", rd: "plain", enforce_unique: "plain", description: "plain" },
  vlan: {
    vid: "number",
    name: "plain",
    site: "reference",
    status: "choice",
    description: "plain",
  },
  device: {
    name: "plain",
    device_type: "reference",
    role: "reference",
    site: "reference",
    location: "reference",
    rack: "reference",
    position: "number",
    face: "choice",
    platform: "reference",
    serial: "plain",
    status: "choice",
    cluster: "reference",
    primary_ip4: "reference",
    primary_ip6: "reference",
    description: "plain",
    comments: "plain",
  },
  virtual_machine: {
    name: "plain",
    status: "choice",
    site: "reference",
    cluster: "reference",
    device: "reference",
    role: "reference",
    platform: "reference",
    vcpus: "number",
    memory: "number",
    disk: "number",
    serial: "plain",
    primary_ip4: "reference",
    primary_ip6: "reference",
    description: "plain",
    comments: "plain",
  },
  interface: {
    device: "reference",
    name: "plain",
    type: "choice",
    enabled: "plain",
    mtu: "number",
    speed: "number",
    mode: "choice",
    untagged_vlan: "reference",
    vrf: "reference",
    lag: "reference",
    parent: "reference",
    bridge: "reference",
    primary_mac_address: "reference",
    description: "plain",
  },
  vm_interface: {
    virtual_machine: "reference",
    name: "plain",
    enabled: "plain",
    mtu: "number",
    mode: "choice",
    untagged_vlan: "reference",
    vrf: "reference",
    parent: "reference",
    bridge: "reference",
    primary_mac_address: "reference",
    description: "plain",
  },
  prefix: {
    prefix: "plain",
    vrf: "reference",
    vlan: "reference",
    status: "choice",
    ...SCOPE,
    description: "plain",
  },
  mac_address: { mac_address: "plain", ...ASSIGNED, description: "plain" },
  ip_address: {
    address: "plain",
    vrf: "reference",
    status: "choice",
    role: "choice",
    ...ASSIGNED,
    dns_name: "plain",
    description: "plain",
  },
  service: {
    name: "plain",
    protocol: "choice",
    ports: "plain",
    parent_object_type: "plain",
    parent_object_id: "plain",
    ipaddresses: "references",
    description: "plain",
  },
  cable: {
    type: "choice",
    status: "choice",
    label: "plain",
    a_terminations: "terminations",
    b_terminations: "terminations",
    description: "plain",
  },
};

/** Fields that say one thing together: where a person has changed one of them, none of them is written. */
export const TOGETHER: readonly (readonly string[])[] = [
  ["site", "location", "rack", "position", "face"],
  ["cluster", "device"],
  ["scope_type", "scope_id"],
  ["assigned_object_type", "assigned_object_id"],
  ["parent_object_type", "parent_object_id"],
  ["a_terminations", "b_terminations"],
];

/** Text that may be empty. */
const MAY_BE_EMPTY = new Set(["comments", "description", "dns_name", "label", "serial"]);
/** What NetBox insists on. */
const REQUIRED: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  location: ["site"],
  rack: ["site", "u_height"],
  device_type: ["manufacturer", "u_height"],
  cluster: ["type"],
  device: ["device_type", "role", "site"],
  interface: ["device"],
  vm_interface: ["virtual_machine"],
  vlan: ["vid"],
};
/** Types and statuses; but the type of a cable may be unknown. */
const CHOSEN = new Set(["status", "type", "protocol"]);
/** Objects of any kind, each with a type: both may be null. */
const ANY_OBJECT = /^(scope|assigned_object)_(type|id)$/;

/** What stands for nothing in a field; undefined where NetBox insists on something. */
export function emptyValue(kind: Kind, field: string): Value | undefined {
  if (REQUIRED[kind]?.includes(field)) return undefined;
  switch (FIELDS[kind][field]) {
    case "plain":
      if (MAY_BE_EMPTY.has(field)) return "";
      return ANY_OBJECT.test(field) || field === "rd" ? null : undefined;
    case "choice":
      if (field === "face") return "";
      return CHOSEN.has(field) && kind !== "cable" ? undefined : null;
    case "number":
    case "reference":
      return null;
    case "references":
      return [];
    default:
      return undefined;
  }
}
