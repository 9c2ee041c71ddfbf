/** What is there, what of it is in use, and where that goes: from given events, and held against the sample's own numbers. */
import { describe, expect, test } from "vitest";
import type { Model } from "../../src/replay/model.ts";
import { replay } from "../../src/replay/replay.ts";
import { history, type Said } from "../replay/history.ts";

type Points = Extract<Said, ["RecordMeasurements", unknown]>[1]["points"];

const GB = 1e9;
const share = (
  metric: string,
  state: string,
  value: number,
  mountpoint?: string,
): Points[number] => ({
  name: `system.${metric}.utilization`,
  unit: "1",
  attributes: {
    [metric === "cpu" ? "cpu.mode" : `system.${metric}.state`]: state,
    ...(mountpoint === undefined ? {} : { "system.filesystem.mountpoint": mountpoint }),
  },
  value,
});
const sent = (value: number): Points[number] => ({
  name: "system.network.io",
  unit: "By",
  attributes: { "network.io.direction": "transmit", "network.interface.name": "eth0" },
  value,
});
const measured = (compute: string, time: string, ...points: Points): Said => [
  "RecordMeasurements",
  { compute, observed_at: time, points },
];
const machine = (
  hostname: string,
  more: Partial<Extract<Said, ["RegisterCompute", unknown]>[1]> = {},
): Said => ["RegisterCompute", {
  hostname,
  resource_type: "physical_server",
  evidence: { machine_id: hostname },
  interfaces: [],
  cpu_cores: 8,
  memory_bytes: 100 * GB,
  ...more,
}];
const at = (site: string, rack?: string, position?: number, room?: string) => ({
  location: {
    site,
    ...(rack === undefined ? {} : { rack }),
    ...(position === undefined ? {} : { position }),
    ...(room === undefined ? {} : { room }),
  },
});

const modelOf = async (...said: Said[]) => await replay(await history(...said));
const ask = async (model: Model, query: string) => (await model.query(query)).values;
const headroom = async (model: Model, where: string) =>
  await ask(
    model,
    `SELECT name, measure, unit, resources, measured, total, known, used, free FROM capacity_headroom WHERE ${where}`,
  );

describe("The head-room of a site and its racks", () => {
  test("is what resources have, less the mean of the hour that ends with their newest measurement", async () => {
    await using model = await modelOf(
      machine("a", at("fra1", "r1", 3)),
      machine("b", { ...at("fra1", "r1", 4), cpu_cores: 2, memory_bytes: 50 * GB }),
      machine("c", at("fra1", "r2")), // never measured
      measured("a", "2026-11-01T10:00:00Z", share("cpu", "idle", 0)), // before the hour
      measured("a", "2026-11-01T11:30:00Z", share("cpu", "idle", 0.5)),
      measured(
        "a",
        "2026-11-01T12:00:00Z",
        share("cpu", "idle", 0.75),
        share("memory", "used", 0.25),
      ),
      measured("b", "2026-11-01T09:00:00Z", share("cpu", "idle", 0), share("memory", "used", 0.5)),
    );
    expect(await headroom(model, "scope = 'site'")).toEqual([
      ["fra1", "cores", "{cpu}", 3, 2, 18, 10, 3 + 2, 5],
      ["fra1", "memory", "By", 3, 2, 250 * GB, 150 * GB, 50 * GB, 100 * GB],
      ["fra1", "rack_units", "{unit}", 3, 2, 84, 84, 3, 81],
    ]);
    expect(await headroom(model, "scope = 'rack' AND measure <> 'memory'")).toEqual([
      ["fra1 r1", "cores", "{cpu}", 2, 2, 10, 10, 5, 5],
      ["fra1 r1", "rack_units", "{unit}", 2, 2, 42, 42, 2, 40],
      ["fra1 r2", "cores", "{cpu}", 1, 0, 8, 0, null, null],
      ["fra1 r2", "rack_units", "{unit}", 1, 0, 42, 42, 1, 41],
    ]);
  });

  test("counts a guest with its host, and no switch", async () => {
    await using model = await modelOf(
      machine("host", at("fra1")),
      machine("guest", { resource_type: "virtual_machine", host: "host", cpu_cores: 4 }),
      machine("switch", { ...at("fra1"), resource_type: "switch", cpu_cores: 4 }),
      machine("cloud", { resource_type: "virtual_machine", cpu_cores: 2 }),
    );
    expect(await headroom(model, "measure = 'cores'")).toEqual([
      ["fra1", "cores", "{cpu}", 1, 0, 8, 0, null, null],
      [null, "cores", "{cpu}", 1, 0, 2, 0, null, null], // of no site that is known
    ]);
  });

  test("tells racks of one name apart by their rooms only where both are known", async () => {
    await using model = await modelOf(
      machine("a", at("fra1", "r1", 1, "north")),
      machine("b", at("fra1", "r1", 2)),
      machine("c", at("fra1", "r2", 1, "north")),
      machine("d", at("fra1", "r2", 60, "south")),
    );
    expect(await headroom(model, "scope = 'rack' AND measure = 'rack_units'")).toEqual([
      ["fra1 north r1", "rack_units", "{unit}", 2, 2, 42, 42, 2, 40],
      ["fra1 north r2", "rack_units", "{unit}", 1, 1, 42, 42, 1, 41],
      ["fra1 south r2", "rack_units", "{unit}", 1, 1, 60, 60, 1, 59],
    ]);
  });

  test("has a unit of a rack less for each device, whether it is known which", async () => {
    const full = Array.from({ length: 42 }, (_, place) => machine(`f${place}`, at("fra1", "r2")));
    await using model = await modelOf(
      machine("a", at("fra1", "r1", 1)),
      machine("b", at("fra1", "r1", 1)), // beside a
      machine("c", at("fra1", "r1")),
      machine("guest", { ...at("fra1", "r1"), resource_type: "virtual_machine", host: "a" }),
      ...full,
      machine("on-top", at("fra1", "r2")),
    );
    expect(await headroom(model, "scope = 'rack' AND measure = 'rack_units'")).toEqual([
      ["fra1 r1", "rack_units", "{unit}", 3, 2, 42, 42, 2, 40],
      ["fra1 r2", "rack_units", "{unit}", 43, 0, 42, 42, 42, 0],
    ]);
  });

  test("takes what is free of filesystems for what is left of the storage, and their share where that is all", async () => {
    const free = (mountpoint: string, value: number): Points[number] => ({
      name: "system.filesystem.usage",
      unit: "By",
      attributes: { "system.filesystem.state": "free", "system.filesystem.mountpoint": mountpoint },
      value,
    });
    await using model = await modelOf(
      machine("a", { ...at("fra1"), storage_bytes: 1000 * GB }),
      machine("b", { ...at("ber1"), storage_bytes: 1000 * GB }),
      measured("a", "2026-11-01T10:00:00Z", free("/", 100 * GB), free("/data", 300 * GB)),
      measured(
        "b",
        "2026-11-01T10:00:00Z",
        share("filesystem", "used", 0.1, "/"),
        share("filesystem", "used", 0.3, "/data"),
      ),
    );
    expect(await headroom(model, "measure = 'storage'")).toEqual([
      ["ber1", "storage", "By", 1, 1, 1000 * GB, 1000 * GB, 200 * GB, 800 * GB],
      ["fra1", "storage", "By", 1, 1, 1000 * GB, 1000 * GB, 600 * GB, 400 * GB],
    ]);
  });

  test("is as of any moment, and never of a clock that is ahead", async () => {
    const said: Said[] = [
      machine("a", at("fra1")),
      measured("a", "2026-11-01T10:00:00Z", share("cpu", "idle", 0.5)),
      measured("a", "2999-01-01T00:00:00Z", share("cpu", "idle", 0)),
      ["UpdateCompute", { compute: "a", cpu_cores: 16 }],
      ["DecommissionCompute", { compute: "a" }],
    ];
    const log = await history(...said);
    const cores = async (sequence: number) => {
      await using model = await replay(log, { sequence });
      return (await headroom(model, "measure = 'cores'")).map((row) => row.slice(5));
    };
    for (
      const [end, rows] of [[1, [[8, 0, null, null]]], [4, [[16, 16, 8, 8]]], [5, []]] as const
    ) {
      expect(await cores(end)).toEqual(rows);
      await using cut = await modelOf(...said.slice(0, end));
      expect((await headroom(cut, "measure = 'cores'")).map((row) => row.slice(5))).toEqual(rows);
    }
  });
});

describe("The head-room of a network", () => {
  const lan = (
    name: string,
    cidr: string,
    more = {},
  ): Said => ["DefineNetwork", { name, cidr, ...more }];
  const link = (...addresses: string[]) => ({
    interfaces: [{ name: "eth0", kind: "ethernet" as const, speed_bps: 1e9, addresses }],
  });

  test("is its addresses, its gateway among those that are taken; of IPv6 there is none", async () => {
    await using model = await modelOf(
      lan("lan", "10.0.0.0/24", { gateway: "10.0.0.1" }),
      lan("lan", "10.0.0.0/24", { gateway: "10.0.0.1", vlan_id: 7 }), // said anew
      lan("link", "10.9.0.0/31"),
      lan("six", "fd00::/64"),
      machine("a", link("10.0.0.1/24", "10.0.0.7/24", "fd00::7/64")),
      machine("b", link("10.0.0.7/24")), // a clash is one address
    );
    expect(await headroom(model, "measure = 'addresses'")).toEqual([
      ["10.0.0.0/24", "addresses", "{address}", 2, 2, 254, 254, 2, 252],
      ["10.9.0.0/31", "addresses", "{address}", 0, 0, 2, 2, 0, 2],
    ]);
    expect(await ask(model, "SELECT network_size FROM network_positions WHERE cidr LIKE '10.0%'"))
      .toEqual([[256]]); // one row, however often a network was said
  });

  test("that lives on a host is only of that host and its guests", async () => {
    const bridge = (host: string): Said =>
      lan("bridge", "172.17.0.0/16", { kind: "bridge", scope: host });
    await using model = await modelOf(
      machine("a", link("172.17.0.1/16")),
      machine("b", link("172.17.0.1/16")),
      machine("in-a", { ...link("172.17.0.2/16"), resource_type: "container", host: "a" }),
      bridge("a"),
      bridge("b"),
    );
    expect((await headroom(model, "measure = 'addresses'")).map((row) => row[7]).sort()).toEqual([
      1,
      2,
    ]);
  });

  test("has the busier direction of its links, over the last hour or since the measurement before", async () => {
    await using model = await modelOf(
      lan("lan", "10.0.0.0/24"),
      machine("a", { ...at("fra1"), ...link("10.0.0.7/24") }),
      machine("b", { ...at("fra1"), ...link("10.0.0.8/24") }),
      machine("c", { ...at("fra1"), ...link("10.0.0.9/24") }), // measured once
      measured("a", "2026-11-01T10:00:00Z", sent(1e9)),
      measured("a", "2026-11-01T10:00:10Z", sent(0)), // starts from zero again
      measured("a", "2026-11-01T10:00:20Z", sent(250e6)),
      measured("b", "2026-11-01T06:00:00Z", sent(0)),
      measured("b", "2026-11-01T10:00:00Z", sent(14_400 * 25e6)),
      measured("c", "2026-11-01T10:00:00Z", sent(1e9)),
    );
    const links = [3, 2, 3e9, 2e9, 100e6 + 200e6, 1700e6];
    expect(await headroom(model, "measure = 'bandwidth'")).toEqual([
      ["10.0.0.0/24", "bandwidth", "bit/s", ...links],
      ["fra1", "bandwidth", "bit/s", ...links],
    ]);
  });

  test("has no link of a guest besides its host's, and a site none of a bond besides its ports", async () => {
    const on = (name: string, value: number): Points[number] => ({
      ...sent(value),
      attributes: { "network.io.direction": "transmit", "network.interface.name": name },
    });
    await using model = await modelOf(
      lan("lan", "10.0.0.0/24"),
      machine("a", {
        ...at("fra1"),
        interfaces: [
          { name: "bond0", kind: "bond", speed_bps: 2e9, addresses: ["10.0.0.7/24"] },
          { name: "eth0", kind: "ethernet", speed_bps: 1e9, addresses: [] },
          { name: "eth1", speed_bps: 1e9, addresses: [] },
        ],
      }),
      machine("in-a", { ...link("10.0.0.8/24"), resource_type: "virtual_machine", host: "a" }),
      ...["2026-11-01T10:00:00Z", "2026-11-01T10:00:10Z"].flatMap((time, turn): Said[] => [
        measured("a", time, ...["bond0", "eth0", "eth1"].map((name) => on(name, turn * 100e6))),
        measured("in-a", time, on("eth0", turn * 100e6)),
      ]),
    );
    expect(await headroom(model, "measure = 'bandwidth'")).toEqual([
      ["10.0.0.0/24", "bandwidth", "bit/s", 1, 1, 2e9, 2e9, 80e6, 1920e6],
      ["fra1", "bandwidth", "bit/s", 2, 2, 2e9, 2e9, 160e6, 1840e6],
    ]);
  });
});
