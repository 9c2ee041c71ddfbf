import { expect, test } from "vitest";
import { Asker } from "../../../src/introspection/elsewhere/answers.ts";
import { socketOf } from "../../../src/introspection/elsewhere/connections.ts";
import { machineOf } from "../../../src/introspection/elsewhere/machine.ts";
import {
  parseDuration,
  parsePs,
  parseWindows,
} from "../../../src/introspection/elsewhere/programs.ts";
import { MAC, PS_OWN, PS_PATHS } from "./recorded_mac.ts";
import { WIN32_PROCESSES } from "./recorded_windows.ts";

test("a name that the kernel cut is completed, one that a process gave itself is not believed", () => {
  expect(parsePs(PS_OWN, PS_PATHS).map(({ pid, name }) => [pid, name])).toEqual([
    [1, "launchd"],
    [345, "WindowServer"],
    [501, "Google Chrome Helper"],
    [502, "Google Chrome Helper"],
    [700, "postgres"],
    [801, "zsh"],
    [900, "python3.12"],
    [950, "evil\uFFFD[31m"],
  ]);
  expect(parsePs(PS_OWN, "").find(({ pid }) => pid === 501)?.name).toBe("Google Chrome He");
});

test("what we have started ourselves to ask is no program of the machine", () => {
  expect(parsePs(` 77 ${Deno.pid} R 4000 0:00.00 00:00 ps\n`, "")).toEqual([]);
});

test.each([
  ["0:00.10", 0.1],
  ["121:40.07", 7300.07],
  ["02:11:05", 7865],
  ["04-02:11:05", 353_465],
  ["never", undefined],
  ["5", undefined],
])("%s is a duration of %s s", (text, seconds) => {
  expect(parseDuration(text)).toEqual(
    seconds === undefined ? undefined : expect.closeTo(seconds, 6),
  );
});

test("Windows' times are in units of 100 ns, since 1601", () => {
  const now = new Date("2025-11-23T00:01:00Z");
  expect(parseWindows(WIN32_PROCESSES, now)[1]).toEqual({
    pid: 1200,
    id: "1200 134083296000000000",
    name: "svchost.exe",
    cpuSeconds: 3,
    ageSeconds: expect.closeTo(60, 3),
    memory: 20_000_000,
    threads: 10,
  });
});

test.each([
  [{ manufacturer: "Apple Inc.", model: "VirtualMac2,1", version: "VirtualMac2,1" }, "apple"],
  [{ manufacturer: "VMware, Inc.", model: "VMware20,1", virtual: true }, "vmware"],
  [{ manufacturer: "innotek GmbH", model: "VirtualBox", virtualHost: "VirtualBox" }, "oracle"],
  [{ manufacturer: "", model: "Computer", virtual: true, virtualHost: "Hyper-V" }, "microsoft"],
  [{ manufacturer: "", model: "Computer", virtual: true }, "vm-other"],
  [{ manufacturer: "Dell Inc.", model: "XPS 13" }, undefined],
])("%o runs in %s", (facts, machine) => {
  const system = { version: "", serial: "-", uuid: "-", sku: "-", virtual: false, ...facts };
  expect(machineOf(system)).toBe(machine);
});

test("a socket of any system is one of Linux", () => {
  const told = {
    protocol: "tcp46",
    localAddress: "*",
    localPort: "22",
    peerAddress: "*",
    peerPort: "*",
    state: "SYN_RECV",
    pid: 1,
    process: "",
  };
  expect(socketOf(told, "7")).toEqual({
    transport: "tcp",
    state: "syn_received",
    local: { address: "::", port: 22 },
    remote: { address: "::", port: 0 },
    inode: "7",
  });
  expect(socketOf({ ...told, protocol: "udp4", peerAddress: "192.0.2.1", peerPort: "53" }, "7"))
    .toMatchObject({ state: "established", local: { address: "0.0.0.0" } });
  expect(socketOf({ ...told, protocol: "icmp" }, "7")).toBeUndefined();
  expect(socketOf({ ...told, localAddress: "nowhere" }, "7")).toBeUndefined();
});

test("a question that is not answered is a gap, and one that is stopped ends all", async () => {
  const asker = new Asker(MAC);
  expect(await asker.ask("a", () => null)).toBeUndefined();
  expect(await asker.ask("b", () => Promise.reject(new Error("no")))).toBeUndefined();
  expect(await asker.ask("c", () => 0)).toBe(0);
  expect(asker.gaps).toEqual([
    { source: "a", reason: "not read on darwin" },
    { source: "b", reason: "no" },
  ]);
  const reason = new Error("stopped by the test");
  const controller = new AbortController();
  const asking = new Asker(MAC, controller.signal).ask("d", () => new Promise<void>(() => {}));
  controller.abort(reason);
  await expect(asking).rejects.toBe(reason);
});
