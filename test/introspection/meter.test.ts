import process from "node:process";
import { expect, test } from "vitest";
import { checkCommand } from "../../src/domain/command.ts";
import { MachineFiles } from "../../src/introspection/files.ts";
import type { Instrument } from "../../src/introspection/instrument.ts";
import { Meter } from "../../src/introspection/meter.ts";
import { point } from "../../src/introspection/point.ts";
import { machineFolder, processTable } from "./machine_folder.ts";
import { COMMON } from "./machines/common.ts";

const NOON = new Date("2026-11-23T12:00:00Z");

/** Looks at nothing, at moments that are given. */
function instrument(moments: number[], points = 1): Instrument & { looks: string[] } {
  const looks: string[] = [];
  const look = (kind: string) => {
    looks.push(kind);
    const all = Array.from(
      { length: points },
      (_, at) => point("system.network.io", "By", at, { "network.interface.name": `eth${at}` }),
    );
    return Promise.resolve({ seconds: moments.shift() ?? 0, points: all });
  };
  return { looks, host: () => look("host"), programs: () => look("programs") };
}

test("the first measurement watches for a short window, the next over the time since the last", async () => {
  const given = instrument([100, 100.02, 115.02, 130.0204]);
  const meter = new Meter({ instrument: given, windowMilliseconds: 1, clock: () => NOON });
  const windows = [];
  for (let at = 0; at < 3; at++) {
    const [measured] = await meter.measure("web-01");
    checkCommand("RecordMeasurements", measured);
    expect(measured?.observed_at).toBe(NOON.toISOString());
    windows.push(measured?.window_seconds);
  }
  expect(windows).toEqual([0.02, 15, 15]);
  expect(given.looks).toEqual(["host", "host", "host", "host"]);
});

test("programs are measured on their own, when asked for, over their own window", async () => {
  const given = instrument([10, 11, 20, 20.5, 22, 22.5, 40, 50, 52.5]);
  const meter = new Meter({ instrument: given, windowMilliseconds: 1 });
  expect((await meter.measure("web-01")).map((each) => each.window_seconds)).toEqual([1]);
  const asked = await meter.measure("web-01", { processes: true });
  expect(given.looks.slice(2)).toEqual(["programs", "host", "programs"]);
  expect(asked.map((each) => each.window_seconds)).toEqual([9.5, 2]);
  expect((await meter.measure("web-01")).map((each) => each.window_seconds)).toEqual([2]);
  const again = await meter.measure("web-01", { processes: true });
  expect(again.map((each) => each.window_seconds)).toEqual([17.5, 28]);
});

test("what does not fit into one command is said in several", async () => {
  const meter = new Meter({ instrument: instrument([], 2001), windowMilliseconds: 0 });
  const all = await meter.measure("web-01");
  expect(all.map(({ points }) => points.length)).toEqual([1000, 1000, 1]);
});

test("a machine as files is measured, and one look has no window", async () => {
  const files = new MachineFiles(machineFolder({ ...COMMON, ...processTable(7, "nginx") }));
  const meter = new Meter({ files, windowMilliseconds: 0 });
  const all = await meter.measure("plain", { processes: true });
  expect(all).toHaveLength(2);
  for (const each of all) {
    checkCommand("RecordMeasurements", each);
    expect(each).not.toHaveProperty("window_seconds");
    expect(each.points.map(({ name }) => name)).not.toContain(
      expect.stringMatching("utilization$"),
    );
  }
  expect(all[1]?.points.map(({ name }) => name)).toEqual([
    "cim.process.count",
    "process.unix.file_descriptor.count",
    "process.uptime",
  ]);
  expect(meter.gaps).toEqual([]);
});

test("a first measurement can be stopped while it watches", async () => {
  const reason = new Error("stopped by the test");
  const controller = new AbortController();
  const meter = new Meter({
    instrument: instrument([]),
    windowMilliseconds: 60_000,
    signal: controller.signal,
  });
  const measuring = meter.measure("web-01");
  setTimeout(() => controller.abort(reason), 20);
  await expect(measuring).rejects.toBe(reason);
});

test.runIf(process.platform === "linux")(
  "this very machine is measured, its programs too",
  async () => {
    const meter = new Meter({ windowMilliseconds: 300 });
    const start = performance.now();
    while (performance.now() - start < 100); // some work to be seen
    const measuring = meter.measure("here", { processes: true });
    const busy = setInterval(() => {
      const until = performance.now() + 20;
      while (performance.now() < until);
    }, 25);
    const [host, programs] = await measuring;
    clearInterval(busy);
    for (const each of [host, programs]) checkCommand("RecordMeasurements", each);
    const own = programs!.points.filter(({ attributes }) =>
      /^(deno|node)/.test(attributes?.["process.executable.name"] ?? "")
    );
    const value = (name: string) => own.find((each) => each.name === name)?.value ?? -1;
    expect(value("process.cpu.utilization")).toBeGreaterThan(0.05);
    expect(value("process.cpu.utilization")).toBeLessThanOrEqual(1);
    expect(value("process.memory.usage")).toBeGreaterThan(10_000_000);
    expect(value("process.unix.file_descriptor.count")).toBeGreaterThan(3);
    expect(value("process.thread.count")).toBeGreaterThan(1);
  },
);
