import { expect, test } from "vitest";
import { checkCommand } from "../../src/domain/command.ts";
import { type FileSource, MachineFiles } from "../../src/introspection/files.ts";
import {
  parseCpuSeconds,
  parseIo,
  parseStatus,
  processCount,
  processSample,
} from "../../src/introspection/process_counters.ts";
import { programPoints } from "../../src/introspection/program_points.ts";
import { machineFolder, type MachineTable, processTable } from "./machine_folder.ts";

const UPTIME = { "/proc/uptime": "713.30 1366.88\n" };
const STATUS = "Name:\tx\nVmPeak:\t  9000 kB\nVmRSS:\t    1500 kB\nThreads:\t7\n";
const IO = "rchar: 99\nwchar: 98\nsyscr: 1\nsyscw: 1\nread_bytes: 4096\nwrite_bytes: 8192\n" +
  "cancelled_write_bytes: 0\n";

test("a process is told from /proc/[pid]", () => {
  const files = new MachineFiles(machineFolder({
    ...UPTIME,
    ...processTable(7, "nginx", { executable: "/usr/sbin/nginx", sockets: [1, 2] }),
    "/proc/7/status": STATUS,
    "/proc/7/io": IO,
    ...processTable(2, "kthreadd", { flags: 0x0020_0000 }),
    ...processTable(8, "zombie", { state: "Z" }),
  }));
  expect(processSample(files).processes).toEqual([{
    id: "7 0.14",
    name: "nginx",
    cpuSeconds: 0.03,
    ageSeconds: expect.closeTo(713.16, 6),
    memory: 1500 * 1024,
    threads: 7,
    descriptors: 2,
    read: 4096,
    written: 8192,
  }]);
  expect(processCount(files)).toBe(1);
  expect(files.gaps).toEqual([]);
});

test("a process that ends during the scan is left out, a file that is gone leaves its facts out", () => {
  const files = new MachineFiles(machineFolder({
    ...processTable(7, "whole"),
    "/proc/8/": "",
    "/proc/9/stat": "9 (cut off) S 1 9",
  }));
  expect(processSample(files).processes)
    .toEqual([{ id: "7 0.14", name: "whole", cpuSeconds: 0.03, descriptors: 0 }]);
  expect(files.gaps).toEqual([]);
});

test("what other users' processes hide is one gap for all, and nothing but it is missing", () => {
  const root = machineFolder({
    ...processTable(7, "one"),
    "/proc/7/status": STATUS,
    ...processTable(8, "two"),
  });
  const refused = Object.assign(new Error("no"), { code: "EACCES" });
  const source: FileSource = {
    read: (path) => {
      if (path.endsWith("/io")) throw refused;
      return Deno.readFileSync(path);
    },
    list: (path) => {
      if (path.endsWith("/fd")) throw refused;
      return [...Deno.readDirSync(path)].map(({ name }) => name);
    },
    link: (path) => Deno.readLinkSync(path),
  };
  const files = new MachineFiles(root, source);
  expect(
    processSample(files).processes.map(({ descriptors, read, memory }) => [
      descriptors,
      read,
      memory,
    ]),
  ).toEqual([[undefined, undefined, 1500 * 1024], [undefined, undefined, undefined]]);
  expect(files.gaps).toEqual([{
    source: "/proc/[pid]/io",
    reason: "permission denied (processes: 2): the disk I/O of their programs is not measured",
  }]);
});

test("a command line and an environment are never read", () => {
  const files = new MachineFiles(machineFolder({ ...UPTIME, ...processTable(7, "secretive") }), {
    read: (path) => {
      expect(path).not.toMatch(/cmdline|environ/);
      return Deno.readFileSync(path);
    },
    list: (path) => [...Deno.readDirSync(path)].map(({ name }) => name),
    link: (path) => Deno.readLinkSync(path),
  });
  expect(JSON.stringify(processSample(files))).not.toContain("hunter2");
});

test.each<[string, string | Uint8Array, string]>([
  ["a line end", "two\nlines", "two\uFFFDlines"],
  ["parentheses", "evil) S 1 (x", "evil) S 1 (x"],
  ["an escape sequence", "\x1b[31mred", "\uFFFD[31mred"],
  ["a NUL", "cut\0off", "cut\uFFFDoff"],
  ["half a character, cut at 15 bytes", new Uint8Array([...Array(14).fill(97), 0xc3]), "a\uFFFD"],
  ["markup and quotes", `<b>"'--`, `<b>"'--`],
])("a name with %s comes out valid", (_, own, expected) => {
  const files = new MachineFiles(machineFolder({
    ...UPTIME,
    ...processTable(7, own),
    "/proc/7/status": STATUS,
    "/proc/7/io": IO,
  } as MachineTable));
  const now = processSample(files);
  expect(now.processes).toHaveLength(1);
  expect(now.processes[0]?.name).toContain(expected);
  expect(now.processes[0]?.cpuSeconds).toBe(0.03);
  const points = programPoints(undefined, now, { processors: 2, programs: 40 });
  expect(points).toHaveLength(7);
  checkCommand("RecordMeasurements", {
    compute: "web-01",
    observed_at: "2026-11-23T12:00:00Z",
    points,
  });
});

test("what is no number is no fact", () => {
  expect(parseCpuSeconds("7 (x) S 1 2 3")).toBeUndefined();
  expect(parseStatus("Name:\tx\nVmRSS:\tlots kB\n")).toEqual({}); // a kernel thread has no VmRSS
  expect(parseIo("read_bytes: 1\n")).toEqual({});
});
