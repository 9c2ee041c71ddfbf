/** Commands of every kind about a small universe, so that they meet. */
import fc from "fast-check";
import type { CommandData, CommandType } from "../../domain/command.ts";

/** A command as the laws make it, before it has an identity. */
export type Said = {
  [T in CommandType]: { command: T; data: CommandData[T]; source: "observed" | "declared" };
}[CommandType];

const host = fc.constantFrom("a", "a", "a", "b", "b", "c");
const cidr = fc.constantFrom("10.0.0.0/24", "10.0.1.0/24");
const text = fc.constantFrom("plain", `'; DROP TABLE x; --`, "é 😀 \n\t\u0000 \u2028", "");

/** What may be left out. */
function some<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(value, { nil: undefined, freq: 2 });
}

/** Few ends, so that what is severed was established before. */
const pair = fc.constantFrom(["a", "b"], ["b", "a"], ["a", "c"], ["a", "a"]);
const ends = fc.oneof(
  pair.map(([from, to]) => ({
    from: { compute: from },
    to: { compute: to },
    kind: "virtual" as const,
  })),
  pair.map(([from, to]) => ({
    from: { compute: from, interface: "eth0" },
    to: { compute: to, interface: "eth1" },
    kind: "cable" as const,
  })),
  fc.record({
    from: fc.record({ compute: host }),
    to: fc.record({ address: fc.constantFrom("10.0.0.9", "fd00::9"), port: fc.constant(5432) }),
    kind: fc.constant("flow" as const),
    transport: fc.constant("tcp" as const),
    process: fc.constant("nginx"),
  }),
);
const software = {
  compute: host,
  name: fc.constantFrom("nginx", "sshd"),
  kind: fc.constantFrom("package" as const, "process" as const),
};
const point = fc.record({
  name: fc.constantFrom("system.uptime", "system.cpu.utilization"),
  unit: fc.constantFrom("s" as const, "1" as const),
  // The same series in either order.
  attributes: some(fc.oneof(
    fc.record({ "cpu.mode": fc.constantFrom("idle", "user") }),
    fc.constantFrom(
      { "cpu.mode": "idle", "cpu.logical_number": "0" },
      { "cpu.logical_number": "0", "cpu.mode": "idle" },
    ),
  )),
  value: fc.constantFrom(0, 0.1, -1, 1e-300, 2 ** 53),
});
/** Some measure a series twice at once. */
const points = fc.tuple(
  fc.array(point, { minLength: 1, maxLength: 3 }),
  some(fc.constantFrom(0, 0.5, 2 ** 53)),
).map(([some, again]) => again === undefined ? some : [...some, { ...some[0]!, value: again }]);

const COMMANDS: { [T in CommandType]: fc.Arbitrary<unknown> } = {
  RegisterCompute: fc.record({
    hostname: host,
    resource_type: fc.constantFrom("physical_server", "container"),
    // Evidence makes others of the same name, and then the name alone says nothing: seldom.
    evidence: fc.oneof(
      { weight: 6, arbitrary: fc.constant(undefined) },
      {
        weight: 1,
        arbitrary: fc.record({
          dmi_uuid: some(fc.constantFrom("u1", "u2")),
          machine_id: some(fc.constantFrom("m1", "m2")),
        }),
      },
    ),
    cpu_cores: some(fc.constantFrom(2, 4)),
    memory_bytes: some(fc.constantFrom(2 ** 34, 2 ** 52)),
    operating_system: some(fc.constant({ name: "Debian", version: "12" })),
    tags: some(fc.record({ team: text })),
    interfaces: fc.constantFrom([], [{
      name: "eth0",
      kind: "ethernet",
      mac_address: "00:50:56:aa:bb:cc",
      addresses: ["10.0.0.7/24", "fd00::7/64"],
    }, { name: "lo", addresses: [] }]),
    routes: some(
      fc.constant([{ destination: "0.0.0.0/0", gateway: "10.0.0.1", interface: "eth0" }]),
    ),
  }),
  UpdateCompute: fc.record({
    compute: host,
    owner: fc.constantFrom("ada", null),
    location: some(fc.constantFrom(null, { site: "s", room: "o", rack: "r", position: 1 })),
    tags: some(fc.record({ team: fc.oneof(text, fc.constant(null)) })),
  }),
  ChangeComputeStatus: fc.record({
    compute: host,
    status: fc.constantFrom("active", "maintenance"),
    reason: some(text),
  }),
  RecordMeasurements: fc.record({
    compute: host,
    observed_at: fc.constantFrom("2026-11-01T00:00:00Z", "2026-11-01T00:00:15.5Z"),
    window_seconds: some(fc.constantFrom(0.5, 15)),
    points,
  }),
  DecommissionCompute: fc.record({ compute: host, reason: some(text) }),
  DefineNetwork: fc.record({
    name: fc.constantFrom("lan", "office"),
    cidr,
    gateway: some(fc.constantFrom("10.0.0.1", "10.0.1.254")),
    vlan_id: some(fc.constantFrom(1, 4094)),
    scope: some(host),
  }),
  RemoveNetwork: fc.record({ cidr, scope: some(host), reason: some(text) }),
  EstablishConnection: fc.tuple(ends, some(fc.constant(1_000_000_000)))
    .map(([connection, speed_bps]) => ({ ...connection, speed_bps })),
  SeverConnection: fc.tuple(ends, some(text))
    .map(([connection, reason]) => ({ ...connection, reason })),
  ConfigureSoftware: fc.record({
    ...software,
    version: some(fc.constantFrom("1", "2")),
    listening: some(fc.constant([{ transport: "tcp", address: "0.0.0.0", port: 80 }])),
    configuration: some(fc.record({ motd: text })),
  }),
  RemoveSoftware: fc.record({ ...software, reason: some(text) }),
  SetPolicy: fc.record({
    name: fc.constantFrom("p", "q"),
    severity: fc.constantFrom("info", "warning"),
    selector: fc.constant("true"),
    rule: fc.constantFrom("true", "1 < 2"),
    for: some(fc.constant("5m")),
  }),
  RevokePolicy: fc.record({ name: fc.constantFrom("p", "q"), reason: some(text) }),
  DefineConcept: fc.record({
    space: fc.constant("compute"),
    name: fc.constantFrom("web", "db"),
    prototypes: fc.constantFrom([{ "performance.cpu": 0.1 }], [{ "performance.cpu": 0.9 }]),
    threshold: some(fc.constantFrom(0.5, 0.85)),
    learned: some(fc.constant({
      metric: "whitened",
      covariance: { dimensions: ["performance.cpu"], rows: [[0.04]] },
    })),
  }).map(({ learned, ...concept }) => ({ ...concept, ...learned })),
  LabelResource: fc.record({
    compute: host,
    space: fc.constant("compute"),
    concept: fc.constantFrom("web", "db"),
    note: some(text),
  }),
};

/** How often commands are made: what belongs to resources, or lies between them, ends with them. */
const WEIGHTS: Partial<Record<CommandType, number>> = {
  RegisterCompute: 5,
  RecordMeasurements: 2,
  DecommissionCompute: 2,
  DefineNetwork: 2,
  EstablishConnection: 5,
  ConfigureSoftware: 5,
  RemoveSoftware: 2,
  LabelResource: 3,
};

/** A command of one kind. */
function commandOf(command: CommandType): fc.Arbitrary<Said> {
  return fc.record({
    command: fc.constant(command),
    // As the door lets it in: in JSON's terms, where what is undefined is not there.
    data: COMMANDS[command].map((data) => JSON.parse(JSON.stringify(data))),
    source: fc.constantFrom("observed", "declared"),
  }, { noNullPrototype: true }) as fc.Arbitrary<Said>;
}

/** The registration of a host that nothing is known of but its name, so that no other is taken for it. */
export function registration(hostname: string): Said {
  const data = { hostname, resource_type: "virtual_machine" as const, interfaces: [] };
  return { command: "RegisterCompute", data, source: "observed" };
}

/** A command of any kind. */
export const anyCommand: fc.Arbitrary<Said> = fc.oneof(
  ...(Object.keys(COMMANDS) as CommandType[]).map((command) => ({
    weight: WEIGHTS[command] ?? 1,
    arbitrary: commandOf(command),
  })),
);
