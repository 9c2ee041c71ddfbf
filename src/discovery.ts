/** Discovery: this machine is looked at, and what was found goes to the command handler. */
import type { Answer, CommandHandler } from "./command/handler.ts";
import type { Command, CommandData, CommandType } from "./domain/command.ts";
import type { RegisterCompute } from "./domain/compute_schema.ts";
import type { MessageFactory } from "./domain/message.ts";
import { introspect, type Introspection, type Surroundings } from "./introspection/introspect.ts";

/** What a discovery found out, and what of it was new. */
export interface Discovery {
  /** The aggregate id of this machine. */
  compute_id: string;
  /** What this machine is. */
  compute: RegisterCompute;
  /** What is around and on it. */
  surroundings: Surroundings;
  /** What became of the commands, by their type. */
  outcomes: Partial<Record<CommandType, Record<Answer["outcome"], number>>>;
  /** The correlation id of all that this discovery wrote. */
  correlation_id: string;
  /** The sequences of the first and last event written; null when nothing has changed. */
  first_sequence: number | null;
  last_sequence: number | null;
  /** What is odd and worth a look. */
  findings: Answer["findings"];
  /** What was refused, with the reason: it is not in the log. */
  refused: Pick<Answer, "code" | "field" | "message">[];
  /** What could not be read of the machine, and why. */
  gaps: Introspection["gaps"];
}

/** What a discovery works with. */
export interface DiscoveryTools {
  handler: CommandHandler;
  messages: MessageFactory;
  clock: () => Date;
  progress?: ((line: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** How many commands are submitted at a time, between two words about the progress. */
const SLICE = 500;

/** The machine could not be registered, so there is nothing to say about it. */
export class DiscoveryRefused extends Error {
  override readonly name = "DiscoveryRefused";
  /** Stable, for programs: the refusal's. */
  readonly code: string;
  /** @param answer the refusal of RegisterCompute */
  constructor(answer: Answer) {
    super(`this machine cannot be registered: ${answer.message}`);
    this.code = answer.code ?? "refused";
  }
}

/**
 * Looks at this machine and submits what it finds, all under one correlation.
 *
 * @throws {UnsupportedPlatform} on a system that cannot be looked at
 * @throws {DiscoveryRefused} when the machine itself is refused
 * @throws {LogUnavailable} when the log goes away; what was written by then stays
 */
export async function discover(tools: DiscoveryTools): Promise<Discovery> {
  const { handler, messages, clock, progress, signal } = tools;
  progress?.("Looking at this machine …");
  const found = await introspect({ clock, ...(signal ? { signal } : {}) });
  const actor = `discover@${found.compute.hostname}`;
  const root = messages.command("RegisterCompute", found.compute, { actor, source: "observed" });
  const [registered] = await handler.submit([root], signal);
  if (!registered?.aggregate_id) throw new DiscoveryRefused(registered!);
  const surroundings = found.about(registered.aggregate_id);
  const command = <T extends CommandType>(type: T) => (data: CommandData[T]) =>
    messages.command(type, data, { actor, source: "observed", cause: root }) as Command;
  const commands = [
    ...surroundings.networks.map(command("DefineNetwork")),
    ...surroundings.software.map(command("ConfigureSoftware")),
    ...surroundings.connections.map(command("EstablishConnection")),
    ...surroundings.measurements.map(command("RecordMeasurements")),
  ];
  const answers = [registered];
  for (let at = 0; at < commands.length; at += SLICE) {
    progress?.(`Comparing what was found with the log … ${at} of ${commands.length}`);
    answers.push(...await handler.submit(commands.slice(at, at + SLICE), signal));
  }
  const sequences = answers.flatMap(({ events }) => events.map(({ sequence }) => sequence));
  return {
    compute_id: registered.aggregate_id,
    compute: found.compute,
    surroundings,
    outcomes: count([root, ...commands], answers),
    correlation_id: root.correlation_id,
    first_sequence: sequences[0] ?? null,
    last_sequence: sequences.at(-1) ?? null,
    findings: answers.flatMap(({ findings }) => findings),
    refused: answers.filter(({ outcome }) => outcome === "refused")
      .map(({ code, field, message }) => ({ code: code!, field: field!, message: message! })),
    gaps: found.gaps,
  };
}

function count(commands: readonly Command[], answers: readonly Answer[]): Discovery["outcomes"] {
  const outcomes: Discovery["outcomes"] = {};
  for (const [index, { command }] of commands.entries()) {
    const of = outcomes[command] ??= { accepted: 0, unchanged: 0, refused: 0 };
    of[answers[index]!.outcome]++;
  }
  return outcomes;
}
