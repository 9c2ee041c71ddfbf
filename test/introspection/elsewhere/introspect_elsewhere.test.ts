import process from "node:process";
import { describe, expect, test } from "vitest";
import { checkCommand } from "../../../src/domain/command.ts";
import type { Answers } from "../../../src/introspection/elsewhere/answers.ts";
import { introspectElsewhere } from "../../../src/introspection/elsewhere/introspect_elsewhere.ts";
import { MachineFiles } from "../../../src/introspection/files.ts";
import { introspect, type Introspection } from "../../../src/introspection/introspect.ts";
import { given } from "../../domain/given.ts";
import { machineFolder } from "../machine_folder.ts";
import { MAC } from "./recorded_mac.ts";
import { WINDOWS } from "./recorded_windows.ts";

const NOON = new Date("2026-11-23T12:00:00Z");
const look = (answers: Answers, files = {}) =>
  introspectElsewhere({
    answers,
    files: new MachineFiles(machineFolder(files)),
    windowMilliseconds: 0,
    clock: () => NOON,
  });

/** The commands that an introspection leads to, in the order they are sent. */
function commands({ compute, about }: Introspection) {
  const { networks, connections, software, measurements } = about(compute.hostname);
  return [
    ["RegisterCompute", compute],
    ...networks.map((data) => ["DefineNetwork", data]),
    ...software.map((data) => ["ConfigureSoftware", data]),
    ...connections.map((data) => ["EstablishConnection", data]),
    ...measurements.map((data) => ["RecordMeasurements", data]),
  ] as Parameters<typeof given>;
}

describe("a Mac", () => {
  test("is told with its hardware, its interfaces and their lasting addresses", async () => {
    const { compute } = await look(MAC);
    expect(compute).toEqual({
      hostname: "adas-macbook-pro.local",
      resource_type: "physical_server",
      evidence: { serial: "C02ABC123DEF", dmi_uuid: "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0" },
      manufacturer: "Apple Inc.",
      model: "MacBookPro18,3",
      architecture: "aarch64",
      cpu_model: "Apple M1 Pro",
      cpu_cores: 8,
      memory_bytes: 17_179_869_184,
      storage_bytes: 500_277_792_768,
      operating_system: { name: "macOS", version: "15.5", kernel: "24.5.0" },
      interfaces: [
        {
          name: "awdl0",
          kind: "virtual",
          mac_address: "f6:cb:06:00:00:01",
          mtu: 1484,
          addresses: [],
        },
        {
          name: "bridge0",
          kind: "bridge",
          mac_address: "36:29:bb:00:00:01",
          mtu: 1500,
          addresses: [],
        },
        {
          name: "en0",
          kind: "wireless",
          mac_address: "a4:83:e7:12:34:56",
          mtu: 1500,
          addresses: [
            "192.168.1.23/24",
            "2001:db8:1::23/64",
            "fe80::1c2b:3a4f:5d6e:7f80/64",
          ],
        },
        {
          name: "en5",
          kind: "ethernet",
          mac_address: "ac:de:48:00:11:22",
          mtu: 1500,
          speed_bps: 1_000_000_000,
          addresses: [],
        },
        {
          name: "lo0",
          kind: "loopback",
          mtu: 16_384,
          addresses: ["127.0.0.1/8", "::1/128", "fe80::1/64"],
        },
        { name: "utun3", kind: "tunnel", mtu: 1280, addresses: ["100.64.0.7/32"] },
      ],
    });
  });

  test("tells its programs by name, and nothing of what they were given", async () => {
    const found = await look(MAC);
    const { software, connections } = found.about("self");
    expect(software.map(({ name, listening }) => [name, listening])).toEqual([
      ["Google Chrome Helper", []],
      ["WindowServer", [{ transport: "udp", address: "0.0.0.0", port: 5353 }]],
      ["launchd", []],
      ["postgres", [{ transport: "tcp", address: "127.0.0.1", port: 5432 }]],
      ["python3.12", [{ transport: "tcp", address: "::", port: 8080 }]],
      ["zsh", []],
    ]);
    expect(connections).toEqual([{
      from: { compute: "self" },
      to: { address: "203.0.113.9", port: 443 },
      kind: "flow",
      transport: "tcp",
      port: 443,
      process: "Google Chrome Helper",
    }]);
    expect(JSON.stringify([software, found.about("self").measurements]))
      .not.toMatch(/hunter2|secret|guessed/);
  });

  test("tells its networks, and its packages of Homebrew", async () => {
    const found = await look(MAC, { "/opt/homebrew/Cellar/jq/1.7.1/": "" });
    const { networks, software, guests, complete } = found.about("self");
    expect(networks).toContainEqual({
      name: "192.168.1.0/24",
      cidr: "192.168.1.0/24",
      kind: "lan",
      gateway: "192.168.1.1",
    });
    expect(software).toContainEqual({
      compute: "self",
      name: "jq",
      kind: "package",
      source: "brew",
      version: "1.7.1",
    });
    expect(guests).toEqual([]);
    expect(complete).toEqual(["network", "software/package/brew", "software/process"]);
  });

  test("is measured", async () => {
    const { about } = await look(MAC);
    const [host, programs] = about("self").measurements;
    const value = (name: string, ...of: string[]) =>
      [...host!.points, ...programs!.points].filter((point) =>
        point.name === name &&
        of.every((each) => Object.values(point.attributes ?? {}).includes(each))
      ).map((point) => point.value);
    expect(value("system.cpu.time", "system")).toEqual([4000]);
    expect(value("system.memory.usage", "used")).toEqual([9_979_869_184]);
    expect(value("system.memory.utilization").reduce((sum, each) => sum + each)).toBeCloseTo(1, 3);
    expect(value("system.filesystem.usage", "/System/Volumes/Data", "used"))
      .toEqual([300_000_000_000]);
    expect(value("system.filesystem.limit")).toHaveLength(2);
    expect(value("system.disk.operations", "read")).toEqual([9_000_000]);
    expect(value("system.network.io", "en0", "transmit")).toEqual([10_000_000]);
    expect(value("system.cpu.load_average.5m")).toEqual([2.25]);
    expect(value("system.process.count")).toEqual([8]);
    expect(value("cim.process.count", "Google Chrome Helper")).toEqual([2]);
    expect(value("process.memory.usage", "Google Chrome Helper")).toEqual([610_000 * 1024]);
    expect(value("process.uptime", "launchd")).toEqual([353_465]);
  });
});

test("Windows is told with its services, and its virtual machine", async () => {
  const { compute, about, gaps } = await look(WINDOWS);
  expect(compute).toMatchObject({
    hostname: "desktop-1",
    resource_type: "virtual_machine",
    virtualization: { machine: "microsoft" },
    evidence: {
      serial: "1234-5678-9012-3456-7890-1234-56",
      dmi_uuid: "b5f472c9-e827-5f73-a1f6-6b7bc31aee7c",
      machine_id: "3d1219c7c4c5404aaa1f6d2a48adfda4",
    },
    architecture: "x86_64",
    cpu_model: "Intel Xeon® Gold 6330",
    storage_bytes: 127_000_000_000,
    operating_system: { name: "Microsoft Windows 11 Pro", version: "10.0.26100" },
  });
  expect(compute.interfaces).toEqual([
    {
      name: "Ethernet",
      kind: "virtual",
      mac_address: "00:15:5d:01:02:03",
      addresses: ["10.0.0.5/24"],
    },
    { name: "Loopback Pseudo-Interface 1", kind: "loopback", addresses: ["127.0.0.1/8"] },
  ]);
  const { software, measurements, complete } = about("self");
  expect(software.map(({ kind, name, listening = [] }) => [kind, name, listening.length])).toEqual([
    ["process", "Größe.exe", 0],
    ["process", "System", 1],
    ["process", "svchost.exe", 1],
    ["service", "dhcp", 0],
  ]);
  expect(complete).toEqual(["network", "software/process", "software/service/scm"]);
  const threads = measurements[1]?.points.filter(({ name }) => name === "process.thread.count");
  expect(threads?.map(({ value }) => value)).toEqual([3, 200, 15]);
  expect(gaps).toContainEqual({ source: "disk I/O", reason: "not read on win32" });
  expect(gaps).toContainEqual({ source: "routes", reason: "not read on win32" });
});

test.each([["a Mac", MAC], ["Windows", WINDOWS]])(
  "the domain takes what is told of %s, and a second look decides nothing new",
  async (_, answers) => {
    const all = commands(await look(answers));
    for (const [type, data] of all) checkCommand(type, data);
    const domain = given(...all);
    for (const said of commands(await look(answers))) {
      if (said[0] === "RecordMeasurements") continue;
      domain.when(...said).thenNothing();
    }
  },
);

test("a system that answers nothing is told as far as it goes, and each question is a gap", async () => {
  const refuses = () => Promise.reject(new Error("no such program"));
  const silent = Object.fromEntries(
    Object.keys(MAC).map((question) => [question, refuses]),
  ) as unknown as Answers;
  const { compute, about, gaps } = await look({
    ...silent,
    platform: "freebsd",
    hostname: () => "quiet",
    uptime: () => 5,
    loadAverages: () => [0, 0, 0],
    processors: () => [],
    addresses: () => ({}),
  });
  expect(compute).toEqual({
    hostname: "quiet",
    resource_type: "physical_server",
    interfaces: [],
  });
  expect(about("self").complete).toEqual([]);
  expect(gaps).toContainEqual({ source: "memory", reason: "no such program" });
  checkCommand("RegisterCompute", compute);
});

test.runIf(process.platform === "linux")(
  "of Linux it tells what introspection of files tells",
  async () => {
    const elsewhere = await introspectElsewhere({ windowMilliseconds: 600 });
    const here = await introspect({ windowMilliseconds: 0 });
    expect(elsewhere.compute.hostname).toBe(here.compute.hostname);
    expect(elsewhere.compute.cpu_cores).toBe(here.compute.cpu_cores);
    expect(elsewhere.compute.architecture).toBe(here.compute.architecture);
    expect(elsewhere.compute.evidence).toEqual(here.compute.evidence);
    const [told = 0, read = 1] = [elsewhere.compute.memory_bytes, here.compute.memory_bytes];
    expect(Math.abs(told / read - 1)).toBeLessThan(0.01);
    // systeminformation tells of no interface without an address on Linux.
    const addressed = ({ compute }: Introspection) =>
      compute.interfaces.filter(({ addresses }) => addresses.length > 0)
        .map(({ name, addresses, mac_address, mtu }) => ({ name, addresses, mac_address, mtu }));
    expect(addressed(elsewhere)).toEqual(addressed(here));
    const { measurements, networks } = elsewhere.about("self");
    expect(networks.map(({ cidr }) => cidr)).toEqual(
      here.about("self").networks.map((n) => n.cidr),
    );
    const names = new Set(measurements.flatMap(({ points }) => points.map(({ name }) => name)));
    const known = here.about("self").measurements.flatMap(({ points }) => points);
    for (const name of names) {
      if (!name.endsWith("cpu.utilization")) expect(known.map((each) => each.name)).toContain(name);
    }
    const busy = measurements[0]!.points.filter(({ name }) => name === "system.cpu.utilization");
    expect(busy.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(1, 3);
    const all = commands(elsewhere);
    for (const [type, data] of all) checkCommand(type, data);
    given(...all);
  },
);
