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
import { finding, MOST_FINDINGS } from "../domain/finding.ts";
import type { Inventory } from "../domain/inventory.ts";
import type { MessageFactory } from "../domain/message.ts";
import { Refusal } from "../domain/refusal.ts";
import type { EventLog } from "../log/log.ts";
import { letIn } from "./door.ts";
import { type Answer, refusedAnswer } from "./answer.ts";
import { checkTerms } from "./concept_terms.ts";
import { checkRules } from "./policy_rules.ts";

/** Commands that somebody submitted together and waits for. */
export interface Submission {
  commands: readonly Command[];
  /** When it came, by `performance.now()`. */
  since: number;
  /** How many of them were decided; more than were answered while a batch is on its way. */
  decided: number;
  /** In the order of the commands. */
  answers: Answer[];
  /** A fault of ours in deciding one of its commands: the end of this submission, and of no other. */
  failure?: { error: unknown } | undefined;
  signal: AbortSignal | undefined;
  resolve: (answers: Answer[]) => void;
  reject: (error: unknown) => void;
}

/** How many events go into one append where nothing has to be waited for: large enough that a batch's sync to disk costs next to nothing per event. */
export const BATCH_EVENTS = 500;
/** How many bytes of events go into one append. */
const BATCH_BYTES = 8_000_000;
/** How many commands, where they lead to no events. */
const BATCH_COMMANDS = 2_000;

/** A batch of commands, decided one after the other on an inventory that is marked to go back to. */
export class Batch {
  /** What the log must take, at once. */
  readonly events: EncodedEvent[] = [];
  readonly #answers: { submission: Submission; answer: Answer; handledAt?: number }[] = [];
  /** Those who wait for this batch. */
  readonly submissions = new Set<Submission>();
  /** The sequence that the log must end at. */
  readonly expected: number;
  /** When the youngest of its submissions came. */
  since = -Infinity;
  #bytes = 0;

  /** Marks the inventory. */
  constructor(
    private readonly inventory: Inventory,
    private readonly messages: MessageFactory,
    private readonly maxEventBytes: number,
    /** How many events it takes. */
    public room: number,
  ) {
    this.expected = inventory.sequence;
    inventory.mark();
  }

  /** Whether it takes no more. */
  get isFull(): boolean {
    return this.events.length >= this.room || this.#bytes >= BATCH_BYTES ||
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
    this.submissions.add(submission);
    this.since = Math.max(this.since, submission.since);
    while (taken < most && submission.decided < commands.length && !this.isFull) {
      try {
        this.#decide(submission, commands[submission.decided]!);
        submission.decided++;
      } catch (error) {
        submission.failure = { error };
        submission.decided = commands.length;
      }
      taken++;
    }
    return taken;
  }

  /** Hands the answers out. */
  async answer(log: EventLog): Promise<void> {
    await this.#recall(log);
    for (const { submission, answer } of this.#answers) {
      const { answers, commands, failure, resolve } = submission;
      answers.push(answer);
      if (answers.length === commands.length && !failure) resolve(answers);
    }
    for (const { failure, reject } of this.submissions) if (failure) reject(failure.error);
  }

  /** A command that was sent again is answered with what it wrote the first time. */
  async #recall(log: EventLog): Promise<void> {
    const again = new Map<number, Answer[]>();
    const asking = new Set<Submission>();
    for (const { answer, submission, handledAt } of this.#answers) {
      if (handledAt === undefined) continue;
      asking.add(submission);
      again.set(handledAt, [...again.get(handledAt) ?? [], answer]);
      const message = `this command was handled before, at sequence ${handledAt}`;
      answer.findings = [finding("duplicate", "message_id", message)];
    }
    try {
      for (const [from, to] of runs([...again.keys()])) {
        for await (const record of log.read({ from, to })) {
          const answers = again.get(record.sequence);
          if (!answers) continue;
          const { event_id, event_type, aggregate_id } = decodeEvent(record);
          const events = [{ event_id, event_type, sequence: record.sequence }];
          for (const answer of answers) Object.assign(answer, { aggregate_id, events });
        }
      }
    } catch (error) {
      for (const submission of asking) submission.failure = { error };
    }
  }

  #decide(submission: Submission, given: Command): void {
    const message_id = given?.message_id;
    const answer: Answer = { message_id, outcome: "unchanged", events: [], findings: [] };
    try {
      const { command, redacted } = letIn(given);
      const handledAt = this.inventory.handledAt(message_id);
      if (handledAt !== undefined) {
        this.#answers.push({ submission, answer, handledAt });
        return;
      }
      checkRules(command);
      checkTerms(command);
      const { aggregate_id, facts, findings } = decide(this.inventory, command);
      const made: { event: InfrastructureEvent; encoded: EncodedEvent }[] = [];
      for (const fact of facts) {
        const before = made.filter(({ event }) => event.aggregate_id === fact.aggregate_id).length;
        const version = this.inventory.version(fact.aggregate_id) + 1 + before;
        const event = this.messages.event(fact, command, version);
        made.push({ event, encoded: this.#encode(event) });
      }
      answer.aggregate_id = aggregate_id;
      answer.findings = redacted.length === 0 && findings.length <= MOST_FINDINGS
        ? findings
        : [...redacted, ...findings].slice(0, MOST_FINDINGS);
      for (const { event, encoded } of made) {
        const { event_id, event_type } = event;
        this.inventory.apply(event, this.inventory.sequence + 1);
        this.events.push(encoded);
        this.#bytes += encoded.payload.length;
        answer.outcome = "accepted";
        answer.events.push({ event_id, event_type, sequence: this.inventory.sequence });
      }
      this.#answers.push({ submission, answer });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#answers.push({ submission, answer: refusedAnswer(message_id, error) });
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

/** How many events that nobody asked for are read, rather than to begin to read once more. */
const GAP = 200;

/** Whole numbers as runs with small gaps: what was sent together is sent again together. */
function runs(numbers: number[]): [from: number, to: number][] {
  const found: [number, number][] = [];
  for (const one of numbers.sort((a, b) => a - b)) {
    const last = found.at(-1);
    if (last && one - last[1] <= GAP) last[1] = one;
    else found.push([one, one]);
  }
  return found;
}
