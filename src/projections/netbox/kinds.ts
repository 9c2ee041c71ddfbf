/** The kinds of NetBox objects that are written, in the order of what depends on what. */

/** Fields that together tell one object from another. */
export interface NaturalKey {
  /** All of these have to be the same; absent counts as null. */
  fields: readonly string[];
  /** This has to be the same as well where the last of them is absent. */
  otherwise?: string;
  /** Whether text is compared without regard to case. */
  ignoresCase: boolean;
  /** The filter that finds objects by the value of the first field, several at once; checked again on our side. */
  filter: string;
}

/** What there is to know about a kind. */
export interface KindOf {
  /** Below `/api/`. */
  endpoint: string;
  /** NetBox's name for it, as in `assigned_object_type` and in a custom field's `object_types`. */
  type: string;
  /** For people, one and several. */
  names: readonly [string, string];
  /** Whether one that is there already is used as it is, never marked and never changed. */
  isShared: boolean;
  /**
   * NetBox counts the objects of this kind at what this field points to, with each of them: two lists that come by the
   * same ones in another order wait for each other, until the database ends one of them.
   */
  countedAt?: string;
  /** An object is the same as another one if one of these is; empty where only its ends tell (a cable). */
  natural: readonly NaturalKey[];
}

const named = (...fields: string[]): NaturalKey => ({
  fields,
  ignoresCase: true,
  filter: `${fields[0]}__ie`,
});
const exactly = (filter: string, ...fields: string[]): NaturalKey => ({
  fields,
  ignoresCase: false,
  filter,
});

/** A kind with a name and a slug, each of its own. */
const SLUGGED = [exactly("slug", "slug"), named("name")];

/** Every kind, in the order in which they are made; they are removed in the reverse order. */
export const KINDS = {
  site: {
    endpoint: "dcim/sites",
    type: "dcim.site",
    names: ["site", "sites"],
    isShared: true,
    natural: SLUGGED,
  },
  location: {
    endpoint: "dcim/locations",
    type: "dcim.location",
    names: ["location", "locations"],
    isShared: true,
    natural: [exactly("slug", "slug", "site"), named("name", "site")],
  },
  rack: {
    endpoint: "dcim/racks",
    type: "dcim.rack",
    names: ["rack", "racks"],
    isShared: true,
    // Racks of one name may be in two locations of a site; that of a person may say none.
    natural: [named("name", "site", "location"), named("name", "site")],
  },
  manufacturer: {
    endpoint: "dcim/manufacturers",
    type: "dcim.manufacturer",
    names: ["manufacturer", "manufacturers"],
    isShared: true,
    natural: SLUGGED,
  },
  device_type: {
    endpoint: "dcim/device-types",
    type: "dcim.devicetype",
    names: ["device type", "device types"],
    isShared: true,
    natural: [exactly("slug", "slug", "manufacturer"), named("model", "manufacturer")],
  },
  device_role: {
    endpoint: "dcim/device-roles",
    type: "dcim.devicerole",
    names: ["role", "roles"],
    isShared: true,
    natural: SLUGGED,
  },
  platform: {
    endpoint: "dcim/platforms",
    type: "dcim.platform",
    names: ["platform", "platforms"],
    isShared: true,
    natural: SLUGGED,
  },
  cluster_type: {
    endpoint: "virtualization/cluster-types",
    type: "virtualization.clustertype",
    names: ["cluster type", "cluster types"],
    isShared: true,
    natural: SLUGGED,
  },
  cluster: {
    endpoint: "virtualization/clusters",
    type: "virtualization.cluster",
    names: ["cluster", "clusters"],
    isShared: true,
    natural: [named("name", "scope_type", "scope_id")],
  },
  vrf: {
    endpoint: "ipam/vrfs",
    type: "ipam.vrf",
    names: ["VRF", "VRFs"],
    isShared: true,
    natural: [named("name")],
  },
  vlan: {
    endpoint: "ipam/vlans",
    type: "ipam.vlan",
    names: ["VLAN", "VLANs"],
    isShared: false,
    natural: [exactly("vid", "vid", "site", "name")],
  },
  device: {
    endpoint: "dcim/devices",
    type: "dcim.device",
    names: ["device", "devices"],
    isShared: false,
    countedAt: "device_type",
    natural: [named("name", "site")],
  },
  virtual_machine: {
    endpoint: "virtualization/virtual-machines",
    type: "virtualization.virtualmachine",
    names: ["virtual machine", "virtual machines"],
    isShared: false,
    natural: [{ ...named("name", "cluster"), otherwise: "site" }],
  },
  interface: {
    endpoint: "dcim/interfaces",
    type: "dcim.interface",
    names: ["interface", "interfaces"],
    isShared: false,
    countedAt: "device",
    natural: [exactly("device_id", "device", "name")],
  },
  vm_interface: {
    endpoint: "virtualization/interfaces",
    type: "virtualization.vminterface",
    names: ["virtual machine interface", "virtual machine interfaces"],
    isShared: false,
    countedAt: "virtual_machine",
    natural: [exactly("virtual_machine_id", "virtual_machine", "name")],
  },
  prefix: {
    endpoint: "ipam/prefixes",
    type: "ipam.prefix",
    names: ["prefix", "prefixes"],
    isShared: false,
    natural: [exactly("prefix", "prefix", "vrf")],
  },
  mac_address: {
    endpoint: "dcim/mac-addresses",
    type: "dcim.macaddress",
    names: ["MAC address", "MAC addresses"],
    isShared: false,
    natural: [exactly("mac_address", "mac_address", "assigned_object_type", "assigned_object_id")],
  },
  ip_address: {
    endpoint: "ipam/ip-addresses",
    type: "ipam.ipaddress",
    names: ["IP address", "IP addresses"],
    isShared: false,
    natural: [exactly("address", "address", "vrf")],
  },
  service: {
    endpoint: "ipam/services",
    type: "ipam.service",
    names: ["service", "services"],
    isShared: false,
    natural: [
      exactly("name", "name", "protocol", "ports", "parent_object_type", "parent_object_id"),
    ],
  },
  cable: {
    endpoint: "dcim/cables",
    type: "dcim.cable",
    names: ["cable", "cables"],
    isShared: false,
    // What is at one of its ends is at no other cable's: it is found by these (`interface_id`).
    natural: [],
  },
} as const satisfies Record<string, KindOf>;

/** A kind of NetBox object. */
export type Kind = keyof typeof KINDS;

/** Every kind, in the order in which they are made. */
export const KIND_NAMES: readonly Kind[] = Object.keys(KINDS) as Kind[];

/** What there is to know about a kind. */
export function kindOf(kind: Kind): KindOf {
  return KINDS[kind];
}
