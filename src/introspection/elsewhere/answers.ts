/**
 * What systems without Linux's /proc are asked: the npm package `systeminformation`, which knows which program of each
 * system tells what, and `node:os` for what the system calls tell better.
 */
import {
  cpus,
  hostname,
  loadavg,
  type NetworkInterfaceInfo,
  networkInterfaces,
  uptime,
} from "node:os";
import process from "node:process";
import type { Systeminformation as Told } from "systeminformation";
import type { Gap } from "../files.ts";
import { byCodeUnit } from "../../domain/values.ts";
import { type RunProgram, systemPrograms } from "../system_programs.ts";

/** The questions, each with the shape of its answer. Tests put recorded answers here. */
export interface Answers {
  /** As `process.platform` has it: `darwin`, `win32`. */
  platform: string;
  hostname(): string;
  /** Seconds since boot. */
  uptime(): number;
  /** How many processes want to run, on average over the last 1, 5 and 15 minutes; zeros where that is not counted. */
  loadAverages(): number[];
  /** Milliseconds since boot in each mode, for each processor. */
  processors(): { times: Record<"user" | "nice" | "sys" | "idle" | "irq", number> }[];
  /** All addresses of each interface; systeminformation has but one of each family. */
  addresses(): NodeJS.Dict<Pick<NetworkInterfaceInfo, "address" | "cidr" | "mac" | "internal">[]>;
  system(): Promise<Told.SystemData>;
  uuid(): Promise<Told.UuidData>;
  osInfo(): Promise<Told.OsData>;
  cpu(): Promise<Told.CpuData>;
  mem(): Promise<Told.MemData>;
  diskLayout(): Promise<Told.DiskLayoutData[]>;
  blockDevices(): Promise<Told.BlockDevicesData[]>;
  fsSize(): Promise<Told.FsSizeData[]>;
  disksIO(): Promise<Told.DisksIoData | null>;
  networkInterfaces(): Promise<Told.NetworkInterfacesData[]>;
  networkGatewayDefault(): Promise<string>;
  networkStats(interfaces: string): Promise<Told.NetworkStatsData[]>;
  networkConnections(): Promise<Told.NetworkConnectionsData[]>;
  services(names: string): Promise<Told.ServicesData[]>;
  /** Runs a program of the system. */
  run: RunProgram;
}

/** Systems that systeminformation knows. */
const KNOWN = new Set(["darwin", "win32", "freebsd", "openbsd", "netbsd", "linux"]);

/** Whether a system can be asked. */
export function isKnown(platform: string): boolean {
  return KNOWN.has(platform);
}

/**
 * The answers of the running machine.
 *
 * @param signal stops the programs that are run
 */
export async function liveAnswers(signal?: AbortSignal): Promise<Answers> {
  // Only here, for it takes some 40 ms to load, and on Linux nobody needs it.
  const { default: told } = await import("systeminformation");
  return {
    platform: process.platform,
    hostname,
    uptime,
    loadAverages: loadavg,
    processors: cpus,
    addresses: networkInterfaces,
    system: () => told.system(),
    uuid: () => told.uuid(),
    osInfo: () => told.osInfo(),
    cpu: () => told.cpu(),
    mem: () => told.mem(),
    diskLayout: () => told.diskLayout(),
    blockDevices: () => told.blockDevices(),
    fsSize: () => told.fsSize(),
    disksIO: () => told.disksIO(),
    networkInterfaces: () => told.networkInterfaces(),
    networkGatewayDefault: () => told.networkGatewayDefault(),
    networkStats: (interfaces) => told.networkStats(interfaces),
    networkConnections: () => told.networkConnections(),
    services: (names) => told.services(names),
    run: systemPrograms(signal),
  };
}

/** How long an answer may take: Windows starts a shell for each. */
const TIMEOUT_MILLISECONDS = 30_000;

/** Asks, and remembers what was not answered: systeminformation answers some questions never, or with null. */
export class Asker {
  readonly #gaps = new Map<string, Gap>();

  constructor(readonly answers: Answers, private readonly signal?: AbortSignal) {}

  /** What was not answered so far, sorted by source. */
  get gaps(): Gap[] {
    return [...this.#gaps.values()].sort((a, b) => byCodeUnit(a.source, b.source));
  }

  /** Records that something is not known here. The first reason stays. */
  gap(source: string, reason = `not read on ${this.answers.platform}`): void {
    if (!this.#gaps.has(source)) this.#gaps.set(source, { source, reason });
  }

  /**
   * An answer, or undefined, which is a gap.
   *
   * @param source what the gap is called
   */
  async ask<T>(
    source: string,
    question: () => T | Promise<T>,
  ): Promise<NonNullable<T> | undefined> {
    this.signal?.throwIfAborted();
    const over = new AbortController();
    try {
      const answer = await Promise.race([question(), this.#tooLate(over.signal)]);
      if (answer === undefined || answer === null) this.gap(source);
      return answer ?? undefined;
    } catch (error) {
      this.signal?.throwIfAborted();
      this.gap(source, error instanceof Error ? error.message : String(error));
      return undefined;
    } finally {
      over.abort();
    }
  }

  #tooLate(over: AbortSignal): Promise<never> {
    return new Promise((_, reject) => {
      const stop = () => reject(this.signal?.reason);
      const timer = setTimeout(
        () => reject(new Error(`no answer within ${TIMEOUT_MILLISECONDS / 1000} s`)),
        TIMEOUT_MILLISECONDS,
      );
      this.signal?.addEventListener("abort", stop);
      over.addEventListener("abort", () => {
        clearTimeout(timer);
        this.signal?.removeEventListener("abort", stop);
      });
    });
  }
}
