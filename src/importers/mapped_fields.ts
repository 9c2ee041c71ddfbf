/** The fields of a mapped command → SQL that gives them, each as its command's schema wants it. */
import type { TSchema } from "typebox";
import { COMMANDS } from "../domain/command.ts";
import type { FileColumn } from "./file_columns.ts";
import { type FileMapping, MappingInvalid } from "./file_mapping.ts";

/** JSON Schema, as far as commands have it. */
export interface Shape {
  type?: string;
  enum?: readonly unknown[];
  pattern?: string;
  properties?: Record<string, Shape>;
  required?: readonly string[];
  patternProperties?: Record<string, Shape>;
  items?: Shape;
  anyOf?: readonly Shape[];
}

/** A single value of a command, to be tried by itself. */
export interface MappedField {
  /** Where it stands in the mapping. */
  path: string;
  /** Where it is in the command's data. */
  field: string;
  /** As it stands there. */
  expression: string;
  /** The SQL that gives it. */
  sql: string;
}

/** A command's data as one SQL expression of type JSON, and its parts. */
export interface MappedData {
  sql: string;
  fields: MappedField[];
}

/** The shape of a command's data. */
export function shapeOf(command: keyof typeof COMMANDS): Shape {
  return COMMANDS[command] as TSchema as Shape;
}

/**
 * The SQL of the data of a command.
 *
 * @param columns of the file
 * @param file the mapping's name
 * @throws {MappingInvalid} for what is no field of the command, or is missing
 */
export function mappedData(
  { command, data }: FileMapping["commands"][number],
  columns: readonly FileColumn[],
  file: string,
  at: string,
): MappedData {
  const fields: MappedField[] = [];
  const names = columns.map(({ name }) => name);
  const fail = (path: string, reason: string): never => {
    throw new MappingInvalid(file, path, reason);
  };

  const single = (expression: string, shape: Shape, path: string, field: string): string => {
    const column = isText(shape) ? columnOf(expression, columns) : undefined;
    const sql = column ? asText(column) : converted(expressionOf(expression, columns), shape);
    fields.push({ path, field, expression, sql });
    return sql;
  };

  const value = (given: unknown, whole: Shape, path: string, field: string): string => {
    const shape = chosen(whole, given);
    if (given === null) return fail(path, "it says nothing: leave it out, or give an expression");
    if (Array.isArray(given)) {
      if (shape.type !== "array") fail(path, `a list, where ${field} is ${nameOf(shape)}`);
      const items = given.map((item, index) =>
        value(item, shape.items ?? {}, `${path}/${index}`, `${field}/${index}`)
      );
      return `json_array(${items.join(", ")})`;
    }
    if (typeof given === "object") {
      if (shape.type !== "object") fail(path, `fields, where ${field} is ${nameOf(shape)}`);
      return record(given as Record<string, unknown>, shape, path, field);
    }
    if (given === REST && isFree(shape)) return rest(path);
    const expression = typeof given === "string" ? constant(given, shape) ?? given : String(given);
    return single(expression, shape, path, field);
  };

  const record = (
    given: Record<string, unknown>,
    shape: Shape,
    path: string,
    field: string,
  ): string => {
    const under = (name: string) => field === "" ? name : `${field}/${name}`;
    const free = isFree(shape) ? Object.values(shape.patternProperties!)[0]! : undefined;
    const parts: string[] = [];
    for (const [name, one] of Object.entries(given)) {
      const own = free ??
        (Object.hasOwn(shape.properties ?? {}, name) ? shape.properties![name]! : fail(
          `${path}/${name}`,
          `${command} has no such field: ${field || "it"} has ${
            Object.keys(shape.properties ?? {}).join(", ")
          }`,
        ));
      parts.push(`${text(name)}, ${value(one, own, `${path}/${name}`, under(name))}`);
    }
    for (const name of shape.required ?? []) {
      if (Object.hasOwn(given, name)) continue;
      if (shape.properties?.[name]?.type !== "array" || name === "points") {
        fail(`${path}/${name}`, `it is missing, and ${command} needs it`);
      }
      parts.push(`${text(name)}, json_array()`); // what the file says nothing of
    }
    return `json_object(${parts.join(", ")})`;
  };

  /** The columns that nothing else of the command asks for, as texts. */
  const rest = (path: string): string => {
    const said = expressionsIn(data).join("\n").toLowerCase();
    const others = columns.filter(({ name }) => !mentions(said, name.toLowerCase()));
    if (others.length === 0) fail(path, "no column is left for it: leave it out");
    const parts = others.map((column) => `${text(column.name)}, ${asText(column)}`);
    return `json_object(${parts.join(", ")})`;
  };

  /** A word that the schema allows is that word, unless a column is called so. */
  const constant = (given: string, shape: Shape): string | undefined => {
    const isWord = shape.enum?.includes(given) &&
      !names.some((name) => name.toLowerCase() === given.toLowerCase());
    return isWord ? text(given) : undefined;
  };

  return { sql: record(data, shapeOf(command), at, ""), fields };
}

/** Stands for all columns that are not used otherwise. */
const REST = "*";

/** A text as SQL has it. */
export function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** A name as SQL has it. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A moment, as commands have it, in SQL; without a zone it is UTC. */
export function moment(expression: string): string {
  const own = `CAST((${expression}\n) AS TIMESTAMPTZ) AT TIME ZONE 'UTC'`;
  return `regexp_replace(strftime(${own}, '%Y-%m-%dT%H:%M:%S.%fZ'), '\\.?0+Z$', 'Z')`;
}

function converted(expression: string, shape: Shape): string {
  // A comment at its end ends there.
  const own = `(${expression}\n)`;
  switch (shape.type) {
    case "integer":
      return `CAST(${own} AS BIGINT)`;
    case "number":
      return number(`CAST(${own} AS DOUBLE)`);
    case "array":
      return shape.items?.type === "string"
        ? `to_json(CAST(${own} AS VARCHAR[]))`
        : `to_json(${own})`;
    case "object":
      return `to_json(${own})`;
    default:
      return isMoment(shape) ? moment(expression) : `CAST(${own} AS VARCHAR)`;
  }
}

function isMoment({ pattern }: Shape): boolean {
  return pattern?.startsWith("^\\d{4}") === true;
}

function isText(shape: Shape): boolean {
  return !["integer", "number", "array", "object"].includes(shape.type ?? "") && !isMoment(shape);
}

/** An expression as SQL has it: a name of a column is that column, also where it has blanks or is a word of SQL, as `at`. */
export function expressionOf(said: string, columns: readonly FileColumn[]): string {
  const column = columnOf(said, columns);
  return column ? identifier(column.name) : said;
}

function columnOf(said: string, columns: readonly FileColumn[]): FileColumn | undefined {
  const [, quoted] = /^\s*"((?:[^"]|"")+)"\s*$/.exec(said) ?? [];
  const name = (quoted?.replaceAll('""', '"') ?? said.trim()).toLowerCase();
  if (quoted === undefined && !/^[\p{L}_]/u.test(name)) return undefined;
  return columns.find((column) => column.name.toLowerCase() === name);
}

/** A column as it stands in the file. */
function asText({ name, text = name }: FileColumn): string {
  return `CAST(${identifier(text)} AS VARCHAR)`;
}

/** What is said of the fields, without their names. */
function expressionsIn(data: unknown): string[] {
  return typeof data === "object" && data !== null
    ? Object.values(data).flatMap(expressionsIn)
    : [String(data)];
}

/** JSON has no other numbers: what is none is missing, and an infinite one wrong. */
function number(own: string): string {
  return `CASE WHEN isfinite(${own}) THEN ${own} WHEN NOT isnan(${own}) THEN CAST(CAST(${own} AS VARCHAR) AS BIGINT) END`;
}

/** Of several shapes the one that has the given fields; null is no value in a file. */
function chosen(shape: Shape, given: unknown): Shape {
  const some = shape.anyOf?.filter(({ type }) => type !== "null");
  if (!some) return shape;
  const isObject = typeof given === "object" && given !== null;
  const fits = some.find(({ properties = {} }) =>
    isObject && Object.keys(given).every((name) => Object.hasOwn(properties, name))
  );
  return fits ?? some[0]!;
}

function isFree({ patternProperties }: Shape): boolean {
  return patternProperties !== undefined;
}

function nameOf({ type = "one of several words" }: Shape): string {
  return /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`;
}

function mentions(said: string, name: string): boolean {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(^|[^a-z0-9_])${escaped}([^a-z0-9_]|$)`).test(said);
}
