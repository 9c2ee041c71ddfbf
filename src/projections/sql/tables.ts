/** The tables, views and macros that people ask, in the order in which they look at them. */

/** A table, view or macro of the read model. */
export interface TableEntry {
  /** What it is called; a macro with the names of its arguments. */
  name: string;
  /** What it holds, in a line. */
  what: string;
}

/** Every table of facts, as the events brought them. */
export const TABLES: readonly TableEntry[] = [
  { name: "resources", what: "what there is: machines, containers, switches …" },
  { name: "resources_history", what: "what there was, from when to when" },
  { name: "interfaces", what: "network interfaces" },
  { name: "interfaces_history", what: "the same, from when to when" },
  { name: "addresses", what: "addresses of interfaces" },
  { name: "addresses_history", what: "the same, from when to when" },
  { name: "routes", what: "lines of routing tables" },
  { name: "routes_history", what: "the same, from when to when" },
  { name: "locations", what: "in which site, room, rack and place a resource is" },
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

/** Views of those tables that answer what is often asked: no fact is in them that is not in the tables. */
export const VIEWS: readonly TableEntry[] = [
  { name: "inventory", what: "resources, with how much there is of what belongs to each" },
  { name: "resource_counts", what: "how many of each type and status: a row at each change" },
  { name: "software_by_host", what: "software, with the host that it is on" },
  { name: "software_versions", what: "which versions of what, and on how many hosts" },
  { name: "connection_patterns", what: "who talks to whom, over what, in how many connections" },
  { name: "utilisation", what: "shares of CPU, memory and filesystems in use: last, and 1 h mean" },
  { name: "metrics", what: "what is measured, its unit and instrument" },
  { name: "measurements_1min", what: "count, min, max, mean, sum, first, last by the minute" },
  { name: "measurements_1h", what: "the same by the hour" },
  { name: "measurements_1d", what: "the same by the day, in UTC" },
  { name: "rates", what: "what counters grew by per second, with resets and gaps flagged" },
  { name: "gaps", what: "where a series was silent for over three times as long as usual" },
  { name: "compute_positions", what: "resources as points of the space compute" },
  { name: "compute_positions_history", what: "the same, each time that something was measured" },
  { name: "software_positions", what: "software as points of the space software" },
  { name: "network_positions", what: "networks as points of the space network" },
  { name: "connection_positions", what: "connections as points of the space connection" },
  { name: "policy_positions", what: "policies as points of the space policy" },
  { name: "capacity_headroom", what: "what is there, used and free, by site, rack and network" },
  { name: "capacity_course", what: "how much of it was in use, hour by hour, for 60 days" },
  {
    name: "capacity_trends",
    what: "where its use goes by the day, and until it runs out (bandwidth left out)",
  },
  { name: "correlations", what: "what each discovery, or other root command, caused" },
  { name: "events_by_day", what: "how many events of each type were recorded on each day" },
];

/** Macros: each is a table that is made for its arguments, but `sequence_at`, which is a number. */
export const MACROS: readonly TableEntry[] = [
  { name: "resources_at(moment)", what: "resources as they were then" },
  { name: "networks_at(moment)", what: "networks as they were then" },
  { name: "connections_at(moment)", what: "connections as they were then" },
  { name: "software_at(moment)", what: "software as it was then" },
  { name: "drift(from_moment, to_moment)", what: "what was added, removed or changed, and how" },
  { name: "drift_by_sequence(from_sequence, to_sequence)", what: "the same between two sequences" },
  { name: "sequence_at(moment)", what: "the last sequence that was recorded by then" },
  { name: "position_evidence(compute)", what: "the events that a resource's position rests on" },
  {
    name: "position_drift(from_moment, to_moment)",
    what: "where each resource was and is, in each dimension",
  },
  { name: "correlation_tree(correlation)", what: "a correlation, its commands, their events" },
];

/** The names of all tables and views. */
export const TABLE_NAMES: readonly string[] = [...TABLES, ...VIEWS].map(({ name }) => name);
