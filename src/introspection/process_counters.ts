/** What each process has used so far, from /proc/[pid]. Its arguments and environment are not read: secrets are there. */
import type { MachineFiles } from "./files.ts";
import { known } from "./known.ts";
import { executableName, parseStat } from "./processes.ts";
import type { ProcessCounters, ProcessSample } from "./program_points.ts";

/** Ticks a second of the times in /proc/[pid]/stat: USER_HZ, 100 on every architecture that Deno runs on. */
const USER_HZ = 100;

/**
 * The processes that run now, without kernel threads and zombies. What other users' processes hide (`io`, `fd`) is
 * absent, and one gap for all of them; a process that ends during the scan is left out.
 */
export function processSample(files: MachineFiles): ProcessSample {
  const seconds = performance.now() / 1000;
  const boot = Number((files.line("/proc/uptime") ?? "x").split(" ")[0]);
  const found: ProcessCounters[] = [];
  let hidden = 0;
  for (const pid of processIds(files)) {
    const folder = `/proc/${pid}`;
    const text = files.text(`${folder}/stat`) ?? "";
    const stat = parseStat(text);
    if (stat === undefined || stat.kernelThread || stat.ended) continue;
    const name = executableName(stat.name, files.link(`${folder}/exe`, () => {}));
    const cpuSeconds = parseCpuSeconds(text);
    const age = boot - stat.startedSeconds;
    if (name === undefined || cpuSeconds === undefined) continue;
    const { memory, threads } = parseStatus(files.text(`${folder}/status`, () => {}) ?? "");
    const io = parseIo(files.text(`${folder}/io`, () => hidden++) ?? "");
    found.push({
      // A process id is used again by another process; together with the start it is not.
      id: `${pid} ${stat.startedSeconds}`,
      name,
      cpuSeconds,
      ...known({
        // Where a container has an uptime of its own (LXC), processes seem to start in the future.
        ageSeconds: age >= 0 ? age : undefined,
        memory,
        threads,
        ...io,
        descriptors: descriptors(files, `${folder}/fd`),
      }),
    });
  }
  if (hidden > 0) {
    files.gap(
      "/proc/[pid]/io",
      `permission denied (processes: ${hidden}): the disk I/O of their programs is not measured`,
    );
  }
  return { seconds, processes: found };
}

/** How many processes run now, as {@linkcode processSample} counts them. */
export function processCount(files: MachineFiles): number {
  return processIds(files).filter((pid) => {
    const stat = parseStat(files.text(`/proc/${pid}/stat`) ?? "");
    return stat !== undefined && !stat.kernelThread && !stat.ended;
  }).length;
}

/** User and system time together, in seconds, in the text of /proc/[pid]/stat (proc_pid_stat(5)). */
export function parseCpuSeconds(text: string): number | undefined {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ").map(Number);
  const [user = NaN, system = NaN] = [fields[11], fields[12]];
  const seconds = (user + system) / USER_HZ;
  return Number.isFinite(seconds) ? seconds : undefined;
}

/** Resident memory in bytes and the number of threads in the text of /proc/[pid]/status. */
export function parseStatus(text: string): { memory?: number; threads?: number } {
  const number = (pattern: RegExp) => {
    const digits = text.match(pattern)?.[1];
    return digits === undefined ? undefined : Number(digits);
  };
  const kibibytes = number(/^VmRSS:\s*(\d+) kB$/m);
  return known({
    memory: kibibytes === undefined ? undefined : kibibytes * 1024,
    threads: number(/^Threads:\s*(\d+)$/m),
  });
}

/** What was read from and written to disks, in bytes, in the text of /proc/[pid]/io; the page cache is no disk. */
export function parseIo(text: string): { read?: number; written?: number } {
  const read = text.match(/^read_bytes: (\d+)$/m)?.[1];
  const written = text.match(/^write_bytes: (\d+)$/m)?.[1];
  return read === undefined || written === undefined
    ? {}
    : { read: Number(read), written: Number(written) };
}

function processIds(files: MachineFiles): string[] {
  return files.list("/proc").filter((entry) => /^\d+$/.test(entry));
}

/** How many files it has open; undefined when we may not see them. An ended process has no such folder, and 0. */
function descriptors(files: MachineFiles, folder: string): number | undefined {
  let denied = false;
  const { length } = files.list(folder, () => denied = true);
  return denied ? undefined : length;
}
