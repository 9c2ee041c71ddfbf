/** The log of a sample while it is made: commands are decided as the real ones are, and what follows is recorded. */
import type { Command, CommandData, CommandType } from "../domain/command.ts";
import { decide } from "../domain/decision.ts";
import {
  dataFaultOf,
  encodeEvent,
  type InfrastructureEvent,
  type LogRecord,
} from "../domain/event.ts";
import { Inventory } from "../domain/inventory.ts";
import { type CommandOptions, MessageFactory } from "../domain/message.ts";
import { Meter, type Series } from "./measured.ts";
import { momentText } from "./moment.ts";
import { Random } from "./random.ts";

/** Who says something, and whether it was seen or is wanted. */
export type Speaker = Pick<CommandOptions, "actor" | "source">;

/** Says a command; returns the events that it led to. */
export type Say = <T extends CommandType>(type: T, data: CommandData[T]) => InfrastructureEvent[];

/** How long after it happened an event is recorded, in milliseconds: up to so many. */
const DELAY_MS = 8;
const ROOM_BYTES = 1 << 20;
const encoder = new TextEncoder();

/**
 * Decides commands on an inventory of its own and collects the records. Each command has a millisecond of its own, so
 * that ids made apart from each other are in order.
 */
export class Recorder {
  /** What was recorded and not taken yet. */
  records: LogRecord[] = [];
  /** The sequence of the last event. */
  sequence = 0;
  readonly #inventory = new Inventory();
  readonly #random: Random;
  readonly #messages: MessageFactory;
  /** Resources that are measured know their version themselves. */
  readonly #meters = new Map<string, Meter>();
  #now: number;
  /** When the last event was recorded: no clock of a log goes back. */
  #recorded = "";
  #room = new Uint8Array(ROOM_BYTES);

  /**
   * @param start the moment before the first command, in milliseconds since 1970
   * @param seed what ids are drawn by
   */
  constructor(start: number, seed: number) {
    this.#now = start;
    this.#random = new Random(seed, "ids");
    this.#messages = new MessageFactory(() => new Date(this.#now), this.#random);
  }

  /** When the last command was said, in milliseconds since 1970. */
  get now(): number {
    return this.#now;
  }

  /**
   * Says commands that belong together, one after the other from a moment on: they share the first one's correlation.
   *
   * @param at milliseconds since 1970; later, if the last command was
   */
  together<T>(at: number, speaker: Speaker, work: (say: Say) => T): T {
    let correlationId: string | undefined;
    return work((type, data) => {
      this.#tick(at);
      const command = this.#messages.command(type, data, {
        ...speaker,
        ...(correlationId === undefined ? {} : { correlationId }),
      }) as Command;
      correlationId ??= command.message_id;
      return decide(this.#inventory, command).facts.map((fact) => {
        const meter = this.#meters.get(fact.aggregate_id);
        const version = meter?.version ?? this.#inventory.version(fact.aggregate_id);
        const event = this.#messages.event(fact, command, version + 1);
        const fault = dataFaultOf(event);
        if (fault) throw new Error(`${event.event_type}: ${fault.field} ${fault.reason}`);
        if (meter) meter.version = event.aggregate_version;
        this.#inventory.apply(event, this.sequence + 1);
        this.#record(encodeEvent(event).payload);
        return event;
      });
    });
  }

  /** Says one command. */
  say<T extends CommandType>(
    at: number,
    speaker: Speaker,
    type: T,
    data: CommandData[T],
  ): InfrastructureEvent[] {
    return this.together(at, speaker, (say) => say(type, data));
  }

  /** Begins to measure a resource that is registered. */
  meter(id: string, actor: string): Meter {
    const meter = new Meter(id, actor, this.#inventory.version(id));
    this.#meters.set(id, meter);
    return meter;
  }

  /** Ends that: the resource is no more. */
  forget(id: string): void {
    this.#meters.delete(id);
  }

  /** Records a measurement, which is a fact whatever else is known, without deciding it. */
  measure(at: number, meter: Meter, series: readonly Series[], window?: number): void {
    this.#tick(at);
    const text = meter.measure(
      this.#now,
      `${momentText(this.#now)}Z`,
      series,
      window,
      this.#random,
    );
    this.#record(this.#utf8(text));
  }

  #tick(at: number): void {
    this.#now = Math.max(Math.floor(at), this.#now + 1);
  }

  #record(payload: Uint8Array): void {
    const noise = this.#random.nextUint32();
    const millisecond = momentText(this.#now + 1 + noise % DELAY_MS);
    const moment = `${millisecond}${100 + (noise >>> 8) % 900}Z`;
    if (moment > this.#recorded) this.#recorded = moment;
    this.records.push({ sequence: ++this.sequence, recorded_at: this.#recorded, payload });
  }

  #utf8(text: string): Uint8Array {
    const most = 3 * text.length;
    if (this.#room.length < most) this.#room = new Uint8Array(Math.max(ROOM_BYTES, most));
    const { written } = encoder.encodeInto(text, this.#room);
    const bytes = this.#room.subarray(0, written);
    this.#room = this.#room.subarray(written);
    return bytes;
  }
}
