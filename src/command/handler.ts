/** From commands to events in the log: load, decide, append with a fence, and decide again when somebody was faster. */
import type { Command } from "../domain/command.ts";
import { decide, type Finding } from "../domain/decision.ts";
import { decodeEvent, encodeEvent, faultOf, type InfrastructureEvent } from "../domain/event.ts";
import { Inventory } from "../domain/inventory.ts";
import type { MessageFactory } from "../domain/message.ts";
import { Refusal, type RefusalCode } from "../domain/refusal.ts";
import { type EventLog, LogBroken, MAX_EVENT_BYTES, SequenceConflict } from "../log/log.ts";
import { letIn } from "./door.ts";

/** What became of a command. */
export interface Answer {
  /** The command's. */
  message_id: string;
  /** `accepted`: events were written. `unchanged`: all of it was so already. `refused`: see code, field and message. */
  outcome: "accepted" | "unchanged" | "refused";
  /** What the command was about; absent when it was refused. */
  aggregate_id?: string;
  events: { event_id: string; event_type: string; sequence: number }[];
  findings: Finding[];
  code?: RefusalCode;
  field?: string;
  message?: string;
}

/** How many events go into one append: large enough that a batch's sync to disk costs next to nothing per event. */
const BATCH_EVENTS = 500;
/** How many bytes of events go into one append. */
const BATCH_BYTES = 8_000_000;

/**
 * Handles commands over one log. Any number of handlers, in any number of processes, may work on the same log: an
 * event is written only if nothing came between the decision and it (law 3).
 *
 * @example
 * ```ts
 * import { CommandHandler, MemoryLog, MessageFactory } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const clock = () => new Date();
 * const messages = new MessageFactory(clock);
 * const handler = await CommandHandler.open(new MemoryLog(clock), messages);
 * const define = () =>
 *   messages.command("DefineNetwork", { name: "lan", cidr: "10.0.0.0/24" }, {
 *     actor: "ada",
 *     source: "declared",
 *   });
 * const [first] = await handler.submit([define()]);
 * const [again] = await handler.submit([define()]);
 * strictEqual(first?.outcome, "accepted");
 * strictEqual(again?.outcome, "unchanged");
 * ```
 */
export class CommandHandler {
  readonly #inventory = new Inventory();
  #last: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly log: EventLog,
    private readonly messages: MessageFactory,
  ) {}

  /**
   * A handler that knows all that has happened so far.
   *
   * @param signal ends the reading, with its reason
   * @throws {LogUnavailable} when the log cannot be read
   * @throws {UnreadableEvent} when something in it is no event
   * @throws {LogBroken} when events are missing in it
   */
  static async open(
    log: EventLog,
    messages: MessageFactory,
    signal?: AbortSignal,
  ): Promise<CommandHandler> {
    const handler = new CommandHandler(log, messages);
    await handler.#catchUp(signal);
    return handler;
  }

  /**
   * Decides commands one after the other, each on the state that those before it have led to.
   *
   * @param signal ends the work between two appends, with its reason
   * @returns an answer for each command, in their order; a refused one does not hold up the others
   * @throws {LogUnavailable} when the log is out of reach; what was written by then stays
   */
  async submit(commands: readonly Command[], signal?: AbortSignal): Promise<Answer[]> {
    const before = this.#last;
    const mine = before.then(() => this.#submit(commands, signal));
    this.#last = mine.catch(() => {});
    return await mine;
  }

  async #submit(commands: readonly Command[], signal?: AbortSignal): Promise<Answer[]> {
    const answers: Answer[] = [];
    while (answers.length < commands.length) {
      signal?.throwIfAborted();
      const expected = this.#inventory.sequence;
      this.#inventory.mark();
      let written = false;
      try {
        const batch = this.#decide(commands, answers.length);
        if (batch.events.length > 0) await this.log.append(batch.events.map(encodeEvent), expected);
        // Nothing to write means no fence: then the state must be seen to be the newest.
        else if (await this.log.lastSequence() !== expected) throw new SequenceConflict(expected);
        written = true;
        answers.push(...batch.answers);
      } catch (error) {
        if (!(error instanceof SequenceConflict)) throw error;
      } finally {
        if (written) this.#inventory.commit();
        else this.#inventory.rollback();
      }
      if (!written) await this.#catchUp(signal);
    }
    return answers;
  }

  /** Decides commands from `start` on until a batch is full or they are at an end, applying what they lead to. */
  #decide(commands: readonly Command[], start: number) {
    const answers: Answer[] = [];
    const events: InfrastructureEvent[] = [];
    let bytes = 0;
    for (let at = start; at < commands.length; at++) {
      const given = commands[at]!;
      const answer: Answer = {
        message_id: given.message_id,
        outcome: "unchanged",
        events: [],
        findings: [],
      };
      try {
        const command = letIn(given);
        const decision = decide(this.#inventory, command);
        answer.aggregate_id = decision.aggregate_id;
        answer.findings = decision.findings;
        const made = decision.facts.map((fact, index) => {
          const version = this.#inventory.version(fact.aggregate_id) + 1 + index;
          return this.messages.event(fact, command, version);
        });
        const size = sizeOf(made);
        for (const event of made) {
          this.#inventory.apply(event, this.#inventory.sequence + 1);
          answer.outcome = "accepted";
          answer.events.push({
            event_id: event.event_id,
            event_type: event.event_type,
            sequence: this.#inventory.sequence,
          });
        }
        events.push(...made);
        bytes += size;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        answer.outcome = "refused";
        Object.assign(answer, { code: error.code, field: error.field, message: error.message });
      }
      answers.push(answer);
      if (events.length >= BATCH_EVENTS || bytes >= BATCH_BYTES) break;
    }
    return { answers, events };
  }

  async #catchUp(signal?: AbortSignal): Promise<void> {
    const before = this.#inventory.sequence;
    const options = { from: before + 1, ...(signal ? { signal } : {}) };
    for await (const record of this.log.read(options)) {
      if (record.sequence !== this.#inventory.sequence + 1) {
        throw new LogBroken(`sequence ${this.#inventory.sequence + 1} is missing in it`);
      }
      const event = decodeEvent(record);
      this.#inventory.apply(event, record.sequence);
      this.messages.witness(event.event_id);
    }
    const last = await this.log.lastSequence();
    if (last < before) throw new LogBroken(`it ends at ${last}, and was at ${before} before`);
  }
}

/**
 * The bytes that events take in the log.
 *
 * @throws {Refusal} for an event that the log could not take, or not give back
 */
function sizeOf(events: readonly InfrastructureEvent[]): number {
  let total = 0;
  for (const event of events) {
    const fault = faultOf(event);
    if (fault) throw new Refusal("invalid", fault.field, `${fault.field}: ${fault.reason}`);
    const { length } = encodeEvent(event).payload;
    if (length > MAX_EVENT_BYTES) {
      throw new Refusal(
        "too_large",
        "",
        `${event.event_type} would take ${length} bytes; at most ${MAX_EVENT_BYTES} are possible: ` +
          `say it in several commands`,
      );
    }
    total += length;
  }
  return total;
}
