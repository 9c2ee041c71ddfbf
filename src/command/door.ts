/** The door that every command comes in by, whoever sends it. */
import Type from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { checkCommand, type Command } from "../domain/command.ts";
import { quote, Refusal } from "../domain/refusal.ts";
import { Name, Timestamp } from "../domain/values.ts";

const Uuid = Type.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" });

/** What is the same in every command. */
const Envelope = Type.Object({
  message_id: Uuid,
  correlation_id: Uuid,
  causation_id: Type.Union([Uuid, Type.Null()]),
  actor: Name,
  source: Type.Enum(["observed", "declared"]),
  occurred_at: Timestamp,
});

let envelope: Validator | undefined;

/**
 * Lets a command in, as what it is on the wire: a copy in JSON's terms, so that it is decided on exactly what a log
 * would give back, and whoever sent it can change their own object as they like.
 *
 * @throws {Refusal} `unknown_command`, or `invalid` with the field that is wrong
 */
export function letIn(command: Command): Command {
  const copy = asJson(command);
  envelope ??= Compile(Envelope);
  if (!envelope.Check(copy)) {
    const [first] = envelope.Errors(copy);
    const field = first?.instancePath.slice(1) ?? "";
    const value = (copy as unknown as Record<string, unknown>)[field];
    throw new Refusal(
      "invalid",
      field,
      `${command.command}: ${field || "it"} ${first?.message}, not ${quote(value)}`,
    );
  }
  if (!copy.actor.isWellFormed()) {
    throw new Refusal("invalid", "actor", "actor: it has half a surrogate pair in its text");
  }
  checkCommand(copy.command, copy.data);
  return copy;
}

function asJson(command: Command): Command {
  try {
    return JSON.parse(JSON.stringify(command));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal("invalid", "", `${command.command}: it has no form in JSON: ${why}`);
  }
}
