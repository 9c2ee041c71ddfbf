/** The write model: the latest state of every aggregate, folded from the log, with what decisions look up in it. */
import type { ComputeState } from "./compute_schema.ts";
import type { AggregateType, EventData, InfrastructureEvent } from "./event.ts";
import { evidenceKeys } from "./identity.ts";
import { byCodeUnit } from "./values.ts";

/** The latest state of one aggregate. */
export interface Aggregate<T extends AggregateType = AggregateType> {
  type: T;
  /** How many events it has had. */
  version: number;
  state: StateOf[T];
}

/** The state of each kind of aggregate. */
export interface StateOf {
  compute: ComputeState;
  network: EventData["NetworkDefined"];
  connection: EventData["ConnectionEstablished"];
  software: EventData["SoftwareConfigured"];
  policy: EventData["PolicySet"];
}

/** What decisions may ask of the write model. */
export interface InventoryView {
  /** The aggregate with this id, if it is of this kind. */
  get<T extends AggregateType>(type: T, id: string): Aggregate<T> | undefined;
  /** How many events the aggregate with this id has had; 0 if there is none. */
  version(id: string): number;
  /** The compute resources that one key leads to: evidence, a MAC address or a host name (`identity.ts`). */
  computesBy(key: string): readonly string[];
}

/**
 * Folds events. Its size is that of the live aggregates, whatever the length of the log.
 *
 * Cost: `apply` and every look-up are O(1) in the number of aggregates; `rollback` is O(events since `mark`).
 */
export class Inventory implements InventoryView {
  /** The sequence of the last event applied: the place in the log that decisions are made at. */
  sequence = 0;
  readonly #aggregates = new Map<string, Aggregate>();
  readonly #computes = new Map<string, string[]>();
  #undo: { id: string; before: Aggregate | undefined }[] | undefined;
  #marked = 0;

  get<T extends AggregateType>(type: T, id: string): Aggregate<T> | undefined {
    const found = this.#aggregates.get(id);
    return found?.type === type ? found as Aggregate<T> : undefined;
  }

  version(id: string): number {
    return this.#aggregates.get(id)?.version ?? 0;
  }

  computesBy(key: string): readonly string[] {
    return this.#computes.get(key) ?? [];
  }

  /** Takes in the event that follows those already applied. */
  apply(event: InfrastructureEvent, sequence: number): void {
    const before = this.#aggregates.get(event.aggregate_id);
    this.#undo?.push({ id: event.aggregate_id, before });
    this.#put(event.aggregate_id, evolve(before, event));
    this.sequence = sequence;
  }

  /** From here on `rollback` leads back to now. */
  mark(): void {
    this.#undo = [];
    this.#marked = this.sequence;
  }

  /** Forgets all that was applied since `mark`. */
  rollback(): void {
    for (const { id, before } of (this.#undo ?? []).reverse()) this.#put(id, before);
    this.sequence = this.#marked;
    this.#undo = undefined;
  }

  /** Keeps what was applied since `mark`. */
  commit(): void {
    this.#undo = undefined;
  }

  #put(id: string, next: Aggregate | undefined): void {
    const before = this.#aggregates.get(id);
    if (before?.state !== next?.state) {
      if (before?.type === "compute") this.#index(id, before as Aggregate<"compute">, false);
      if (next?.type === "compute") this.#index(id, next as Aggregate<"compute">, true);
    }
    if (next) this.#aggregates.set(id, next);
    else this.#aggregates.delete(id);
  }

  #index(id: string, { state }: Aggregate<"compute">, present: boolean): void {
    for (const key of [...evidenceKeys(state), `hostname:${state.hostname}`]) {
      const others = (this.#computes.get(key) ?? []).filter((other) => other !== id);
      // In an order that depends on the state alone, and not on the way that led to it.
      if (present) others.push(id);
      others.sort(byCodeUnit);
      if (others.length > 0) this.#computes.set(key, others);
      else this.#computes.delete(key);
    }
  }
}

/** The state of an aggregate after one more of its events. */
export function evolve(before: Aggregate | undefined, event: InfrastructureEvent): Aggregate {
  const version = event.aggregate_version;
  if (event.event_type === "MeasurementsRecorded") {
    if (!before) throw new Error(`measurements of ${event.aggregate_id}, which is not registered`);
    return { ...before, version };
  }
  return { type: event.aggregate_type, version, state: event.data };
}
