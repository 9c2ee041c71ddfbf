/** A NetBox's answers → commands. */
import { describe, expect, test } from "vitest";
import { Inventory } from "../../../src/domain/inventory.ts";
import { netBoxCommands } from "../../../src/importers/netbox/commands.ts";
import type { NetBoxContent } from "../../../src/importers/netbox/content.ts";
import { machineNames } from "../../../src/importers/netbox/machine_names.ts";
import { deviceType, machineType } from "../../../src/importers/netbox/resource_types.ts";
import { estate, idOf } from "../../projections/netbox_estate.ts";

const url = "https://netbox.example";

/** What a NetBox with these has. */
function content(some: Partial<NetBoxContent>): NetBoxContent {
  const kinds = ["cluster", "prefix", "device", "virtual_machine", "interface", "vm_interface"];
  const none = [...kinds, "ip_address", "service", "cable"].map((kind) => [kind, []]);
  return { ...Object.fromEntries(none), ...some };
}

function imported(some: Partial<NetBoxContent>, inventory = new Inventory()) {
  return netBoxCommands(content(some), { url, inventory });
}

const active = { value: "active", label: "Active" };
const fra = { id: 1, name: "Frankfurt", slug: "fra1" };
const device = (id: number, name: string | null, more: object = {}) => ({
  id,
  display: name ?? `Dell R740 (${id})`,
  name,
  status: active,
  site: fra,
  role: { id: 1, name: "Server", slug: "server" },
  interface_count: 1,
  ...more,
});
const link = (id: number, on: number, name: string, more: object = {}) => ({
  id,
  display: name,
  name,
  device: { id: on },
  type: { value: "1000base-t" },
  ...more,
});

describe("What the words in a role's name say:", () => {
  test.each([
    ["Application Server", "physical_server"],
    ["Core Switch", "switch"],
    ["ToR", "switch"],
    ["spine", "switch"],
    ["Edge Router", "router"],
    ["DC-FW", "firewall"],
    ["Load Balancer", "load_balancer"],
    ["NAS", "storage"],
    ["Console Server", "unknown"],
    ["Patch Panel", "unknown"],
    ["Observer", "unknown"],
    ["Netzwerk", "unknown"],
  ])("%s is a %s", (name, type) => {
    expect(deviceType({ role: { name, slug: "x" } })).toBe(type);
  });

  test("a virtual machine is a container where its role or its cluster's type says so, and never a device", () => {
    const role = (name: string) => ({ role: { name, slug: "x" } });
    expect(machineType(role("Container"), undefined)).toBe("container");
    expect(machineType(role("Server"), { name: "Docker", slug: "docker" })).toBe("container");
    expect(machineType(role("Firewall"), { name: "Kubernetes", slug: "kubernetes" }))
      .toBe("virtual_machine");
  });
});

describe("Host names", () => {
  const named = (
    all: [name: string, site: string | undefined][],
  ) => [
    ...machineNames(all.map(([name, site], at) => ({ key: `device ${at}`, name, site }))).values(),
  ];
  test("are the names, as host names are written", () => {
    expect(
      named([["Switch 1/2", "a"], ["WEB-01.example.org", "a"], ["Zürich_1", "a"], ["路由器", "a"]]),
    )
      .toEqual(["switch-1-2", "web-01.example.org", "zurich-1", "luyouqi"]);
  });
  test("of one name have their site behind them, and of one name in one site their number as well", () => {
    expect(named([["web", "fra1"], ["web", "ber1"], ["db 1", "fra1"], ["db_1", "fra1"]]))
      .toEqual(["web-fra1", "web-ber1", "db-1-fra1-device-2", "db-1-fra1-device-3"]);
  });
  test("are the same, whatever the order", () => {
    const all = ["a", "b", "c"].map((site, at) => ({ key: `device ${at}`, name: "x", site }));
    expect(new Map([...machineNames(all)].sort())).toEqual(
      new Map([...machineNames(all.toReversed())].sort()),
    );
  });
});

test("A state that has no way back, or that people have added, changes nothing", () => {
  const inventory = estate({
    computes: {
      "web-01": { status: "active", tags: { netbox: `${url}/dcim/devices/1/` } },
    },
  });
  for (const status of ["planned", "staged", "quarantined", "active"]) {
    const { commands } = imported(
      { device: [device(1, "web-01", { status: { value: status } })] },
      inventory,
    );
    expect(commands.map(({ command }) => command)).toEqual(["UpdateCompute"]);
  }
});

test("What should be one's alone and is several ones' is left out of all, and told", () => {
  const { commands, passedOver } = imported({
    device: [
      device(1, "a", { serial: "S", rack: { name: "R" }, position: "4.0" }),
      device(2, "b", { serial: "S", rack: { name: "R" }, position: 4 }),
      device(3, "c", { serial: "To be filled by O.E.M.", rack: { name: "R" }, position: 4.5 }),
    ],
    interface: [
      link(1, 1, "eth0", { mac_address: "00:50:56:00:00:01" }),
      link(2, 2, "eth0", { primary_mac_address: { mac_address: "00:50:56:00:00:01" } }),
    ],
  });
  const said = commands.flatMap((one) => one.command === "RegisterCompute" ? [one.data] : []);
  expect(said.map(({ evidence }) => evidence)).toEqual([undefined, undefined, undefined]);
  expect(said.map(({ location }) => location?.position)).toEqual([4, undefined, undefined]);
  expect(said.flatMap(({ interfaces }) => interfaces.map((one) => one.mac_address)))
    .toEqual([undefined, undefined]);
  expect(passedOver.map(({ at, why }) => `${at.name}: ${why}`)).toEqual([
    "eth0: its MAC address, which others have too",
    "a: its serial number, which others have too",
    "b: its serial number, which others have too",
    "b: its place in the rack, where another one is as well",
  ]);
});

test("A resource that a discovery has looked into stays as it was seen, and gets its place, owner and tags", () => {
  const inventory = estate({
    computes: {
      "web-01": {
        operating_system: { name: "Debian", kernel: "6.1" },
        evidence: { serial: "S1" },
        tags: { mine: "1", "netbox:old": "Old" },
        location: { site: "Berlin", rack: "R9", position: 3 },
      },
    },
  });
  const { commands } = imported({
    device: [
      device(1, "WEB 1", {
        serial: "S1",
        status: { value: "offline" },
        platform: { name: "Ubuntu 24.04" },
        tenant: { name: "Team A" },
        tags: [{ slug: "prod", name: "Prod" }],
      }),
    ],
    interface: [link(1, 1, "eth0")],
  }, inventory);
  expect(commands.map(({ command, data }) => ({ command, data }))).toEqual([{
    command: "UpdateCompute",
    data: {
      compute: idOf("web-01"),
      location: { site: "Frankfurt", room: null, rack: null, position: null },
      owner: "Team A",
      tags: {
        netbox: `${url}/dcim/devices/1/`,
        netbox_name: "WEB 1",
        netbox_role: "Server",
        "netbox:prod": "Prod",
        "netbox:old": null,
      },
    },
  }]);
});

test("Two devices that the log would take for one are told, and the second is left out", () => {
  const inventory = estate({
    computes: {
      "web-01": { evidence: { serial: "S1" }, tags: { netbox: `${url}/dcim/devices/1/` } },
    },
  });
  const { commands, refused } = imported({
    device: [device(1, "web-01"), device(2, "copy", { serial: "S1" })],
  }, inventory);
  expect(commands).toHaveLength(1);
  expect(refused.map(({ at, why }) => [at.id, why])).toEqual([
    [2, "the log would take it for web-01 (device 1), by its evidence"],
  ]);
});

test("A cable is told once, from end to end; one that is planned, leads to several, or ends elsewhere is none", () => {
  const to = (...ends: [number, number, string][]) => ({
    cable: { id: 9 },
    connected_endpoints_type: "dcim.interface",
    connected_endpoints_reachable: true,
    connected_endpoints: ends.map(([id, on, name]) => ({ id, name, device: { id: on } })),
  });
  const { commands, passedOver } = imported({
    device: [device(1, "a"), device(2, "b"), device(3, null)],
    interface: [
      link(1, 1, "p1", to([2, 2, "q1"])),
      link(2, 2, "q1", to([1, 1, "p1"])),
      link(3, 1, "p2", { ...to([4, 2, "q2"]), connected_endpoints_reachable: false }),
      link(5, 1, "p3", to([6, 2, "q3"], [7, 2, "q4"])),
      link(8, 1, "p4", to([9, 3, "x"])),
    ],
    cable: [
      { id: 9, display: "#9", status: { value: "connected" } },
      {
        id: 10,
        display: "#10",
        status: { value: "connected" },
        a_terminations: [{ object_type: "circuits.circuittermination" }],
        b_terminations: [{ object_type: "dcim.interface" }],
      },
    ],
  });
  expect(commands.flatMap((one) => one.command === "EstablishConnection" ? [one.data] : []))
    .toEqual([{
      kind: "cable",
      from: { compute: "a", interface: "p1" },
      to: { compute: "b", interface: "q1" },
    }]);
  expect(passedOver.slice(1).map(({ at, why }) => `${at.name}: ${why}`)).toEqual([
    "#9: it has no ends",
    "#10: it ends at what is no interface (circuits.circuittermination)",
    "p3: its cable, which leads to several interfaces",
    "p4: its cable, which ends at something that is not imported",
  ]);
});

test("VRFs of one name are told apart, and a network without a name keeps the one that it has in the log", () => {
  const vrf = (id: number, rd: string | null) => ({ vrf: { id, name: "blue", rd } });
  const prefix = (id: number, prefix: string, more: object) => ({
    id,
    display: prefix,
    prefix,
    status: active,
    ...more,
  });
  const inventory = estate({ networks: [{ cidr: "10.3.0.0/24", name: "backup" }] });
  const { commands } = imported({
    prefix: [
      prefix(1, "10.0.0.0/24", vrf(1, "65000:1")),
      prefix(2, "10.0.0.0/24", vrf(2, null)),
      prefix(3, "10.3.0.0/24", {}),
      prefix(4, "2001:DB8::/64", { vlan: { vid: 7, name: "lab" }, description: "Lab" }),
    ],
  }, inventory);
  expect(commands.map(({ data }) => data)).toEqual([
    { name: "10.0.0.0/24", cidr: "10.0.0.0/24", vrf: "blue (65000:1)" },
    { name: "10.0.0.0/24", cidr: "10.0.0.0/24", vrf: "blue (2)" },
    { name: "backup", cidr: "10.3.0.0/24" },
    { name: "lab", cidr: "2001:db8::/64", vlan_id: 7 },
  ]);
});

test("Answers that no NetBox gives make no command that cannot be one", () => {
  const odd = [null, 7, "x", [], {}, { value: 7 }, { id: "7", name: 7 }];
  for (const value of odd) {
    const fields = [
      "status",
      "site",
      "role",
      "rack",
      "serial",
      "tags",
      "platform",
      "device_type",
      "position",
    ];
    const strange = Object.fromEntries(fields.map((field) => [field, value]));
    const { commands } = imported({
      device: [{ id: 1, name: "a", ...strange }, { id: 2, name: value }],
      interface: [{ id: 1, name: value, device: value, connected_endpoints: value, cable: value }],
      ip_address: [{ id: 1, address: value, assigned_object_type: value }],
      prefix: [{ id: 1, prefix: value, vrf: value }],
      service: [{ id: 1, name: value, ports: value, protocol: value }],
      cable: [{ id: 1, a_terminations: value, status: value }],
    });
    expect(commands.filter(({ at }) => at.kind === "device" && at.id === 1).length).toBeGreaterThan(
      0,
    );
  }
});
