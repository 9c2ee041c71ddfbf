/** Who says what because of what: the identities of commands and events. */
import { V7Generator } from "uuidv7";
import type { InfrastructureEvent } from "./event.ts";
import { type EventData, EVENTS, type EventType } from "./event_types.ts";
import type { Command, CommandData, CommandType } from "./command.ts";

/** The last moment a UUID v7 can name: 48 bits of milliseconds. */
const LAST_MILLISECOND = 2 ** 48 - 1;

/** What a decision found to have happened, before it has an identity. */
export type Fact = {
  [T in EventType]: { event_type: T; aggregate_id: string; data: EventData[T] };
}[EventType];

/** What is known of a command besides what it asks for. */
export interface CommandOptions {
  /** Who asks: a person or a program, `discover@web-01`. */
  actor: string;
  /** `observed`: a fact about the world, which is recorded even where it is odd. `declared`: an intent. */
  source: "observed" | "declared";
  /** The command that caused this one; without it the command is a root. */
  cause?: Pick<Command, "message_id" | "correlation_id">;
  /** The identity to keep, a UUID, for a command that has one already. */
  messageId?: string;
  /** What the command belongs to, a UUID, where it is a root and not the first of its kind. */
  correlationId?: string;
}

/**
 * The one maker of identities. Ids are UUID v7: by time, and each greater than all that this factory has made or
 * seen. What it has no business to know, the clock and chance, is given to it.
 *
 * @example
 * ```ts
 * import { MessageFactory } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const messages = new MessageFactory(() => new Date());
 * const root = messages.command("SetPolicy", {
 *   name: "patched",
 *   severity: "warning",
 *   selector: "true",
 *   rule: "resource.operating_system.version >= '12'",
 * }, { actor: "ada", source: "declared" });
 * strictEqual(root.correlation_id, root.message_id);
 * strictEqual(root.causation_id, null);
 * ```
 */
export class MessageFactory {
  readonly #ids: V7Generator;
  #latest = 0;

  /**
   * @param clock tells the time
   * @param random gives 32 random bits at a time; by default those of the Web Crypto API
   */
  constructor(
    private readonly clock: () => Date,
    random?: { nextUint32(): number },
  ) {
    this.#ids = new V7Generator(random);
    this.#ids.setRollbackAllowance(LAST_MILLISECOND);
  }

  /** A command with its identity. */
  command<T extends CommandType>(
    type: T,
    data: CommandData[T],
    { actor, source, cause, messageId = this.#id(), correlationId = messageId }: CommandOptions,
  ): Command<T> {
    return {
      command: type,
      data,
      message_id: messageId,
      correlation_id: cause?.correlation_id ?? correlationId,
      causation_id: cause?.message_id ?? null,
      actor,
      source,
      occurred_at: this.clock().toISOString(),
    } as Command<T>;
  }

  /** The event that records what a command has led to. */
  event(fact: Fact, command: Command, aggregateVersion: number): InfrastructureEvent {
    const { version, aggregate } = EVENTS[fact.event_type];
    const id = this.#id();
    return {
      event_id: id,
      event_type: fact.event_type,
      event_version: version,
      aggregate_type: aggregate,
      aggregate_id: fact.aggregate_id,
      aggregate_version: aggregateVersion,
      occurred_at: command.occurred_at,
      message_id: id,
      correlation_id: command.correlation_id,
      causation_id: command.message_id,
      actor: command.actor,
      data: fact.data,
    } as InfrastructureEvent;
  }

  /**
   * Takes note of an id that another writer made, so that the next one made here is greater whatever the two
   * machines' clocks say. An id that is no UUID v7 is passed over.
   */
  witness(id: string): void {
    if (id[14] !== "7") return;
    const milliseconds = parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
    if (milliseconds > this.#latest) this.#latest = milliseconds;
  }

  #id(): string {
    const now = Math.min(Math.max(this.clock().getTime(), this.#latest + 1), LAST_MILLISECOND);
    return this.#ids.generateOrResetWithTs(now).toString();
  }
}
