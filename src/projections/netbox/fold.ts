/** A log, folded into what there is to be in NetBox, without measurements. */
import { decodeEvent, UnreadableEvent } from "../../domain/event.ts";
import { EVENTS, type EventType, subjectOf } from "../../domain/event_types.ts";
import { Inventory } from "../../domain/inventory.ts";
import type { EventLog } from "../../log/log.ts";
import type { ParkedEvent, Step } from "../projection.ts";
import { desiredState } from "./desired.ts";
import type { DesiredState } from "./objects.ts";
import { canonical } from "./values.ts";

/** What is no business of NetBox's, and most of a log. */
const LEFT_OUT: ReadonlySet<EventType> = new Set(["MeasurementsRecorded"]);
const SUBJECTS = (Object.keys(EVENTS) as EventType[])
  .filter((type) => !LEFT_OUT.has(type)).map(subjectOf);

/** A log folded up to some place. */
export class FoldedLog {
  #desired: DesiredState;
  #text: string | undefined;

  private constructor(private readonly inventory: Inventory) {
    this.#desired = desiredState(inventory);
  }

  /**
   * Folds a log.
   *
   * @param through the last sequence
   * @param parked what is left out
   */
  static async of(
    log: Pick<EventLog, "read">,
    through: number,
    parked: readonly ParkedEvent[],
    signal?: AbortSignal,
  ): Promise<FoldedLog> {
    const inventory = new Inventory();
    const aside = new Set(parked.map(({ sequence }) => sequence));
    const part = { from: 1, to: through, subjects: SUBJECTS, ...(signal ? { signal } : {}) };
    for await (const record of through > 0 ? log.read(part) : []) {
      if (aside.has(record.sequence)) continue;
      try {
        const event = decodeEvent(record);
        // A log that is only read, such as an archive, may not tell subjects apart.
        if (!LEFT_OUT.has(event.event_type)) inventory.apply(event, record.sequence);
      } catch (error) {
        if (!(error instanceof UnreadableEvent)) throw error; // it was passed over
      }
    }
    inventory.sequence = through;
    return new FoldedLog(inventory);
  }

  /** What there is to be. */
  get desired(): DesiredState {
    return this.#desired;
  }

  /** That as text: the same for the same. */
  get text(): string {
    return this.#text ??= textOf(this.#desired);
  }

  /** Folds a step that follows, or nothing of it where an event cannot be taken, which it throws. */
  take({ events, through }: Pick<Step, "events" | "through">): void {
    const some = events.filter(({ event }) => !LEFT_OUT.has(event.event_type));
    this.inventory.mark();
    try {
      for (const { event } of some) this.inventory.apply(event, event.sequence);
      this.inventory.sequence = through;
      if (some.length > 0) [this.#desired, this.#text] = [desiredState(this.inventory), undefined];
      this.inventory.commit();
    } catch (error) {
      this.inventory.rollback();
      throw error;
    }
  }
}

/** What of a state there is to write, in whatever order it is. */
function textOf({ objects, findings }: DesiredState): string {
  const lines = objects.map(({ kind, key, fields, later = {}, ending = false }) =>
    `${kind} ${key} ${ending} ${canonical(fields)} ${canonical(later)}`
  );
  return [...lines.sort(), ...findings.map(({ key, reason }) => `${key} ${reason}`)].join("\n");
}
