/** The write model: the latest state of every aggregate, folded from the log, with what decisions look up in it. */
import type { ComputeState } from "./compute_schema.ts";
import type { InfrastructureEvent } from "./event.ts";
import type { AggregateType, EventData, EventType } from "./event_types.ts";
import { IdIndex, keysOf } from "./inventory_index.ts";

/** The latest state of one aggregate. */
export type Aggregate<T extends AggregateType = AggregateType> = {
  [K in T]: {
    type: K;
    /** How many events it has had. */
    version: number;
    /** The sequence of the last event that changed it; measurements do not. */
    changed: number;
    state: StateOf[K];
  };
}[T];

/** The state of each kind of aggregate. */
export interface StateOf {
  compute: ComputeState;
  network: EventData["NetworkDefined"];
  connection: EventData["ConnectionEstablished"];
  software: EventData["SoftwareConfigured"];
  policy: EventData["PolicySet"];
  concept: EventData["ConceptDefined"];
  label: EventData["ResourceLabelled"];
}

/** What is left of a compute resource that was decommissioned. */
export interface Decommissioned {
  hostname: string;
  resource_type: ComputeState["resource_type"];
  /** Whether it ran on another one. */
  hosted: boolean;
  /** The sequence of its last event. */
  changed: number;
}

/** What decisions may ask of the write model. */
export interface InventoryView {
  /** The aggregate with this id, if it is of this kind. */
  get<T extends AggregateType>(type: T, id: string): Aggregate<T> | undefined;
  /** The aggregate with this id, of whatever kind. */
  find(id: string): Aggregate | undefined;
  /** How many events the aggregate with this id has had; 0 if there is none. */
  version(id: string): number;
  /** Whether this is a compute resource that was decommissioned: its id is never used again. */
  isDecommissioned(id: string): boolean;
  /** The aggregates that a key leads to (`inventory_index.ts`), sorted. */
  idsWith(key: string): readonly string[];
  /** Of the aggregates that a key leads to, the first but this one, and whether there are more. */
  otherWith(key: string, than?: string): { id: string; more: boolean } | undefined;
}

/** After these there is no aggregate any more. */
const ENDINGS: ReadonlySet<EventType> = new Set([
  "ComputeDecommissioned",
  "NetworkRemoved",
  "ConnectionSevered",
  "SoftwareRemoved",
  "PolicyRevoked",
]);

/** The commands of at least so many of the latest events are remembered, to recognise one that is sent again. */
export const REMEMBERED_EVENTS = 50_000;

/** What an inventory is made of, in JSON's terms; the aggregates are in no particular order. */
export interface InventoryContent {
  sequence: number;
  /** The last event and where it lies; "" and 0 before the first. */
  last_event_id: string;
  last_event_sequence: number;
  /** How many messages of the log were passed over, because they are no events. */
  skipped: number;
  aggregates: [id: string, aggregate: Aggregate][];
  decommissioned: [id: string, last: Decommissioned][];
  commands: [message_id: string, sequence: number][];
}

type Undo =
  | { id: string; before: Aggregate | undefined }
  | { decommissioned: string }
  | { command: string; sequence: number };

/**
 * Folds events. Its size is that of the live aggregates and of the commands of the last 50,000 to 100,000 events,
 * whatever the length of the log; of a decommissioned compute the id is kept, so that no other resource is ever given it,
 * and its name and type.
 *
 * Cost: `apply` and every look-up are O(1) in the number of aggregates, but that `idsWith` sorts, and ComputeDecommissioned takes along what
 * belongs to the resource; `rollback` is O(events since `mark`).
 */
export class Inventory implements InventoryView {
  /** The sequence of the last event applied: the place in the log that decisions are made at. */
  sequence = 0;
  /** The id of the last event, and where it lies; "" and 0 before the first. */
  lastEvent = { id: "", sequence: 0 };
  /** How many messages of the log were passed over, because they are no events. */
  skipped = 0;
  readonly #aggregates = new Map<string, Aggregate>();
  readonly #index = new IdIndex();
  readonly #decommissioned = new Map<string, Decommissioned>();
  /** Commands with the sequence of their first event, by generations of 50,000 events; the last two are kept. */
  readonly #commands = new Map<number, Map<string, number>>();
  /** What leads back to each mark, the oldest first. */
  readonly #marks: { sequence: number; lastEvent: Inventory["lastEvent"]; undo: Undo[] }[] = [];

  /** An inventory again, from its content. */
  static from(content: InventoryContent): Inventory {
    const inventory = new Inventory();
    for (const [id, aggregate] of content.aggregates) inventory.#put(id, aggregate);
    for (const [id, last] of content.decommissioned) inventory.#decommissioned.set(id, last);
    for (const [id, sequence] of content.commands) inventory.#remember(id, sequence);
    inventory.sequence = content.sequence;
    inventory.skipped = content.skipped;
    inventory.lastEvent = { id: content.last_event_id, sequence: content.last_event_sequence };
    return inventory;
  }

  /**
   * What it is made of: two inventories that know the same have the same content, however they came to it. It stays as
   * it is while the inventory goes on.
   */
  content(): InventoryContent {
    return {
      sequence: this.sequence,
      last_event_id: this.lastEvent.id,
      last_event_sequence: this.lastEvent.sequence,
      skipped: this.skipped,
      aggregates: [...this.#aggregates],
      decommissioned: [...this.#decommissioned],
      commands: [...this.#commands].filter(([generation]) => this.#isKept(generation))
        .flatMap(([, commands]) => [...commands]),
    };
  }

  /** How many aggregates there are. */
  get size(): number {
    return this.#aggregates.size;
  }

  /** Every aggregate with its id, in no particular order. */
  aggregates(): IterableIterator<[id: string, aggregate: Aggregate]> {
    return this.#aggregates.entries();
  }

  /** Every compute resource that was decommissioned with its id, in the order of their ends. */
  decommissioned(): IterableIterator<[id: string, last: Decommissioned]> {
    return this.#decommissioned.entries();
  }

  get<T extends AggregateType>(type: T, id: string): Aggregate<T> | undefined {
    const found = this.#aggregates.get(id);
    return found?.type === type ? found as Aggregate<T> : undefined;
  }

  find(id: string): Aggregate | undefined {
    return this.#aggregates.get(id);
  }

  version(id: string): number {
    return this.#aggregates.get(id)?.version ?? 0;
  }

  isDecommissioned(id: string): boolean {
    return this.#decommissioned.has(id);
  }

  idsWith(key: string): readonly string[] {
    return this.#index.get(key);
  }

  otherWith(key: string, than?: string): { id: string; more: boolean } | undefined {
    return this.#index.other(key, than);
  }

  /** The sequence of the first event of a command that was handled lately. */
  handledAt(messageId: string): number | undefined {
    const generation = generationOf(this.sequence);
    return this.#commands.get(generation)?.get(messageId) ??
      this.#commands.get(generation - 1)?.get(messageId);
  }

  /** Takes in the event that follows those already applied. */
  apply(event: InfrastructureEvent, sequence: number): void {
    const { aggregate_id: id, causation_id: command } = event;
    if (event.event_type === "ComputeDecommissioned") {
      for (const belonging of this.#index.get(`of:${id}`)) this.#change(belonging, undefined);
      const { hostname, resource_type, host } = event.data;
      const hosted = host !== undefined;
      this.#decommissioned.set(id, { hostname, resource_type, hosted, changed: sequence });
      this.#undo({ decommissioned: id });
    }
    this.#change(id, evolve(this.#aggregates.get(id), event, sequence));
    if (this.handledAt(command) === undefined) {
      this.#remember(command, sequence);
      this.#undo({ command, sequence });
    }
    this.sequence = sequence;
    this.lastEvent = { id: event.event_id, sequence };
    if (this.#marks.length === 0) this.#forget();
  }

  /** Passes over a message of the log that is no event. */
  skip(sequence: number): void {
    this.skipped++;
    this.sequence = sequence;
  }

  /** From here on `rollback` leads back to now, until this is committed. */
  mark(): void {
    this.#marks.push({ sequence: this.sequence, lastEvent: this.lastEvent, undo: [] });
  }

  /** Forgets all that was applied since the oldest mark. */
  rollback(): void {
    for (const { sequence, lastEvent, undo } of this.#marks.reverse()) {
      for (const step of undo.reverse()) {
        if ("id" in step) this.#put(step.id, step.before);
        else if ("command" in step) {
          this.#commands.get(generationOf(step.sequence))?.delete(step.command);
        } else this.#decommissioned.delete(step.decommissioned);
      }
      Object.assign(this, { sequence, lastEvent });
    }
    this.#marks.length = 0;
  }

  /** Keeps what was applied between the oldest mark and the next. */
  commit(): void {
    this.#marks.shift();
    this.#forget();
  }

  #undo(step: Undo): void {
    this.#marks.at(-1)?.undo.push(step);
  }

  #change(id: string, next: Aggregate | undefined): void {
    this.#undo({ id, before: this.#aggregates.get(id) });
    this.#put(id, next);
  }

  #put(id: string, next: Aggregate | undefined): void {
    const before = this.#aggregates.get(id);
    if (before?.state !== next?.state) {
      if (before) { for (const key of keysOf(before)) this.#index.remove(key, id); }
      if (next) { for (const key of keysOf(next)) this.#index.add(key, id); }
    }
    if (next) this.#aggregates.set(id, next);
    else this.#aggregates.delete(id);
  }

  #remember(command: string, sequence: number): void {
    const generation = generationOf(sequence);
    let commands = this.#commands.get(generation);
    if (!commands) this.#commands.set(generation, commands = new Map());
    commands.set(command, sequence);
  }

  #isKept(generation: number): boolean {
    return generation >= generationOf(this.sequence) - 1;
  }

  /** Whole generations at once: to take the oldest entry out of a map again and again costs more with each. */
  #forget(): void {
    if (this.#commands.size <= 2) return;
    // What may yet be taken back leads to no further than the oldest mark.
    const settled = generationOf(this.#marks[0]?.sequence ?? this.sequence);
    for (const generation of this.#commands.keys()) {
      if (generation < settled - 1) this.#commands.delete(generation);
    }
  }
}

function generationOf(sequence: number): number {
  return Math.floor(sequence / REMEMBERED_EVENTS);
}

/** The state of an aggregate after one more of its events; undefined after its last. */
export function evolve(
  before: Aggregate | undefined,
  event: InfrastructureEvent,
  sequence: number,
): Aggregate | undefined {
  const version = event.aggregate_version;
  if (event.event_type === "MeasurementsRecorded") return before && { ...before, version };
  if (ENDINGS.has(event.event_type)) return undefined;
  return { type: event.aggregate_type, version, changed: sequence, state: event.data } as Aggregate;
}
