/** What the columns of a file mean: a small file beside it, as people write it. */
import Type from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { parseDocument } from "yaml";
import { COMMANDS, type CommandType } from "../domain/command.ts";
import { quote } from "../domain/refusal.ts";

const closed = { additionalProperties: false };
const Expression = Type.String({ minLength: 1, maxLength: 20_000 });

/** The types that a column may be said to be of. */
const ColumnType = Type.Enum([
  "VARCHAR",
  "BIGINT",
  "DOUBLE",
  "BOOLEAN",
  "DATE",
  "TIMESTAMP",
  "TIMESTAMPTZ",
]);

/** One command that rows lead to. */
const MappedCommand = Type.Object({
  command: Type.Enum(Object.keys(COMMANDS) as CommandType[]),
  /** Of which rows; an SQL condition. */
  where: Type.Optional(Expression),
  source: Type.Optional(Type.Enum(["observed", "declared"])),
  /** When it was so, where that is not now. */
  occurred_at: Type.Optional(Expression),
  /** The command's fields, each with the expression that gives it. */
  data: Type.Record(Type.String(), Type.Unknown()),
}, closed);

/**
 * A mapping: `commands` says which commands rows lead to, and their fields as SQL expressions over the columns;
 * `columns` of which types columns are, where what is in them does not say it well; `missing` which words say nothing.
 */
export const FileMapping = Type.Object({
  columns: Type.Optional(Type.Record(Type.String(), ColumnType)),
  missing: Type.Optional(Type.Array(Type.String(), { maxItems: 100 })),
  commands: Type.Array(MappedCommand, { minItems: 1, maxItems: 100 }),
}, closed);
/** {@linkcode FileMapping} as a type. */
export type FileMapping = Type.Static<typeof FileMapping>;

/** A mapping that cannot be used: which place in it is wrong, and what to do. */
export class MappingInvalid extends Error {
  override readonly name = "MappingInvalid";
  /** Stable, for programs. */
  readonly code = "mapping_invalid";

  /**
   * @param mapping its file
   * @param path where in it, as `commands/0/data/hostname`; "" for the whole
   * @param reason what is wrong, and what to do
   */
  constructor(
    readonly mapping: string,
    readonly path: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`${mapping}${path && ` at ${path}`}: ${reason}`, options);
  }
}

let validator: Validator | undefined;

/** The most that a mapping may have, in characters: YAML takes many times its size in memory. */
const MOST = 500_000;

/**
 * Reads a mapping, in YAML or in JSON, which is YAML too. What its expressions mean is only told by the columns of a file.
 *
 * @param file its name, for messages
 * @throws {MappingInvalid}
 * @example
 * ```ts
 * import { parseMapping } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const { commands } = parseMapping(
 *   "commands: [{ command: DefineNetwork, data: { name: vlan_name, cidr: subnet } }]",
 *   "networks.yaml",
 * );
 * strictEqual(commands[0]?.command, "DefineNetwork");
 * ```
 */
export function parseMapping(text: string, file: string): FileMapping {
  if (text.length > MOST) {
    throw new MappingInvalid(file, "", `it has more than ${MOST} characters: is it the mapping?`);
  }
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error) {
    const { line = 1, col = 1 } = error.linePos?.[0] ?? {};
    const why = error.message.split(" at line ")[0];
    throw new MappingInvalid(`${file}:${line}:${col}`, "", `it is no YAML: ${why}`);
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw new MappingInvalid(file, "", (cause as Error).message, { cause });
  }
  return checkMapping(value, file);
}

function checkMapping(value: unknown, file: string): FileMapping {
  validator ??= Compile(FileMapping);
  if (validator.Check(value)) return value as FileMapping;
  const errors = validator.Errors(value).sort((a, b) =>
    depth(b.instancePath) - depth(a.instancePath)
  );
  const [first] = errors;
  const path = first?.instancePath.slice(1) ?? "";
  const params = first?.params as {
    requiredProperties?: string[];
    allowedValues?: unknown[];
    additionalProperties?: string[];
  } | undefined;
  const at = (name: string) => path === "" ? name : `${path}/${name}`;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const example = "commands: [{ command: RegisterCompute, data: { hostname: name } }]";
    throw new MappingInvalid(file, "", `it is ${quote(value)}, and no mapping such as ${example}`);
  }
  if (params?.requiredProperties) {
    throw new MappingInvalid(file, at(params.requiredProperties[0]!), "it is missing");
  }
  if (first?.message === "schema is false" || params?.additionalProperties) {
    const name = params?.additionalProperties?.[0];
    const known = path.startsWith("commands/")
      ? Object.keys(MappedCommand.properties)
      : Object.keys(FileMapping.properties);
    const reason = `there is no such field: there are ${known.join(", ")}`;
    throw new MappingInvalid(file, name === undefined ? path : at(name), reason);
  }
  const allowed = params?.allowedValues ? ` (${params.allowedValues.join(", ")})` : "";
  throw new MappingInvalid(
    file,
    path,
    `it ${first?.message}${allowed}, not ${quote(valueAt(value, path))}`,
  );
}

function depth(path: string): number {
  return path.split("/").length;
}

function valueAt(value: unknown, path: string): unknown {
  for (const name of path.split("/")) {
    value = (value as Record<string, unknown> | undefined)?.[name];
  }
  return value;
}
