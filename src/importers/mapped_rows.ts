/** What several rows say of one thing, put together. */
import { quote } from "../domain/refusal.ts";
import type { Shape } from "./mapped_fields.ts";

/** Rows that say different things of what can only be one. */
export class RowsDiffer extends Error {
  override readonly name = "RowsDiffer";
}

type Json = Record<string, unknown>;

/**
 * Without what is null: an empty cell says nothing. An item of a list that lacks what every such item has is none: a
 * measurement without a value, an interface without a name.
 */
export function withoutNulls(value: unknown, shape: Shape): unknown {
  if (Array.isArray(value)) {
    const items = shape.items ?? {};
    return value.filter((item) => item !== null).map((item) => withoutNulls(item, items))
      .filter((item) => !lacks(item, items));
  }
  if (typeof value !== "object" || value === null) return value;
  const said: Json = {};
  for (const [name, one] of Object.entries(value)) {
    const own = shape.properties?.[name] ?? Object.values(shape.patternProperties ?? {})[0] ?? {};
    if (one === null) {
      if (own.type === "array" && shape.required?.includes(name)) said[name] = [];
      continue;
    }
    const bare = withoutNulls(one, own);
    // Of what is optional nothing is said where none of its cells says anything.
    const isEmpty = own.type === "object" && !shape.required?.includes(name) &&
      Object.keys(bare as Json).length === 0;
    if (!isEmpty) said[name] = bare;
  }
  return said;
}

function lacks(item: unknown, { required = [] }: Shape): boolean {
  return typeof item === "object" && item !== null && !Array.isArray(item) &&
    required.some((name) => !Object.hasOwn(item, name));
}

/**
 * Adds to what is said of a thing what another row says of it: fields that are not known yet, items of lists that are not in
 * them; interfaces of one name are one.
 *
 * @throws {RowsDiffer} where both say something of one field, and not the same; then nothing is added
 */
export function merged(known: Json, more: Json, at = ""): Json {
  const all: Json = { ...known };
  for (const [name, value] of Object.entries(more)) {
    const field = at === "" ? name : `${at}/${name}`;
    const before = all[name];
    if (before === undefined) all[name] = value;
    else if (Array.isArray(before) && Array.isArray(value)) {
      all[name] = together(before, value, field);
    } else if (isObject(before) && isObject(value)) all[name] = merged(before, value, field);
    else if (before !== value) {
      throw new RowsDiffer(`${field} is ${quote(value)}, and was ${quote(before)}`);
    }
  }
  return all;
}

/** Lists whose items are told from each other by their names. */
const NAMED = /^interfaces$/;

function together(before: readonly unknown[], more: readonly unknown[], field: string): unknown[] {
  const all = [...before];
  const texts = new Set(before.map((item) => JSON.stringify(item)));
  for (const item of more) {
    const same = NAMED.test(field) && isObject(item)
      ? all.findIndex((other) => isObject(other) && other["name"] === item["name"])
      : -1;
    if (same >= 0) {
      all[same] = merged(
        all[same] as Json,
        item as Json,
        `${field}/${String((item as Json)["name"])}`,
      );
    } else if (!texts.has(JSON.stringify(item))) all.push(item);
  }
  return all;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
