/** Software, networks, connections and policies as points. */
import { expect, test } from "vitest";
import type { Model } from "../../src/replay/model.ts";
import { replay } from "../../src/replay/replay.ts";
import { history, type Said } from "../replay/history.ts";
import { cable, measured, type Points, register } from "./position_story.ts";

const modelOf = async (...said: Said[]) => await replay(await history(...said));
const ask = async (model: Model, query: string) => (await model.query(query)).values;

test("Software is where the programs of its name are, on its resource", async () => {
  const of = (
    executable: string,
    name: string,
    unit: Points[number]["unit"],
    value: number,
    direction?: string,
  ): Points[number] => ({
    name,
    unit,
    attributes: {
      "process.executable.name": executable,
      ...(direction ? { "disk.io.direction": direction } : {}),
    },
    value,
  });
  const software = (
    name: string,
    kind: "process" | "service" | "package",
    ports?: number[],
  ): Said => [
    "ConfigureSoftware",
    {
      compute: "a",
      name,
      kind,
      ...(ports
        ? {
          listening: ports.map((port) => ({ transport: "tcp" as const, address: "0.0.0.0", port })),
        }
        : {}),
    },
  ];
  await using model = await modelOf(
    register("a"),
    register("b"),
    software("nginx", "process", [80, 443]),
    software("bash", "package"),
    measured(
      "a",
      "2026-10-31T12:00:00Z",
      of("nginx", "process.cpu.utilization", "1", 0.25),
      of("nginx", "process.memory.usage", "By", 1_000),
      of("nginx", "process.thread.count", "{thread}", 4),
      of("nginx", "process.unix.file_descriptor.count", "{file_descriptor}", 20),
      of("nginx", "process.disk.io", "By", 1_000, "read"),
      of("nginx", "process.disk.io", "By", 5_000, "write"),
      of("nginx", "process.uptime", "s", 60),
      of("nginx", "cim.process.count", "{process}", 3),
      of("sshd", "process.cpu.utilization", "1", 1),
    ),
    measured(
      "a",
      "2026-10-31T12:01:00Z",
      of("nginx", "process.cpu.utilization", "1", 0.75),
      of("nginx", "process.disk.io", "By", 1_600, "read"),
      of("nginx", "process.disk.io", "By", 4_000, "write"), // one of its processes has ended
      of("nginx", "process.uptime", "s", 120),
    ),
    measured("b", "2026-10-31T12:01:00Z", of("nginx", "process.cpu.utilization", "1", 1)),
  );
  expect(
    await ask(
      model,
      `SELECT name, hostname, kind, strftime(observed_at, '%H:%M'), sequence, COLUMNS(lambda name: name LIKE 'software_%' AND name <> 'software_id')
       FROM software_positions ORDER BY name DESC`,
    ),
  ).toEqual([
    ["nginx", "a", "process", "12:01", 6, 0.5, 1_000, 4, 20, 10, 120, 3, 2],
    ["bash", "a", "package", null, 4, null, null, null, null, null, null, null, null],
  ]);
});

test("A network is as large as its prefix, as full as is known, and as deep as it lies in others", async () => {
  const network = (cidr: string, more: { scope?: string; vrf?: string } = {}): Said => [
    "DefineNetwork",
    { name: cidr, cidr, ...more },
  ];
  const host = (hostname: string, ...addresses: string[]) =>
    register(hostname, { interfaces: [{ name: "eth0", addresses }] });
  await using model = await modelOf(
    host("a", "10.0.0.1/24", "10.0.0.2/24", "fd00:0:0:1::1/64", "172.17.0.1/16"),
    host("b", "10.0.0.2/24", "10.0.1.1/24", "fd00::2:0:0:0:1/64"),
    network("10.0.0.0/8"),
    network("10.0.0.0/23"),
    network("10.0.0.0/24"),
    network("10.0.0.0/24", { vrf: "other" }),
    network("10.0.0.2/32"),
    network("fd00::/63"),
    network("fd00::/16"),
    network("::/0"),
    network("172.17.0.0/16", { scope: "a" }),
    network("172.17.0.0/16", { scope: "b" }),
  );
  expect(
    await ask(
      model,
      `SELECT
         place.cidr, vrf,
         network_size, network_occupancy * network_size, network_resources, network_depth
       FROM network_positions AS place JOIN networks USING (network_id)
       ORDER BY sequence`,
    ),
  ).toEqual([
    ["10.0.0.0/8", null, 2 ** 24, 3, 2, 0],
    ["10.0.0.0/23", null, 512, 3, 2, 1],
    ["10.0.0.0/24", null, 256, 2, 2, 2],
    ["10.0.0.0/24", "other", 256, 2, 2, 0],
    ["10.0.0.2/32", null, 1, 1, 2, 3],
    ["fd00::/63", null, 2 ** 65, 1, 1, 2],
    ["fd00::/16", null, 2 ** 112, 2, 2, 1],
    ["::/0", null, 2 ** 128, 2, 2, 0],
    ["172.17.0.0/16", null, 65_536, 1, 1, 0],
    ["172.17.0.0/16", null, 65_536, 0, 0, 0],
  ]);
});

test("A connection has its own speed or that of the slower end, its port, and those beside it", async () => {
  const links = (...speeds: number[]) => ({
    interfaces: speeds.map((speed_bps, at) => ({ name: `eth${at}`, speed_bps, addresses: [] })),
  });
  const between = (at: number) => ({
    from: { compute: "a", interface: `eth${at}` },
    to: { compute: "b", interface: `eth${at}` },
    kind: "cable" as const,
  });
  await using model = await modelOf(
    register("a", links(1e9, 1e9)),
    register("b", links(1e8, 1e10)),
    ["EstablishConnection", between(0)],
    ["EstablishConnection", { ...between(1), speed_bps: 5e9 }],
    ["EstablishConnection", { ...cable("b", "a"), kind: "flow", transport: "tcp", port: 5432 }],
    ["EstablishConnection", {
      from: { compute: "a" },
      to: { address: "10.0.0.9" },
      kind: "flow",
      transport: "tcp",
      port: 80,
    }],
  );
  expect(
    await ask(
      model,
      "SELECT sequence, COLUMNS(lambda name: name LIKE 'connection_%' AND name <> 'connection_id') FROM connection_positions ORDER BY sequence",
    ),
  ).toEqual([
    [3, 1e8, null, 3],
    [4, 5e9, null, 3],
    [5, null, 5432, 3],
    [6, null, 80, 1],
  ]);
});

test("A policy is as severe as it says, and waits as long", async () => {
  const policy = (
    name: string,
    severity: "info" | "warning" | "critical",
    delay?: string,
  ): Said => [
    "SetPolicy",
    { name, severity, selector: "true", rule: "true", ...(delay ? { for: delay } : {}) },
  ];
  await using model = await modelOf(
    policy("a", "info"),
    policy("b", "warning", "90s"),
    policy("c", "critical", "2m"),
    policy("d", "critical", "3h"),
    policy("e", "critical", "10d"),
  );
  expect(
    await ask(model, "SELECT policy_severity, policy_delay FROM policy_positions ORDER BY name"),
  )
    .toEqual([[1, null], [2, 90], [3, 120], [3, 10_800], [3, 864_000]]);
});
