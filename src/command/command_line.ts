/** A command as a line of JSON, as people and importers write it. */
import Type from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { type Command, COMMANDS, type CommandType } from "../domain/command.ts";
import type { MessageFactory } from "../domain/message.ts";
import { quote, Refusal } from "../domain/refusal.ts";
import { Name, Uuid } from "../domain/values.ts";

/** What a line has besides `command` and `data`; all of it can be left out. */
const OPTIONS = {
  message_id: Type.Optional(Uuid),
  correlation_id: Type.Optional(Uuid),
  actor: Type.Optional(Name),
  source: Type.Optional(Type.Enum(["observed", "declared"])),
};
const closed = { additionalProperties: false };
const Line = Type.Object({ command: Type.String(), data: Type.Unknown(), ...OPTIONS }, closed);
type Line = Type.Static<typeof Line>;

/** The JSON Schema of a line with this command. */
export function lineSchema(command: CommandType): Type.TSchema {
  return Type.Object(
    { command: Type.Literal(command), data: COMMANDS[command], ...OPTIONS },
    closed,
  );
}

let validator: Validator | undefined;

/**
 * Reads a line. Without `source` it is declared; without `actor` it is the default's. What its data says is checked at
 * the door, as everybody's.
 *
 * @throws {Refusal} `invalid_json`, or `invalid` with the field
 */
export function commandOfLine(line: Uint8Array, messages: MessageFactory, actor: string): Command {
  const value = parse(line);
  validator ??= Compile(Line);
  if (!validator.Check(value)) throw malformed(value);
  const { command, data, message_id, correlation_id, ...said } = value as Line;
  return messages.command(command as CommandType, data as never, {
    actor: said.actor ?? actor,
    source: said.source ?? "declared",
    ...(message_id ? { messageId: message_id } : {}),
    ...(correlation_id ? { correlationId: correlation_id } : {}),
  });
}

function parse(line: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(line);
  } catch {
    throw new Refusal("invalid_json", "", "the line is not UTF-8");
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : "";
    throw new Refusal("invalid_json", "", `the line is not JSON: ${why}`);
  }
}

function malformed(value: unknown): Refusal {
  const [first] = validator!.Errors(value);
  const missing = first?.params && "requiredProperties" in first.params
    ? (first.params.requiredProperties as string[])[0]
    : undefined;
  const field = missing ?? first?.instancePath.slice(1) ?? "";
  if (missing !== undefined) return new Refusal("invalid", field, `${field} is missing`);
  if (field === "") {
    return new Refusal("invalid", "", `the line is no JSON object: ${quote(value)}`);
  }
  const known = Object.keys(Line.properties).join(", ");
  return new Refusal(
    "invalid",
    field,
    Object.hasOwn(Line.properties, field)
      ? `${field} ${first?.message}, not ${quote((value as Record<string, unknown>)[field])}`
      : `${field} is not a field of a line, which has ${known}`,
  );
}
