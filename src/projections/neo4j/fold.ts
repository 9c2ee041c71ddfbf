/** A step of the log, folded: of each aggregate only its newest state is left. */
import type { RecordedEvent } from "../../domain/event.ts";
import type { AggregateType, EventData, EventType } from "../../domain/event_types.ts";
import { networkOf } from "../../domain/values.ts";
import type { Step } from "../projection.ts";
import { moment, type State } from "./rows.ts";

/** What the graph holds of, with the event whose data is its state. */
interface StateOf {
  compute: EventData["ComputeRegistered"];
  network: EventData["NetworkDefined"];
  connection: EventData["ConnectionEstablished"];
  software: EventData["SoftwareConfigured"];
  policy: EventData["PolicySet"];
}
type Kind = keyof StateOf;

const ENDINGS: ReadonlySet<EventType> = new Set([
  "ComputeDecommissioned",
  "NetworkRemoved",
  "ConnectionSevered",
  "SoftwareRemoved",
  "PolicyRevoked",
]);

/** What of a step there is to be written into the graph. */
export class Folded {
  /** The newest states, by their aggregates' ids. */
  readonly states: { [K in Kind]: Map<string, State<StateOf[K]>> } = {
    compute: new Map(),
    network: new Map(),
    connection: new Map(),
    software: new Map(),
    policy: new Map(),
  };
  /** The aggregates that ended in the step, also where one has come again behind that. */
  readonly ended: { [K in Kind]: Set<string> } = {
    compute: new Set(),
    network: new Set(),
    connection: new Set(),
    software: new Set(),
    policy: new Set(),
  };
  /** The resources whose software is another one. */
  readonly softwareOf: Set<string> = new Set();

  /** @param step whose events are in order */
  constructor({ events }: Pick<Step, "events">) {
    for (const { event } of events) this.#take(event);
  }

  /** The newest states of one kind. */
  list<K extends Kind>(kind: K): State<StateOf[K]>[] {
    return [...this.states[kind].values()];
  }

  #take(event: RecordedEvent): void {
    const { aggregate_type: kind, event_type: type, aggregate_id: id, sequence, data } = event;
    if (!isHeld(kind) || type === "MeasurementsRecorded") return;
    if (kind === "software") this.softwareOf.add((data as StateOf["software"]).compute);
    const states = this.states[kind] as Map<string, State<unknown>>;
    // What one event by itself could not be written for is found whatever comes behind it in the step.
    if (kind === "compute") {
      for (const { addresses } of (data as Partial<StateOf["compute"]>).interfaces ?? []) {
        addresses.forEach(networkOf);
      }
    }
    if (ENDINGS.has(type)) {
      states.delete(id);
      this.ended[kind].add(id);
      return;
    }
    const changed_at = moment(event.occurred_at);
    const before = states.get(id)?.first_seen_at ?? changed_at;
    const first_seen_at = before < changed_at ? before : changed_at;
    states.set(id, { id, data, sequence, first_seen_at, changed_at });
  }
}

function isHeld(kind: AggregateType): kind is Kind {
  return kind !== "concept" && kind !== "label";
}
