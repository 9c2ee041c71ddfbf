/** What can be measured of a resource, as it goes on: loads, levels, and counters since it was started. */
import { type Demand, demandAt } from "./demand.ts";
import type { Random } from "./random.ts";

/** What a resource is like, whatever the hour. Shares are 0 to 1. */
export interface Character {
  demand: Demand;
  /** The share of its processors that is busy when nobody wants anything, and how much more at the highest demand. */
  cpu_base: number;
  cpu_peak: number;
  memory_base: number;
  memory_peak: number;
  /** What it receives and sends at the highest demand, in bytes a second. */
  receive_peak: number;
  transmit_peak: number;
  read_peak: number;
  write_peak: number;
  /** How long its disk takes for one operation, in seconds. */
  disk_latency: number;
  filesystem_used: number;
  /** By how much its filesystem fills up in a day. */
  filesystem_daily: number;
  /** By how much demand grows in a day. */
  growth_daily: number;
  temperature: number;
}

/** What something that happens does to a resource; 0 and 1 while nothing does. */
export interface Strain {
  /** More busy processors, as a share. */
  cpu: number;
  /** More used memory, as a share, and how much that grows in a second. */
  memory: number;
  leak: number;
  /** By so much its disk takes longer, and its network carries less. */
  disk: number;
  network: number;
  /** Errors of its disk in an hour. */
  disk_errors: number;
}

const OPERATION_BYTES = 16_384;
/** At so much a filesystem is cleaned up, to so much. */
const FULL = 0.88;
const CLEANED = 0.55;
const HOUR = 3_600;
const DAY = 86_400;

/** The quantities of one resource. Rates are drawn when time has passed; counters only grow, and begin at 0 at a start. */
export class Quantities {
  cpu = 0.1;
  memory: number;
  /** Bytes, by link. */
  readonly received = [0, 0];
  readonly transmitted = [0, 0];
  readonly errors = [0, 0];
  /** Bytes, operations and the seconds that they took, of its disk. */
  read = 0;
  written = 0;
  operations = 0;
  operation_time = 0;
  disk_errors = 0;
  filesystem: number;
  connections = 0;
  temperature: number;
  /** Seconds since it was started. */
  uptime: number;
  readonly strain: Strain = { cpu: 0, memory: 0, leak: 0, disk: 1, network: 1, disk_errors: 0 };
  /** Which of its links carry something. */
  readonly links: [boolean, boolean];
  #drift = 0;

  /**
   * @param zone what its users' clocks are ahead of UTC, in milliseconds
   * @param uptime seconds since it was started
   * @param links how many it has, 1 or 2
   */
  constructor(
    readonly character: Character,
    private readonly zone: number,
    uptime: number,
    links: 1 | 2,
  ) {
    this.links = [true, links === 2];
    this.memory = character.memory_base;
    this.filesystem = character.filesystem_used;
    this.temperature = character.temperature;
    this.uptime = uptime;
    // What it has done since it was started, at the half of its highest demand.
    const ago = Math.floor(uptime * 0.5);
    for (let link = 0; link < links; link++) {
      this.received[link] = Math.round(character.receive_peak * ago / links);
      this.transmitted[link] = Math.round(character.transmit_peak * ago / links);
    }
    this.written = Math.round(character.write_peak * ago);
    this.read = Math.round(character.read_peak * ago);
    this.operations = Math.ceil((this.written + this.read) / OPERATION_BYTES);
    this.operation_time = this.operations * character.disk_latency;
  }

  /**
   * Lets time pass.
   *
   * @param now milliseconds since 1970
   * @param seconds since the last time
   * @param age seconds since the history began, by which demand has grown
   */
  pass(now: number, seconds: number, age: number, random: Random): void {
    const { character: is, strain } = this;
    this.#drift = 0.9 * this.#drift + 0.03 * random.noise();
    const grown = 1 + is.growth_daily * age / DAY;
    const demand = Math.max(0, demandAt(is.demand, now + this.zone) * grown + this.#drift);
    const jitter = random.noise();
    this.cpu = within(is.cpu_base + is.cpu_peak * demand + 0.015 * jitter + strain.cpu, 0.995);
    strain.memory += strain.leak * seconds;
    this.memory = within(
      is.memory_base + is.memory_peak * demand + 0.004 * random.noise() + strain.memory,
      0.985,
    );
    const wanted = seconds * demand * (1 + 0.08 * jitter) / strain.network;
    const up = (this.links[0] ? 1 : 0) + (this.links[1] ? 1 : 0);
    for (let link = 0; link < 2 && up > 0; link++) {
      if (!this.links[link]) continue;
      this.received[link]! += Math.round(is.receive_peak * wanted / up);
      this.transmitted[link]! += Math.round(is.transmit_peak * wanted / up);
      if (random.chance(0.001)) this.errors[link]! += random.whole(1, 3);
    }
    const bytes = Math.round(is.write_peak * seconds * (0.1 + 0.9 * demand));
    const more = Math.round(is.read_peak * seconds * (0.05 + 0.95 * demand));
    const operations = Math.ceil((bytes + more) / OPERATION_BYTES);
    this.written += bytes;
    this.read += more;
    this.operations += operations;
    this.operation_time += operations * is.disk_latency * strain.disk * (1 + 0.1 * jitter);
    this.disk_errors += Math.floor(strain.disk_errors * seconds / HOUR + random.between(0, 1));
    this.filesystem += is.filesystem_daily * seconds / DAY;
    if (this.filesystem > FULL) this.filesystem = CLEANED;
    this.connections = Math.round(20 + 400 * demand * (1 + 0.1 * jitter));
    this.temperature = is.temperature + 4 * demand + 0.5 * jitter;
    this.uptime += seconds;
  }

  /** It was started anew: its counters begin at 0, and what had leaked is free again. */
  restart(): void {
    for (const counts of [this.received, this.transmitted, this.errors]) counts.fill(0);
    this.read =
      this.written =
      this.operations =
      this.operation_time =
        0;
    this.disk_errors = this.uptime = this.strain.memory = 0;
  }
}

function within(share: number, most: number): number {
  return share < 0.003 ? 0.003 : share > most ? most : share;
}
