import type { CommandType } from "../../src/domain/command.ts";

/** A line of `cim submit`. */
export interface CommandLine {
  command: CommandType;
  data: Record<string, unknown>;
  message_id?: string;
  correlation_id?: string;
  actor?: string;
  source?: "observed" | "declared";
}

/** A line for every command that there is, in an order in which each leads to an event; with much in each. */
export const EVERY_COMMAND: readonly CommandLine[] = [
  {
    command: "RegisterCompute",
    source: "observed",
    actor: "importer",
    data: {
      hostname: "Web-01.Example.org",
      resource_type: "physical_server",
      evidence: { serial: "S1", dmi_uuid: "U1", machine_id: "M1" },
      manufacturer: "Acme",
      model: "M",
      architecture: "x86_64",
      cpu_model: "C",
      cpu_cores: 8,
      memory_bytes: 2 ** 53 - 1,
      storage_bytes: 0,
      operating_system: { name: "Debian", version: "12", kernel: "6.1" },
      virtualization: { machine: "kvm" },
      interfaces: [{
        name: "eth0",
        kind: "ethernet",
        mac_address: "00-50-56-AA-BB-CC",
        mtu: 1500,
        speed_bps: 1e10,
        vlan_id: 7,
        addresses: ["10.0.0.7/24", "2001:DB8::7/64"],
      }],
      routes: [{ destination: "0.0.0.0/0", gateway: "10.0.0.1", interface: "eth0", metric: 0 }],
      location: { site: "s", rack: "r", position: 1 },
      owner: "ada",
      tags: { role: "web", empty: "" },
    },
  },
  {
    command: "RegisterCompute",
    data: { hostname: "web-02", resource_type: "switch", interfaces: [] },
  },
  {
    command: "UpdateCompute",
    data: { compute: "web-02", owner: "grace", location: { site: "s" }, tags: { a: "1", b: null } },
  },
  {
    command: "ChangeComputeStatus",
    data: { compute: "web-02", status: "active", reason: "a new board" },
  },
  {
    command: "RecordMeasurements",
    source: "observed",
    data: {
      compute: "web-02",
      observed_at: "2026-11-24T12:00:00.123456789Z",
      window_seconds: 1.5,
      points: [{
        name: "system.cpu.utilization",
        unit: "1",
        attributes: { "cpu.mode": "user" },
        value: 1e-300,
      }],
    },
  },
  {
    command: "DefineNetwork",
    data: {
      name: "office",
      cidr: "10.0.0.0/24",
      vlan_id: 7,
      parent: "10.0.0.0/8",
      vrf: "red",
      kind: "lan",
      gateway: "10.0.0.1",
    },
  },
  { command: "RemoveNetwork", data: { cidr: "10.0.0.0/24", vrf: "red", reason: "moved" } },
  {
    command: "EstablishConnection",
    data: {
      from: { compute: "web-02", interface: "eth0" },
      to: { address: "10.0.0.9", port: 5432 },
      kind: "flow",
      transport: "tcp",
      port: 5432,
      process: "app",
      speed_bps: 1,
    },
  },
  {
    command: "SeverConnection",
    data: {
      from: { compute: "web-02", interface: "eth0" },
      to: { address: "10.0.0.9", port: 5432 },
      kind: "flow",
      transport: "tcp",
      port: 5432,
      process: "app",
    },
  },
  {
    command: "ConfigureSoftware",
    data: {
      compute: "web-02",
      name: "nginx",
      kind: "service",
      source: "systemd",
      version: "1.22",
      listening: [{ transport: "tcp", address: "::", port: 443 }],
      configuration: { workers: "4" },
    },
  },
  {
    command: "RemoveSoftware",
    data: {
      compute: "web-02",
      name: "nginx",
      kind: "service",
      source: "systemd",
      reason: "replaced",
    },
  },
  {
    command: "SetPolicy",
    data: {
      name: "patched",
      description: "All are patched",
      severity: "warning",
      selector: "true",
      rule: "true",
      for: "5m",
    },
  },
  { command: "RevokePolicy", data: { name: "patched", reason: "no more" } },
  {
    command: "DefineConcept",
    data: {
      space: "compute",
      name: "busy",
      prototypes: [{ "performance.cpu": 0.9 }],
      metric: "whitened",
      weights: { "performance.cpu": 2 },
      covariance: { dimensions: ["performance.cpu"], rows: [[0.04]] },
      sensitivity: 1,
      threshold: 0.85,
      learned_from: { first_sequence: 1, last_sequence: 2, method: "means" },
    },
  },
  {
    command: "LabelResource",
    data: { compute: "web-02", space: "compute", concept: "busy", note: "seen" },
  },
  { command: "DecommissionCompute", data: { compute: "web-02", reason: "old" } },
];

/** As a file of them. */
export function fileOf(lines: readonly unknown[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}
