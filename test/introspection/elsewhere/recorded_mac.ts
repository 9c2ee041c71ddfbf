/** A MacBook's answers; `recorded_facts.ts` says where their shapes are from. */
import type { Answers } from "../../../src/introspection/elsewhere/answers.ts";
import { address, connection, link, stats } from "./recorded_facts.ts";

/** What ps prints on macOS; the program of pid 900 has been given secrets, in ways that reach its title. */
export const PS_OWN = `
    1     0 Ss    18144   3:11.42 04-02:11:05 launchd
  345     1 Ss    66208 121:40.07 04-02:10:44 WindowServer
  501     1 S    412000  10:00.50    02:11:05 Google Chrome He
  502   501 S    198000   0:59.99    02:11:00 Google Chrome He
  700     1 S     30000   1:02.00    05:00:00 postgres
  801   800 S      3000   0:00.10    01:00:00 zsh
  900   801 S     21000   0:01.00    00:10:00 python3.12
  901   801 Z         0   0:00.00       00:05 (sleep)
  950     1 S      5000   0:00.01       00:03 evil\x1b[31m
`;

export const PS_PATHS = `
    1 /sbin/launchd
  345 /System/Library/PrivateFrameworks/SkyLight.framework/Resources/WindowServer
  501 /Applications/Google Chrome.app/Contents/Frameworks/Helpers/Google Chrome Helper.app/Contents/MacOS/Google Chrome Helper
  502 /Applications/Google Chrome.app/Contents/Frameworks/Helpers/Google Chrome Helper.app/Contents/MacOS/Google Chrome Helper
  700 postgres: secretuser secretdb 10.0.0.5(54321) idle
  801 -zsh
  900 python3.12 --password=hunter2
  950 evil\x1b[31m
`;

const IFCONFIG = `en0: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500
\tether a4:83:e7:12:34:56
\tinet6 fe80::1c2b:3a4f:5d6e:7f80%en0 prefixlen 64 secured scopeid 0xc
\tinet 192.168.1.23 netmask 0xffffff00 broadcast 192.168.1.255
\tinet6 2001:db8:1::23 prefixlen 64 autoconf secured
\tinet6 2001:db8:1::dead prefixlen 64 autoconf temporary
`;

/** A MacBook. */
export const MAC: Answers = {
  platform: "darwin",
  hostname: () => "Adas-MacBook-Pro.local",
  uptime: () => 353_465,
  loadAverages: () => [2.5, 2.25, 2],
  processors: () =>
    Array.from({ length: 8 }, () => ({
      times: { user: 1_000_000, nice: 0, sys: 500_000, idle: 8_500_000, irq: 0 },
    })),
  addresses: () => ({
    lo0: [
      address("127.0.0.1/8", "00:00:00:00:00:00", true),
      address("::1/128", "00:00:00:00:00:00", true),
      address("fe80::1/64", "00:00:00:00:00:00", true),
    ],
    en0: [
      address("fe80::1c2b:3a4f:5d6e:7f80/64", "a4:83:e7:12:34:56"),
      address("192.168.1.23/24", "a4:83:e7:12:34:56"),
      address("2001:db8:1::23/64", "a4:83:e7:12:34:56"),
      address("2001:db8:1::dead/64", "a4:83:e7:12:34:56"),
    ],
    utun3: [address("100.64.0.7/32", "00:00:00:00:00:00")],
  }),
  system: () =>
    Promise.resolve({
      manufacturer: "Apple Inc.",
      model: "MacBookPro18,3",
      version: "MacBookPro18,3",
      serial: "C02ABC123DEF",
      uuid: "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
      sku: "-",
      virtual: false,
    }),
  uuid: () =>
    Promise.resolve({
      os: "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
      hardware: "C02ABC123DEF",
      macs: ["a4:83:e7:12:34:56"],
    }),
  osInfo: () =>
    Promise.resolve({
      platform: "darwin",
      distro: "macOS",
      release: "15.5",
      codename: "Sequoia",
      kernel: "24.5.0",
      arch: "arm64",
      hostname: "Adas-MacBook-Pro.local",
      fqdn: "Adas-MacBook-Pro.local",
      codepage: "UTF-8",
      logofile: "apple",
      serial: "",
      build: "24F74",
      servicepack: "",
      uefi: true,
    }),
  cpu: () =>
    Promise.resolve({
      manufacturer: "Apple",
      brand: "M1 Pro",
      vendor: "Apple",
      family: "458787763",
      model: "",
      stepping: "2",
      revision: "",
      voltage: "",
      speed: 2.4,
      speedMin: 2.4,
      speedMax: 2.4,
      governor: "",
      cores: 8,
      physicalCores: 8,
      processors: 1,
      socket: "SOC",
      flags: "",
      virtualization: true,
      cache: { l1d: 65536, l1i: 131072, l2: 4194304, l3: NaN },
    }),
  mem: () =>
    Promise.resolve({
      buffers: 0,
      cached: 0,
      slab: 0,
      reclaimable: 0,
      writeback: null,
      dirty: null,
      total: 17_179_869_184,
      free: 200_000_000,
      used: 16_979_869_184,
      active: 9_979_869_184,
      available: 7_200_000_000,
      buffcache: 7_000_000_000,
      swaptotal: 2_147_483_648,
      swapused: 1_000_000_000,
      swapfree: 1_147_483_648,
    }),
  diskLayout: () =>
    Promise.resolve(
      [
        ["NVMe", "PCIe", 500_277_792_768] as const,
        ["USB", "USB", 2_000_000_000_000] as const,
      ].map(([type, interfaceType, size]) => ({
        device: "disk0",
        type,
        name: "APPLE SSD AP0512R",
        vendor: "Apple",
        size,
        bytesPerSector: 0,
        totalCylinders: 0,
        totalHeads: 0,
        totalSectors: 0,
        totalTracks: 0,
        tracksPerCylinder: 0,
        sectorsPerTrack: 0,
        firmwareRevision: "",
        serialNum: "",
        interfaceType,
        smartStatus: "OK",
        temperature: null,
      })),
    ),
  blockDevices: () => Promise.resolve([]),
  fsSize: () =>
    Promise.resolve(
      [
        ["/dev/disk3s1s1", "APFS", "/", 11_000_000_000] as const,
        ["/dev/disk3s5", "APFS", "/System/Volumes/Data", 300_000_000_000] as const,
        ["/dev/disk3s6", "APFS", "/System/Volumes/VM", 1_000_000_000] as const,
        ["//ada@nas/share", "smbfs", "/Volumes/share", 1_000_000_000] as const,
      ].map(([fs, type, mount, used]) => ({
        fs,
        type,
        size: 494_384_795_648,
        used,
        available: 180_000_000_000,
        use: 50,
        mount,
        rw: true,
      })),
    ),
  disksIO: () =>
    Promise.resolve({
      rIO: 9_000_000,
      wIO: 4_000_000,
      tIO: 13_000_000,
      rIO_sec: null,
      wIO_sec: null,
      tIO_sec: null,
      rWaitTime: 0,
      wWaitTime: 0,
      tWaitTime: 0,
      rWaitPercent: null,
      wWaitPercent: null,
      tWaitPercent: null,
      ms: 0,
    }),
  networkInterfaces: () =>
    Promise.resolve([
      link("lo0", { internal: true, mtu: 16_384, operstate: "unknown" }),
      link("en0", {
        default: true,
        type: "wireless",
        mac: "a4:83:e7:12:34:56",
        speed: 780.5,
        dhcp: true,
      }),
      link("en5", { mac: "ac:de:48:00:11:22", speed: 1000, operstate: "down" }),
      link("bridge0", { mac: "36:29:bb:00:00:01" }),
      link("awdl0", { mac: "f6:cb:06:00:00:01", mtu: 1484 }),
      link("utun3", { mtu: 1280 }),
    ]),
  networkGatewayDefault: () => Promise.resolve("192.168.1.1"),
  networkStats: () => Promise.resolve([stats("lo0", 1000), stats("en0", 5_000_000)]),
  networkConnections: () =>
    Promise.resolve([
      connection("tcp4", ["127.0.0.1", "5432"], ["*", "*"], "LISTEN", 700),
      connection("tcp6", ["*", "8080"], ["*", "*"], "LISTEN", 900),
      connection("tcp4", ["192.168.1.23", "50123"], ["203.0.113.9", "443"], "ESTABLISHED", 501),
      connection("udp4", ["*", "5353"], ["*", "*"], "UNKNOWN", 345),
      connection("tcp6", ["fe80::1%lo0", "99999"], ["*", "*"], "LISTEN", NaN),
    ]),
  services: () => Promise.resolve([]),
  run: (program, args) =>
    Promise.resolve(
      program === "ifconfig" ? IFCONFIG : args.at(-1)?.includes("rss=") ? PS_OWN : PS_PATHS,
    ),
};
