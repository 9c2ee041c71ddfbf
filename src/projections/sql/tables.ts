/** The tables that people ask, in the order in which they look at them. */

/** A table of the read model. */
export interface TableEntry {
  name: string;
  /** What it holds, in a line. */
  what: string;
}

/** Every table, with what it holds. */
export const TABLES: readonly TableEntry[] = [
  { name: "resources", what: "what there is: machines, containers, switches …" },
  { name: "resources_history", what: "what there was, from when to when" },
  { name: "interfaces", what: "network interfaces" },
  { name: "interfaces_history", what: "the same, from when to when" },
  { name: "addresses", what: "addresses of interfaces" },
  { name: "addresses_history", what: "the same, from when to when" },
  { name: "routes", what: "lines of routing tables" },
  { name: "routes_history", what: "the same, from when to when" },
  { name: "locations", what: "in which site, rack and place a resource is" },
  { name: "locations_history", what: "the same, from when to when" },
  { name: "networks", what: "networks" },
  { name: "networks_history", what: "the same, from when to when" },
  { name: "connections", what: "cables, flows and neighbours" },
  { name: "connections_history", what: "the same, from when to when" },
  { name: "software", what: "packages, services and programs" },
  { name: "software_history", what: "the same, from when to when" },
  { name: "policies", what: "policies" },
  { name: "policies_history", what: "the same, from when to when" },
  { name: "concepts", what: "concepts" },
  { name: "concepts_history", what: "the same, from when to when" },
  { name: "labels", what: "which concept a resource was said to be of" },
  { name: "labels_history", what: "the same, from when to when" },
  { name: "findings", what: "what is odd and not settled" },
  { name: "measurements", what: "measured values" },
  { name: "events", what: "every event, with its correlation and its cause" },
];
