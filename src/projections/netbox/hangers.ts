/** What may hang on an object of a kind: it stands in the way of removing that one, where it is not ours. */
import { type Kind, KIND_NAMES, KINDS } from "./kinds.ts";

/** A place where something may be that would be deleted with an object, or lose what it points to. */
export interface Hanger {
  endpoint: string;
  /** The filter that takes ids of the object, several at once. */
  filter: string;
  /** What else is asked for, where an id alone does not say of which kind: `{scope_type: "dcim.site"}`. */
  of?: Readonly<Record<string, string>>;
  /** Whether the filter takes one id only: of several NetBox reads the last. */
  takesOne?: boolean;
}

const TEMPLATES = [
  "interface",
  "console-port",
  "console-server-port",
  "power-port",
  "power-outlet",
  "front-port",
  "rear-port",
  "device-bay",
  "module-bay",
  "inventory-item",
  "cooling-intake",
  "cooling-outflow",
].map((component) => `dcim/${component}-templates`);

const hanging = (filter: string, ...endpoints: string[]): Hanger[] =>
  endpoints.map((endpoint) => ({ endpoint, filter }));

/** What people attach to any object, and what is in its scope. */
const attached = (kind: Kind): Hanger[] => {
  const { type } = KINDS[kind];
  const object_type = { object_type: type };
  const isScope = ["site", "location", "rack", "cluster"].includes(kind);
  return [
    {
      endpoint: "extras/journal-entries",
      filter: "assigned_object_id",
      of: { assigned_object_type: type },
    },
    { endpoint: "extras/image-attachments", filter: "object_id", of: object_type },
    { endpoint: "tenancy/contact-assignments", filter: "object_id", of: object_type },
    ...(isScope
      ? [{ endpoint: "ipam/vlan-groups", filter: "scope_id", of: { scope_type: type } }]
      : []),
  ];
};

/**
 * Where to look, beside what is attached to any. NetBox deletes the parts of a device with it, whoever made them, and the prefixes
 * and clusters of a site; where it only empties what points to the removed one, that was a person's work as well.
 */
const PARTS: Readonly<Partial<Record<Kind, readonly Hanger[]>>> = {
  site: hanging(
    "site_id",
    "dcim/locations",
    "dcim/racks",
    "dcim/devices",
    "dcim/power-panels",
    "virtualization/clusters",
    "virtualization/virtual-machines",
    "ipam/prefixes",
    "ipam/vlans",
    "circuits/circuit-terminations",
    "wireless/wireless-lans",
    "dcim/cooling-sources",
    "extras/config-contexts",
  ),
  location: [
    ...hanging("parent_id", "dcim/locations"),
    ...hanging(
      "location_id",
      "dcim/racks",
      "dcim/devices",
      "dcim/power-panels",
      "virtualization/clusters",
      "ipam/prefixes",
      "circuits/circuit-terminations",
      "wireless/wireless-lans",
      "dcim/cooling-sources",
      "extras/config-contexts",
    ),
  ],
  rack: hanging(
    "rack_id",
    "dcim/devices",
    "dcim/rack-reservations",
    "dcim/power-feeds",
    "dcim/cooling-feeds",
  ),
  manufacturer: hanging(
    "manufacturer_id",
    "dcim/device-types",
    "dcim/module-types",
    "dcim/rack-types",
    "dcim/platforms",
    "dcim/inventory-items",
    "dcim/inventory-item-templates",
    "dcim/module-bay-types",
  ),
  device_type: hanging("device_type_id", "dcim/devices", "extras/config-contexts", ...TEMPLATES),
  device_role: [
    ...hanging("role_id", "dcim/devices", "virtualization/virtual-machines"),
    ...hanging("parent_id", "dcim/device-roles"),
    ...hanging("device_role_id", "extras/config-contexts"),
  ],
  platform: [
    ...hanging(
      "platform_id",
      "dcim/devices",
      "virtualization/virtual-machines",
      "extras/config-contexts",
    ),
    ...hanging("parent_id", "dcim/platforms"),
    ...hanging(
      "default_platform_id",
      "dcim/device-types",
      "virtualization/virtual-machine-types",
    ),
  ],
  cluster_type: [
    ...hanging("type_id", "virtualization/clusters"),
    ...hanging("cluster_type_id", "extras/config-contexts"),
  ],
  cluster: hanging(
    "cluster_id",
    "dcim/devices",
    "virtualization/virtual-machines",
    "extras/config-contexts",
  ),
  device: [
    ...hanging(
      "device_id",
      "dcim/interfaces",
      "dcim/console-ports",
      "dcim/console-server-ports",
      "dcim/power-ports",
      "dcim/power-outlets",
      "dcim/front-ports",
      "dcim/rear-ports",
      "dcim/device-bays",
      "dcim/module-bays",
      "dcim/inventory-items",
      "dcim/mac-addresses",
      "dcim/cables",
      "dcim/virtual-device-contexts",
      "dcim/modules",
      "dcim/cooling-intakes",
      "dcim/cooling-outflows",
      "virtualization/virtual-machines",
      "ipam/ip-addresses",
      "ipam/services",
      "ipam/fhrp-group-assignments",
    ),
    ...hanging("installed_device_id", "dcim/device-bays"),
    ...hanging("master_id", "dcim/virtual-chassis"),
  ],
  virtual_machine: hanging(
    "virtual_machine_id",
    "ipam/fhrp-group-assignments",
    "virtualization/interfaces",
    "virtualization/virtual-disks",
    "dcim/mac-addresses",
    "ipam/ip-addresses",
    "ipam/services",
  ),
  interface: [
    ...hanging(
      "interface_id",
      "dcim/cables",
      "dcim/mac-addresses",
      "ipam/ip-addresses",
      "vpn/tunnel-terminations",
      "vpn/l2vpn-terminations",
      "circuits/virtual-circuit-terminations",
    ),
    {
      endpoint: "ipam/fhrp-group-assignments",
      filter: "interface_id",
      of: { interface_type: KINDS.interface.type },
    },
    ...hanging("interface_a_id", "wireless/wireless-links"),
    ...hanging("interface_b_id", "wireless/wireless-links"),
    ...hanging("parent_id", "dcim/interfaces"),
    ...hanging("bridge_id", "dcim/interfaces"),
    ...hanging("lag_id", "dcim/interfaces"),
  ],
  vm_interface: [
    ...hanging(
      "vminterface_id",
      "dcim/mac-addresses",
      "ipam/ip-addresses",
      "vpn/tunnel-terminations",
      "vpn/l2vpn-terminations",
    ),
    {
      endpoint: "ipam/fhrp-group-assignments",
      filter: "interface_id",
      of: { interface_type: KINDS.vm_interface.type },
    },
    ...hanging("parent_id", "virtualization/interfaces"),
    ...hanging("bridge_id", "virtualization/interfaces"),
  ],
  vrf: [
    ...hanging("vrf_id", "ipam/prefixes", "ipam/ip-addresses", "ipam/ip-ranges"),
    ...hanging("vrf_id", "dcim/interfaces", "virtualization/interfaces"),
  ],
  vlan: [
    ...hanging(
      "vlan_id",
      "ipam/prefixes",
      "vpn/l2vpn-terminations",
      "wireless/wireless-lans",
    ),
    ...hanging("vlan_id", "dcim/interfaces", "virtualization/interfaces")
      .map((one) => ({ ...one, takesOne: true })),
    ...hanging("qinq_svlan_id", "ipam/vlans"),
  ],
  ip_address: [
    ...hanging("ip_address_id", "ipam/services"),
    ...hanging("nat_inside_id", "ipam/ip-addresses"),
    ...hanging("outside_ip_id", "vpn/tunnel-terminations"),
    ...["primary_ip4_id", "primary_ip6_id"].flatMap((filter) =>
      hanging(
        filter,
        "dcim/devices",
        "dcim/virtual-device-contexts",
        "virtualization/virtual-machines",
      )
    ),
    ...hanging("oob_ip_id", "dcim/devices"),
  ],
  mac_address: hanging(
    "primary_mac_address_id",
    "dcim/interfaces",
    "virtualization/interfaces",
  ),
};

/** Where to look before an object of a kind is removed. */
export const HANGERS: Readonly<Partial<Record<Kind, readonly Hanger[]>>> = Object.fromEntries(
  KIND_NAMES.map((kind) => [kind, [...PARTS[kind] ?? [], ...attached(kind)]]),
);
