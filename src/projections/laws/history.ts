/** A log that a law is checked on: what commands led to, with messages in between that are no events. */
import fc from "fast-check";
import { decide } from "../../domain/decision.ts";
import {
  decodeEvent,
  type InfrastructureEvent,
  type LogRecord,
  UnreadableEvent,
} from "../../domain/event.ts";
import { Inventory } from "../../domain/inventory.ts";
import { MessageFactory } from "../../domain/message.ts";
import { Refusal } from "../../domain/refusal.ts";
import { MemoryLog } from "../../log/memory.ts";
import { NOTHING_APPLIED } from "../checkpoint.ts";
import type { Checkpoint, LogIdentity, ProjectedEvent, Step } from "../projection.ts";
import { anyCommand, registration, type Said } from "./commands.ts";
import { expectedHash } from "./expected_hash.ts";

/** The identity of every log of the laws. */
export const LOG: LogIdentity = { name: "laws", incarnation: "one" };

const encoder = new TextEncoder();
/** Messages that are no events. */
const FOREIGN = [
  "",
  "not JSON",
  "{}",
  '{"event_type":"SomethingElse","event_version":1}',
  '{"event_type":"PolicySet","event_version":1,"event_id":1,"data":{}}',
];

/** What a history is made of. */
interface Turn {
  said: Said;
  /** A message that is no event, before what was said. */
  foreign: string | null;
  /** Whether an older version of this program wrote what came of it, if one could have. */
  isOld: boolean;
  /** How many seconds the clock of whoever said it was ahead of the log's: of some behind it, and of some before 1970. */
  ahead: number;
}

function turnOf(said: fc.Arbitrary<Said>): fc.Arbitrary<Turn> {
  return fc.record({
    said,
    foreign: fc.oneof(
      { weight: 7, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constantFrom(...FOREIGN) },
    ),
    isOld: fc.boolean(),
    ahead: fc.oneof(
      { weight: 3, arbitrary: fc.constant(0) },
      { weight: 2, arbitrary: fc.constantFrom(-90, -3.5, -1, 1, 7.25, 3_600) },
      { weight: 1, arbitrary: fc.constantFrom(-2_000_000_000, 2_000_000_000) },
    ),
  }, { noNullPrototype: true });
}

/** The turns of a history: what fast-check makes, and makes smaller. There are two resources to begin with. */
export const anyTurns: fc.Arbitrary<Turn[]> = fc.tuple(
  turnOf(fc.constant(registration("a"))),
  turnOf(fc.constant(registration("b"))),
  fc.array(turnOf(anyCommand), { minLength: 10, maxLength: 80, size: "max" }),
).map(([first, second, rest]) => [first, second, ...rest]);

/** A log, and every step of it. */
export class History {
  private constructor(
    readonly log: MemoryLog,
    private readonly records: readonly LogRecord[],
    /** What each record is; undefined for one that is no event. */
    private readonly decoded: readonly (ProjectedEvent | undefined)[],
  ) {}

  /**
   * What the real decisions make of some turns, one a second. What is refused leaves nothing. The log's clock goes
   * forward, those of the senders as they like.
   */
  static async of(turns: readonly Turn[]): Promise<History> {
    let now = Date.parse("2026-11-01T00:00:00Z");
    let sender = now;
    const clock = () => new Date(sender);
    const messages = new MessageFactory(clock, { nextUint32: counting() });
    const inventory = new Inventory();
    const said: Message[] = [];
    for (const { said: { command: type, data, source }, foreign, isOld, ahead } of turns) {
      sender = now + ahead * 1000;
      if (foreign !== null) said.push({ at: now, payload: encoder.encode(foreign) });
      const command = messages.command(type, data, { actor: "laws", source });
      for (const fact of factsOf(inventory, command)) {
        const version = inventory.version(fact.aggregate_id) + 1;
        const event = messages.event(fact, command, version);
        inventory.apply(event, inventory.sequence + 1);
        said.push({ at: now, payload: encode(isOld ? older(event) : event) });
      }
      now += 1000;
    }
    return await History.ofMessages(said);
  }

  private static async ofMessages(messages: readonly Message[]): Promise<History> {
    let now = 0;
    const log = new MemoryLog(() => new Date(now));
    for (const [sequence, { at, payload }] of messages.entries()) {
      now = at;
      await log.append([{ subject: "infrastructure.laws.any", payload }], sequence);
    }
    const records = await Array.fromAsync(log.read());
    return new History(log, records, records.map(decode));
  }

  /** The last sequence. */
  get end(): number {
    return this.records.length;
  }

  /** The events, in order. */
  get events(): ProjectedEvent[] {
    return this.decoded.filter((event) => event !== undefined);
  }

  /** What lies at a sequence, if it is an event. */
  at(sequence: number): ProjectedEvent | undefined {
    return this.decoded[sequence - 1];
  }

  /** A part of the log as a step. */
  step(after: number, through: number): Step {
    const part = this.decoded.slice(after, through);
    const events = part.filter((event) => event !== undefined);
    return {
      after,
      through,
      events,
      skipped: part.length - events.length,
      park: [],
      unpark: [],
    };
  }

  /** The steps between cuts, which are in order and need not differ. */
  steps(cuts: readonly number[], from = 0): Step[] {
    const ends = [...cuts, this.end].filter((cut) => cut >= from);
    return ends.map((end, at) => this.step(at === 0 ? from : ends[at - 1]!, end));
  }

  /** The same log with other messages at some places: with what `change` gives, or with one that is no event. */
  async changed(
    sequences: ReadonlySet<number>,
    change?: (event: InfrastructureEvent) => InfrastructureEvent,
  ): Promise<History> {
    return await History.ofMessages(this.records.map(({ sequence, recorded_at, payload }) => {
      const event = sequences.has(sequence) ? this.at(sequence)?.event : undefined;
      const at = Date.parse(recorded_at);
      if (!event) return { at, payload };
      const changed = change?.(event);
      return { at, payload: changed ? encode(changed) : encoder.encode("put aside") };
    }));
  }

  /** What the checkpoint must be behind all of this, but for what is parked. */
  checkpoint(parked: ReadonlySet<number> = new Set()): Checkpoint {
    const applied = this.events.filter(({ event }) => !parked.has(event.sequence));
    return {
      ...NOTHING_APPLIED,
      first_sequence: Math.min(this.end, 1),
      last_sequence: this.end,
      events: applied.length,
      log_hash: expectedHash(applied),
      skipped: this.end - this.events.length,
      parked: parked.size,
    };
  }
}

function factsOf(inventory: Inventory, command: Parameters<typeof decide>[1]) {
  try {
    return decide(inventory, command).facts;
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
}

/** As a version before the newest wrote it, where all that it says could be said then. */
function older(event: InfrastructureEvent): InfrastructureEvent {
  if (event.event_version === 1) return event;
  const { data } = event;
  if (["findings", "host", "status_reason"].some((field) => field in data)) return event;
  if ("evidence" in data && data.evidence?.container_id !== undefined) return event;
  if ("location" in data && data.location?.room !== undefined) return event;
  if ("kind" in data && data.kind === "neighbour") return event;
  return { ...event, event_version: 1 };
}

function decode(record: LogRecord): ProjectedEvent | undefined {
  try {
    return { record, event: decodeEvent(record) };
  } catch (error) {
    if (error instanceof UnreadableEvent) return undefined;
    throw error;
  }
}

/** An event as it is in the log, without what reading adds. */
function encode(event: InfrastructureEvent): Uint8Array {
  const { sequence: _, recorded_at: __, upcast_from: ___, ...plain } = event as ProjectedEvent[
    "event"
  ];
  return encoder.encode(JSON.stringify(plain));
}

/** A message, and when the log gets it. */
interface Message {
  at: number;
  payload: Uint8Array;
}

/** Numbers in the place of chance, so that a seed always gives the same log. */
function counting(): () => number {
  let count = 0;
  return () => (count = (count * 1_664_525 + 1_013_904_223) >>> 0);
}
