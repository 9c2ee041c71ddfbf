/** Interfaces, addresses, networks, services and cables as NetBox has them. */
import { expect, test } from "vitest";
import { desiredState } from "../../src/projections/netbox/desired/desired_state.ts";
import { interfaceType } from "../../src/projections/netbox/desired/interfaces.ts";
import { estate, idOf, type Said } from "./netbox_estate.ts";
import { wrongs } from "./netbox_rules.ts";

function desired(said: Said) {
  const state = desiredState(estate(said));
  expect(wrongs(state)).toEqual([]);
  return {
    fields: (key: string) => state.objects.find((one) => one.key === key)?.fields,
    later: (key: string) => state.objects.find((one) => one.key === key)?.later,
    of: (kind: string) => state.objects.filter((one) => one.kind === kind),
    findings: state.findings.map(({ title, reason }) => `${title}: ${reason}`),
  };
}
const ref = (key: string) => ({ ref: key });
const port = (name: string, ...addresses: string[]) =>
  ({ name, kind: "ethernet", addresses }) as const;
const A = idOf("a");

test.each(
  [
    [{ kind: "ethernet", speed_bps: 1_000_000_000 }, "1000base-t"],
    [{ kind: "ethernet", speed_bps: 10_000_000_000 }, "10gbase-x-sfpp"],
    [{ speed_bps: 25_000_000_000 }, "25gbase-x-sfp28"],
    [{ kind: "ethernet", speed_bps: 7 }, "other"],
    [{}, "other"],
    [{ kind: "wireless" }, "other-wireless"],
    [{ kind: "bond" }, "lag"],
    [{ kind: "bridge" }, "bridge"],
    [{ kind: "vlan", speed_bps: 1_000_000_000 }, "virtual"],
    [{ kind: "tunnel" }, "virtual"],
  ] as const,
)("%o is of the type %s", (link, type) => {
  expect(interfaceType(link)).toBe(type);
});

test("An interface has its MAC address, its VLAN and the link below it", () => {
  const { fields, later, of, findings } = desired({
    computes: {
      a: {
        location: { site: "x" },
        interfaces: [
          {
            ...port("eth0"),
            mac_address: "00:1b:21:3c:4d:5e",
            mtu: 9000,
            speed_bps: 1_000_000_000,
          },
          { name: "eth0.7", kind: "vlan", vlan_id: 7, addresses: ["10.0.0.1/24"] },
          { name: "lo", kind: "loopback", addresses: ["127.0.0.1/8", "::1/128"] },
          { name: "veth1a2b", kind: "veth", addresses: ["fe80::1/64"] },
        ],
      },
    },
    networks: [{ name: "office", cidr: "10.0.0.0/24", vlan_id: 7 }],
  });
  expect(fields(`${A}/interface/eth0`)).toEqual({
    name: "eth0",
    device: ref(A),
    type: "1000base-t",
    speed: 1_000_000,
    mtu: 9000,
  });
  expect(later(`${A}/interface/eth0`)).toEqual({ primary_mac_address: ref(`${A}/mac/eth0`) });
  expect(fields(`${A}/mac/eth0`)).toEqual({
    mac_address: "00:1B:21:3C:4D:5E",
    assigned_object_type: "dcim.interface",
    assigned_object_id: ref(`${A}/interface/eth0`),
  });
  expect(fields(`${A}/interface/eth0.7`))
    .toMatchObject({ mode: "access", untagged_vlan: ref("vlan:x/7") });
  expect(later(`${A}/interface/eth0.7`)).toEqual({ parent: ref(`${A}/interface/eth0`) });
  expect(fields("vlan:x/7")).toMatchObject({ vid: 7, name: "office", site: ref("site:x") });
  expect(of("prefix")).toMatchObject([{
    fields: {
      prefix: "10.0.0.0/24",
      vlan: ref("vlan:x/7"),
      scope_id: ref("site:x"),
      description: "office",
    },
  }]);
  expect(of("interface")).toHaveLength(2);
  expect(of("ip_address")).toHaveLength(1);
  expect(findings).toEqual([]);
});

test("The primary address is that of the default route, else a public one, else the first", () => {
  const primary = (routes: { destination: string; interface: string; metric?: number }[]) =>
    desired({
      computes: {
        a: {
          interfaces: [
            port("eth0", "10.0.0.7/24"),
            port("eth1", "10.1.0.7/24"),
            port("eth2", "8.8.8.8/24"),
          ],
          routes,
        },
      },
    }).later(A)?.primary_ip4;
  const all = "0.0.0.0/0";
  expect(primary([])).toEqual(ref(`${A}/address/8.8.8.8`));
  expect(primary([{ destination: all, interface: "eth1" }])).toEqual(ref(`${A}/address/10.1.0.7`));
  expect(primary([
    { destination: all, interface: "eth1", metric: 9 },
    { destination: all, interface: "eth0", metric: 1 },
  ])).toEqual(ref(`${A}/address/10.0.0.7`));
});

test("An address is there once in a VRF; that of two sites is told apart by the VRFs called like them", () => {
  const said = (networks: Said["networks"]): Said => ({
    computes: {
      a: { location: { site: "x" }, interfaces: [port("eth0", "10.0.0.7/24")] },
      b: { location: { site: "y" }, interfaces: [port("eth0", "10.0.0.7/24")] },
    },
    ...networks === undefined ? {} : { networks },
  });
  const one = desired(said(undefined));
  expect(one.of("ip_address")).toHaveLength(1);
  expect(one.findings).toEqual([expect.stringContaining("give the networks VRFs of their own")]);
  const cidr = "10.0.0.0/24";
  const two = desired(said([{ cidr, vrf: "X" }, { cidr, vrf: "Y" }]));
  expect(two.findings).toEqual([]);
  expect(
    two.of("ip_address").map(({ fields }) => fields.vrf).sort((p, q) =>
      JSON.stringify(p) < JSON.stringify(q) ? -1 : 1
    ),
  ).toEqual([ref("vrf:x"), ref("vrf:y")]);
});

test("What NetBox lets no interface have is told, and what is of one link or machine is left out", () => {
  const { of, findings } = desired({
    computes: {
      a: {
        interfaces: [port(
          "eth0",
          "10.0.0.0/24",
          "10.0.0.255/24",
          "10.0.1.0/31",
          "2001:db8::/64",
          "127.0.0.1/8",
          "169.254.3.4/16",
          "fe80::1/64",
        )],
      },
    },
    networks: [
      { cidr: "0.0.0.0/0" },
      { cidr: "127.0.0.0/8", kind: "loopback", scope: "a" },
      { cidr: "fe80::/64", kind: "link_local", scope: "a" },
    ],
  });
  expect(of("ip_address").map(({ fields }) => fields.address)).toEqual(["10.0.1.0/31"]);
  expect(of("prefix")).toEqual([]);
  expect(findings).toHaveLength(4);
});

test("What listens where others can reach it is a service, one for each name and transport", () => {
  const at = (transport: "tcp" | "udp", address: string, number: number) => ({
    transport,
    address,
    port: number,
  });
  const { of } = desired({
    computes: { a: { interfaces: [port("eth0", "10.0.0.7/24")] } },
    software: [
      { compute: "a", name: "nginx", listening: [at("tcp", "0.0.0.0", 443), at("tcp", "::", 80)] },
      {
        compute: "a",
        name: "dns",
        listening: [at("tcp", "10.0.0.7", 53), at("udp", "10.0.0.7", 53)],
      },
      { compute: "a", name: "local", listening: [at("tcp", "127.0.0.1", 5432)] },
      { compute: "a", name: "bash" },
      {
        compute: "a",
        name: "(unknown)",
        listening: [at("tcp", "0.0.0.0", 2024), at("tcp", "::", 2024), at("tcp", "0.0.0.0", 22)],
      },
    ],
  });
  const parent = { parent_object_type: "dcim.device", parent_object_id: ref(A) };
  const ipaddresses = [ref(`${A}/address/10.0.0.7`)];
  expect(of("service").map(({ fields }) => fields)).toEqual([
    { name: "dns", protocol: "tcp", ports: [53], ...parent, ipaddresses },
    { name: "nginx", protocol: "tcp", ports: [80, 443], ...parent },
    { name: "tcp/2024", protocol: "tcp", ports: [2024], ...parent },
    { name: "tcp/22", protocol: "tcp", ports: [22], ...parent },
    { name: "dns", protocol: "udp", ports: [53], ...parent, ipaddresses },
  ]);
});

test("A cable is between interfaces of devices, also where only the cable tells of one", () => {
  const { of, fields, findings } = desired({
    computes: {
      a: {
        interfaces: [port("eth0"), port("eth1"), { name: "bond0", kind: "bond", addresses: [] }],
      },
      b: { resource_type: "switch" },
      vm: { resource_type: "virtual_machine", interfaces: [port("eth0")] },
    },
    connections: [
      { from: { compute: "a", interface: "eth0" }, to: { compute: "b", interface: "p1" } },
      { from: { compute: "a", interface: "bond0" }, to: { compute: "b", interface: "p2" } },
      { from: { compute: "a", interface: "eth1" }, to: { compute: "vm", interface: "eth0" } },
      { from: { compute: "a", interface: "eth1" }, to: { compute: "b" } },
      { from: { compute: "a", interface: "eth1" }, to: { address: "10.0.0.9" } },
    ],
  });
  const end = (key: string) => [{ object_type: "dcim.interface", object_id: ref(key) }];
  expect(of("cable").map((one) => one.fields)).toEqual([{
    status: "connected",
    a_terminations: end(`${A}/interface/eth0`),
    b_terminations: end(`${idOf("b")}/interface/p1`),
  }]);
  expect(fields(`${idOf("b")}/interface/p1`)).toMatchObject({ type: "other" });
  expect(findings.sort()).toEqual([
    "a bond0 — b p2: a bond0 is of the type lag, and NetBox lets no cable end there",
    "a eth1 — 10.0.0.9: 10.0.0.9 is an address, and a cable ends at an interface",
    "a eth1 — b: the log does not say at which interface of b it ends",
    "a eth1 — vm eth0: vm eth0 is virtual, and NetBox lets no cable end there",
  ]);
});

test("One interface has one cable", () => {
  const { of, findings } = desired({
    computes: { a: { interfaces: [port("eth0")] }, b: {} },
    connections: [
      { from: { compute: "a", interface: "eth0" }, to: { compute: "b", interface: "p1" } },
      { from: { compute: "a", interface: "eth0" }, to: { compute: "b", interface: "p2" } },
    ],
  });
  expect(of("cable")).toHaveLength(1);
  expect(findings).toEqual([
    expect.stringMatching(/another cable ends at a eth0 .* NetBox has one there/),
  ]);
});
