/** Parking: what a read model could not take is put aside, and what comes after it of the same aggregate with it. */
import type { ParkedEvent, ProjectedEvent, Projection, Step } from "./projection.ts";

/**
 * Which aggregates have parked events. An event says its aggregate's whole new state, so a later one could be applied
 * without the parked one; but then un-parking would bring an older state behind a newer one, and what the aggregate
 * went through between the two would never be seen.
 */
export class Parking {
  /** The first parked sequence of each aggregate. */
  readonly #first = new Map<string, number>();
  #inARow = 0;

  /** @param parked what is parked so far, in order */
  constructor(parked: readonly ParkedEvent[] = []) {
    for (const { aggregate_id, sequence } of parked) this.#note(aggregate_id, sequence);
  }

  /** What is parked in a read model by now. */
  static async of(projection: Projection): Promise<Parking> {
    const parked = await projection.parked();
    const parking = new Parking(parked);
    // Who was started again and again would otherwise put aside a few more each time.
    let { last_sequence: end } = await projection.checkpoint();
    for (const { aggregate_id, sequence } of inOrder(parked).reverse()) {
      if (sequence !== end--) break;
      if (parking.#first.get(aggregate_id) === sequence) parking.#inARow++;
    }
    return parking;
  }

  /**
   * How many events in a row could not be applied, each the first of its aggregate: those that are parked because of
   * another one are not counted.
   */
  get inARow(): number {
    return this.#inARow;
  }

  /** An event was applied: what fails next is the first in a row. */
  applied(): void {
    this.#inARow = 0;
  }

  /** Puts an event aside that cannot be applied, and from now on the later ones of its aggregate. */
  park(culprit: ProjectedEvent, reason: string): ParkedEvent {
    this.#inARow++;
    this.#note(culprit.event.aggregate_id, culprit.event.sequence);
    return parkedEvent(culprit, reason);
  }

  /** A step with those of its events put aside that belong to an aggregate of which one is parked. */
  setAside(step: Step): Step {
    if (this.#first.size === 0) return step;
    const aside = step.events.filter(({ event }) => this.#first.has(event.aggregate_id));
    if (aside.length === 0) return step;
    const park = aside.map((one) =>
      parkedEvent(
        one,
        `event ${this.#first.get(one.event.aggregate_id)} of the same aggregate is parked`,
      )
    );
    return {
      ...step,
      events: step.events.filter(({ event }) => !this.#first.has(event.aggregate_id)),
      park: inOrder([...step.park, ...park]),
    };
  }

  #note(aggregate: string, sequence: number): void {
    if (!this.#first.has(aggregate)) this.#first.set(aggregate, sequence);
  }
}

function parkedEvent({ event }: ProjectedEvent, reason: string): ParkedEvent {
  const { sequence, event_type, aggregate_id } = event;
  return { sequence, event_type, aggregate_id, reason };
}

/** Parked events in the order of the log. */
export function inOrder(parked: readonly ParkedEvent[]): ParkedEvent[] {
  return [...parked].sort((a, b) => a.sequence - b.sequence);
}
