/** What was done to a fleet on purpose, so that whoever looks for it can be judged. */
import type { InfrastructureEvent } from "../domain/event.ts";
import type { Machine, Watcher } from "./machine.ts";
import { TIERS, type Workload } from "./tiers.ts";
import type { World } from "./world.ts";

/** The kinds of incidents. */
export type IncidentKind =
  | "slow_leak"
  | "noisy_neighbour"
  | "failing_disk"
  | "lost_redundancy"
  | "misclassified_clone"
  | "silent_host";

/** A resource that has a part in an incident. */
export interface Involved {
  id: string;
  hostname: string;
  /** `cause`: where it comes from; `victim`: who suffers without being the reason. */
  part: "cause" | "victim";
}

/** One incident, as `ground_truth.json` tells it. */
export interface Incident {
  kind: IncidentKind;
  /** What happens, in a sentence. */
  description: string;
  resources: Involved[];
  /** When it begins and ends; null where it had not ended with the history. */
  from: string;
  to: string | null;
  /** The first and the last sequence of the events that were recorded meanwhile, of whatever resource. */
  first_sequence: number;
  last_sequence: number;
  /** Events that show it, in their order: all that say a change, and a selection of the measurements. */
  event_ids: string[];
  /** The dimensions that move, `space.dimension`. */
  moves: string[];
}

/** What a resource is, whatever the log says of it. */
export interface TrueResource {
  id: string;
  hostname: string;
  resource_type: Machine["kind"];
  /** Which of the concepts of the space `performance` it is of, where it has a part in a system. */
  workload?: Workload;
}

/** What is in `ground_truth.json`. */
export interface GroundTruth {
  /** What the history was made from. */
  made_from: { resources: number; seed: number; start: string; days?: number; events?: number };
  /** How many events there are, and when the first and the last happened. */
  events: number;
  from: string;
  to: string;
  /** How often each resource is measured, in seconds. */
  interval_seconds: number;
  /** All that there ever was, in the order in which they were registered. */
  resources: TrueResource[];
  /** In the order in which they began. */
  incidents: Incident[];
}

/** What a machine is, as `ground_truth.json` tells it. */
export function trueResource({ id, hostname, kind, role: { tier } }: Machine): TrueResource {
  const workload = tier && TIERS[tier].workload;
  return { id, hostname, resource_type: kind, ...(workload ? { workload } : {}) };
}

/** So many measurements of an incident are named at most. */
const MOST_EVENTS = 40;

/** An incident while it goes on: it takes note of what is measured of those that it is about. */
export class Trace implements Watcher {
  /** What is known of it so far. */
  readonly incident: Incident;
  #measured: { id: string; sequence: number }[] = [];
  readonly #said: { id: string; sequence: number }[] = [];
  /** Each so many measurements one is kept. */
  #stride = 1;
  #count = 0;

  /**
   * @param machines the cause first
   * @param causes how many of them are causes
   */
  constructor(
    private readonly world: World,
    private readonly machines: readonly Machine[],
    { causes = 1, ...what }:
      & Pick<Incident, "kind" | "description" | "moves">
      & { causes?: number },
    now: number,
  ) {
    this.incident = {
      kind: what.kind,
      description: what.description,
      resources: machines.map(({ id, hostname }, index) => ({
        id,
        hostname,
        part: index < causes ? "cause" : "victim",
      })),
      from: new Date(now).toISOString(),
      to: null,
      first_sequence: world.recorder.sequence + 1,
      last_sequence: world.recorder.sequence + 1,
      event_ids: [],
      moves: what.moves,
    };
    for (const machine of machines) machine.watcher = this;
  }

  /** A measurement of one of them. */
  saw(_machine: Machine, id: string, sequence: number): void {
    if (this.#count++ % this.#stride !== 0) return;
    this.#measured.push({ id, sequence });
    if (this.#measured.length < 2 * MOST_EVENTS) return;
    this.#measured = this.#measured.filter((_, index) => index % 2 === 0);
    this.#stride *= 2;
  }

  /** Events that say what happened; the last of them is the last one of the log. */
  said(events: readonly InfrastructureEvent[]): void {
    const { sequence } = this.world.recorder;
    for (const [index, { event_id }] of events.entries()) {
      this.#said.push({ id: event_id, sequence: sequence - events.length + 1 + index });
    }
  }

  /** One event that shows it. */
  shown(id: string, sequence: number): void {
    if (id !== "") this.#said.push({ id, sequence });
  }

  /** It is over. */
  end(now: number): void {
    this.incident.to = new Date(now).toISOString();
    this.#close();
    for (const machine of this.machines) machine.watcher = undefined;
  }

  /**
   * What is known of it, at the end of the history.
   *
   * @param last the last sequence that there is
   */
  told(last: number): Incident {
    if (this.incident.to === null) this.#close(last);
    return this.incident;
  }

  #close(last = Infinity): void {
    const step = Math.ceil(this.#measured.length / MOST_EVENTS);
    const chosen = this.#measured.filter((_, index) => index % step === 0);
    const all = [...this.#said, ...chosen].sort((a, b) => a.sequence - b.sequence);
    this.incident.event_ids = all.filter(({ sequence }) => sequence <= last).map(({ id }) => id);
    this.incident.last_sequence = Math.min(last, this.world.recorder.sequence);
  }
}
