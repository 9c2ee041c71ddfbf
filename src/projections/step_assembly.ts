/** From the records of a log to the steps of a projection. */
import { decodeEvent, type LogRecord, UnreadableEvent } from "../domain/event.ts";
import { LogBroken } from "../log/log.ts";
import type { ProjectedEvent, Step } from "./projection.ts";

/** The most events of a step. */
export const STEP_EVENTS = 20_000;
/** A step with so many bytes of payloads is full. */
export const STEP_BYTES = 16_000_000;

/** How many messages that were passed over are kept with their reasons. */
const SKIPPED_KEPT = 10;

/** A message of the log that is no event, and was passed over. */
export interface PassedOver {
  sequence: number;
  reason: string;
}

/** Takes records one after the other, reads and checks each, and gives them in steps. */
export class StepAssembly {
  #after: number;
  #through: number;
  #events: ProjectedEvent[] = [];
  #skipped = 0;
  #bytes = 0;

  /**
   * @param checkpoint where the first step begins
   * @param passedOver gets the first messages that are no events, with the reasons
   * @param most the most events of a step
   */
  constructor(
    checkpoint: number,
    private readonly passedOver: PassedOver[] = [],
    private readonly most = STEP_EVENTS,
  ) {
    this.#after = this.#through = checkpoint;
  }

  /** The sequence of the last record that was taken. */
  get through(): number {
    return this.#through;
  }

  /** Whether nothing was taken since the last step. */
  get isEmpty(): boolean {
    return this.#through === this.#after;
  }

  /** Whether it is time for the step. Messages that are no events count too: each is a sequence that is settled. */
  get isFull(): boolean {
    return this.#through - this.#after >= this.most || this.#bytes >= STEP_BYTES;
  }

  /**
   * Takes the next record.
   *
   * @throws {LogBroken} when it is not the next one
   * @throws {NewerEvent} when only a newer program can read it
   */
  take(record: LogRecord): void {
    const expected = this.#through + 1;
    if (record.sequence !== expected) {
      throw new LogBroken(
        record.sequence > expected
          ? `sequence ${expected} is missing in it`
          : `sequence ${record.sequence} came again behind ${this.#through}`,
      );
    }
    try {
      this.#events.push({ record, event: decodeEvent(record) });
    } catch (error) {
      if (!(error instanceof UnreadableEvent)) throw error;
      this.#skipped++;
      const isNew = (this.passedOver.at(-1)?.sequence ?? 0) < expected; // not read once more
      if (isNew && this.passedOver.length < SKIPPED_KEPT) {
        this.passedOver.push({ sequence: expected, reason: error.reason });
      }
    }
    this.#bytes += record.payload.length;
    this.#through = expected;
  }

  /** What was taken since the last step, as one. */
  step(): Step {
    const step = {
      after: this.#after,
      through: this.#through,
      events: this.#events,
      skipped: this.#skipped,
      park: [],
      unpark: [],
    };
    this.#after = this.#through;
    [this.#events, this.#skipped, this.#bytes] = [[], 0, 0];
    return step;
  }
}
