/**
 * Who may write to a read model that has no transactions: a lease in the key-value bucket of the log's NATS server.
 *
 * One process at a time has it. It says every few seconds that it is there, and another one takes the lease over only
 * when nothing was heard for as long as a lease lasts, by its own clock; so clocks need not agree. Whoever cannot say it
 * in time knows that by its own clock as well, and earlier: then it writes nothing more.
 */
import { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { type Entry, EntryChanged, type NatsBucket, objectIn } from "./nats_bucket.ts";
import { ProjectionUnavailable } from "./projection.ts";

/** How long a lease lasts, in milliseconds. */
const LEASE_MS = 10_000;
/** Of a lease the part after which nothing new is begun: what was begun before has the rest to come to its end. */
const SURE = 0.8;
/** How long it is tried to give a lease back, in milliseconds; it runs out by itself. */
const CLOSING_MS = 1_000;

/** Who says that it has a lease. */
interface Holder {
  /** Another one for each instance of each process. */
  holder: string;
  host: string;
  pid: number;
  /** How often it has said that it is there. */
  renewed: number;
}

/** A lease that we have. */
interface Held {
  revision: number;
  renewed: number;
  /** Since it was last said that we are there. */
  since: Stopwatch;
  /** Who has it instead, once we know that. */
  lostTo?: string;
}

/** The lease on one read model. */
export class NatsLease {
  /** What we write is told from what others do by this. */
  readonly holder: string = randomUUID();
  #held: Held | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #renewing: Promise<void> = Promise.resolve();

  /**
   * @param bucket where it is
   * @param key of the bucket
   * @param projection which one, for what is said in errors
   * @param leaseMs how long it lasts, in milliseconds
   */
  constructor(
    private readonly bucket: NatsBucket,
    private readonly key: string,
    private readonly projection: string,
    private readonly leaseMs: number = LEASE_MS,
  ) {}

  /** Whether we do not have it, or another has, or it was removed: then it has to be taken. */
  get isLost(): boolean {
    return this.#held === undefined || this.#held.lostTo !== undefined;
  }

  /**
   * Takes it when nobody has it, or who had it was not heard of for as long as it lasts, which is waited for.
   *
   * @throws {ProjectionUnavailable} naming who has it
   */
  async take(): Promise<void> {
    let seen = await this.bucket.read(this.key);
    const { revision } = seen;
    for (const began = performance.now();;) {
      const holder = holderIn(seen);
      if (holder && seen.revision !== revision) throw this.#isKeptBy(holder);
      try {
        const isOver = performance.now() - began >= this.leaseMs;
        if (!holder || isOver) return await this.#begin(seen.revision);
      } catch (error) {
        if (!(error instanceof EntryChanged)) throw error;
        const faster = holderIn(error.found);
        if (faster) throw this.#isKeptBy(faster);
      }
      await delay(this.leaseMs / 20);
      seen = await this.bucket.read(this.key);
    }
  }

  /**
   * Throws when it is not surely ours any more.
   *
   * @throws {ProjectionUnavailable}
   */
  require(): void {
    const held = this.#held;
    const why = !held
      ? "it is not open"
      : held.lostTo !== undefined
      ? `its lease in NATS is ${held.lostTo}`
      : held.since.milliseconds >= SURE * this.leaseMs
      ? "its lease in NATS could not be renewed in time, and another may have it"
      : undefined;
    if (why !== undefined) throw new ProjectionUnavailable(this.projection, why);
  }

  /** Gives it back. */
  async close(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    clearInterval(this.#timer);
    await this.#renewing;
    if (!held || held.lostTo !== undefined) return;
    await this.bucket.write(this.key, new Uint8Array(), held.revision, CLOSING_MS)
      .catch(() => {}); // it runs out
  }

  async #begin(revision: number): Promise<void> {
    const held = { since: new Stopwatch(), renewed: 0 };
    this.#held = { ...held, revision: await this.bucket.write(this.key, this.#said(0), revision) };
    clearInterval(this.#timer);
    this.#timer = setInterval(() => {
      this.#renewing = this.#renewing.then(() => this.#renew());
    }, this.leaseMs / 3);
  }

  /** Says that we are there; where that does not come through it is said again the next time. */
  async #renew(): Promise<void> {
    const held = this.#held;
    if (!held || held.lostTo !== undefined) return;
    const since = new Stopwatch();
    const value = this.#said(++held.renewed);
    try {
      held.revision = await this.bucket.write(this.key, value, held.revision, this.leaseMs / 6);
      held.since = since;
    } catch (error) {
      if (!(error instanceof EntryChanged)) return;
      const other = holderIn(error.found);
      if (other?.holder === this.holder) held.revision = error.found.revision; // answered too late
      else held.lostTo = other ? `now that of ${said(other)}` : "nobody's: it was removed";
    }
  }

  #said(renewed: number): Uint8Array {
    const me: Holder = { holder: this.holder, host: hostname(), pid: process.pid, renewed };
    return Buffer.from(JSON.stringify(me));
  }

  #isKeptBy(holder: Holder): ProjectionUnavailable {
    return new ProjectionUnavailable(
      this.projection,
      `${said(holder)} keeps it in step: stop that first`,
    );
  }
}

/**
 * Time that may have passed. The monotonic clock stands still while a machine sleeps, and the wall clock may be set back:
 * of the two the one that is further on is right, or at least careful.
 */
class Stopwatch {
  readonly #monotonic = performance.now();
  readonly #wall = Date.now();

  get milliseconds(): number {
    return Math.max(performance.now() - this.#monotonic, Date.now() - this.#wall);
  }
}

function holderIn({ value }: Entry): Holder | undefined {
  return objectIn(value) as Holder | undefined;
}

function said({ host, pid }: Holder): string {
  return `process ${pid} on ${host}`;
}
