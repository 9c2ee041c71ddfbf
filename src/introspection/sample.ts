/** What is read twice to see what the machine does meanwhile. */
import { blockDevices } from "./block_devices.ts";
import type { MachineFiles } from "./files.ts";
import {
  type CpuTimes,
  type DiskCounters,
  type LinkCounters,
  parseCpuTimes,
  parseDisks,
  parseLinkCounters,
} from "./proc_counters.ts";

/** The kernel's counters at one moment. */
export interface Sample {
  /** Seconds of a clock that only goes forward. */
  seconds: number;
  cpu?: CpuTimes;
  disks: [name: string, counters: DiskCounters][];
  links: [name: string, counters: { receive: LinkCounters; transmit: LinkCounters }][];
}

/** Reads the counters of processors, built-in disks and interfaces. */
export function sample(files: MachineFiles): Sample {
  const cpu = parseCpuTimes(files.required("/proc/stat") ?? "");
  const disks = parseDisks(files.text("/proc/diskstats") ?? "");
  return {
    seconds: performance.now() / 1000,
    ...(cpu ? { cpu } : {}),
    disks: blockDevices(files).flatMap(({ name }) => {
      const counters = disks.get(name);
      return counters ? [[name, counters] as [string, DiskCounters]] : [];
    }),
    links: [...parseLinkCounters(files.required("/proc/net/dev") ?? "")],
  };
}
