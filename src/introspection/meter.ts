/** Measures this machine again and again. */
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import type { RecordMeasurements } from "../domain/measurement.ts";
import { Asker, isKnown, liveAnswers } from "./elsewhere/answers.ts";
import { ElsewhereInstrument } from "./elsewhere/instrument.ts";
import { type Gap, MachineFiles } from "./files.ts";
import type { Instrument, Look } from "./instrument.ts";
import { LinuxInstrument } from "./linux_instrument.ts";
import { UnsupportedPlatform } from "./unsupported_platform.ts";

/** How to measure. */
export interface MeterOptions {
  /** How long the first measurement watches the machine: 1,000 ms unless it says otherwise; 0 takes one look only. */
  windowMilliseconds?: number;
  /** Tells the time of the measurements. */
  clock?: () => Date;
  /** Stops the first measurement while it watches: the promise is rejected with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** The most programs that are measured: 40 unless it says otherwise. */
  programs?: number;
  /** A Linux machine as files; by default those of the running one. */
  files?: MachineFiles;
  /** What to measure with; by default what fits the system that runs. */
  instrument?: Instrument;
}

/** What was measured, before it is said of which resource. */
export type Measured = Omit<RecordMeasurements, "compute">;

/** A host of a thousand containers has more points than fit into one event. */
const MOST_POINTS = 1_000;

/**
 * Measures the running machine. Utilization is over the time since the measurement before; the first one watches the
 * machine for a short window.
 *
 * @example
 * ```ts
 * import { Meter } from "@cim/infrastructure";
 * const meter = new Meter({ windowMilliseconds: 100 });
 * const [host, programs] = await meter.measure("web-01", { processes: true });
 * console.log(host?.points.length, programs?.points.length);
 * ```
 */
export class Meter {
  readonly #options: MeterOptions;
  readonly #files: MachineFiles;
  #instrument: Instrument | undefined;
  #asker: Asker | undefined;
  /** When each kind of look was taken last, in the instrument's seconds. */
  readonly #last = new Map<keyof Instrument, number>();

  constructor(options: MeterOptions = {}) {
    this.#options = options;
    this.#files = options.files ?? new MachineFiles();
    this.#instrument = options.instrument;
  }

  /** What could not be read so far, and is not measured. */
  get gaps(): Gap[] {
    return this.#asker?.gaps ?? this.#files.gaps;
  }

  /**
   * Measures the host, and its programs too if `processes` says so: these on their own, for they may be asked less
   * often, and then have a longer window.
   *
   * @param computeId the aggregate id, or the hostname, of the registered resource
   * @returns the data of RecordMeasurements, of at most 1,000 points each
   * @throws {UnsupportedPlatform} on a system that nothing is known of
   */
  async measure(
    computeId: string,
    options: { processes?: boolean } = {},
  ): Promise<RecordMeasurements[]> {
    const all = await this.look(options);
    return all.map((measured) => ({ compute: computeId, ...measured }));
  }

  /** As {@linkcode Meter.measure}, without saying of which resource. */
  async look({ processes = false }: { processes?: boolean } = {}): Promise<Measured[]> {
    const { windowMilliseconds = 1000, clock = () => new Date() } = this.#options;
    const instrument = this.#instrument ??= await this.#fitting();
    const kinds: (keyof Instrument)[] = processes ? ["host", "programs"] : ["host"];
    const first = kinds.filter((kind) => !this.#last.has(kind));
    if (first.length > 0 && windowMilliseconds > 0) {
      for (const kind of first) this.#last.set(kind, (await instrument[kind]()).seconds);
      await pause(windowMilliseconds, this.#options.signal);
    }
    const all: Measured[] = [];
    for (const kind of kinds) {
      const look = await instrument[kind]();
      all.push(...measuredOf(look, this.#last.get(kind), clock()));
      this.#last.set(kind, look.seconds);
    }
    return all;
  }

  async #fitting(): Promise<Instrument> {
    const { programs, signal } = this.#options;
    if (process.platform === "linux" || this.#options.files !== undefined) {
      return new LinuxInstrument(this.#files, programs);
    }
    if (!isKnown(process.platform)) throw new UnsupportedPlatform(process.platform);
    this.#asker = new Asker(await liveAnswers(signal), signal);
    return new ElsewhereInstrument(this.#asker, programs);
  }
}

function measuredOf({ seconds, points }: Look, before: number | undefined, now: Date): Measured[] {
  const window = Math.round((seconds - (before ?? seconds)) * 1000) / 1000;
  return Array.from({ length: Math.ceil(points.length / MOST_POINTS) }, (_, at) => ({
    observed_at: now.toISOString(),
    ...(window > 0 ? { window_seconds: window } : {}),
    points: points.slice(at * MOST_POINTS, (at + 1) * MOST_POINTS),
  }));
}

async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
