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

  /** @param parked what is parked so far */
  constructor(parked: readonly ParkedEvent[] = []) {
    for (const { aggregate_id, sequence } of parked) this.#note(aggregate_id, sequence);
  }

  /** What is parked in a read model by now. */
  static async of(projection: Projection): Promise<Parking> {
    return new Parking(await projection.parked());
  }

  /** Puts an event aside, and from now on the later ones of its aggregate. */
  park({ event }: ProjectedEvent, reason: string): ParkedEvent {
    const { sequence, event_type, aggregate_id } = event;
    this.#note(aggregate_id, sequence);
    return { sequence, event_type, aggregate_id, reason };
  }

  /** A step with those of its events put aside that belong to an aggregate of which one is parked. */
  setAside(step: Step): Step {
    if (this.#first.size === 0) return step;
    const aside = step.events.filter(({ event }) => this.#first.has(event.aggregate_id));
    if (aside.length === 0) return step;
    const park = aside.map((one) =>
      this.park(
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

/** Parked events in the order of the log. */
export function inOrder(parked: readonly ParkedEvent[]): ParkedEvent[] {
  return [...parked].sort((a, b) => a.sequence - b.sequence);
}
