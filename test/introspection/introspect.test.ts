import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { basename } from "node:path";
import process from "node:process";
import { afterEach, describe, expect, test, vi } from "vitest";
import { checkCommand } from "../../src/domain/command.ts";
import { introspect, type Introspection } from "../../src/introspection/introspect.ts";
import type { LinkAddress } from "../../src/introspection/links.ts";
import { UnsupportedPlatform } from "../../src/introspection/unsupported_platform.ts";
import { given } from "../domain/given.ts";
import { machineFolder, type MachineTable, processTable } from "./machine_folder.ts";
import { COMMON } from "./machines/common.ts";
import { DELL, DELL_ADDRESSES } from "./machines/dell.ts";
import { DOCKER_HOST, DOCKER_HOST_ADDRESSES } from "./machines/docker_host.ts";
import { DOCKER_CONTAINER, EC2, FIRECRACKER, LXC_CONTAINER, WSL } from "./machines/others.ts";

const NOON = new Date("2026-11-23T12:00:00Z");
const look = (table: MachineTable, addresses: LinkAddress[] = []) =>
  introspect({
    root: machineFolder(table),
    windowMilliseconds: 0,
    clock: () => NOON,
    ipv4Addresses: () => addresses,
  });

/** The commands that an introspection leads to, in the order they are sent. */
function commands({ compute, about }: Introspection) {
  const { networks, connections, software, guests, measurements } = about(compute.hostname);
  return [
    ["RegisterCompute", compute],
    ...networks.map((data) => ["DefineNetwork", data]),
    ...software.map((data) => ["ConfigureSoftware", data]),
    ...connections.map((data) => ["EstablishConnection", data]),
    ...guests.map((data) => ["RegisterCompute", data]),
    ...measurements.map((data) => ["RecordMeasurements", data]),
  ] as Parameters<typeof given>;
}

describe("the domain takes what introspection finds", () => {
  test.each<[string, MachineTable, LinkAddress[]]>([
    ["a Dell server", DELL, DELL_ADDRESSES],
    ["a Docker host", DOCKER_HOST, DOCKER_HOST_ADDRESSES],
    ["a Docker container", DOCKER_CONTAINER, [{ interface: "eth0", address: "172.17.0.2/16" }]],
    ["an LXC container", LXC_CONTAINER, []],
    ["EC2", EC2, []],
    ["WSL", WSL, []],
    ["Firecracker", FIRECRACKER, [{ interface: "eth0", address: "192.0.2.2/24" }]],
    ["a host of guests", {
      ...COMMON,
      ...processTable(10, "nginx", { cgroup: `0::/system.slice/docker-${"a".repeat(64)}.scope\n` }),
      "/etc/machine-id": "2f7bd9a0a2f14f0f8f2a6a3f6f1d7c55\n",
      "/run/libvirt/qemu/web.xml":
        "<domain type='kvm'><name>mail</name><uuid>01234567-89ab-cdef-0123-456789abcdef</uuid></domain>",
      "/run/systemd/machines/build":
        "NAME=build\nSERVICE=systemd-nspawn\nCLASS=container\nID=0123456789abcdef0123456789abcdef\n",
    }, []],
    ["a machine without anything", { "/proc/": "" }, []],
    ["a machine of odd names", {
      ...COMMON,
      "/proc/sys/kernel/hostname": "<script>\n",
      "/etc/os-release": `NAME="${"x".repeat(5000)}"\n`,
      "/sys/class/net/'; --/type": "1\n",
      ...processTable(7, "evil)\n\x00 (x"),
    }, [{ interface: "'; --", address: "not an address" }]],
  ])("of %s, and a second look decides nothing new", async (_, table, addresses) => {
    const all = commands(await look(table, addresses));
    for (const [type, data] of all) checkCommand(type, data);
    const domain = given(...all);
    for (const said of commands(await look(table, addresses))) {
      if (said[0] === "RecordMeasurements") continue;
      domain.when(...said).thenNothing();
    }
  });
});

test("an unchanged machine gives the same data each time", async () => {
  const [first, second] = [
    await look(DOCKER_HOST, DOCKER_HOST_ADDRESSES),
    await look(DOCKER_HOST, [...DOCKER_HOST_ADDRESSES].reverse()),
  ];
  expect(first.about("self").software.length).toBeGreaterThan(3);
  const { measurements: _, ...facts } = first.about("self");
  expect({ ...second.about("self"), measurements: undefined })
    .toEqual({ ...facts, measurements: undefined });
  expect(JSON.stringify(second.compute)).toBe(JSON.stringify(first.compute));
  expect(second.gaps).toEqual(first.gaps);
});

test("all that is about a resource carries its id", async () => {
  const { about } = await look(DOCKER_HOST, DOCKER_HOST_ADDRESSES);
  const { networks, connections, software, measurements } = about("the-id");
  expect(new Set(software.map(({ compute }) => compute))).toEqual(new Set(["the-id"]));
  expect(new Set(connections.map(({ from }) => from.compute))).toEqual(new Set(["the-id"]));
  expect(networks.flatMap(({ scope }) => scope ?? [])).toEqual(["the-id", "the-id"]);
  const said = { compute: "the-id", observed_at: NOON.toISOString() };
  expect(measurements).toMatchObject([said, said]); // the host, and its programs
  expect(measurements[0]).not.toHaveProperty("window_seconds"); // one look has no window
});

test("a source that cannot be read is a gap, and everything else is there", async () => {
  const { "/proc/net/tcp": _, ...rest } = DELL;
  const { compute, gaps } = await look({ ...rest, "/sys/class/dmi/id/product_serial": "" });
  expect(gaps).toEqual([{ source: "/proc/net/tcp", reason: "not found" }]);
  const { "/sys/class/dmi/id/product_serial": __, ...more } = DELL;
  const unreadable = await look({ ...more, "/sys/class/dmi/id/product_serial/": "" });
  expect(unreadable.gaps)
    .toEqual([{ source: "/sys/class/dmi/id/product_serial", reason: "is a directory" }]);
  expect(unreadable.compute.evidence).toEqual({
    dmi_uuid: "4c4c4544-0058-4b10-8032-b7c04f514a33",
    machine_id: "9c1e6f0a52e34b51b6d6a1f2c03c8f11",
  });
  expect(compute.evidence).toEqual(unreadable.compute.evidence);
});

test("what was scanned whole is said, and nothing else", async () => {
  const complete = async (changes: MachineTable) =>
    (await look({ ...DOCKER_HOST, ...changes }, DOCKER_HOST_ADDRESSES)).about("self").complete;
  const whole = ["connection/flow", "network", "software/process"];
  expect(await complete({})).toEqual(whole);
  const without = (scope: string) => whole.filter((each) => each !== scope);
  expect(await complete({ "/proc/net/udp6/": "" })).toEqual(without("connection/flow"));
  expect(await complete({ "/proc/net/if_inet6/": "" })).toEqual(without("network"));
  expect(await complete({ "/proc/4711/stat/": "" })).toEqual(["network"]);
  expect(await complete({ "/lib/apk/db/installed": "P:musl\nV:1\n" }))
    .toEqual([...whole.slice(0, 2), "software/package/apk", "software/process"]);
});

test("routes that cannot be read are absent, for an empty list would remove them", async () => {
  const { "/proc/net/route": _, ...rest } = DELL;
  expect((await look(rest)).compute).not.toHaveProperty("routes");
  expect((await look(COMMON)).compute.routes).toEqual([]);
});

test("an introspection can be stopped", async () => {
  const reason = new Error("stopped by the test");
  const before = performance.now();
  const root = machineFolder(COMMON);
  await expect(
    introspect({ root, windowMilliseconds: 60_000, signal: stopAfter(20, reason) }),
  ).rejects.toBe(reason);
  await expect(introspect({ root, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(performance.now() - before).toBeLessThan(10_000);
});

function stopAfter(milliseconds: number, reason: Error): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), milliseconds);
  return controller.signal;
}

describe("on a system that nothing is known of", () => {
  const platform = Object.getOwnPropertyDescriptor(process, "platform")!;
  afterEach(() => {
    Object.defineProperty(process, "platform", platform);
    vi.restoreAllMocks();
  });

  test("it says so", async () => {
    Object.defineProperty(process, "platform", { value: "aix", configurable: true });
    const refused = introspect({ windowMilliseconds: 0 });
    await expect(refused).rejects.toBeInstanceOf(UnsupportedPlatform);
    await expect(refused).rejects.toMatchObject({
      code: "unsupported_platform",
      platform: "aix",
      message: expect.stringContaining('"aix"'),
    });
  });
});

test.runIf(process.platform === "linux")("this very machine is introspected", async () => {
  using server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = server.addr;
  const before = performance.now();
  const found = await introspect();
  const took = performance.now() - before;
  const { compute, about, gaps } = found;
  const { software, complete, measurements: [measured] } = about(compute.hostname);
  expect(compute.hostname).toBe(hostname().toLowerCase());
  expect(compute.cpu_cores).toBeGreaterThan(0);
  expect(compute.memory_bytes).toBeGreaterThan(50_000_000);
  expect(compute.interfaces.find(({ name }) => name === "lo")).toMatchObject({ kind: "loopback" });
  // We are young, but who accepts connections is told of.
  const self = software.find(({ kind, name }) =>
    kind === "process" && name === basename(process.execPath)
  );
  expect(self?.listening).toContainEqual({ transport: "tcp", address: "127.0.0.1", port });
  expect(complete).toContain("network");
  if (existsSync("/var/lib/dpkg/status")) {
    expect(software.filter(({ source }) => source === "dpkg").length).toBeGreaterThan(20); // Debian's smallest image has some eighty
  }
  expect(gaps.every(({ source, reason }) => source !== "" && reason !== "")).toBe(true);
  expect(measured?.window_seconds).toBeGreaterThan(0.9);
  const busy = measured?.points.filter(({ name }) => name === "system.cpu.utilization") ?? [];
  expect(busy.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(1, 3);
  const all = commands(found);
  for (const [type, data] of all) checkCommand(type, data);
  given(...all);
  expect(took).toBeLessThan(5000);
});
