/** The answers of Windows in a virtual machine; `recorded_facts.ts` says where their shapes are from. */
import type { Answers } from "../../../src/introspection/elsewhere/answers.ts";
import { address, connection, link, stats } from "./recorded_facts.ts";
import { MAC } from "./recorded_mac.ts";

/** What PowerShell prints of Windows' processes. FILETIME 134083296000000000 is 2025-11-23T00:00:00Z. */
export const WIN32_PROCESSES = "\uFEFF" + JSON.stringify([
  [0, 0, "System Idle Process", 9e12, 0, 8192, 8, null],
  [4, 0, "System", 5e9, 0, 150_000, 200, null],
  [1200, 800, "svchost.exe", 1e7, 2e7, 20_000_000, 10, 134_083_296_000_000_000],
  [1300, 800, "svchost.exe", 1e7, 1e7, 10_000_000, 5, 134_083_296_100_000_000],
  [4000, 3000, "Größe.exe", 3e7, 3e7, 50_000_000, 3, 134_083_296_200_000_000],
].map((
  [ProcessId, ParentProcessId, Name, KernelModeTime, UserModeTime, size, threads, Started],
) => ({
  ProcessId,
  ParentProcessId,
  Name,
  KernelModeTime,
  UserModeTime,
  WorkingSetSize: size,
  ThreadCount: threads,
  Started,
})));

/** A virtual machine with Windows, in Hyper-V. */
export const WINDOWS: Answers = {
  ...MAC,
  platform: "win32",
  hostname: () => "DESKTOP_1",
  loadAverages: () => [0, 0, 0],
  addresses: () => ({
    "Ethernet": [address("10.0.0.5/24", "00:15:5d:01:02:03")],
    "Loopback Pseudo-Interface 1": [address("127.0.0.1/8", "00:00:00:00:00:00", true)],
  }),
  system: () =>
    Promise.resolve({
      manufacturer: "Microsoft Corporation",
      model: "Virtual Machine",
      version: "Hyper-V UEFI Release v4.1",
      serial: "1234-5678-9012-3456-7890-1234-56",
      uuid: "b5f472c9-e827-5f73-a1f6-6b7bc31aee7c",
      sku: "None",
      virtual: true,
      virtualHost: "Hyper-V",
    }),
  uuid: () =>
    Promise.resolve({
      os: "3d1219c7-c4c5-404a-aa1f-6d2a48adfda4",
      hardware: "b5f472c9-e827-5f73-a1f6-6b7bc31aee7c",
      macs: [],
    }),
  osInfo: async () => ({
    ...await MAC.osInfo(),
    platform: "Windows",
    distro: "Microsoft Windows 11 Pro",
    release: "10.0.26100",
    kernel: "10.0.26100",
    arch: "x64",
  }),
  cpu: async () => ({ ...await MAC.cpu(), manufacturer: "Intel", brand: "Xeon® Gold 6330" }),
  mem: async () => ({ ...await MAC.mem(), buffcache: 0 }),
  diskLayout: () => Promise.resolve([]),
  blockDevices: () =>
    Promise.resolve(
      [["C:", "Local"], ["D:", "CD/DVD"], ["Z:", "Network"]].map(([name, physical]) => ({
        name: name!,
        identifier: name!,
        type: "disk",
        fsType: "ntfs",
        mount: name!,
        size: "127000000000" as unknown as number,
        physical: physical!,
        uuid: "",
        label: "",
        model: "",
        serial: "",
        removable: false,
        protocol: "",
      })),
    ),
  fsSize: () =>
    Promise.resolve([{
      fs: "C:",
      type: "NTFS",
      size: 127_000_000_000,
      used: 60_000_000_000,
      available: 67_000_000_000,
      use: 47.2,
      mount: "C:",
      rw: true,
    }]),
  disksIO: () => Promise.resolve(null),
  networkInterfaces: () =>
    Promise.resolve([
      link("Ethernet", {
        default: true,
        mac: "00:15:5d:01:02:03",
        mtu: "" as unknown as number,
        speed: 10_000,
        virtual: true,
      }),
      link("Loopback Pseudo-Interface 1", { internal: true, mtu: "" as unknown as number }),
    ]),
  networkGatewayDefault: () => Promise.resolve("10.0.0.1"),
  networkStats: () => Promise.resolve([stats("Ethernet", 7000)]),
  networkConnections: () =>
    Promise.resolve([
      connection("tcp", ["0.0.0.0", "135"], ["0.0.0.0", "0"], "LISTEN", 1200),
      connection("tcp", ["::", "445"], ["::", "0"], "LISTEN", 4),
    ]),
  services: () =>
    Promise.resolve(
      [["dhcp", true], ["fax", false], ["cdpusersvc_3f2a1", true]].map(([name, running]) => ({
        name: String(name),
        running: running === true,
        startmode: "Auto",
        pids: [],
        cpu: 0,
        mem: 0,
      })),
    ),
  run: () => Promise.resolve(WIN32_PROCESSES),
};
