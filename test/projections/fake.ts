/** What the projector's tests run it with: a log that is told what to have, a read model that does as told, a time. */
import {
  type EncodedEvent,
  encodeEvent,
  type InfrastructureEvent,
  type LogRecord,
} from "../../src/domain/event.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import type { ReadOptions } from "../../src/log/log.ts";
import { MemoryLog } from "../../src/log/memory.ts";
import { checkpointAfter, NOTHING_APPLIED, stepOf } from "../../src/projections/checkpoint.ts";
import type { Pace } from "../../src/projections/pace.ts";
import {
  type Checkpoint,
  type Health,
  type LogIdentity,
  type ParkedEvent,
  type ProjectedEvent,
  type Projection,
  ProjectionMoved,
  type Step,
} from "../../src/projections/projection.ts";

const NOON = new Date("2026-11-24T12:00:00Z");
const messages = new MessageFactory(() => NOON);

/** An event about the aggregate of this number. */
export function event(aggregate: number): InfrastructureEvent {
  const data = { name: `p${aggregate}`, severity: "info", selector: "true", rule: "true" } as const;
  const command = messages.command("SetPolicy", data, { actor: "test", source: "declared" });
  const aggregate_id = `0199aaaa-0000-7000-8000-${String(aggregate).padStart(12, "0")}`;
  return messages.event({ event_type: "PolicySet", aggregate_id, data }, command, 1);
}

/** A message that is no event. */
export function message(text: string): EncodedEvent {
  return { subject: "infrastructure.policy.set", payload: new TextEncoder().encode(text) };
}

/** A log that counts what is read of it. */
export class CountedLog extends MemoryLog {
  delivered = 0;

  constructor() {
    super(() => NOON);
  }

  /** Appends events about these aggregates. */
  async add(...aggregates: number[]): Promise<void> {
    for (let at = 0; at < aggregates.length; at += 1_000) {
      const events = aggregates.slice(at, at + 1_000).map((one) => encodeEvent(event(one)));
      await this.append(events, await this.lastSequence());
    }
  }

  override async *read(options?: ReadOptions): AsyncGenerator<LogRecord> {
    for await (const record of super.read(options)) {
      this.delivered++;
      yield record;
    }
  }

  override async *subscribe(options?: Omit<ReadOptions, "to">): AsyncGenerator<LogRecord> {
    for await (const record of super.subscribe(options)) {
      this.delivered++;
      yield record;
    }
  }
}

/** A log of so many events, each about an aggregate of its own. */
export async function logOf(events: number): Promise<CountedLog> {
  const log = new CountedLog();
  await log.add(...Array.from({ length: events }, (_, at) => at + 1));
  return log;
}

/** A read model that is a list of sequences, kept by whoever made it. */
export class ListProjection implements Projection {
  readonly steps: Step[] = [];
  readonly sequences: number[] = [];
  kept: Checkpoint = { ...NOTHING_APPLIED };
  aside: ParkedEvent[] = [];
  health: Health = { healthy: true, because: "nothing is wrong" };
  isClosed = false;
  log: LogIdentity | undefined;

  /** @param before is run before each step is applied, and can hold it up or refuse it */
  constructor(
    readonly name = "list",
    public before: (step: Step) => void | Promise<void> = () => {},
  ) {}

  initialize(log: LogIdentity): Promise<void> {
    this.log = log;
    return Promise.resolve();
  }

  project(event: ProjectedEvent): Promise<void> {
    return this.projectBatch(stepOf(event));
  }

  async projectBatch(step: Step): Promise<void> {
    await this.before(step);
    const { last_sequence } = this.kept;
    if (step.after !== last_sequence) {
      throw new ProjectionMoved(this.name, step.after, last_sequence);
    }
    this.kept = checkpointAfter(this.kept, step);
    this.aside = [
      ...this.aside.filter(({ sequence }) => !step.unpark.includes(sequence)),
      ...step.park,
    ];
    this.sequences.push(...step.events.map(({ event }) => event.sequence));
    this.steps.push(step);
  }

  checkpoint(): Promise<Checkpoint> {
    return Promise.resolve({ ...this.kept });
  }

  parked(): Promise<ParkedEvent[]> {
    return Promise.resolve([...this.aside]);
  }

  healthCheck(): Promise<Health> {
    return Promise.resolve(this.health);
  }

  reset(): Promise<void> {
    this.kept = { ...NOTHING_APPLIED };
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

/** A time in which sleeping takes no time, and is written down. */
export class FakePace implements Pace {
  #now = NOON.getTime();
  readonly slept: number[] = [];

  readonly clock = () => new Date(this.#now);

  readonly sleep = async (milliseconds: number, signal?: AbortSignal) => {
    this.slept.push(milliseconds);
    this.#now += milliseconds;
    await new Promise((resolve) => setTimeout(resolve));
    signal?.throwIfAborted();
  };

  /** Lets time go by. */
  pass(milliseconds: number): void {
    this.#now += milliseconds;
  }
}

/** The sequences from one to another. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}
