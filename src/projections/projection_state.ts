/** What there is to tell about a projection at work: for people, and for `cim status`. */
import type { PassedOver } from "./step_assembly.ts";

/** How a projection is, at one moment. */
export interface ProjectionState {
  projection: string;
  /** The last sequence that its read model covers. */
  position: number;
  /** The last sequence of the log. */
  log_last_sequence: number;
  /** How many sequences of the log it does not cover yet. */
  lag_events: number;
  /** How many sequences a second it came forward in the last ten seconds. */
  events_per_second: number;
  /** How many events are applied. */
  events: number;
  /** How many events are parked. */
  parked: number;
  /** How many messages of the log were passed over because they are no events. */
  skipped: number;
  /** The first of them that this projector met. */
  first_skipped: readonly PassedOver[];
  /** Whether it is at work, or has ended. */
  running: boolean;
  healthy: boolean;
  /** In one line, what is wrong, or that nothing is. */
  because: string;
  /** Since when that is so. */
  since: string;
}

/** Whether a projection is well, and since when. */
export class HealthRecord {
  healthy = true;
  because: string = ALL_WELL;
  since: string;

  /** @param clock tells the time */
  constructor(private readonly clock: () => Date) {
    this.since = clock().toISOString();
  }

  /** Nothing is wrong (any more). */
  well(): void {
    this.#set(true, ALL_WELL);
  }

  /** Something is wrong. */
  unwell(because: string): void {
    this.#set(false, because);
  }

  #set(healthy: boolean, because: string): void {
    if (healthy !== this.healthy) this.since = this.clock().toISOString();
    Object.assign(this, { healthy, because });
  }
}

const ALL_WELL = "nothing is wrong";
const WINDOW_MS = 10_000;

/** How fast a projection comes forward, over the last ten seconds. */
export class Rate {
  #steps: { at: number; position: number }[] = [];

  /** @param clock tells the time */
  constructor(private readonly clock: () => Date) {}

  /** It is at this sequence now. */
  at(position: number): void {
    const at = this.clock().getTime();
    this.#steps.push({ at, position });
    // The last one before the window is where the window begins.
    while (this.#steps.length > 2 && this.#steps[1]!.at <= at - WINDOW_MS) this.#steps.shift();
  }

  /** Sequences a second, to a tenth; 0 where it has not moved in the window. */
  get perSecond(): number {
    const [now, first, last] = [this.clock().getTime(), this.#steps[0], this.#steps.at(-1)];
    if (!first || !last || last.at <= now - WINDOW_MS || last === first) return 0;
    const seconds = (now - first.at) / 1000;
    return seconds <= 0 ? 0 : Math.round((last.position - first.position) / seconds * 10) / 10;
  }
}
