/** Measurements under OpenTelemetry's names and units (semantic conventions 1.44, system metrics). */
import type { MachineFiles } from "./files.ts";
import { filesystems } from "./filesystems.ts";
import { asName } from "./names.ts";
import { type Point, point, sortedPoints } from "./point.ts";
import { parseMemory } from "./proc_counters.ts";
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
    ...cpuPoints(before, now),
    ...memoryPoints(parseMemory(files.text("/proc/meminfo") ?? "")),
    ...filesystemPoints(files),
    ...diskPoints(now),
    ...linkPoints(now),
    ...connectionPoints(sockets),
    point("system.process.count", "{process}", counts.processes),
    point("system.cpu.logical.count", "{cpu}", counts.processors ?? NaN),
    ...bootPoints(files),
  ]);
}

function cpuPoints(before: Sample | undefined, now: Sample): Point[] {
  if (!now.cpu) return [];
  const modes = Object.entries(now.cpu);
  // The kernel's iowait can go back a little: no negative share comes of it.
  const passed = Object.entries(before?.cpu ?? now.cpu).map(([mode, seconds], index) =>
    [mode, Math.max(0, (modes[index]?.[1] ?? 0) - seconds)] as const
  );
  const total = passed.reduce((sum, [, seconds]) => sum + seconds, 0);
  return [
    ...modes.map(([mode, seconds]) => point("system.cpu.time", "s", seconds, { "cpu.mode": mode })),
    ...passed.map(([mode, seconds]) =>
      point("system.cpu.utilization", "1", seconds / total, { "cpu.mode": mode })
    ),
  ];
}

function memoryPoints(memory: Map<string, number>): Point[] {
  const of = (field: string) => memory.get(field) ?? 0;
  const total = of("MemTotal");
  if (total === 0) return [];
  // What the kernel can take back at once counts as cached, as in free(1): so the four states sum up to the limit.
  const cached = of("Cached") + of("SReclaimable");
  const states = {
    used: Math.max(0, total - of("MemFree") - of("Buffers") - cached),
    free: of("MemFree"),
    cached,
    buffers: of("Buffers"),
  };
  const swap = of("SwapTotal");
  const paging = swap === 0 ? {} : { used: swap - of("SwapFree"), free: of("SwapFree") };
  return [
    point("system.memory.limit", "By", total),
    ...Object.entries(states).flatMap(([state, bytes]) => [
      point("system.memory.usage", "By", bytes, { "system.memory.state": state }),
      point("system.memory.utilization", "1", bytes / total, { "system.memory.state": state }),
    ]),
    ...Object.entries(paging).map(([state, bytes]) =>
      point("system.paging.usage", "By", bytes, { "system.paging.state": state })
    ),
  ];
}

function filesystemPoints(files: MachineFiles): Point[] {
  return filesystems(files).flatMap(({ mountpoint, device, type, used, free, reserved }) => {
    const attributes = {
      "system.device": device,
      "system.filesystem.mountpoint": mountpoint,
      "system.filesystem.type": type,
    };
    const limit = used + free + reserved;
    return [
      point("system.filesystem.limit", "By", limit, attributes),
      ...Object.entries({ used, free, reserved }).flatMap(([state, bytes]) => {
        const withState = { ...attributes, "system.filesystem.state": state };
        return [
          point("system.filesystem.usage", "By", bytes, withState),
          point("system.filesystem.utilization", "1", bytes / limit, withState),
        ];
      }),
    ];
  });
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

function linkPoints({ links }: Sample): Point[] {
  return links.flatMap(([name, counters]) =>
    (["receive", "transmit"] as const).flatMap((direction) => {
      const { bytes, packets, errors, dropped } = counters[direction];
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
    })
  );
}

/** Both directions: here the connections that others opened are counted too. UDP has no states. */
function connectionPoints(sockets: Socket[]): Point[] {
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
  const [one = NaN, five = NaN, fifteen = NaN] = (files.line("/proc/loadavg") ?? "x").split(" ")
    .map(Number);
  return [
    point("system.uptime", "s", uptime),
    point("system.cpu.load_average.1m", "1", one),
    point("system.cpu.load_average.5m", "1", five),
    point("system.cpu.load_average.15m", "1", fifteen),
  ];
}
