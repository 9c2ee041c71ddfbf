/** A log, folded into what there is to be in NetBox, without measurements. */
import { setImmediate } from "node:timers/promises";
import { decodeEvent, type RecordedEvent, UnreadableEvent } from "../../domain/event.ts";
import { EVENTS, type EventType, subjectOf } from "../../domain/event_types.ts";
import { Inventory } from "../../domain/inventory.ts";
import type { EventLog } from "../../log/log.ts";
import type { ParkedEvent, Step } from "../projection.ts";
import { oneLine } from "../projector_error.ts";
import { desiredState } from "./desired/desired_state.ts";
import { requireAddresses } from "./desired/addresses.ts";
import type { DesiredState } from "./objects.ts";

/** What is no business of NetBox's, and most of a log. */
const LEFT_OUT: ReadonlySet<EventType> = new Set(["MeasurementsRecorded"]);
const SUBJECTS = (Object.keys(EVENTS) as EventType[])
  .filter((type) => !LEFT_OUT.has(type)).map(subjectOf);
/** After so many records the lease has its turn. */
const PAUSE_RECORDS = 2_000;

/** A log folded up to some place. */
export class FoldedLog {
  #desired: DesiredState | undefined;

  private constructor(private readonly inventory: Inventory) {}

  /**
   * Folds a log.
   *
   * @param through the last sequence
   * @param parked what is left out
   */
  static of(
    log: Pick<EventLog, "read">,
    through: number,
    parked: readonly ParkedEvent[],
    signal?: AbortSignal,
  ): Promise<FoldedLog> {
    const aside = new Set(parked.map(({ sequence }) => sequence));
    return FoldedLog.#fold(log, through, aside, take, signal);
  }

  /**
   * Folds a log as a projector that has parked nothing yet: what cannot be taken is left out, with the later events of its
   * aggregate, and said by its first.
   */
  static async anew(
    log: Pick<EventLog, "read">,
    through: number,
    signal?: AbortSignal,
  ): Promise<{ folded: FoldedLog; parked: ReadonlyMap<string, string> }> {
    const parked = new Map<string, string>();
    const takeOrPark: Take = (event, inventory) => {
      const { aggregate_id, sequence } = event;
      if (parked.has(aggregate_id)) return;
      try {
        take(event, inventory);
      } catch (error) {
        parked.set(aggregate_id, `the event ${sequence} will be parked: ${oneLine(error)}`);
      }
    };
    const folded = await FoldedLog.#fold(log, through, new Set(), takeOrPark, signal);
    return { folded, parked };
  }

  static async #fold(
    log: Pick<EventLog, "read">,
    through: number,
    aside: ReadonlySet<number>,
    take: Take,
    signal: AbortSignal | undefined,
  ): Promise<FoldedLog> {
    const inventory = new Inventory();
    const part = { from: 1, to: through, subjects: SUBJECTS, ...(signal ? { signal } : {}) };
    let taken = 0;
    for await (const record of through > 0 ? log.read(part) : []) {
      if (++taken % PAUSE_RECORDS === 0) await setImmediate();
      if (aside.has(record.sequence)) continue;
      try {
        const event = decodeEvent(record);
        // A log that is only read, such as an archive, may not tell subjects apart.
        if (!LEFT_OUT.has(event.event_type)) take(event, inventory);
      } catch (error) {
        if (!(error instanceof UnreadableEvent)) throw error; // it was passed over
      }
    }
    inventory.sequence = through;
    return new FoldedLog(inventory);
  }

  /** What there is to be; the same object as long as it is the same. Worked out when it is asked for. */
  get desired(): DesiredState {
    return this.#desired ??= desiredState(this.inventory);
  }

  /** Folds a step that follows, or nothing of it where an event cannot be taken, which it throws. */
  take({ events, through }: Pick<Step, "events" | "through">): void {
    const some = events.filter(({ event }) => !LEFT_OUT.has(event.event_type));
    this.inventory.mark();
    try {
      for (const { event } of some) take(event, this.inventory);
      this.inventory.sequence = through;
      if (some.length > 0) this.#desired = undefined;
      this.inventory.commit();
    } catch (error) {
      this.inventory.rollback();
      throw error;
    }
  }
}

type Take = (event: RecordedEvent, inventory: Inventory) => void;

/** An event is taken only if its state can be said: it is told of that one, and not where all is worked out. */
function take(event: RecordedEvent, inventory: Inventory): void {
  requireAddresses(event);
  inventory.apply(event, event.sequence);
}
