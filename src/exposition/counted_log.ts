/** The log, counted as it grows. */
import { setTimeout as delay } from "node:timers/promises";
import { decodeEvent, UnreadableEvent } from "../domain/event.ts";
import type { Inventory } from "../domain/inventory.ts";
import { type EventLog, LogBroken, LogUnavailable } from "../log/log.ts";
import { Counts } from "./counts.ts";
import type { Family } from "./family.ts";

/** How long after the log went away it is asked again, in milliseconds. */
const PAUSE_MS = 1_000;

/** What is counted of a log that goes on: an event is read once, and a scrape reads none. */
export class CountedLog {
  readonly #counts: Counts;
  #errors = 0;

  /**
   * @param log that is counted
   * @param known what is known of it already, as a snapshot has it; it belongs to this from then on
   */
  constructor(private readonly log: EventLog, known?: Inventory) {
    this.#counts = new Counts(known);
  }

  /** The last sequence that is counted. */
  get sequence(): number {
    return this.#counts.inventory.sequence;
  }

  /**
   * Counts what the log has, and has not been counted yet.
   *
   * @throws {LogUnavailable} when the log cannot be read
   * @throws {NewerEvent} when a newer version of this program wrote to it
   * @throws {LogBroken} when events are missing in it
   */
  async catchUp(signal: AbortSignal): Promise<void> {
    for await (const record of this.log.read({ from: this.sequence + 1, signal })) {
      this.#take(record);
    }
  }

  /**
   * Counts what comes, until the signal ends it; a log that is away is waited for.
   *
   * @throws as {@linkcode catchUp}, but {@linkcode LogUnavailable}
   */
  async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const record of this.log.subscribe({ from: this.sequence + 1, signal })) {
          this.#take(record);
        }
      } catch (error) {
        if (!(error instanceof LogUnavailable)) throw error;
        this.#errors++;
        await delay(PAUSE_MS, undefined, { signal }).catch(() => {}); // then it is over
      }
    }
  }

  /** What there is, and how far the log is counted. */
  families(): Family[] {
    const { skipped } = this.#counts.inventory;
    return [
      ...this.#counts.families(),
      {
        name: "cim_counted_sequence",
        type: "gauge",
        help: "The last sequence of the log that the counts of resources and others hold.",
        samples: [[{}, this.sequence]],
      },
      {
        name: "cim_log_skipped_messages",
        type: "gauge",
        help: "Messages of the log that were passed over because they are no events.",
        samples: [[{}, skipped]],
      },
      {
        name: "cim_log_read_errors_total",
        type: "counter",
        help: "How often the log went away while it was followed.",
        samples: [[{}, this.#errors]],
      },
    ];
  }

  #take(record: Parameters<typeof decodeEvent>[0]): void {
    const { sequence } = record;
    if (sequence !== this.sequence + 1) {
      throw new LogBroken(`sequence ${this.sequence + 1} is missing in it`);
    }
    try {
      this.#counts.apply(decodeEvent(record), sequence);
    } catch (error) {
      if (!(error instanceof UnreadableEvent)) throw error;
      this.#counts.inventory.skip(sequence);
    }
  }
}
