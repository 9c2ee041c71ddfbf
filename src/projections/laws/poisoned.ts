/** Poison that the laws make themselves: events that a projection takes or not, as they say. */
import type {
  Checkpoint,
  Health,
  LogIdentity,
  ParkedEvent,
  ProjectedEvent,
} from "../projection.ts";
import type { Projection, Step } from "../projection.ts";

/** A projection that cannot take some events, until that is cured by taking them out of `poison`. */
export class Poisoned implements Projection {
  /**
   * @param sound the projection behind it
   * @param poison the sequences of the events that it cannot take
   */
  constructor(private readonly sound: Projection, readonly poison: Set<number>) {}

  get name(): string {
    return this.sound.name;
  }

  async projectBatch(step: Step): Promise<void> {
    const one = step.events.find(({ event }) => this.poison.has(event.sequence));
    if (one) throw new TypeError(`event ${one.event.sequence} is poison`);
    await this.sound.projectBatch(step);
  }

  async project(event: ProjectedEvent): Promise<void> {
    if (this.poison.has(event.event.sequence)) throw new TypeError("it is poison");
    await this.sound.project(event);
  }

  initialize(log: LogIdentity): Promise<void> {
    return this.sound.initialize(log);
  }

  checkpoint(): Promise<Checkpoint> {
    return this.sound.checkpoint();
  }

  parked(): Promise<ParkedEvent[]> {
    return this.sound.parked();
  }

  healthCheck(): Promise<Health> {
    return this.sound.healthCheck();
  }

  reset(): Promise<void> {
    return this.sound.reset();
  }

  close(): Promise<void> {
    return this.sound.close();
  }
}
