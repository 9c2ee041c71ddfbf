/** What was imported from a NetBox is called there as people call it: these tags say how (`cim import netbox`). */

/** Tags of a resource that a NetBox was the source of. */
export const NETBOX_TAGS = {
  /** Where it is in NetBox: an address to open, and what it is known by at the next import. */
  address: "netbox",
  /** What it is called there, where that is no host name. */
  name: "netbox_name",
  role: "netbox_role",
  /** The cluster that a virtual machine is in. */
  cluster: "netbox_cluster",
} as const;
