/** Inventories for NetBox: some said by hand, some at random about few things, so that they meet. */
import fc from "fast-check";
import { aggregateIdOf } from "../../src/domain/aggregate_id.ts";
import type { ConnectionState } from "../../src/domain/connection.ts";
import type { ComputeState } from "../../src/domain/compute_schema.ts";
import { type Aggregate, Inventory } from "../../src/domain/inventory.ts";
import type { NetworkState } from "../../src/domain/network.ts";
import type { SoftwareState } from "../../src/domain/software.ts";
import { networkOf } from "../../src/domain/values.ts";
import { HOSTILE } from "../replay/history.ts";

/** States by their kinds. */
export interface Said {
  computes?: Record<string, Partial<ComputeState>>;
  networks?: Partial<NetworkState>[];
  connections?: Pick<ConnectionState, "from" | "to">[];
  software?: Pick<SoftwareState, "compute" | "name" | "listening">[];
  /** Names of hosts. */
  decommissioned?: string[];
}

/** The id of a resource. */
export const idOf = (name: string): string => aggregateIdOf("compute", name);

/** An inventory of these; names of resources in the place of ids are made ids. */
export function estate(said: Said, order: (all: [string, Aggregate][]) => void = () => {}) {
  const aggregates: [string, Aggregate][] = [];
  const put = (type: Aggregate["type"], id: string, state: unknown) =>
    aggregates.push([id, { type, version: 1, changed: 7, state } as Aggregate]);
  const end = (one: ConnectionState["to"]) =>
    "compute" in one ? { ...one, compute: idOf(one.compute) } : one;
  for (const [name, state] of Object.entries(said.computes ?? {})) {
    const host = state.host === undefined ? {} : { host: idOf(state.host) };
    const facts = { hostname: name, resource_type: "physical_server", status: "active" };
    put("compute", idOf(name), { ...facts, interfaces: [], ...state, ...host });
  }
  for (const { scope, ...state } of said.networks ?? []) {
    const own = scope === undefined ? {} : { scope: idOf(scope) };
    const id = aggregateIdOf("network", state.vrf, state.cidr, own.scope);
    put("network", id, { name: state.cidr, ...state, ...own });
  }
  for (const { from, to } of said.connections ?? []) {
    const id = aggregateIdOf("connection", JSON.stringify([from, to]));
    put("connection", id, { from: end(from), to: end(to), kind: "cable" });
  }
  for (const { compute, ...state } of said.software ?? []) {
    const id = aggregateIdOf("software", compute, state.name);
    put("software", id, { kind: "service", ...state, compute: idOf(compute) });
  }
  const all = [...new Map(aggregates)];
  order(all);
  return Inventory.from({
    sequence: 9,
    last_event_id: "",
    last_event_sequence: 0,
    skipped: 0,
    aggregates: all,
    decommissioned: (said.decommissioned ?? []).map((hostname) => [
      idOf(hostname),
      { hostname, resource_type: "physical_server", hosted: false, changed: 8 },
    ]),
    commands: [],
  });
}

const optional = { requiredKeys: [] as never[] };
const HOSTS = ["a", "b", "c", "d", "e"];
const host = fc.constantFrom(...HOSTS);
const long = "é".repeat(1_024);
const name = fc.constantFrom(
  "x",
  "X",
  "x ",
  "Ünïcode",
  "C",
  "C++",
  HOSTILE,
  long,
  " ",
  "東京",
  "x-",
);
const address = fc.constantFrom(
  "10.0.0.7/24",
  "10.0.0.7/25",
  "10.0.0.8/24",
  "10.0.0.0/24",
  "10.0.0.255/24",
  "172.17.0.1/16",
  "172.17.0.2/16",
  "127.0.0.1/8",
  "169.254.1.1/16",
  "8.8.8.8/32",
  "0.0.0.0/0",
  "fd00::7/64",
  "fe80::1/64",
  "2001:db8::/64",
);
const link = fc.record({
  name: fc.oneof(fc.constantFrom("eth0", "eth1", "eth0.7", "docker0"), name),
  addresses: fc.array(address, { maxLength: 2 }),
  kind: fc.constantFrom(
    "ethernet",
    "wireless",
    "loopback",
    "bridge",
    "bond",
    "vlan",
    "veth",
    "tunnel",
  ),
  mac_address: fc.constantFrom("00:50:56:aa:bb:cc", "00:00:00:00:00:00"),
  mtu: fc.constantFrom(68, 65_536),
  speed_bps: fc.constantFrom(0, 1_000_000_000, 12_345, Number.MAX_SAFE_INTEGER),
  vlan_id: fc.constantFrom(1, 7),
}, { requiredKeys: ["name", "addresses"] });
const compute = fc.record({
  hostname: fc.constantFrom("web", "db", "w".repeat(65)),
  resource_type: fc.constantFrom(
    "physical_server",
    "switch",
    "router",
    "virtual_machine",
    "container",
    "unknown",
  ),
  status: fc.constantFrom("provisioning", "active", "maintenance"),
  host,
  location: fc.record({ site: name, room: name, rack: name, position: fc.constantFrom(1, 100) }, {
    requiredKeys: ["site"],
  }),
  manufacturer: name,
  model: name,
  operating_system: fc.record({ name, version: name }, { requiredKeys: ["name"] }),
  virtualization: fc.record(
    { machine: name, container: fc.constantFrom("docker", "__proto__") },
    optional,
  ),
  evidence: fc.record({ serial: name }, optional),
  cpu_cores: fc.constantFrom(1, 1_000_000),
  memory_bytes: fc.constantFrom(0, 2 ** 30, Number.MAX_SAFE_INTEGER),
  storage_bytes: fc.constantFrom(0, 10 ** 9, Number.MAX_SAFE_INTEGER),
  interfaces: fc.array(link, { maxLength: 4 }),
  routes: fc.constantFrom([], [{
    destination: "0.0.0.0/0",
    gateway: "10.0.0.1",
    interface: "eth1",
  }]),
}, optional);
const network = fc.record({
  name,
  cidr: fc.oneof(fc.constantFrom("10.0.0.0/16", "0.0.0.0/0"), address.map(networkOf)),
  vlan_id: fc.constantFrom(1, 7),
  vrf: name,
  scope: host,
  parent: fc.constant("10.0.0.0/16"),
}, { requiredKeys: ["name", "cidr"] });
const computeEnd = fc.record({
  compute: host,
  interface: fc.oneof(fc.constantFrom("eth0", "eth1", "p1"), name),
}, {
  requiredKeys: ["compute"],
});

/** Anything that the log may say, of few things. */
export const anySaid: fc.Arbitrary<Said> = fc.record({
  computes: fc.record(Object.fromEntries(HOSTS.map((one) => [one, compute])), optional),
  networks: fc.array(network, { maxLength: 5 }),
  connections: fc.array(
    fc.record({ from: computeEnd, to: fc.oneof(computeEnd, fc.constant({ address: "10.0.0.9" })) }),
    { maxLength: 5 },
  ),
  software: fc.array(
    fc.record({
      compute: host,
      name,
      listening: fc.array(
        fc.record({
          transport: fc.constantFrom("tcp", "udp"),
          address: fc.constantFrom("0.0.0.0", "::", "127.0.0.1", "10.0.0.7"),
          port: fc.constantFrom(0, 80, 443),
        }),
        { maxLength: 3 },
      ),
    }),
    { maxLength: 5 },
  ),
  decommissioned: fc.constantFrom([], ["gone"]),
}).map((said) => {
  // Nothing runs on itself, nor on what runs on it.
  for (const [own, one] of Object.entries(said.computes)) {
    if (one?.host !== undefined && one.host <= own) delete one.host;
  }
  const there = new Set(Object.keys(said.computes));
  // What belongs to a resource that is not there is not there either.
  return {
    ...said,
    networks: said.networks.filter(({ scope }) => scope === undefined || there.has(scope)),
    software: said.software.filter(({ compute }) => there.has(compute)),
    connections: said.connections.filter((one) =>
      [one.from, one.to].every((end) => !("compute" in end) || there.has(end.compute))
    ),
  } as unknown as Said;
});
