/** What is decided together and appended at once. */
import type { Command } from "../domain/command.ts";
import { decide } from "../domain/decision.ts";
import {
  dataFaultOf,
  decodeEvent,
  type EncodedEvent,
  encodeEvent,
  type InfrastructureEvent,
} from "../domain/event.ts";
import type { Inventory } from "../domain/inventory.ts";
import type { MessageFactory } from "../domain/message.ts";
import { Refusal } from "../domain/refusal.ts";
import { type EventLog, SequenceConflict } from "../log/log.ts";
import { letIn } from "./door.ts";
import type { Answer } from "./answer.ts";

/** Commands that somebody submitted together and waits for. */
export interface Submission {
  commands: readonly Command[];
  /** How many of them were decided; more than were answered while a batch is on its way. */
  decided: number;
  /** In the order of the commands. */
  answers: Answer[];
  signal: AbortSignal | undefined;
  resolve: (answers: Answer[]) => void;
  reject: (error: unknown) => void;
}

/** How many events go into one append: large enough that a batch's sync to disk costs next to nothing per event. */
const BATCH_EVENTS = 500;
/** How many bytes of events go into one append. */
const BATCH_BYTES = 8_000_000;
/** How many commands, where they lead to no events. */
const BATCH_COMMANDS = 2_000;

/** A batch of commands, decided one after the other on an inventory that is marked to go back to. */
export class Batch {
  /** What the log must take, at once. */
  readonly events: EncodedEvent[] = [];
  readonly #answers: { submission: Submission; answer: Answer; handledAt?: number }[] = [];
  readonly #expected: number;
  #bytes = 0;

  /** Marks the inventory. */
  constructor(
    private readonly inventory: Inventory,
    private readonly messages: MessageFactory,
    private readonly maxEventBytes: number,
  ) {
    this.#expected = inventory.sequence;
    inventory.mark();
  }

  /** Those who wait for this batch. */
  get submissions(): ReadonlySet<Submission> {
    return new Set(this.#answers.map(({ submission }) => submission));
  }

  /** Whether it takes no more. */
  get isFull(): boolean {
    return this.events.length >= BATCH_EVENTS || this.#bytes >= BATCH_BYTES ||
      this.#answers.length >= BATCH_COMMANDS;
  }

  /**
   * Decides the commands of a submission that are not decided yet, applying what they lead to, until it is full or has
   * taken `most` of them.
   *
   * @returns how many it took
   */
  take(submission: Submission, most: number): number {
    let taken = 0;
    const { commands } = submission;
    while (taken < most && submission.decided < commands.length && !this.isFull) {
      this.#decide(submission, commands[submission.decided]!);
      submission.decided++;
      taken++;
    }
    return taken;
  }

  /** Appends the events; with none, makes sure that the decisions were made on the newest state. */
  async write(log: EventLog): Promise<void> {
    if (this.events.length > 0) await log.append(this.events, this.#expected);
    else if (await log.lastSequence() !== this.#expected) {
      throw new SequenceConflict(this.#expected);
    }
  }

  /** Hands the answers out. */
  async answer(log: EventLog): Promise<void> {
    await this.#recall(log);
    for (const { submission, answer } of this.#answers) {
      submission.answers.push(answer);
      if (submission.answers.length === submission.commands.length) {
        submission.resolve(submission.answers);
      }
    }
  }

  /** A command that was sent again is answered with what it wrote the first time. */
  async #recall(log: EventLog): Promise<void> {
    const again = new Map<number, Answer[]>();
    for (const { answer, handledAt } of this.#answers) {
      if (handledAt === undefined) continue;
      again.set(handledAt, [...again.get(handledAt) ?? [], answer]);
      answer.findings = [{
        code: "duplicate",
        field: "message_id",
        message: `this command was handled before, at sequence ${handledAt}`,
      }];
    }
    for (const [from, to] of runs([...again.keys()])) {
      for await (const record of log.read({ from, to })) {
        const { sequence } = record;
        const { event_id, event_type, aggregate_id } = decodeEvent(record);
        const events = [{ event_id, event_type, sequence }];
        for (const answer of again.get(sequence)!) Object.assign(answer, { aggregate_id, events });
      }
    }
  }

  #decide(submission: Submission, given: Command): void {
    const message_id = given?.message_id;
    const answer: Answer = { message_id, outcome: "unchanged", events: [], findings: [] };
    const entry = { submission, answer };
    this.#answers.push(entry);
    try {
      const { command, redacted } = letIn(given);
      const handledAt = this.inventory.handledAt(message_id);
      if (handledAt !== undefined) {
        Object.assign(entry, { handledAt });
        return;
      }
      const decision = decide(this.inventory, command);
      answer.aggregate_id = decision.aggregate_id;
      answer.findings = redacted.length === 0
        ? decision.findings
        : [...decision.findings, ...redacted];
      const made: { event: InfrastructureEvent; encoded: EncodedEvent }[] = [];
      for (const fact of decision.facts) {
        const version = this.inventory.version(fact.aggregate_id) + 1 + made.length;
        const event = this.messages.event(fact, command, version);
        made.push({ event, encoded: this.#encode(event) });
      }
      for (const { event, encoded } of made) {
        const { event_id, event_type } = event;
        this.inventory.apply(event, this.inventory.sequence + 1);
        this.events.push(encoded);
        this.#bytes += encoded.payload.length;
        answer.outcome = "accepted";
        answer.events.push({ event_id, event_type, sequence: this.inventory.sequence });
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { code, field, message } = error;
      Object.assign(answer, { outcome: "refused", code, field, message });
    }
  }

  /** @throws {Refusal} for an event that the log could not take, or not give back */
  #encode(event: InfrastructureEvent): EncodedEvent {
    const fault = dataFaultOf(event);
    if (fault) throw new Refusal("invalid", fault.field, `${fault.field}: ${fault.reason}`);
    const encoded = encodeEvent(event);
    const { length } = encoded.payload;
    if (length <= this.maxEventBytes) return encoded;
    throw new Refusal(
      "too_large",
      "",
      `${event.event_type} would take ${length} bytes; at most ${this.maxEventBytes} are possible: ` +
        `say it in several commands`,
    );
  }
}

/** Whole numbers as runs without a gap: what was sent together is sent again together. */
function runs(numbers: number[]): [from: number, to: number][] {
  const found: [number, number][] = [];
  for (const one of numbers.sort((a, b) => a - b)) {
    const last = found.at(-1);
    if (last && last[1] + 1 === one) last[1] = one;
    else found.push([one, one]);
  }
  return found;
}
