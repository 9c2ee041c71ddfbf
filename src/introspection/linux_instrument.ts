/** Measures a Linux machine, from /proc and /sys. */
import type { MachineFiles } from "./files.ts";
import { cpuCores } from "./hardware.ts";
import { type Instrument, type Look, MOST_PROGRAMS } from "./instrument.ts";
import { points } from "./measurements.ts";
import { processCount, processSample } from "./process_counters.ts";
import { type ProcessSample, programPoints } from "./program_points.ts";
import { type Sample, sample } from "./sample.ts";
import { sockets } from "./sockets.ts";

/** An {@linkcode Instrument} for Linux. What it cannot read is among the gaps of its files. */
export class LinuxInstrument implements Instrument {
  #host: Sample | undefined;
  #programs: ProcessSample | undefined;

  /**
   * @param files of the machine
   * @param most how many programs are measured
   */
  constructor(private readonly files: MachineFiles, private readonly most = MOST_PROGRAMS) {}

  host(): Promise<Look> {
    const now = sample(this.files);
    const measured = points(this.files, this.#host, now, sockets(this.files), {
      processes: processCount(this.files),
      processors: cpuCores(this.files),
    });
    this.#host = now;
    return Promise.resolve({ seconds: now.seconds, points: measured });
  }

  programs(): Promise<Look> {
    const now = processSample(this.files);
    const measured = programPoints(this.#programs, now, {
      processors: cpuCores(this.files),
      programs: this.most,
    });
    this.#programs = now;
    return Promise.resolve({ seconds: now.seconds, points: measured });
  }
}
