/** A log as it would have been: a log over another one, with events dropped, changed and added. */
import {
  decodeEvent,
  encodeEvent,
  type InfrastructureEvent,
  type LogRecord,
  type RecordedEvent,
  UnreadableEvent,
} from "../domain/event.ts";
import { Inventory } from "../domain/inventory.ts";
import type { Archive } from "../log/archive.ts";
import { type EventLog, LogUnavailable, MAX_EVENT_BYTES, type ReadOptions } from "../log/log.ts";
import { logHash } from "../projections/checkpoint.ts";
import { Adding } from "./experiment_addition.ts";
import { written } from "./experiment_change.ts";
import { identityOf } from "./experiment_model.ts";
import type { AddStep, Effect, Plan } from "./experiment_plan.ts";
import { behind, computesOf } from "./experiment_selection.ts";

/** What of a log an experiment has read. */
export interface InputRead {
  events: number;
  skipped: number;
  log_hash: string;
}

/** So many events are hashed at once. */
const HASHED = 1_000;

/**
 * Reads a part of a log, and gives it as a log of its own, whose sequences begin at 1 and have no gaps; the versions of
 * aggregates are counted anew as well. The same log, part and plan always give the same bytes.
 *
 * Drops and changes are about the log's own events, each as those before it in the plan have left it; commands are
 * decided on what has come of all that lies before their place. Of an aggregate whose first event is dropped all others
 * are too, and with a resource what belongs to it: a log in which something is measured that was never there says
 * nothing.
 */
export class ExperimentLog implements EventLog {
  readonly name: string;
  readonly incarnation: string;
  readonly maxEventBytes = MAX_EVENT_BYTES;
  /** Of the last reading that came to the end. */
  input: InputRead = { events: 0, skipped: 0, log_hash: "0".repeat(32) };

  /**
   * @param part the first and the last sequence to read
   * @param onRead told how many of them are read, of how many
   */
  constructor(
    private readonly source: EventLog | Archive,
    private readonly part: { from: number; to: number },
    private readonly plan: Plan,
    private readonly onRead: (done: number, total: number) => void = () => {},
  ) {
    ({ name: this.name, incarnation: this.incarnation } = identityOf(source));
  }

  /** As a log's; `subjects` are not looked at. */
  async *read(
    { from = 1, to = Infinity, signal }: Omit<ReadOptions, "subjects"> = {},
  ): AsyncGenerator<LogRecord> {
    for await (const record of this.#whole(signal)) {
      if (record.sequence > to) return;
      if (record.sequence >= from) yield record;
    }
  }

  async *#whole(signal?: AbortSignal): AsyncGenerator<LogRecord> {
    const { part: { from, to }, plan } = this;
    const input: InputRead = { events: 0, skipped: 0, log_hash: "0".repeat(32) };
    for (const effect of plan.effects) for (const key in effect) effect[key as keyof Effect] = 0;
    const writing = new Writing(plan);
    let hashing: { record: LogRecord; event: RecordedEvent }[] = [];
    let left = plan.additions;
    let last: LogRecord | undefined;
    for await (const record of this.source.read({ from, to, ...(signal ? { signal } : {}) })) {
      const due = left.filter(({ place }) => place !== undefined && behind(record, place));
      if (due.length > 0) {
        left = left.filter((one) => !due.includes(one));
        for (const one of due) yield* writing.add(one, last ?? record);
      }
      last = record;
      const event = readable(record);
      if (event) {
        input.events++;
        hashing.push({ record, event });
        if (hashing.length === HASHED) {
          input.log_hash = logHash(input.log_hash, hashing);
          hashing = [];
        }
        yield* writing.take(record, event);
      } else {
        input.skipped++;
        if (!plan.filter) yield writing.pass(record);
      }
      if (record.sequence % HASHED === 0) this.onRead(record.sequence - from + 1, to - from + 1);
    }
    const end = last ?? { sequence: 0, recorded_at: "1970-01-01T00:00:00.000000Z" };
    for (const one of left) yield* writing.add(one, end);
    input.log_hash = logHash(input.log_hash, hashing);
    this.input = input;
  }

  /** Nothing is ever written to it. */
  append(): Promise<number> {
    return Promise.reject(new LogUnavailable("a log of an experiment is only read"));
  }

  // deno-lint-ignore require-yield -- nothing comes
  async *subscribe(): AsyncGenerator<LogRecord> {
    await Promise.reject(new LogUnavailable("nothing happens any more in a log of an experiment"));
  }

  /** Reads all of it, since only then it is known. */
  async lastSequence(): Promise<number> {
    let last = 0;
    for await (const { sequence } of this.read()) last = sequence;
    return last;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** What is written by now of the log as it would have been. */
class Writing {
  readonly #inventory = new Inventory();
  readonly #adding: Adding;
  /** What was dropped from its beginning, with the effect of the step that did it. */
  readonly #gone = new Map<string, Effect>();
  #sequence = 0;
  #recorded = "";

  constructor(private readonly plan: Plan) {
    this.#adding = new Adding(plan.seed, plan.door);
  }

  /** A message that is no event stays where it is. */
  pass({ recorded_at, payload }: LogRecord): LogRecord {
    this.#inventory.skip(++this.#sequence);
    return { sequence: this.#sequence, recorded_at: this.#time(recorded_at), payload };
  }

  *take(record: LogRecord, event: RecordedEvent): Generator<LogRecord> {
    const { filter, steps } = this.plan;
    if (filter && !filter(event)) return;
    this.#adding.witness(event);
    const with_ = this.#goneWith(event);
    if (with_) {
      with_.dropped_with!++;
      return;
    }
    let now = event;
    for (const { selects, change, effect } of steps) {
      if (!selects(now)) continue;
      if (!change) {
        effect.dropped!++;
        if (event.aggregate_version === 1) this.#gone.set(event.aggregate_id, effect);
        return;
      }
      const next = change(now);
      if (next !== now) effect.changed!++;
      now = next;
    }
    yield this.#write(written(now), record.recorded_at, now === event ? record : undefined);
  }

  /** @param before the last record of the log that lies before it, if there is one */
  *add(
    { place, commands, effect }: AddStep,
    before: Pick<LogRecord, "recorded_at">,
  ): Generator<LogRecord> {
    const moment = this.#time(typeof place === "string" ? place : before.recorded_at);
    for (const command of commands) {
      const events = this.#adding.events(command, new Date(moment), this.#inventory);
      if (events.length === 0) effect.unchanged!++;
      for (const event of events) {
        effect.added!++;
        this.#gone.delete(event.aggregate_id);
        yield this.#write(event, moment);
      }
    }
  }

  /** The effect of the step that has dropped what an event is about, if one has. */
  #goneWith(event: RecordedEvent): Effect | undefined {
    if (this.#gone.size === 0) return;
    const id = event.aggregate_id;
    // What was removed and is defined again begins a new life, which nobody has dropped.
    const isNewLife = event.aggregate_version === 1 && event.aggregate_type !== "compute";
    if (isNewLife) this.#gone.delete(id);
    return this.#gone.get(id) ??
      computesOf(event).map((compute) => this.#gone.get(compute)).find((effect) => effect);
  }

  /** @param record what it was read from, if it is as it was */
  #write(event: InfrastructureEvent, recorded: string, record?: LogRecord): LogRecord {
    const version = this.#inventory.version(event.aggregate_id) + 1;
    const isSame = record !== undefined && event.aggregate_version === version;
    const next = event.aggregate_version === version
      ? event
      : { ...event, aggregate_version: version };
    const sequence = ++this.#sequence;
    this.#inventory.apply(next, sequence);
    const payload = isSame ? record.payload : encodeEvent(next).payload;
    return { sequence, recorded_at: this.#time(recorded), payload };
  }

  /** Time never goes back in a log. */
  #time(recorded: string): string {
    if (recorded > this.#recorded) this.#recorded = recorded;
    return this.#recorded;
  }
}

function readable(record: LogRecord): RecordedEvent | undefined {
  try {
    return decodeEvent(record);
  } catch (error) {
    if (!(error instanceof UnreadableEvent)) throw error;
  }
}
