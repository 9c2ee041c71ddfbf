/** Measurements under OpenTelemetry's names and units (semantic conventions 1.44, system metrics). */
import type { MachineFiles } from "./files.ts";
import { filesystems, type Mount } from "./filesystems.ts";
import { asName } from "./names.ts";
import { type Point, point, sortedPoints } from "./point.ts";
import { type CpuTimes, type LinkCounters, parseMemory } from "./proc_counters.ts";
import type { Sample } from "./sample.ts";
import type { Socket } from "./sockets.ts";

/**
 * The points of one moment, sorted by name and attributes. Counters (`.time`, `.io`, `.count` of packets) are since boot;
 * `system.cpu.utilization` is over the window between the samples, and absent when no time passed.
 *
 * @param before an earlier moment; without it there is no utilization
 */
export function points(
  files: MachineFiles,
  before: Sample | undefined,
  now: Sample,
  sockets: Socket[],
  counts: { processes: number; processors: number | undefined },
): Point[] {
  return sortedPoints([
    ...cpuPoints(before?.cpu, now.cpu ?? {}),
    ...meminfoPoints(parseMemory(files.text("/proc/meminfo") ?? "")),
    ...filesystems(files).flatMap(({ used, free, reserved, ...filesystem }) =>
      filesystemPoints(filesystem, used + free + reserved, { used, free, reserved })
    ),
    ...diskPoints(now),
    ...now.links.flatMap(([name, counters]) => linkPoints(name, counters)),
    ...connectionPoints(sockets),
    point("system.process.count", "{process}", counts.processes),
    point("system.cpu.logical.count", "{cpu}", counts.processors ?? NaN),
    ...bootPoints(files),
  ]);
}

/** Seconds since boot in each mode, and the shares of the modes in the time since an earlier moment. */
export function cpuPoints(before: Partial<CpuTimes> | undefined, now: Partial<CpuTimes>): Point[] {
  const modes = Object.entries(now) as [keyof CpuTimes, number][];
  const passed = modes.map(([mode, seconds]) =>
    // The kernel's iowait can go back a little: no negative share comes of it.
    [mode, Math.max(0, seconds - (before ?? now)[mode]!)] as const
  );
  const total = passed.reduce((sum, [, seconds]) => sum + seconds, 0);
  return [
    ...modes.map(([mode, seconds]) => point("system.cpu.time", "s", seconds, { "cpu.mode": mode })),
    ...passed.map(([mode, seconds]) =>
      point("system.cpu.utilization", "1", seconds / total, { "cpu.mode": mode })
    ),
  ];
}

function meminfoPoints(memory: Map<string, number>): Point[] {
  const of = (field: string) => memory.get(field) ?? 0;
  const total = of("MemTotal");
  // What the kernel can take back at once counts as cached, as in free(1): so the four states sum up to the limit.
  const cached = of("Cached") + of("SReclaimable");
  const states = {
    used: Math.max(0, total - of("MemFree") - of("Buffers") - cached),
    free: of("MemFree"),
    cached,
    buffers: of("Buffers"),
  };
  const swap = of("SwapTotal");
  return memoryPoints(total, states, { used: swap - of("SwapFree"), free: of("SwapFree") });
}

/** Memory in bytes by its states, and what is swapped out; nothing of either where there is none. */
export function memoryPoints(
  total: number,
  states: Record<string, number>,
  paging: { used: number; free: number },
): Point[] {
  if (total === 0) return [];
  const swap: Record<string, number> = paging.used + paging.free === 0 ? {} : { ...paging };
  return [
    point("system.memory.limit", "By", total),
    ...Object.entries(states).flatMap(([state, bytes]) => [
      point("system.memory.usage", "By", bytes, { "system.memory.state": state }),
      point("system.memory.utilization", "1", bytes / total, { "system.memory.state": state }),
    ]),
    ...Object.entries(swap).map(([state, bytes]) =>
      point("system.paging.usage", "By", bytes, { "system.paging.state": state })
    ),
  ];
}

/** A filesystem of `limit` bytes by its states. */
export function filesystemPoints(
  { mountpoint, device, type }: Mount,
  limit: number,
  states: Record<string, number>,
): Point[] {
  const attributes = {
    "system.device": device,
    "system.filesystem.mountpoint": mountpoint,
    "system.filesystem.type": type,
  };
  return [
    point("system.filesystem.limit", "By", limit, attributes),
    ...Object.entries(states).flatMap(([state, bytes]) => {
      const withState = { ...attributes, "system.filesystem.state": state };
      return [
        point("system.filesystem.usage", "By", bytes, withState),
        point("system.filesystem.utilization", "1", bytes / limit, withState),
      ];
    }),
  ];
}

function diskPoints({ disks }: Sample): Point[] {
  return disks.flatMap(([name, counters]) =>
    (["read", "write"] as const).flatMap((direction) => {
      const { bytes, seconds, operations } = counters[direction];
      const attributes = { "system.device": name, "disk.io.direction": direction };
      return [
        point("system.disk.io", "By", bytes, attributes),
        point("system.disk.operation_time", "s", seconds, attributes),
        point("system.disk.operations", "{operation}", operations, attributes),
      ];
    })
  );
}

/** What an interface moved in each direction. */
export function linkPoints(
  name: string,
  counters: Record<"receive" | "transmit", Partial<LinkCounters>>,
): Point[] {
  return (["receive", "transmit"] as const).flatMap((direction) => {
    const { bytes = NaN, packets = NaN, errors = NaN, dropped = NaN } = counters[direction];
    const attributes = {
      "network.interface.name": asName(name) ?? "unknown",
      "network.io.direction": direction,
    };
    return [
      point("system.network.io", "By", bytes, attributes),
      point("system.network.packet.count", "{packet}", packets, attributes),
      point("system.network.packet.dropped", "{packet}", dropped, attributes),
      point("system.network.errors", "{error}", errors, attributes),
    ];
  });
}

/** Both directions: here the connections that others opened are counted too. UDP has no states. */
export function connectionPoints(sockets: Socket[]): Point[] {
  const counts = new Map<string, number>([["udp", 0], ["tcp established", 0], ["tcp listen", 0]]);
  for (const { transport, state } of sockets) {
    const group = transport === "udp" ? "udp" : `tcp ${state}`;
    counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  return [...counts].map(([group, count]) => {
    const [transport = "", state] = group.split(" ");
    return point("system.network.connection.count", "{connection}", count, {
      "network.transport": transport,
      ...(state === undefined ? {} : { "network.connection.state": state }),
    });
  });
}

function bootPoints(files: MachineFiles): Point[] {
  const [uptime = NaN] = (files.line("/proc/uptime") ?? "x").split(" ").map(Number);
  const loads = (files.line("/proc/loadavg") ?? "x").split(" ").map(Number);
  return [point("system.uptime", "s", uptime), ...loadPoints(loads)];
}

/** How many processes want to run, on average over the last 1, 5 and 15 minutes. */
export function loadPoints([one = NaN, five = NaN, fifteen = NaN]: readonly number[]): Point[] {
  return [
    point("system.cpu.load_average.1m", "1", one),
    point("system.cpu.load_average.5m", "1", five),
    point("system.cpu.load_average.15m", "1", fifteen),
  ];
}
