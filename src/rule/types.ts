/** What a rule may speak of, and of which type it is. `facts.ts` makes the values; `rule_check.ts` holds rules to it. */

/** The type of a part of a rule. A record's fields may be absent: `has(resource.owner)`. */
export type RuleType =
  | { kind: Scalar }
  | { kind: "list"; of: RuleType }
  | { kind: "map"; of: RuleType }
  | { kind: "record"; name: string; fields: Readonly<Record<string, RuleType>> };

/** `none` is the type of the elements of `[]`; `dyn` is any. */
export type Scalar =
  | "bool"
  | "int"
  | "uint"
  | "double"
  | "string"
  | "bytes"
  | "timestamp"
  | "duration"
  | "null"
  | "dyn"
  | "none";

const bool: RuleType = { kind: "bool" };
const int: RuleType = { kind: "int" };
const double: RuleType = { kind: "double" };
const string: RuleType = { kind: "string" };
const timestamp: RuleType = { kind: "timestamp" };
const list = (of: RuleType): RuleType => ({ kind: "list", of });
const map = (of: RuleType): RuleType => ({ kind: "map", of });
const record = (name: string, fields: Record<string, RuleType>): RuleType => ({
  kind: "record",
  name,
  fields,
});

const network = record("network", {
  name: string,
  cidr: string,
  kind: string,
  vlan_id: int,
  vrf: string,
  parent: string,
  gateway: string,
});

/** One end of a connection is the resource; `peer` is the host name of the other one, or its address. */
const connection = record("connection", {
  kind: string,
  outgoing: bool,
  interface: string,
  peer: string,
  peer_interface: string,
  transport: string,
  port: int,
  process: string,
  speed_bps: int,
});

const software = record("software", {
  name: string,
  kind: string,
  version: string,
  source: string,
  listening: list(record("listening", { transport: string, address: string, port: int })),
  configuration: map(string),
  first_seen_at: timestamp,
});

/**
 * What belongs to a resource, and what is measured of it: a variable each, and a field of `resource` as well.
 *
 * - `measurements` is the newest value of each series, in its unit; `means` its mean over the hour that ends with that
 *   value; `rates` what a counter grew by per second between its two newest values, or 0 where it began anew.
 * - A key is the metric's name with its attributes in the order of their names, and without braces where there are none:
 *   `system.memory.utilization{system.memory.state=used}`, `system.uptime`. In `measurements` and `means` there are
 *   also `cpu`, `memory` and `filesystem`: the shares of 1 in use, of several filesystems that of the fullest.
 * - `measured_at` is when the newest of them all was observed.
 */
export const PARTS: Readonly<Record<string, RuleType>> = {
  software: list(software),
  networks: list(network),
  connections: list(connection),
  measurements: map(double),
  means: map(double),
  rates: map(double),
  measured_at: timestamp,
};

/** Those of them that are values by the key of a series. */
export const METRICS: ReadonlySet<string> = new Set(["measurements", "means", "rates"]);

/** What a resource is, by itself: the columns of the table `resources`, and of what it consists. */
export const RESOURCE: Readonly<Record<string, RuleType>> = {
  id: string,
  hostname: string,
  resource_type: string,
  status: string,
  status_reason: string,
  manufacturer: string,
  model: string,
  architecture: string,
  cpu_model: string,
  cpu_cores: int,
  memory_bytes: int,
  storage_bytes: int,
  operating_system: record("operating_system", { name: string, version: string, kernel: string }),
  virtualization: record("virtualization", { machine: string, container: string }),
  evidence: record("evidence", {
    serial: string,
    dmi_uuid: string,
    cloud_instance_id: string,
    container_id: string,
    machine_id: string,
  }),
  host_id: string,
  location: record("location", { site: string, room: string, rack: string, position: int }),
  owner: string,
  tags: map(string),
  interfaces: list(
    record("interface", {
      name: string,
      kind: string,
      mac_address: string,
      mtu: int,
      speed_bps: int,
      vlan_id: int,
      addresses: list(string),
    }),
  ),
  addresses: list(string),
  routes: list(
    record("route", { destination: string, gateway: string, interface: string, metric: int }),
  ),
  findings: list(record("finding", { code: string, field: string, message: string })),
  first_seen_at: timestamp,
  changed_at: timestamp,
};

/** Every variable of a rule. `now` is the moment that is judged: the log's time, or the one of an alert. */
export const VARIABLES: Readonly<Record<string, RuleType>> = {
  resource: record("resource", { ...RESOURCE, ...PARTS }),
  ...PARTS,
  now: timestamp,
};

/** A type as people read it. */
export function typeText(type: RuleType): string {
  if (type.kind === "list" || type.kind === "map") {
    const of = typeText(type.of);
    return type.kind === "list" ? `list(${of})` : `map(string, ${of})`;
  }
  return type.kind === "record" ? type.name : type.kind;
}
