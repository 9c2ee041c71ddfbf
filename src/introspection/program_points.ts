/**
 * Measurements of programs under OpenTelemetry's names (semantic conventions 1.44, process metrics). A program is the
 * sum of the processes of one executable: `process.executable.name`.
 */
import { byCodeUnit } from "../domain/values.ts";
import { type Point, point, sortedPoints } from "./point.ts";

/** What one process has used since it started. What is absent may not be read. */
export interface ProcessCounters {
  /** Tells it from all others since boot. */
  id: string;
  /** The name of its executable. */
  name: string;
  cpuSeconds: number;
  /** How long it has been running. */
  ageSeconds?: number;
  /** Resident, in bytes; pages that several processes share are counted for each. */
  memory?: number;
  threads?: number;
  /** Open files, sockets and others. */
  descriptors?: number;
  /** Bytes read from disks. */
  read?: number;
  /** Bytes written to disks. */
  written?: number;
}

/** The processes of one moment. */
export interface ProcessSample {
  /** Seconds of a clock that only goes forward. */
  seconds: number;
  processes: ProcessCounters[];
}

/** What to measure of programs. */
export interface ProgramOptions {
  /** The logical processors of the machine. */
  processors: number | undefined;
  /** At most so many programs. */
  programs: number;
}

/** The processes of one executable, with what they used of the processors in the window. */
interface Program {
  name: string;
  processes: ProcessCounters[];
  /** Absent without a window. */
  utilization?: number;
  memory: number;
}

/**
 * The points of the programs that matter, sorted by name and attributes: at most `programs` of them, taken in turn
 * from those that used the processors most and those that have the most memory. The others are left out, not summed
 * up: a name that stands for "the rest" would be another set of programs each time.
 *
 * - `process.cpu.utilization` is the share of all processors over the window. A process that started in the window
 *   counts with all its time, one that ended in it not at all.
 * - `process.disk.io` and the counts are of the processes that run now: when one ends they go down.
 * - `process.uptime` is that of the oldest process.
 * - `cim.process.count` is a name of our own. OpenTelemetry's `system.process.count` is for whole hosts, and a sum
 *   over all attributes of a metric shall be meaningful: beside the host's total the programs would be counted twice.
 *
 * What one process of a program hides is absent for the program, for the sum would not be whole.
 *
 * @param before an earlier moment; without it there is no utilization
 */
export function programPoints(
  before: ProcessSample | undefined,
  now: ProcessSample,
  { processors, programs: most }: ProgramOptions,
): Point[] {
  const programs = programsOf(before, now, processors);
  return sortedPoints(foremost(programs, most).flatMap(pointsOf));
}

function programsOf(
  before: ProcessSample | undefined,
  now: ProcessSample,
  processors = NaN,
): Program[] {
  const available = before === undefined ? NaN : (now.seconds - before.seconds) * processors;
  const earlier = new Map(before?.processes.map(({ id, cpuSeconds }) => [id, cpuSeconds]));
  const byName = new Map<string, ProcessCounters[]>();
  for (const process of now.processes) {
    const same = byName.get(process.name);
    if (same) same.push(process);
    else byName.set(process.name, [process]);
  }
  return [...byName].map(([name, processes]) => {
    const used = sum(processes.map(({ id, cpuSeconds, ageSeconds = Infinity }) => {
      const start = earlier.get(id);
      if (start !== undefined) return Math.max(0, cpuSeconds - start);
      // One that was there before, and that the earlier look missed, has used an unknown part of its time since.
      return ageSeconds <= now.seconds - (before?.seconds ?? NaN) ? cpuSeconds : 0;
    }));
    return {
      name,
      processes,
      // Times are in hundredths of a second: a busy program could come out a little above the whole.
      ...(available > 0 ? { utilization: Math.min(1, used / available) } : {}),
      memory: sum(processes.map(({ memory = 0 }) => memory)),
    };
  });
}

/** The programs of either ranking, by the better of their two places; ties go to the name. */
function foremost(programs: Program[], most: number): Program[] {
  const place = new Map<Program, number>(programs.map((each) => [each, Infinity]));
  for (const amount of ["utilization", "memory"] as const) {
    programs.filter((each) => (each[amount] ?? 0) > 0)
      .sort((a, b) => b[amount]! - a[amount]! || byCodeUnit(a.name, b.name))
      .forEach((each, index) => place.set(each, Math.min(index, place.get(each)!)));
  }
  return programs.sort((a, b) => place.get(a)! - place.get(b)! || byCodeUnit(a.name, b.name))
    .slice(0, most);
}

function pointsOf({ name, processes, utilization = NaN }: Program): Point[] {
  const attributes = { "process.executable.name": name };
  const whole = (counter: keyof ProcessCounters) =>
    sum(processes.map((process) => Number(process[counter] ?? NaN)));
  const disk = (direction: string, bytes: number) =>
    point("process.disk.io", "By", bytes, { ...attributes, "disk.io.direction": direction });
  const ages = processes.flatMap(({ ageSeconds }) => ageSeconds ?? []);
  return [
    point("process.cpu.utilization", "1", utilization, attributes),
    point("process.memory.usage", "By", whole("memory"), attributes),
    point("process.thread.count", "{thread}", whole("threads"), attributes),
    point(
      "process.unix.file_descriptor.count",
      "{file_descriptor}",
      whole("descriptors"),
      attributes,
    ),
    disk("read", whole("read")),
    disk("write", whole("written")),
    point("process.uptime", "s", Math.max(-Infinity, ...ages), attributes),
    point("cim.process.count", "{process}", processes.length, attributes),
  ];
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
