/** What a NetBox has of what an inventory is about: read in bulk, and nothing is written. */
import type { NetBoxClient, NetBoxRow } from "../../projections/netbox/client.ts";
import { said } from "../../projections/netbox/desired/text.ts";
import { inPairs } from "../../projections/netbox/pairs.ts";

const MACHINE = "name,status,role,tenant,platform,site,tags,custom_fields";
const INTERFACE = "name,mac_address,primary_mac_address,mtu,mode,untagged_vlan,parent";

/** What is read: where it is below `/api/`, which fields of it, and what people call it, one and several. */
export const READ = {
  cluster: {
    endpoint: "virtualization/clusters",
    fields: "name,type",
    names: ["cluster", "clusters"],
  },
  prefix: {
    endpoint: "ipam/prefixes",
    fields: "prefix,vrf,vlan,status,description,custom_fields,tags",
    names: ["prefix", "prefixes"],
  },
  device: {
    endpoint: "dcim/devices",
    fields: `${MACHINE},device_type,serial,asset_tag,location,rack,position,` +
      "interface_count,front_port_count,rear_port_count",
    names: ["device", "devices"],
  },
  virtual_machine: {
    endpoint: "virtualization/virtual-machines",
    fields: `${MACHINE},cluster,device,vcpus,memory,disk`,
    names: ["virtual machine", "virtual machines"],
  },
  interface: {
    endpoint: "dcim/interfaces",
    fields: `${INTERFACE},device,type,speed,cable,connected_endpoints,connected_endpoints_type,` +
      "connected_endpoints_reachable",
    names: ["interface", "interfaces"],
  },
  vm_interface: {
    endpoint: "virtualization/interfaces",
    fields: `${INTERFACE},virtual_machine`,
    names: ["virtual machine interface", "virtual machine interfaces"],
  },
  ip_address: {
    endpoint: "ipam/ip-addresses",
    fields: "address,vrf,status,role,assigned_object_type,assigned_object_id",
    names: ["IP address", "IP addresses"],
  },
  service: {
    endpoint: "ipam/services",
    // Before 4.3 its parent is in a field of the parent's kind; a field that is not known is overlooked.
    fields: "name,protocol,ports,ipaddresses,parent_object_type,parent_object_id,device," +
      "virtual_machine,custom_fields,tags",
    names: ["service", "services"],
  },
  cable: {
    endpoint: "dcim/cables",
    fields: "status,a_terminations,b_terminations,custom_fields,tags",
    names: ["cable", "cables"],
  },
} as const satisfies Record<
  string,
  { endpoint: string; fields: string; names: readonly [string, string] }
>;

/** A kind of object that is read. */
export type ReadKind = keyof typeof READ;

/** All objects of each kind, as NetBox's API says them, by their ids. */
export type NetBoxContent = Readonly<Record<ReadKind, readonly NetBoxRow[]>>;

/**
 * Reads it: two kinds at a time, a thousand objects a page.
 *
 * @param progress is told how many objects were read so far
 * @throws {NetBoxUnavailable} when it cannot be reached
 * @throws {NetBoxSettingsError} when it is no NetBox, or does not let us in
 * @throws {NetBoxPermissionMissing} when the token's user may not see some kind of object
 */
export async function readContent(
  client: NetBoxClient,
  progress: (count: number) => void = () => {},
): Promise<NetBoxContent> {
  await client.version();
  const kinds = Object.keys(READ) as ReadKind[];
  const content = new Map<ReadKind, NetBoxRow[]>();
  let count = 0;
  await inPairs(kinds, async (kind) => {
    const rows: NetBoxRow[] = [];
    content.set(kind, rows);
    const { endpoint, fields } = READ[kind];
    const query = { fields: `id,display,${fields}`, exclude: "config_context" };
    for await (const page of client.pages(endpoint, query)) {
      rows.push(...page);
      progress(count += page.length);
    }
  });
  return Object.fromEntries(content) as Record<ReadKind, NetBoxRow[]>;
}

/** An object within another one, as NetBox shows it there. */
export type Nested = Readonly<Record<string, unknown>>;

/** The object in a field; of a choice that is its value and label. */
export function nested(row: Nested, field: string): Nested | undefined {
  const value = row[field];
  return typeof value === "object" && value !== null ? value as Nested : undefined;
}

/** The id of the object in a field. */
export function idIn(row: Nested, field: string): number | undefined {
  return whole(nested(row, field)?.["id"]);
}

/** A text with something in it, in one line without control characters. */
export function text(row: Nested | undefined, field: string): string | undefined {
  const value = row?.[field];
  return typeof value === "string" ? said(value) : undefined;
}

/** The value of a choice: `active`. */
export function choice(row: Nested, field: string): string | undefined {
  return text(nested(row, field), "value") ?? text(row, field);
}

/** A number that is said; of decimals NetBox's older versions make texts. */
export function amount(row: Nested, field: string): number | undefined {
  const value = row[field];
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** The objects in a list. */
export function listed(row: Nested, field: string): Nested[] {
  const value = row[field];
  return Array.isArray(value) ? value.filter((one) => typeof one === "object" && one) : [];
}

function whole(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
}
