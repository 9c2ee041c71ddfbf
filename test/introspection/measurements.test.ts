import { expect, test } from "vitest";
import { MachineFiles } from "../../src/introspection/files.ts";
import { parseMounts } from "../../src/introspection/filesystems.ts";
import { points } from "../../src/introspection/measurements.ts";
import {
  parseCpuTimes,
  parseDisks,
  parseLinkCounters,
  parseMemory,
} from "../../src/introspection/proc_counters.ts";
import { sample } from "../../src/introspection/sample.ts";
import { sockets } from "../../src/introspection/sockets.ts";
import { machineFolder } from "./machine_folder.ts";
import { COMMON } from "./machines/common.ts";
import { DOCKER_HOST } from "./machines/docker_host.ts";

function measured(table = COMMON, laterCpu?: string) {
  const files = new MachineFiles(machineFolder(table));
  const before = sample(files);
  const cpu = laterCpu === undefined ? undefined : parseCpuTimes(laterCpu);
  const now = cpu ? { ...before, cpu } : before;
  const all = points(files, before, now, sockets(files), { processes: 5, processors: 2 });
  return (name: string, ...values: string[]) =>
    all.filter((point) =>
      point.name === name &&
      values.every((value) => Object.values(point.attributes ?? {}).includes(value))
    ).map(({ value, unit }) => [value, unit]);
}

test("processor time is in seconds, utilization over the window", () => {
  const of = measured(COMMON, "cpu  1100 20 350 90200 50 6 4 42 0 0\n");
  expect(of("system.cpu.time", "user")).toEqual([[11, "s"]]);
  expect(of("system.cpu.time", "interrupt")).toEqual([[0.1, "s"]]);
  // 390 ticks passed: 100 user, 50 system, 200 idle, 40 steal.
  expect(of("system.cpu.utilization", "user")).toEqual([[0.2564, "1"]]);
  expect(of("system.cpu.utilization", "steal")).toEqual([[0.1026, "1"]]);
  expect(of("system.cpu.utilization").reduce((sum, [value]) => sum + Number(value), 0))
    .toBeCloseTo(1, 3);
});

test("iowait that goes back gives no negative share, and no time no share at all", () => {
  const of = measured(COMMON, "cpu  1100 20 300 90000 40 6 4 2 0 0\n");
  expect(of("system.cpu.utilization", "iowait")).toEqual([[0, "1"]]);
  expect(of("system.cpu.utilization", "user")).toEqual([[1, "1"]]);
  expect(measured()("system.cpu.utilization")).toEqual([]);
});

test("the four states of memory sum up to the limit", () => {
  const of = measured();
  const KIBIBYTE = 1024;
  expect(of("system.memory.limit")).toEqual([[16_384_000 * KIBIBYTE, "By"]]);
  expect(of("system.memory.usage", "cached")).toEqual([[2_304_000 * KIBIBYTE, "By"]]);
  expect(of("system.memory.usage").reduce((sum, [value]) => sum + Number(value), 0))
    .toBe(16_384_000 * KIBIBYTE);
  expect(of("system.memory.utilization", "free")).toEqual([[0.5, "1"]]);
  expect(of("system.paging.usage", "used")).toEqual([[250_000 * KIBIBYTE, "By"]]);
});

test("disks, interfaces, connections and the rest are counted", () => {
  const of = measured(DOCKER_HOST);
  expect(of("system.disk.io", "sda", "read")).toEqual([[1_024_000, "By"]]);
  expect(of("system.disk.operation_time", "sda", "write")).toEqual([[0.4, "s"]]);
  expect(of("system.disk.io", "sda1")).toEqual([]); // a part of sda
  expect(of("system.network.io", "lo", "transmit")).toEqual([[2000, "By"]]);
  expect(of("system.network.packet.dropped", "lo", "transmit")).toEqual([[4, "{packet}"]]);
  expect(of("system.network.errors", "lo", "receive")).toEqual([[1, "{error}"]]);
  expect(of("system.network.connection.count", "tcp", "listen")).toEqual([[3, "{connection}"]]);
  expect(of("system.network.connection.count", "time_wait")).toEqual([[1, "{connection}"]]);
  expect(of("system.network.connection.count", "udp")).toEqual([[3, "{connection}"]]);
  expect(of("system.process.count")).toEqual([[5, "{process}"]]);
  expect(of("system.cpu.logical.count")).toEqual([[2, "{cpu}"]]);
  expect(of("system.uptime")).toEqual([[713.3, "s"]]);
  expect(of("system.cpu.load_average.15m")).toEqual([[0.04, "1"]]);
  const [limit = []] = of("system.filesystem.limit", "/");
  const states = of("system.filesystem.usage", "/").map(([value]) => Number(value));
  expect(states).toHaveLength(3);
  expect(states.reduce((sum, value) => sum + value)).toBe(limit[0]);
});

test("nothing that is not a finite number is a measurement", () => {
  const files = new MachineFiles(machineFolder({
    "/proc/stat": "cpu  1 2 x\n",
    "/proc/meminfo": "MemTotal: lots kB\n",
    "/proc/uptime": "soon\n",
    "/proc/net/dev": "header\neth0: 1 2\n",
    "/proc/diskstats": "8 0 sda 1\n",
  }));
  const nothing = sample(files);
  expect(
    points(files, nothing, nothing, [], { processes: 0, processors: undefined })
      .map(({ name }) => name),
  ).toEqual([
    "system.network.connection.count",
    "system.network.connection.count",
    "system.network.connection.count",
    "system.process.count",
  ]);
});

test("filesystems are the local ones, one for each device, by the shortest path", () => {
  expect(parseMounts([
    "/dev/sda1 / ext4 rw 0 0",
    "/dev/sda1 /var/lib/docker ext4 rw 0 0",
    "/dev/sdb1 /mnt/my\\040disk xfs rw 0 0",
    "tank/home /home zfs rw 0 0",
    "/dev/loop0 /snap/core squashfs ro 0 0",
    "server:/export /mnt/nfs nfs4 rw 0 0",
    "tmpfs /run tmpfs rw 0 0",
    "garbage",
    "",
  ].join("\n"))).toEqual([
    { device: "/dev/sda1", mountpoint: "/", type: "ext4" },
    { device: "tank/home", mountpoint: "/home", type: "zfs" },
    { device: "/dev/sdb1", mountpoint: "/mnt/my disk", type: "xfs" },
  ]);
});

test("a line that is no counter is passed over", () => {
  expect(parseCpuTimes("intr 1 2 3")).toBeUndefined();
  expect(parseMemory("MemTotal: x kB\nMemFree:  3 kB\n")).toEqual(new Map([["MemFree", 3072]]));
  expect(parseDisks("   8       0 sda 1 2 3\n").size).toBe(0);
  expect([...parseLinkCounters(" a.b: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n").keys()])
    .toEqual(["a.b"]);
});
