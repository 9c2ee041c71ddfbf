/** Commands of every kind, about few things, so that they meet: for properties. */
import fc from "fast-check";
import type { Command, CommandData, CommandType } from "../../src/domain/command.ts";
import { MessageFactory } from "../../src/domain/message.ts";

const messages = new MessageFactory(() => new Date("2026-11-24T12:00:00Z"));
const host = fc.constantFrom("a", "b", "c");
const optional = { requiredKeys: [] as never[] };

const data: { [T in CommandType]: fc.Arbitrary<CommandData[T]> } = {
  RegisterCompute: fc.record({
    hostname: host,
    resource_type: fc.constantFrom("physical_server" as const, "container" as const),
    evidence: fc.record({
      dmi_uuid: fc.constantFrom("u1", "u2", "u3"),
      machine_id: fc.constantFrom("m1", "m2"),
    }, optional),
    owner: fc.constantFrom("ada", "grace"),
    interfaces: fc.constantFrom([], [{
      name: "eth0",
      kind: "ethernet" as const,
      mac_address: "00:50:56:aa:bb:cc",
      addresses: ["10.0.0.7/24"],
    }]),
  }),
  UpdateCompute: fc.record({
    compute: host,
    owner: fc.constantFrom("ada", "grace"),
    location: fc.constantFrom(null, { site: "s", room: "o", rack: "r", position: 1 }),
  }),
  ChangeComputeStatus: fc.record({
    compute: host,
    status: fc.constantFrom("provisioning" as const, "active" as const, "maintenance" as const),
  }),
  RecordMeasurements: fc.record({
    compute: host,
    observed_at: fc.constant("2026-11-24T12:00:00Z"),
    points: fc.constant([{ name: "system.uptime", unit: "s" as const, value: 1 }]),
  }),
  DecommissionCompute: fc.record({ compute: host }),
  DefineNetwork: fc.record({
    name: fc.constantFrom("lan", "office"),
    cidr: fc.constantFrom("10.0.0.0/24", "10.0.1.0/24"),
    gateway: fc.constantFrom("10.0.0.1", "10.0.0.254"),
  }),
  RemoveNetwork: fc.record({ cidr: fc.constantFrom("10.0.0.0/24", "10.0.1.0/24") }),
  EstablishConnection: fc.record({
    from: fc.record({ compute: host, interface: fc.constantFrom("eth0", "eth1") }),
    to: fc.record({ compute: host, interface: fc.constantFrom("eth0", "eth1") }),
    kind: fc.constantFrom("cable" as const, "virtual" as const),
  }),
  SeverConnection: fc.record({
    from: fc.record({ compute: host, interface: fc.constantFrom("eth0", "eth1") }),
    to: fc.record({ compute: host, interface: fc.constantFrom("eth0", "eth1") }),
    kind: fc.constantFrom("cable" as const, "virtual" as const),
  }),
  ConfigureSoftware: fc.record({
    compute: host,
    name: fc.constantFrom("nginx", "sshd"),
    kind: fc.constant("package" as const),
    version: fc.constantFrom("1", "2"),
  }),
  RemoveSoftware: fc.record({
    compute: host,
    name: fc.constantFrom("nginx", "sshd"),
    kind: fc.constant("package" as const),
  }),
  SetPolicy: fc.record({
    name: fc.constantFrom("p", "q"),
    severity: fc.constantFrom("info" as const, "warning" as const),
    selector: fc.constant("true"),
    rule: fc.constant("true"),
  }),
  RevokePolicy: fc.record({ name: fc.constantFrom("p", "q") }),
  DefineConcept: fc.record({
    space: fc.constant("compute"),
    name: fc.constantFrom("web", "db"),
    prototypes: fc.constantFrom([{ "performance.cpu": 0.1 }], [{ "performance.cpu": 0.9 }]),
  }),
  LabelResource: fc.record({
    compute: host,
    space: fc.constant("compute"),
    concept: fc.constantFrom("web", "db"),
  }),
};

/** A command of any kind; half of them are about the registration of resources, without which there is little else. */
export const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: make("RegisterCompute") },
  ...(Object.keys(data) as CommandType[]).map((type) => ({ weight: 1, arbitrary: make(type) })),
);

function make(type: CommandType): fc.Arbitrary<Command> {
  return fc.tuple(data[type] as fc.Arbitrary<never>, fc.constantFrom("observed", "declared"))
    .map(([one, source]) =>
      // As the door lets it in: in JSON's terms.
      messages.command(type, JSON.parse(JSON.stringify(one)) as never, {
        actor: "test",
        source: source as Command["source"],
      })
    );
}
