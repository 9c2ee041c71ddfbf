import { describe, expect, test } from "vitest";
import { linkAddresses, parseIpv6Addresses } from "../../src/introspection/addresses.ts";
import { MachineFiles } from "../../src/introspection/files.ts";
import {
  hexadecimalIpv6,
  wordIpv4,
  wordsIpv6,
} from "../../src/introspection/kernel_hexadecimal.ts";
import { type LinkAddress, links } from "../../src/introspection/links.ts";
import { networks } from "../../src/introspection/networks.ts";
import { routes } from "../../src/introspection/routes.ts";
import { virtualization } from "../../src/introspection/virtualization.ts";
import { linkTable, machineFolder, type MachineTable } from "./machine_folder.ts";
import { COMMON } from "./machines/common.ts";
import { DELL, DELL_ADDRESSES } from "./machines/dell.ts";
import { DOCKER_HOST, DOCKER_HOST_ADDRESSES } from "./machines/docker_host.ts";
import { DOCKER_CONTAINER, LXC_CONTAINER } from "./machines/others.ts";

function read(table: MachineTable, addresses: LinkAddress[]) {
  const files = new MachineFiles(machineFolder(table));
  const all = links(files, linkAddresses(files, () => addresses));
  const table4and6 = routes(files);
  return {
    files,
    links: all,
    routes: table4and6,
    networks: networks(all, table4and6 ?? [], virtualization(files), "self"),
    link: (name: string) => all.find((each) => each.name === name),
  };
}

describe("interfaces", () => {
  test("are told apart by what they are made of", () => {
    const kinds = (table: MachineTable) =>
      Object.fromEntries(read(table, []).links.map(({ name, kind }) => [name, kind]));
    expect(kinds(DELL)).toEqual({
      bond0: "bond",
      "bond0.120": "vlan",
      eno1: "ethernet",
      eno2: "ethernet",
      lo: "loopback",
      vmbr0: "bridge",
    });
    expect(kinds(DOCKER_HOST)).toEqual({
      docker0: "bridge",
      ens3: "ethernet",
      lo: "loopback",
      tap0: "virtual",
      veth1a2b3c: "veth",
      wg0: "tunnel",
    });
  });

  test("have speed in bits per second, but only where it is a wire's", () => {
    expect(read(DELL, []).link("eno1")?.speed_bps).toBe(25_000_000_000);
    expect(read(DELL, []).link("bond0")?.speed_bps).toBe(50_000_000_000);
    expect(read(DOCKER_HOST, []).link("ens3")).not.toHaveProperty("speed_bps"); // −1 is unknown
    expect(read(DOCKER_HOST, []).link("docker0")).not.toHaveProperty("speed_bps"); // made up
    const unsigned = { ...COMMON, ...linkTable("eth9", { "device/": "", speed: "4294967295" }) };
    expect(read(unsigned, []).link("eth9")).toEqual({
      name: "eth9",
      kind: "ethernet",
      mtu: 1500,
      addresses: [],
      reachesOut: false,
    }); // −1 as old kernels print it
  });

  test("have a VLAN, a MAC that is not zero, and sorted addresses of both families", () => {
    const { link } = read(DELL, DELL_ADDRESSES);
    expect(link("bond0.120")).toMatchObject({
      vlan_id: 120,
      mac_address: "b4:45:06:aa:00:01",
      mtu: 1500,
      addresses: ["10.20.20.7/24", "10.20.20.8/24", "2001:db8::7/64", "fe80::b645:6ff:feaa:1/64"],
    });
    expect(link("lo")).toEqual({
      name: "lo",
      kind: "loopback",
      mtu: 65536,
      addresses: ["127.0.0.1/8", "::1/128"],
      reachesOut: false,
    });
  });

  test("with odd names and absurd facts are kept without those facts", () => {
    const { link, files } = read({
      ...COMMON,
      ...linkTable("<img src=x>'\"", {
        mtu: "0",
        address: "80:00:02:08:fe:80",
        speed: "4294967295",
      }),
      ...linkTable("ib0", { type: "32", "device/": "", address: "80:00:02:08:fe:80:00:00:00:00" }),
    }, [{ interface: "ib0", address: "10.0.0.1/99" }]);
    expect(link("<img src=x>'\"")).toEqual({
      name: "<img src=x>'\"",
      kind: "virtual",
      mac_address: "80:00:02:08:fe:80",
      addresses: [],
      reachesOut: false,
    });
    expect(link("ib0")).not.toHaveProperty("mac_address");
    expect(files.gaps).toContainEqual({
      source: "/sys/class/net/ib0",
      reason: expect.stringContaining("10.0.0.1/99"),
    });
  });

  test("have no temporary IPv6 addresses, which change daily", () => {
    const text = DELL["/proc/net/if_inet6"] as string;
    expect(text).toContain("12345678abcdef00");
    expect(parseIpv6Addresses(text).map(({ address }) => address))
      .toEqual(["2001:db8::7/64", "fe80::b645:6ff:feaa:1/64", "::1/128"]);
  });

  test("have no IPv4 addresses, and a gap, when the system call fails", () => {
    const files = new MachineFiles(machineFolder(COMMON));
    expect(linkAddresses(files, () => {
      throw new Error("netlink is forbidden");
    })).toEqual([]);
    expect(files.gaps).toEqual([{ source: "IPv4 addresses", reason: "netlink is forbidden" }]);
  });
});

test("routes are the real destinations of both families, sorted", () => {
  expect(read(DELL, []).routes).toEqual([
    {
      destination: "0.0.0.0/0",
      gateway: "172.16.0.1",
      interface: "vmbr0",
    },
    {
      destination: "0.0.0.0/0",
      gateway: "10.20.20.1",
      interface: "bond0.120",
      metric: 100,
    },
    { destination: "10.20.20.0/24", interface: "bond0.120", metric: 100 },
    { destination: "2001:db8::/64", interface: "bond0.120", metric: 256 },
    { destination: "::/0", gateway: "fe80::1", interface: "bond0.120", metric: 1024 },
  ]);
});

describe("networks", () => {
  test("of a LAN have no scope, and the gateway that lies in them", () => {
    expect(read(DELL, DELL_ADDRESSES).networks).toEqual([
      {
        name: "10.20.20.0/24",
        cidr: "10.20.20.0/24",
        kind: "lan",
        vlan_id: 120,
        gateway: "10.20.20.1",
      },
      { name: "172.16.0.0/24", cidr: "172.16.0.0/24", kind: "lan", gateway: "172.16.0.1" },
      { name: "2001:db8::/64", cidr: "2001:db8::/64", kind: "lan", vlan_id: 120 },
      {
        name: "link-local fe80::/64",
        cidr: "fe80::/64",
        kind: "link_local",
        vlan_id: 120,
        scope: "self",
      },
      { name: "lo 127.0.0.0/8", cidr: "127.0.0.0/8", kind: "loopback", scope: "self" },
    ]);
  });

  test("of container bridges exist once per host", () => {
    expect(read(DOCKER_HOST, DOCKER_HOST_ADDRESSES).networks).toEqual([
      { name: "10.0.0.0/24", cidr: "10.0.0.0/24", kind: "lan", gateway: "10.0.0.1" },
      { name: "10.8.0.0/24", cidr: "10.8.0.0/24", kind: "tunnel" },
      { name: "docker0 172.17.0.0/16", cidr: "172.17.0.0/16", kind: "bridge", scope: "self" },
      { name: "lo 127.0.0.0/8", cidr: "127.0.0.0/8", kind: "loopback", scope: "self" },
    ]);
  });

  test("seen from inside Docker are on such a bridge, from inside LXC on a LAN", () => {
    expect(read(DOCKER_CONTAINER, [{ interface: "eth0", address: "172.17.0.2/16" }]).networks)
      .toEqual([{
        name: "eth0 172.17.0.0/16",
        cidr: "172.17.0.0/16",
        kind: "bridge",
        gateway: "172.17.0.1",
        scope: "self",
      }]);
    expect(read(LXC_CONTAINER, [{ interface: "eth0", address: "10.0.0.40/24" }]).networks)
      .toEqual([{ name: "10.0.0.0/24", cidr: "10.0.0.0/24", kind: "lan" }]);
  });
});

test("the kernel's hexadecimal addresses are words or bytes, or nothing", () => {
  expect(wordIpv4("0100007F")).toBe("127.0.0.1");
  expect(wordIpv4("0100007")).toBeUndefined();
  expect(wordIpv4("GG00007F")).toBeUndefined();
  expect(hexadecimalIpv6("fe80000000000000b64506fffeaa0001")).toBe("fe80::b645:6ff:feaa:1");
  expect(wordsIpv6("00000000000000000000000001000000")).toBe("::1");
  expect(wordsIpv6("0000000000000000FFFF00000500000A")).toBe("10.0.0.5");
  expect(wordsIpv6("")).toBeUndefined();
});
