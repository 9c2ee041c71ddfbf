/** What may hang on an object of a kind: it stands in the way of removing that one, where it is not ours. */
import type { Kind } from "./kinds.ts";

/** A place where something may be that would be deleted with an object, or lose what it points to. */
export interface Hanger {
  endpoint: string;
  /** The filter that takes ids of the object, several at once. */
  filter: string;
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
].map((component) => `dcim/${component}-templates`);

const hanging = (filter: string, ...endpoints: string[]): Hanger[] =>
  endpoints.map((endpoint) => ({ endpoint, filter }));

/**
 * Where to look before one is removed. NetBox deletes the parts of a device with it, whoever made them, and the prefixes
 * and clusters of a site; where it only empties what points to the removed one, that was a person's work as well.
 */
export const HANGERS: Readonly<Partial<Record<Kind, readonly Hanger[]>>> = {
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
    "ipam/vlan-groups",
    "circuits/circuit-terminations",
    "wireless/wireless-lans",
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
      "ipam/vlan-groups",
    ),
  ],
  rack: hanging(
    "rack_id",
    "dcim/devices",
    "dcim/rack-reservations",
    "dcim/power-feeds",
    "ipam/vlan-groups",
  ),
  manufacturer: hanging(
    "manufacturer_id",
    "dcim/device-types",
    "dcim/module-types",
    "dcim/rack-types",
    "dcim/platforms",
    "dcim/inventory-items",
  ),
  device_type: [
    ...hanging("device_type_id", "dcim/devices", ...TEMPLATES),
  ],
  device_role: [
    ...hanging("role_id", "dcim/devices", "virtualization/virtual-machines"),
    ...hanging("parent_id", "dcim/device-roles"),
  ],
  platform: [
    ...hanging("platform_id", "dcim/devices", "virtualization/virtual-machines"),
    ...hanging("parent_id", "dcim/platforms"),
  ],
  cluster_type: hanging("type_id", "virtualization/clusters"),
  cluster: hanging("cluster_id", "dcim/devices", "virtualization/virtual-machines"),
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
      "virtualization/virtual-machines",
      "ipam/ip-addresses",
      "ipam/services",
    ),
  ],
  virtual_machine: hanging(
    "virtual_machine_id",
    "virtualization/interfaces",
    "virtualization/virtual-disks",
    "dcim/mac-addresses",
    "ipam/ip-addresses",
    "ipam/services",
  ),
  interface: [
    ...hanging("interface_id", "dcim/cables", "dcim/mac-addresses", "ipam/ip-addresses"),
    ...hanging("parent_id", "dcim/interfaces"),
    ...hanging("bridge_id", "dcim/interfaces"),
    ...hanging("lag_id", "dcim/interfaces"),
  ],
  vm_interface: [
    ...hanging("vminterface_id", "dcim/mac-addresses", "ipam/ip-addresses"),
    ...hanging("parent_id", "virtualization/interfaces"),
    ...hanging("bridge_id", "virtualization/interfaces"),
  ],
  vrf: [
    ...hanging("vrf_id", "ipam/prefixes", "ipam/ip-addresses", "ipam/ip-ranges"),
    ...hanging("vrf_id", "dcim/interfaces", "virtualization/interfaces"),
  ],
  vlan: hanging("vlan_id", "ipam/prefixes", "dcim/interfaces", "virtualization/interfaces"),
};
