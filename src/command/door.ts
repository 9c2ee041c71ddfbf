/** The door that every command comes in by, whoever sends it. */
import Type from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { checkCommand, type Command } from "../domain/command.ts";
import type { Finding } from "../domain/finding.ts";
import { quote, Refusal } from "../domain/refusal.ts";
import { Name, Timestamp, Uuid } from "../domain/values.ts";
import { redact, redactText } from "./redaction.ts";

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
 * would give back, and whoever sent it can change their own object as they like. Secrets in its texts stay outside.
 *
 * @returns the command, and a finding for each text that was redacted
 * @throws {Refusal} `unknown_command`, or `invalid` with the field that is wrong
 */
export function letIn(given: Command): { command: Command; redacted: Finding[] } {
  const command = copyOf(given);
  // Before anything is refused: the message of a refusal has the value in it.
  const json = asJson(given.data);
  // JSON has no other numbers: they would come in as null, which in UpdateCompute means "remove it".
  const unsayable = json.includes("null") ? notFinite(given.data) : undefined;
  if (unsayable !== undefined) {
    throw new Refusal("invalid", unsayable, `${unsayable}: it is no finite number`);
  }
  command.data = JSON.parse(json);
  if (command.command !== "UpdateCompute" && json.includes("null")) leaveOutNulls(command.data);
  const holder = { data: command.data };
  const paths = redact(holder, json);
  command.data = holder.data;
  const actor = typeof command.actor === "string" ? redactText(command.actor) : command.actor;
  if (actor !== command.actor) paths.push("actor");
  command.actor = actor;
  envelope ??= Compile(Envelope);
  if (!envelope.Check(command)) {
    const [first] = envelope.Errors(command);
    const field = first?.instancePath.slice(1) ?? "";
    const { [field]: value } = withoutSecrets(command);
    throw new Refusal(
      "invalid",
      field,
      `${withoutSecrets(command).command}: ${field || "it"} ${first?.message}, not ${quote(value)}`,
    );
  }
  if (!command.actor.isWellFormed()) {
    throw new Refusal("invalid", "actor", "actor: it has half a surrogate pair in its text");
  }
  checkCommand(redactText(String(command.command)), command.data);
  return { command, redacted: paths.length === 0 ? NONE : paths.map(finding) };
}

/**
 * Tables say null where nothing is known; only in a merge patch does it say more than to leave the field out. Not by a
 * reviver of JSON.parse: data may be deeper than the stack.
 */
function leaveOutNulls(data: unknown): void {
  const open = [data];
  for (let one = open.pop(); open.length > 0 || one; one = open.pop()) {
    if (typeof one !== "object" || one === null) continue;
    for (const [key, value] of Object.entries(one)) {
      if (value === null && !Array.isArray(one)) delete (one as Record<string, unknown>)[key];
      else if (typeof value === "object" && value !== null) open.push(value);
    }
  }
}

const NONE: Finding[] = [];

function finding(path: string): Finding {
  const field = path.replace(/^data\//, "");
  return { code: "redacted", field, message: `${field}: a secret in it was not recorded` };
}

/** A copy to be quoted from: what is quoted is cut, and a piece of a secret looks like none. */
function withoutSecrets(command: Command): Record<string, unknown> {
  const json = asJson(command);
  const copy = JSON.parse(json);
  redact(copy, json);
  return copy;
}

/** The envelope, of which all is text; its other fields stay outside. */
function copyOf(given: Command): Command {
  if (typeof given !== "object" || given === null) {
    const what = typeof given === "string" ? redactText(given) : given;
    throw new Refusal("invalid", "", `a command is an object, not ${quote(what)}`);
  }
  const { command, data, message_id, correlation_id, causation_id, actor, source, occurred_at } =
    given;
  return {
    command,
    data,
    message_id,
    correlation_id,
    causation_id,
    actor,
    source,
    occurred_at,
  } as Command;
}

/** The path of the first number that is not finite, in data that has a form in JSON. */
function notFinite(data: unknown): string | undefined {
  const left: [path: string, value: unknown][] = [["", data]];
  for (const [path, value] of left) {
    if (typeof value === "number" && !Number.isFinite(value)) return path;
    if (typeof value !== "object" || value === null) continue;
    for (const [key, one] of Object.entries(value)) {
      left.push([path === "" ? key : `${path}/${key}`, one]);
    }
  }
  return undefined;
}

function asJson(data: unknown): string {
  try {
    return JSON.stringify(data) ?? "null";
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal("invalid", "", `it has no form in JSON: ${why}`);
  }
}
