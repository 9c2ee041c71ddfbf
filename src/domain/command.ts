/** The commands: what can be asked for, and how what was asked for is checked. */
import type Type from "typebox";
import { Compile, type Validator } from "typebox/compile";
import {
  ChangeComputeStatus,
  DecommissionCompute,
  RegisterCompute,
  UpdateCompute,
} from "./compute_schema.ts";
import { DefineConcept, LabelResource } from "./concept.ts";
import { EstablishConnection, SeverConnection } from "./connection.ts";
import { RecordMeasurements } from "./measurement.ts";
import { DefineNetwork, RemoveNetwork } from "./network.ts";
import { RevokePolicy, SetPolicy } from "./policy.ts";
import { quote, Refusal } from "./refusal.ts";
import { ConfigureSoftware, RemoveSoftware } from "./software.ts";
import { illFormedText } from "./well_formed.ts";

/** Every command type with the shape of its data. */
export const COMMANDS = {
  RegisterCompute,
  UpdateCompute,
  ChangeComputeStatus,
  RecordMeasurements,
  DecommissionCompute,
  DefineNetwork,
  RemoveNetwork,
  EstablishConnection,
  SeverConnection,
  ConfigureSoftware,
  RemoveSoftware,
  SetPolicy,
  RevokePolicy,
  DefineConcept,
  LabelResource,
} as const;

/** The name of a command. */
export type CommandType = keyof typeof COMMANDS;
/** The data of each command type. */
export type CommandData = { [T in CommandType]: Type.Static<(typeof COMMANDS)[T]> };

/** A command with its identity. One that is refused leaves no trace in the log. */
export type Command<T extends CommandType = CommandType> = {
  [K in T]: {
    command: K;
    data: CommandData[K];
    message_id: string;
    correlation_id: string;
    /** The message that caused this one; null for a root. */
    causation_id: string | null;
    actor: string;
    /** `observed`: a fact about the world, recorded even where it is odd. `declared`: an intent, refused if it clashes. */
    source: "observed" | "declared";
    occurred_at: string;
  };
}[T];

const validators = new Map<string, Validator>();

/**
 * Checks that `data` has the shape of a command's data.
 *
 * @throws {Refusal} `unknown_command`, or `invalid` with the first field that is wrong
 * @example
 * ```ts
 * import { checkCommand, Refusal } from "@cim/infrastructure";
 * import { throws } from "node:assert";
 * throws(
 *   () => checkCommand("RegisterCompute", { hostname: "web-01", resource_type: "toaster", interfaces: [] }),
 *   (error) => error instanceof Refusal && error.field === "resource_type",
 * );
 * ```
 */
export function checkCommand(type: string, data: unknown): asserts type is CommandType {
  if (!Object.hasOwn(COMMANDS, type)) {
    const known = Object.keys(COMMANDS).join(", ");
    throw new Refusal(
      "unknown_command",
      "command",
      `there is no command ${quote(type)}; known: ${known}`,
    );
  }
  let validator = validators.get(type);
  if (!validator) validators.set(type, validator = Compile(COMMANDS[type as CommandType]));
  if (validator.Check(data)) {
    const field = illFormedText(data);
    if (field === undefined) return;
    throw new Refusal("invalid", field, `${type}: ${field} has half a surrogate pair in its text`);
  }
  // Of one of several shapes each says what is not right with it: what is wrong in itself is to be mended first, and
  // what is only not a field of another shape last; of equals the deepest.
  const rank = ({ message, params }: { message: string; params: object }) =>
    VAGUE.has(message)
      ? 3
      : message === "schema is false"
      ? 2
      : "requiredProperties" in params
      ? 1
      : 0;
  const [first] = validator.Errors(data).sort((a, b) =>
    (unionsIn(type) ? rank(a) - rank(b) : 0) ||
    b.instancePath.split("/").length - a.instancePath.split("/").length
  );
  const missing = first?.params && "requiredProperties" in first.params
    ? `/${(first.params.requiredProperties as string[])[0]}`
    : "";
  const field = `${first?.instancePath ?? ""}${missing}`.slice(1);
  const value = valueAt(data, field);
  throw new Refusal(
    "invalid",
    field,
    missing
      ? `${type}: ${field} is missing`
      : first?.message === "schema is false"
      ? `${type}: ${field} is not a field of it${fieldsOf(type as CommandType, field)}`
      : `${type}: ${field || "data"} ${first?.message}${allowed(first?.params)}, not ${
        quote(value)
      }`,
  );
}

/** What is said of a whole of which a part is wrong, which is said as well. */
const VAGUE = new Set(["must match a schema in anyOf", "must not have additional properties"]);

/** Whether a command has a part that is of one of several shapes, other than null. */
function unionsIn(type: string): boolean {
  return type === "EstablishConnection" || type === "SeverConnection";
}

/** What the fields are, where one of the data itself is none. */
function fieldsOf(type: CommandType, field: string): string {
  if (/^(prototypes|weights)\//.test(field)) return ": a dimension is called like performance.cpu";
  return field.includes("/") ? "" : `: it has ${Object.keys(COMMANDS[type].properties).join(", ")}`;
}

function allowed(params: object | undefined): string {
  return params && "allowedValues" in params && Array.isArray(params.allowedValues)
    ? ` (${params.allowedValues.join(", ")})`
    : "";
}

function valueAt(data: unknown, path: string): unknown {
  let value = data;
  for (const key of path === "" ? [] : path.split("/")) {
    const name = key.replaceAll("~1", "/").replaceAll("~0", "~");
    value = typeof value === "object" && value !== null
      ? (value as Record<string, unknown>)[name]
      : undefined;
  }
  return value;
}
