import { expect, test } from "vitest";
import {
  type ProcessCounters,
  type ProcessSample,
  programPoints,
} from "../../src/introspection/program_points.ts";

const OPTIONS = { processors: 2, programs: 40 };

const at = (seconds: number, ...processes: ProcessCounters[]): ProcessSample => ({
  seconds,
  processes,
});

function measured(
  before: ProcessSample | undefined,
  now: ProcessSample,
  options: { processors: number | undefined; programs: number } = OPTIONS,
) {
  const points = programPoints(before, now, options);
  const of = (name: string, program: string, ...values: string[]) =>
    points.filter((point) =>
      point.name === name && point.attributes?.["process.executable.name"] === program &&
      values.every((value) => Object.values(point.attributes ?? {}).includes(value))
    ).map(({ value, unit }) => [value, unit]);
  const programs = [...new Set(points.map((each) => each.attributes!["process.executable.name"]))];
  return { of, points, programs };
}

test("a program is the sum of its processes", () => {
  const one = { name: "nginx", memory: 1000, threads: 2, descriptors: 3, read: 10, written: 20 };
  const { of, points } = measured(
    at(100, { id: "1", cpuSeconds: 5, ...one }, { id: "2", cpuSeconds: 7, ...one }),
    at(
      160,
      { id: "1", cpuSeconds: 11, ageSeconds: 90.125, ...one },
      { id: "2", cpuSeconds: 13, ageSeconds: 80, ...one },
    ),
  );
  expect(of("process.cpu.utilization", "nginx")).toEqual([[0.1, "1"]]); // 12 s of 2 times 60 s
  expect(of("process.memory.usage", "nginx")).toEqual([[2000, "By"]]);
  expect(of("process.thread.count", "nginx")).toEqual([[4, "{thread}"]]);
  expect(of("process.unix.file_descriptor.count", "nginx")).toEqual([[6, "{file_descriptor}"]]);
  expect(of("process.disk.io", "nginx", "read")).toEqual([[20, "By"]]);
  expect(of("process.disk.io", "nginx", "write")).toEqual([[40, "By"]]);
  expect(of("process.uptime", "nginx")).toEqual([[90.13, "s"]]); // the oldest
  expect(of("cim.process.count", "nginx")).toEqual([[2, "{process}"]]);
  expect(points).toHaveLength(8);
});

test("a process that starts or ends in the window makes no share negative, nor another's id its own", () => {
  const { of, programs } = measured(
    at(
      100,
      { id: "1 10", name: "ends", cpuSeconds: 500 },
      { id: "2 10", name: "shell", cpuSeconds: 50 },
    ),
    at(
      110,
      { id: "2 10", name: "shell", cpuSeconds: 49 }, // time goes back: no share comes of it
      { id: "1 105", name: "starts", cpuSeconds: 4, ageSeconds: 5 },
      { id: "3 20", name: "overlooked", cpuSeconds: 4, ageSeconds: 90 },
    ),
  );
  expect(programs).not.toContain("ends");
  expect(of("process.cpu.utilization", "shell")).toEqual([[0, "1"]]);
  expect(of("process.cpu.utilization", "starts")).toEqual([[0.2, "1"]]);
  expect(of("process.cpu.utilization", "overlooked")).toEqual([[0, "1"]]);
});

test("without a window, or without known processors, there is no utilization; it is never above the whole", () => {
  const now = at(101, { id: "1", name: "busy", cpuSeconds: 2.01, ageSeconds: 0.9 });
  const share = (before: ProcessSample | undefined, processors: number | undefined) =>
    measured(before, now, { processors, programs: 40 }).of("process.cpu.utilization", "busy");
  expect(share(undefined, 2)).toEqual([]);
  expect(share(at(101), 2)).toEqual([]);
  expect(share(at(100), undefined)).toEqual([]);
  expect(share(at(100), 2)).toEqual([[1, "1"]]);
});

test("what one process hides is absent for its program, and there for others", () => {
  const { of } = measured(
    undefined,
    at(
      1,
      { id: "1", name: "mixed", cpuSeconds: 0, descriptors: 3, read: 1, written: 1 },
      { id: "2", name: "mixed", cpuSeconds: 0 },
      { id: "3", name: "open", cpuSeconds: 0, descriptors: 3, read: 1, written: 1 },
    ),
  );
  expect(of("process.unix.file_descriptor.count", "mixed")).toEqual([]);
  expect(of("process.disk.io", "mixed")).toEqual([]);
  expect(of("process.uptime", "mixed")).toEqual([]);
  expect(of("cim.process.count", "mixed")).toEqual([[2, "{process}"]]);
  expect(of("process.disk.io", "open")).toHaveLength(2);
});

test("of many programs those with the most processor time and memory are taken in turn, ties by name", () => {
  const process = (name: string, cpuSeconds: number, memory: number) => ({
    id: name,
    name,
    cpuSeconds,
    memory,
    ageSeconds: 1,
  });
  const all = [
    process("big", 0, 900),
    process("bigger", 0, 1000),
    process("busier", 0.5, 1),
    process("busy", 0.4, 2),
    process("b-small", 0, 3),
    process("a-small", 0, 3),
  ];
  const taken = (programs: number, processes = all) =>
    measured(at(0), at(1, ...processes), { processors: 2, programs }).programs.sort();
  expect(taken(2)).toEqual(["bigger", "busier"]);
  expect(taken(4)).toEqual(["big", "bigger", "busier", "busy"]);
  expect(taken(5)).toEqual(["a-small", "big", "bigger", "busier", "busy"]);
  expect(taken(5, all.toReversed())).toEqual(taken(5));
  expect(programPoints(at(0), at(1, ...all.toReversed()), OPTIONS))
    .toEqual(programPoints(at(0), at(1, ...all), OPTIONS));
});
