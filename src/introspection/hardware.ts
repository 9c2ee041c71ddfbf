/** Processor, memory and disks. */
import type { RegisterCompute } from "../domain/compute_schema.ts";
import { blockDevices } from "./block_devices.ts";
import type { MachineFiles } from "./files.ts";
import { known } from "./known.ts";
import { asName } from "./names.ts";
import { parseMemory } from "./proc_counters.ts";

type Hardware = Pick<
  RegisterCompute,
  "architecture" | "cpu_model" | "cpu_cores" | "memory_bytes" | "storage_bytes"
>;

/**
 * What the machine computes with. `cpu_cores` are the logical processors that are online. `memory_bytes` is what the
 * kernel manages, a little less than is built in; in a container its limit, if that is less. A container has no disks.
 */
export function hardware(files: MachineFiles, inContainer: boolean): Hardware {
  return known({
    architecture: asName(files.line("/proc/sys/kernel/arch")) ??
      (files.live ? Deno.build.arch : undefined),
    cpu_model: cpuModel(files.required("/proc/cpuinfo") ?? ""),
    cpu_cores: cpuCores(files),
    memory_bytes: memoryBytes(files, inContainer),
    storage_bytes: inContainer ? undefined : storageBytes(files),
  });
}

/** The processor's name in the text of /proc/cpuinfo; ARM mostly has none there. */
export function cpuModel(cpuinfo: string): string | undefined {
  return asName(
    cpuinfo.match(/^model name\s*:(.*)$/m)?.[1] ??
      cpuinfo.match(/^(?:cpu|Hardware)\s*:(.*)$/m)?.[1],
  )?.replace(/\s+/g, " ");
}

/** How many numbers a list of the kernel holds: `0-3,5` are five. */
export function countOfList(list: string): number {
  return list.split(",").reduce((sum, range) => {
    const [first = NaN, last = first] = range.split("-").map(Number);
    return sum + (last - first + 1);
  }, 0);
}

/** The logical processors that are online. */
export function cpuCores(files: MachineFiles): number | undefined {
  const online = files.line("/sys/devices/system/cpu/online");
  const count = online === undefined
    ? files.required("/proc/stat")?.match(/^cpu\d+ /gm)?.length
    : countOfList(online);
  return count !== undefined && Number.isInteger(count) && count > 0 ? count : undefined;
}

function memoryBytes(files: MachineFiles, inContainer: boolean): number | undefined {
  const total = parseMemory(files.required("/proc/meminfo") ?? "").get("MemTotal");
  if (!inContainer || total === undefined) return total;
  const limit = files.line("/sys/fs/cgroup/memory.max") ??
    files.line("/sys/fs/cgroup/memory/memory.limit_in_bytes");
  return limit !== undefined && /^\d+$/.test(limit) && Number(limit) > 0
    ? Math.min(total, Number(limit))
    : total;
}

function storageBytes(files: MachineFiles): number | undefined {
  const total = blockDevices(files).reduce((sum, device) => sum + device.bytes, 0);
  return total > 0 && Number.isSafeInteger(total) ? total : undefined;
}
