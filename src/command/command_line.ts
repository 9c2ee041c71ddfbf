/** A command as a line of JSON, as people and importers write it. */
import Type from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { type Command, COMMANDS, type CommandType } from "../domain/command.ts";
import type { MessageFactory } from "../domain/message.ts";
import { quote, Refusal } from "../domain/refusal.ts";
import { Name, UUID, Uuid } from "../domain/values.ts";
import { redact } from "./redaction.ts";

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

/** A line of JSON, whatever it says. */
export interface JsonLine {
  text: string;
  value: unknown;
}

/**
 * Reads a line.
 *
 * @throws {Refusal} `invalid_json`
 */
export function parseLine(line: Uint8Array): JsonLine {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(line);
  } catch {
    throw new Refusal("invalid_json", "", "the line is not UTF-8");
  }
  try {
    return { text, value: JSON.parse(text) };
  } catch (error) {
    throw new Refusal("invalid_json", "", `the line is not JSON${reason(error)}`);
  }
}

/** The id that a line gives its command, whatever else is wrong with it; null where it gives none. */
export function messageIdOf({ value }: JsonLine): string | null {
  if (typeof value !== "object" || value === null || !("message_id" in value)) return null;
  const { message_id: id } = value;
  return typeof id === "string" && UUID.test(id) ? id : null;
}

/**
 * The command on a line. Without `source` it is declared; without `actor` it is the default's. What its data says is
 * checked at the door, as everybody's.
 *
 * @throws {Refusal} `invalid` with the field
 */
export function commandOfLine(line: JsonLine, messages: MessageFactory, actor: string): Command {
  validator ??= Compile(Line);
  if (!validator.Check(line.value)) throw malformed(line);
  const { command, data, message_id, correlation_id, ...said } = line.value as Line;
  return messages.command(command as CommandType, data as never, {
    actor: said.actor ?? actor,
    source: said.source ?? "declared",
    ...(message_id ? { messageId: message_id } : {}),
    ...(correlation_id ? { correlationId: correlation_id } : {}),
  });
}

/** What the parser says of it, but for the piece of the line that it shows: that can be a piece of a secret. */
function reason(error: unknown): string {
  const { message } = error as Error;
  const unexpected = /^Unexpected token '.'/su.exec(message)?.[0];
  if (unexpected) return `: ${unexpected}`;
  return message.includes('"') ? "" : `: ${message}`;
}

function malformed({ text, value }: JsonLine): Refusal {
  // Here, and not only when it is answered: what is cut by then is a secret that nobody recognises.
  const holder = { value };
  redact(holder, text);
  const said = holder.value;
  const [first] = validator!.Errors(said);
  const missing = first?.params && "requiredProperties" in first.params
    ? (first.params.requiredProperties as string[])[0]
    : undefined;
  const field = missing ?? first?.instancePath.slice(1) ?? "";
  if (missing !== undefined) return new Refusal("invalid", field, `${field} is missing`);
  if (field === "") {
    return new Refusal("invalid", "", `the line is no JSON object: ${quote(said)}`);
  }
  const known = Object.keys(Line.properties).join(", ");
  return new Refusal(
    "invalid",
    field,
    Object.hasOwn(Line.properties, field)
      ? `${field} ${first?.message}, not ${quote((said as Record<string, unknown>)[field])}`
      : `${field} is not a field of a line, which has ${known}`,
  );
}
