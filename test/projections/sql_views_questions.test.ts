import { describe, expect, test } from "vitest";
import type { Model } from "../../src/replay/model.ts";
import { replay } from "../../src/replay/replay.ts";
import { history, HOSTILE, type Said } from "../replay/history.ts";

type Compute = Extract<Said, ["RegisterCompute", unknown]>[1];

const host = (hostname: string, more: Partial<Compute> = {}): Said => [
  "RegisterCompute",
  {
    hostname,
    resource_type: "virtual_machine",
    evidence: { machine_id: hostname },
    interfaces: [],
    ...more,
  },
];
const software = (compute: string, name: string, version?: string): Said => [
  "ConfigureSoftware",
  { compute, name, kind: "package", source: "dpkg", ...(version ? { version } : {}) },
];
const flow = (
  from: string,
  to: { compute: string } | { address: string },
  process: string,
): Said => [
  "EstablishConnection",
  { from: { compute: from }, to, kind: "flow", transport: "tcp", port: 5432, process },
];

const modelOf = async (...said: Said[]) => await replay(await history(...said));
const ask = async (model: Model, query: string) => (await model.query(query)).values;

describe("The inventory", () => {
  test("is a row a resource, with how much there is of what belongs to it", async () => {
    await using model = await modelOf(
      host("web", {
        cpu_cores: 2,
        memory_bytes: 1024,
        operating_system: { name: "Debian", version: "12" },
        location: { site: "berlin", room: "2.17", rack: "r1", position: 3 },
        owner: HOSTILE,
        interfaces: [{ name: "eth0", addresses: ["10.0.0.7/24"] }, { name: "lo", addresses: [] }],
      }),
      host("db", { resource_type: "container" }),
      host("gone"),
      software("web", "nginx", "1"),
      software("web", "bash", "5"),
      software("gone", "bash", "5"),
      ["RemoveSoftware", { compute: "web", name: "bash", kind: "package", source: "dpkg" }],
      flow("web", { compute: "db" }, "a"),
      flow("web", { compute: "web" }, "b"),
      flow("web", { address: "10.0.0.9" }, "a"),
      ["RecordMeasurements", {
        compute: "web",
        observed_at: "2026-10-31T12:00:00.5Z",
        points: [{ name: "system.uptime", unit: "s", value: 1 }],
      }],
      ["RecordMeasurements", {
        compute: "web",
        observed_at: "2026-10-31T11:00:00Z",
        points: [{ name: "system.cpu.load_average.1m", unit: "1", value: 1 }],
      }],
      ["ChangeComputeStatus", { compute: "web", status: "maintenance" }],
      ["DecommissionCompute", { compute: "gone" }],
    );
    const rows = (await model.sql`
      SELECT * EXCLUDE (compute_id, architecture, cpu_model, storage_bytes)
      FROM inventory ORDER BY hostname`).rows;
    const nothing = {
      os_name: null,
      os_version: null,
      cpu_cores: null,
      memory_bytes: null,
      site: null,
      room: null,
      rack: null,
      position: null,
      owner: null,
      primary_address: null,
      last_measured_at: null,
    };
    expect(rows).toEqual([
      {
        ...nothing,
        hostname: "db",
        resource_type: "container",
        status: "active",
        interfaces: 0,
        software: 0,
        connections: 1,
        findings: 0,
        first_seen_at: "2026-11-01T00:00:01.000000Z",
        changed_at: "2026-11-01T00:00:01.000000Z",
        last_sequence: 2,
      },
      {
        hostname: "web",
        resource_type: "virtual_machine",
        status: "maintenance",
        os_name: "Debian",
        os_version: "12",
        cpu_cores: 2,
        memory_bytes: 1024,
        site: "berlin",
        room: "2.17",
        rack: "r1",
        position: 3,
        owner: HOSTILE,
        primary_address: "10.0.0.7",
        interfaces: 2,
        software: 1,
        connections: 3,
        findings: 0,
        first_seen_at: "2026-11-01T00:00:00.000000Z",
        changed_at: "2026-11-01T00:00:12.000000Z",
        last_measured_at: "2026-10-31T12:00:00.500000Z",
        last_sequence: 13,
      },
    ]);
  });

  test("has the address that a resource is reached at", async () => {
    const links = (...addresses: string[][]) => ({
      interfaces: addresses.map((each, at) => ({ name: `eth${at}`, addresses: each })),
    });
    const route = (link: string, metric?: number) => ({
      destination: "0.0.0.0/0",
      gateway: "10.0.0.1",
      interface: link,
      ...(metric === undefined ? {} : { metric }),
    });
    await using model = await modelOf(
      host("local", links(["127.0.0.1/8", "::1/128"])),
      host("link", links(["127.0.0.1/8"], ["fe80::1/64", "2001:db8::1/64"])),
      host("routed", {
        ...links(["10.0.0.2/24"], ["10.0.1.2/24"], ["10.0.2.2/24"]),
        routes: [route("eth2", 100), route("eth1", 50)],
      }),
      host("both", links(["2001:db8::2/64", "10.0.0.3/24"])),
    );
    expect(await ask(model, "SELECT hostname, primary_address FROM inventory ORDER BY hostname"))
      .toEqual([
        ["both", "10.0.0.3"],
        ["link", "2001:db8::1"],
        ["local", "127.0.0.1"],
        ["routed", "10.0.1.2"],
      ]);
  });

  test("counts what is odd", async () => {
    const mac = { interfaces: [{ name: "eth0", mac_address: "00:1b:21:00:00:01", addresses: [] }] };
    await using model = await modelOf(host("a", mac), host("b", mac));
    expect(await ask(model, "SELECT hostname, findings FROM inventory ORDER BY hostname"))
      .toEqual([["a", 0], ["b", 2]]);
  });
});

test("Software is told by host, and by version with the number of hosts", async () => {
  await using model = await modelOf(
    host("a"),
    host("b"),
    host("gone"),
    software("a", "nginx", "1"),
    software("b", "nginx", "1"),
    software("gone", "nginx", "1"),
    software("a", HOSTILE),
    software("b", "bash", "5"),
    software("b", "bash", "6"),
    ["DecommissionCompute", { compute: "gone" }],
  );
  expect(
    await ask(
      model,
      "SELECT hostname, kind, name, version, source, last_sequence FROM software_by_host ORDER BY ALL",
    ),
  ).toEqual([
    ["a", "package", HOSTILE, null, "dpkg", 7],
    ["a", "package", "nginx", "1", "dpkg", 4],
    ["b", "package", "bash", "6", "dpkg", 9],
    ["b", "package", "nginx", "1", "dpkg", 5],
  ]);
  expect(
    await ask(
      model,
      "SELECT name, kind, source, version, hosts FROM software_versions ORDER BY name",
    ),
  ).toEqual([
    [HOSTILE, "package", "dpkg", null, 1],
    ["bash", "package", "dpkg", "6", 1],
    ["nginx", "package", "dpkg", "1", 2],
  ]);
});

test("Connection patterns tell who talks to whom", async () => {
  await using model = await modelOf(
    host("web"),
    host("db", { resource_type: "container" }),
    flow("web", { compute: "db" }, "one"),
    flow("web", { compute: "db" }, "two"),
    flow("web", { address: "10.0.0.9" }, "one"),
    ["EstablishConnection", {
      from: { compute: "web", interface: "eth0" },
      to: { compute: "db", interface: "eth0" },
      kind: "cable",
    }],
  );
  expect(await ask(model, "FROM connection_patterns ORDER BY connections DESC, kind")).toEqual([
    ["virtual_machine", "web", "container", "db", "flow", "tcp", 5432, 2],
    expect.arrayContaining(["web", "db", "cable", null, 1]),
    ["virtual_machine", "web", null, "10.0.0.9", "flow", "tcp", 5432, 1],
  ]);
});

test("Resource counts have a row at each change", async () => {
  await using model = await modelOf(
    host("a"),
    host("b"),
    host("c", { resource_type: "switch" }),
    host("a", { memory_bytes: 1 }), // counts for nothing
    ["ChangeComputeStatus", { compute: "a", status: "maintenance" }],
    ["DecommissionCompute", { compute: "b" }],
    ["ChangeComputeStatus", { compute: "a", status: "active" }],
  );
  expect(
    await ask(
      model,
      `SELECT recorded_at, sequence, resource_type, status, resources
       FROM resource_counts ORDER BY sequence, status`,
    ),
  ).toEqual([
    ["2026-11-01T00:00:00.000000Z", 1, "virtual_machine", "active", 1],
    ["2026-11-01T00:00:01.000000Z", 2, "virtual_machine", "active", 2],
    ["2026-11-01T00:00:02.000000Z", 3, "switch", "active", 1],
    ["2026-11-01T00:00:04.000000Z", 5, "virtual_machine", "active", 1],
    ["2026-11-01T00:00:04.000000Z", 5, "virtual_machine", "maintenance", 1],
    ["2026-11-01T00:00:05.000000Z", 6, "virtual_machine", "active", 0],
    ["2026-11-01T00:00:06.000000Z", 7, "virtual_machine", "active", 1],
    ["2026-11-01T00:00:06.000000Z", 7, "virtual_machine", "maintenance", 0],
  ]);
});
