/** The kernel's counters: pure functions from the texts of /proc. Lines that are none are passed over. */

/** Ticks a second of the times in /proc/stat: USER_HZ, 100 on every architecture that Deno runs on. */
const USER_HZ = 100;
/** The kernel counts disk I/O in these, whatever the disk's own sectors are. */
const SECTOR_BYTES = 512;

/** Seconds in each mode, summed over the processors, by OpenTelemetry's `cpu.mode`. */
export type CpuTimes = Record<
  "user" | "nice" | "system" | "idle" | "iowait" | "interrupt" | "steal",
  number
>;

/** What a disk did since boot: bytes, seconds and operations. */
export interface DiskCounters {
  read: { bytes: number; seconds: number; operations: number };
  write: { bytes: number; seconds: number; operations: number };
}

/** What an interface moved in one direction since boot. */
export interface LinkCounters {
  bytes: number;
  packets: number;
  errors: number;
  dropped: number;
}

/** The `cpu` line of /proc/stat. Time of guests is part of user time already (proc_stat(5)). */
export function parseCpuTimes(text: string): CpuTimes | undefined {
  const ticks = text.match(/^cpu +([\d ]+)$/m)?.[1]?.split(" ").map(Number);
  if (ticks === undefined || ticks.length < 4) return undefined;
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] =
    ticks.map((each) => each / USER_HZ);
  return { user, nice, system, idle, iowait, interrupt: irq + softirq, steal };
}

/** /proc/meminfo in bytes. */
export function parseMemory(text: string): Map<string, number> {
  return new Map(
    [...text.matchAll(/^([\w()]+):\s*(\d+) kB$/gm)]
      .map(([, name = "", kibibytes]) => [name, Number(kibibytes) * 1024]),
  );
}

/** /proc/diskstats by device. */
export function parseDisks(text: string): Map<string, DiskCounters> {
  const disks = new Map<string, DiskCounters>();
  for (const line of text.split("\n")) {
    const [, , name, ...fields] = line.trim().split(/\s+/);
    const [reads, , readSectors, readMilliseconds, writes, , writtenSectors, writeMilliseconds] =
      fields.map(Number);
    if (name === undefined || writeMilliseconds === undefined) continue;
    disks.set(name, {
      read: half(readSectors, readMilliseconds, reads),
      write: half(writtenSectors, writeMilliseconds, writes),
    });
  }
  return disks;
}

function half(sectors = NaN, milliseconds = NaN, operations = NaN): DiskCounters["read"] {
  return { bytes: sectors * SECTOR_BYTES, seconds: milliseconds / 1000, operations };
}

/** /proc/net/dev by interface. A name may hold anything but `/`, `:` and white space. */
export function parseLinkCounters(
  text: string,
): Map<string, { receive: LinkCounters; transmit: LinkCounters }> {
  const links = new Map<string, { receive: LinkCounters; transmit: LinkCounters }>();
  for (const line of text.split("\n")) {
    const colon = line.lastIndexOf(":");
    const numbers = line.slice(colon + 1).trim().split(/\s+/).map(Number);
    if (colon < 0 || numbers.length < 16) continue;
    links.set(line.slice(0, colon).trim(), {
      receive: direction(numbers.slice(0, 4)),
      transmit: direction(numbers.slice(8, 12)),
    });
  }
  return links;
}

function direction(numbers: number[]): LinkCounters {
  const [bytes = NaN, packets = NaN, errors = NaN, dropped = NaN] = numbers;
  return { bytes, packets, errors, dropped };
}
