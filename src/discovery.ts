/** Discovery: this machine is looked at, and what was found goes to whoever takes commands. */
import type { Answer } from "./command/answer.ts";
import type { CommandPort } from "./command/port.ts";
import type { Command, CommandData, CommandType } from "./domain/command.ts";
import type { RegisterCompute } from "./domain/compute_schema.ts";
import type { MessageFactory } from "./domain/message.ts";
import { introspect, type Introspection, type Surroundings } from "./introspection/introspect.ts";
import { OWN_SCOPE, type OwnParts, ownSoftware } from "./introspection/own_software.ts";

/** What a discovery found out, and what of it was new. */
export interface Discovery {
  /** The aggregate id of this machine. */
  compute_id: string;
  /** What this machine is. */
  compute: RegisterCompute;
  /** What is around and on it. */
  surroundings: Surroundings;
  /** What became of the commands, by their type. */
  outcomes: Partial<Record<CommandType | "removals", Record<Answer["outcome"], number>>>;
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
  port: CommandPort;
  messages: MessageFactory;
  clock: () => Date;
  /** What the system knows of itself on this machine. */
  own: OwnParts;
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

/** Which scopes a command tells of: where one was refused, nobody knows whether all of the scope was said. */
const SCOPES: Partial<Record<CommandType, string>> = {
  RegisterCompute: "guest",
  DefineNetwork: "network",
  ConfigureSoftware: "software",
  EstablishConnection: "connection",
};

/**
 * Looks at this machine and submits what it finds, all under one correlation. What was known and is not there any more
 * is removed, where all of its scope could be seen.
 *
 * @throws {UnsupportedPlatform} on a system that cannot be looked at
 * @throws {DiscoveryRefused} when the machine itself is refused
 * @throws {LogUnavailable} when the log goes away; what was written by then stays
 */
export async function discover(tools: DiscoveryTools): Promise<Discovery> {
  const { port, messages, clock, own, progress, signal } = tools;
  progress?.("Looking at this machine …");
  const since = await port.position(signal);
  const found = await introspect({ clock, ...(signal ? { signal } : {}) });
  const actor = `discover@${found.compute.hostname}`;
  const root = messages.command("RegisterCompute", found.compute, { actor, source: "observed" });
  const [registered] = await port.submit([root], signal);
  if (registered?.aggregate_id === undefined || registered.outcome === "refused") {
    throw new DiscoveryRefused(registered!);
  }
  const compute = registered.aggregate_id;
  const surroundings = found.about(compute);
  surroundings.software.push(...ownSoftware(compute, own));
  const command = <T extends CommandType>(type: T) => (data: CommandData[T]) =>
    messages.command(type, data, { actor, source: "observed", cause: root }) as Command;
  const commands = [
    ...surroundings.guests.map(command("RegisterCompute")),
    ...surroundings.networks.map(command("DefineNetwork")),
    ...surroundings.software.map(command("ConfigureSoftware")),
    ...surroundings.connections.map(command("EstablishConnection")),
    ...surroundings.measurements.map(command("RecordMeasurements")),
  ];
  const answers = [registered];
  for (let at = 0; at < commands.length; at += SLICE) {
    progress?.(`Comparing what was found with the log … ${at} of ${commands.length}`);
    answers.push(...await port.submit(commands.slice(at, at + SLICE), signal));
  }
  const said = [root, ...commands];
  const uncertain = said.filter((_, at) => answers[at]!.outcome === "refused")
    .map((one) => SCOPES[one.command]);
  const removals = await port.removeUnseen({
    compute,
    complete: [...surroundings.complete, OWN_SCOPE]
      .filter((scope) => !uncertain.includes(scope.split("/")[0])),
    seen: answers.flatMap(({ aggregate_id }) => aggregate_id ?? []),
    since,
    actor,
    cause: root,
  }, signal);
  return {
    compute_id: compute,
    compute: found.compute,
    surroundings,
    outcomes: {
      ...count(said, answers),
      ...(removals.length > 0 ? { removals: outcomesOf(removals) } : {}),
    },
    correlation_id: root.correlation_id,
    ...summary([...answers, ...removals]),
    gaps: found.gaps,
  };
}

function summary(
  answers: readonly Answer[],
): Pick<Discovery, "first_sequence" | "last_sequence" | "findings" | "refused"> {
  const sequences = answers.flatMap(({ events }) => events.map(({ sequence }) => sequence));
  return {
    first_sequence: sequences[0] ?? null,
    last_sequence: sequences.at(-1) ?? null,
    findings: answers.flatMap(({ findings }) => findings),
    refused: answers.filter(({ outcome }) => outcome === "refused")
      .map(({ code, field, message }) => ({ code: code!, field: field!, message: message! })),
  };
}

function count(commands: readonly Command[], answers: readonly Answer[]): Discovery["outcomes"] {
  const types = new Set(commands.map(({ command }) => command));
  return Object.fromEntries(
    [...types].map((type) => [
      type,
      outcomesOf(answers.filter((_, at) => commands[at]!.command === type)),
    ]),
  );
}

function outcomesOf(answers: readonly Answer[]): Record<Answer["outcome"], number> {
  const counts = { accepted: 0, unchanged: 0, refused: 0 };
  for (const { outcome } of answers) counts[outcome]++;
  return counts;
}
