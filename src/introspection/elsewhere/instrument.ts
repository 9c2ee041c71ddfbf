/** Measures a machine that has no /proc. */
import type { Instrument, Look } from "../instrument.ts";
import { MOST_PROGRAMS } from "../instrument.ts";
import {
  connectionPoints,
  cpuPoints,
  filesystemPoints,
  linkPoints,
  loadPoints,
  memoryPoints,
} from "../measurements.ts";
import { asName } from "../names.ts";
import { type Point, point, sortedPoints } from "../point.ts";
import type { CpuTimes } from "../proc_counters.ts";
import { type ProcessSample, programPoints } from "../program_points.ts";
import type { Asker } from "./answers.ts";
import { connections } from "./connections.ts";
import { runningProcesses } from "./programs.ts";

/** An {@linkcode Instrument} for other systems than Linux. What is not answered is a gap, and not measured. */
export class ElsewhereInstrument implements Instrument {
  #cpu: Partial<CpuTimes> | undefined;
  #programs: ProcessSample | undefined;

  /** @param most how many programs are measured */
  constructor(private readonly asker: Asker, private readonly most = MOST_PROGRAMS) {}

  async host(): Promise<Look> {
    const { answers } = this.asker;
    const seconds = performance.now() / 1000;
    const processors = answers.processors();
    const cpu = cpuTimes(processors);
    const [processes, sockets, ...told] = await Promise.all([
      runningProcesses(this.asker),
      connections(this.asker),
      this.#memory(),
      this.#filesystems(),
      this.#disks(),
      this.#links(),
    ]);
    const points = [
      ...cpuPoints(this.#cpu, cpu),
      point("system.cpu.logical.count", "{cpu}", processors.length),
      point("system.process.count", "{process}", processes?.length ?? NaN),
      point("system.uptime", "s", answers.uptime()),
      // Windows has no such averages, and says zero.
      ...(answers.platform === "win32" ? [] : loadPoints(answers.loadAverages())),
      ...(sockets ? connectionPoints(sockets.sockets) : []),
      ...told.flat(),
    ];
    this.#cpu = cpu;
    return { seconds, points: sortedPoints(points) };
  }

  async programs(): Promise<Look> {
    const seconds = performance.now() / 1000;
    const now = { seconds, processes: await runningProcesses(this.asker) ?? [] };
    const points = programPoints(this.#programs, now, {
      processors: this.asker.answers.processors().length,
      programs: this.most,
    });
    this.#programs = now;
    return { seconds, points };
  }

  async #memory(): Promise<Point[]> {
    const told = await this.asker.ask("memory", () => this.asker.answers.mem());
    if (told === undefined) return [];
    const { total, free, buffcache, swapused, swapfree } = told;
    const cached = Math.min(Math.max(0, buffcache), total - free);
    const states = { used: total - free - cached, free, cached };
    return memoryPoints(total, states, { used: swapused, free: swapfree });
  }

  /** On disks of this machine. The volumes of an APFS container share its room: what others use of it is in no state. */
  async #filesystems(): Promise<Point[]> {
    const told = await this.asker.ask("filesystems", () => this.asker.answers.fsSize()) ?? [];
    return told.flatMap(({ fs, type, mount, size, used, available }) => {
      const local = fs.startsWith("/dev/") || /^[A-Z]:$/.test(fs) || type === "zfs";
      // macOS keeps what the system itself needs in volumes of their own, all but Data hidden from people.
      if (!local || /^\/System\/Volumes\/(?!Data$)/.test(mount) || !(size > 0)) return [];
      const mountpoint = asName(mount) ?? "/";
      return filesystemPoints(
        {
          device: asName(fs) ?? "none",
          mountpoint,
          type: asName(type)?.toLowerCase() ?? "unknown",
        },
        size,
        { used, free: available },
      );
    });
  }

  /** Operations of all disks together: no bytes, and nothing at all on Windows. */
  async #disks(): Promise<Point[]> {
    const told = await this.asker.ask("disk I/O", () => this.asker.answers.disksIO());
    if (told === undefined) return [];
    const directions = { read: told.rIO, write: told.wIO };
    return Object.entries(directions).map(([direction, operations]) =>
      point("system.disk.operations", "{operation}", operations, { "disk.io.direction": direction })
    );
  }

  async #links(): Promise<Point[]> {
    const told =
      await this.asker.ask("interface counters", () => this.asker.answers.networkStats("*")) ?? [];
    return told.flatMap((each) =>
      linkPoints(each.iface, {
        receive: { bytes: each.rx_bytes, errors: each.rx_errors, dropped: each.rx_dropped },
        transmit: { bytes: each.tx_bytes, errors: each.tx_errors, dropped: each.tx_dropped },
      })
    );
  }
}

/** Seconds in each mode, summed over the processors. */
function cpuTimes(
  processors: { times: Record<"user" | "nice" | "sys" | "idle" | "irq", number> }[],
): Partial<CpuTimes> {
  const seconds = (mode: "user" | "nice" | "sys" | "idle" | "irq") =>
    processors.reduce((sum, { times }) => sum + times[mode], 0) / 1000;
  return {
    user: seconds("user"),
    nice: seconds("nice"),
    system: seconds("sys"),
    idle: seconds("idle"),
    interrupt: seconds("irq"),
  };
}
