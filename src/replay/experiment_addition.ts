/** What an experiment adds: commands, decided as any other, on what the changed log has led to by then. */
import { createHash } from "node:crypto";
import { checkCommand, type Command } from "../domain/command.ts";
import { decide } from "../domain/decision.ts";
import { dataFaultOf, type InfrastructureEvent } from "../domain/event.ts";
import type { Inventory } from "../domain/inventory.ts";
import { MessageFactory } from "../domain/message.ts";
import { Refusal } from "../domain/refusal.ts";
import { ExperimentError } from "./experiment_error.ts";
import { type LookUp, resourceIds } from "./experiment_selection.ts";
import type { Addition } from "./experiment_spec.ts";

const ACTOR = "experiment";

/** A command to be added, and where in the spec it stands. */
export interface AddedCommand {
  command: string;
  data: Record<string, unknown>;
  source: "observed" | "declared";
  position: string;
}

/**
 * The commands of an addition: one after the other, as often as it says, or for each resource.
 *
 * @param position of the addition in the spec
 * @throws {ExperimentError} as {@linkcode resourceIds}
 */
export async function addedCommands(
  { add, repeat = 1, for_each }: Addition,
  position: string,
  lookUp: LookUp | undefined,
): Promise<AddedCommand[]> {
  const ids = for_each && lookUp
    ? await resourceIds(for_each, `${position}/for_each`, lookUp)
    : undefined;
  const rounds = ids?.map((compute) => ({ n: undefined, compute })) ??
    Array.from({ length: repeat }, (_, at) => ({ n: at + 1, compute: undefined }));
  return rounds.flatMap(({ n, compute }) =>
    add.map(({ command, data, source = "declared" }, at) => ({
      command,
      data: {
        ...(n === undefined ? data : numbered(data, String(n)) as Record<string, unknown>),
        ...(compute === undefined ? {} : { compute }),
      },
      source,
      position: `${position}/add/${at}`,
    }))
  );
}

/** A value with `{n}` in its texts replaced. */
function numbered(value: unknown, n: string): unknown {
  if (typeof value === "string") return value.replaceAll("{n}", n);
  if (Array.isArray(value)) return value.map((one) => numbered(one, n));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, numbered(one, n)]));
}

/**
 * Lets a command in: what comes out is what is decided on.
 *
 * @throws {Refusal} where it would be refused before anybody decides
 */
export type Door = (command: Command) => Command;

/** Makes events of commands. Ids are drawn from the seed, and the clock stands where the command is put. */
export class Adding {
  #now = new Date(0);
  readonly #messages: MessageFactory;

  /**
   * @param seed what ids are drawn from
   * @param door that every command comes in by
   */
  constructor(seed: number, private readonly door: Door) {
    this.#messages = new MessageFactory(() => this.#now, new Chance(seed));
  }

  /** Takes note of an event of the log, so that what is added behind it has a greater id. */
  witness({ event_id }: InfrastructureEvent): void {
    this.#messages.witness(event_id);
  }

  /**
   * What a command leads to.
   *
   * @param moment when it is said
   * @returns no event where it changes nothing
   * @throws {ExperimentError} `experiment_refused`
   */
  events(
    { command: type, data, source, position }: AddedCommand,
    moment: Date,
    inventory: Inventory,
  ): InfrastructureEvent[] {
    this.#now = moment;
    try {
      checkCommand(type, data);
      const said = this.#messages.command(type, data as never, { actor: ACTOR, source });
      const command = this.door(said as Command);
      const events: InfrastructureEvent[] = [];
      for (const fact of decide(inventory, command).facts) {
        const before = events.filter(({ aggregate_id }) => aggregate_id === fact.aggregate_id);
        const version = inventory.version(fact.aggregate_id) + 1 + before.length;
        const event = this.#messages.event(fact, command, version);
        const fault = dataFaultOf(event);
        if (fault) throw new Refusal("invalid", fault.field, `${fault.field} ${fault.reason}`);
        events.push(event);
      }
      return events;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const place = error.field === "" ? position : `${position}/data/${error.field}`;
      throw new ExperimentError("experiment_refused", place, error.message, { cause: error });
    }
  }
}

/** Random bits that are the same for the same seed: SHA-256 of the seed and a counter. Not for secrets. */
class Chance {
  #drawn = 0;

  constructor(private readonly seed: number) {}

  nextUint32(): number {
    return createHash("sha256").update(`${this.seed}/${this.#drawn++}`).digest().readUInt32BE(0);
  }
}
