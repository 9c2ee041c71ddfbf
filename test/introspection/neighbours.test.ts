import { expect, test } from "vitest";
import { MachineFiles } from "../../src/introspection/files.ts";
import { neighbours } from "../../src/introspection/neighbours.ts";
import { ProgramFailed, type RunProgram } from "../../src/introspection/system_programs.ts";
import { machineFolder } from "./machine_folder.ts";

const ARP = `IP address       HW type     Flags       HW address            Mask     Device
10.0.0.1         0x1         0x2         02:FC:00:00:00:05     *        eth0
10.0.0.2         0x1         0x0         00:00:00:00:00:00     *        eth0
10.0.0.3         0x1         0x6         02:fc:00:00:00:07     *        br0
garbage
`;

async function read(run?: RunProgram) {
  const files = new MachineFiles(machineFolder({ "/proc/net/arp": ARP }));
  const { found, complete } = await neighbours(files, run);
  return { neighbours: found("self"), complete, gaps: files.gaps };
}

const neighbour = (device: string, address: string, mac_address: string) => ({
  from: { compute: "self", interface: device },
  to: { address, mac_address },
  kind: "neighbour",
});

const entry = (dst: string, lladdr?: string, facts = {}) => ({
  dst,
  dev: "eth0",
  lladdr,
  state: ["REACHABLE"],
  ...facts,
});

test("neighbours are those that answered, of both families", async () => {
  const asked: string[] = [];
  const { neighbours, complete, gaps } = await read((program, args) => {
    asked.push([program, ...args].join(" "));
    return Promise.resolve(JSON.stringify([
      entry("fe80::1", "02:fc:00:00:00:05", { router: null, state: ["STALE"] }),
      entry("192.0.2.1", "02:FC:00:00:00:05"),
      entry("192.0.2.1", "02:fc:00:00:00:06", { dev: "eth1", state: ["PERMANENT"] }),
      entry("192.0.2.2", "02:fc:00:00:00:02", { state: ["FAILED"] }),
      entry("192.0.2.3", undefined, { state: ["INCOMPLETE"] }),
      entry("192.0.2.4", "02:fc:00:00:00:04", { state: ["NOARP"] }),
      entry("ff02::1", "33:33:00:00:00:01"),
      entry("192.0.2.5", "01:00:5e:00:00:01"),
      entry("127.0.0.1", "02:fc:00:00:00:01"),
      entry("224.0.0.1", "02:fc:00:00:00:01"),
      entry("192.0.2.6", "00:00:00:00:00:00"),
      entry("192.0.2.7", "80:00:02:08:fe:80:00:00:00:00:00:00:00:00:00:00:00:00:00:00"), // InfiniBand
      entry("not an address", "02:fc:00:00:00:01"),
      entry("192.0.2.8", "02:fc:00:00:00:08", { dev: `odd\n\x1b\ud800${"x".repeat(1_000_000)}` }),
      entry("192.0.2.9", "02:fc:00:00:00:09", { dev: 7 }),
      null,
    ]));
  });
  expect(asked).toEqual(["ip -j neigh show"]);
  expect(neighbours).toEqual([
    neighbour("eth0", "192.0.2.1", "02:fc:00:00:00:05"),
    neighbour("eth0", "fe80::1", "02:fc:00:00:00:05"),
    neighbour("eth1", "192.0.2.1", "02:fc:00:00:00:06"),
    neighbour(`odd\uFFFD\uFFFD\uFFFD${"x".repeat(1018)}`, "192.0.2.8", "02:fc:00:00:00:08"),
  ]);
  expect([complete, gaps]).toEqual([["connection/neighbour"], []]);
  expect(await read(() => Promise.resolve(""))).toMatchObject({
    neighbours: [],
    complete: ["connection/neighbour"],
  });
});

test("without ip they are those of IPv4, and not all", async () => {
  const ipv4 = [
    neighbour("br0", "10.0.0.3", "02:fc:00:00:00:07"),
    neighbour("eth0", "10.0.0.1", "02:fc:00:00:00:05"),
  ];
  expect(await read()).toEqual({ neighbours: ipv4, complete: [], gaps: [] });
  const busybox = await read(() => Promise.resolve("BusyBox v1.36.1 multi-call binary."));
  expect(busybox).toMatchObject({ neighbours: ipv4, complete: [] });
  expect(await read(() => Promise.reject(new ProgramFailed("ip cannot be run: not found"))))
    .toEqual({
      neighbours: ipv4,
      complete: [],
      gaps: [{
        source: "neighbours",
        reason: "ip cannot be run: not found; those of IPv4 are from /proc/net/arp",
      }],
    });
});
