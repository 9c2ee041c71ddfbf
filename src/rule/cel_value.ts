/** Values of the read model as CEL has them. */
import { create } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { TimestampSchema } from "@bufbuild/protobuf/wkt";
import type { RuleType } from "./types.ts";

/** Moments that stay made: many resources are judged at one. */
const MOST_MOMENTS = 10_000;
const moments = new Map<number, unknown>();

/** A moment. @param micros microseconds since 1970, UTC */
export function celMoment(micros: number): unknown {
  const known = moments.get(micros);
  if (known) return known;
  if (moments.size >= MOST_MOMENTS) moments.clear();
  const made = momentMessage(micros);
  moments.set(micros, made);
  return made;
}

function momentMessage(micros: number): unknown {
  const seconds = Math.floor(micros / 1e6);
  const nanos = Math.round(micros - seconds * 1e6) * 1_000;
  // A message by itself would be understood while a rule is evaluated only, and not when what decided is shown.
  return reflect(TimestampSchema, create(TimestampSchema, { seconds: BigInt(seconds), nanos }));
}

/**
 * A value as a rule's type wants it: whole numbers as bigint, records and maps as Map. What is null is absent
 * (undefined), but for lists and maps, which are empty then; a record with nothing in it is absent as well.
 */
export function celValue(type: RuleType, value: unknown): unknown {
  switch (type.kind) {
    case "list":
      return ((value ?? []) as unknown[]).map((one) => celValue(type.of, one));
    case "map":
      return new Map(
        Object.entries(value ?? {}).map(([key, one]) => [key, celValue(type.of, one)]),
      );
    case "record": {
      const entries = Object.entries(type.fields)
        .map(([name, of]) => [name, celValue(of, (value as Record<string, unknown>)?.[name])])
        .filter(([, one]) => one !== undefined);
      return entries.length === 0 ? undefined : new Map(entries as [string, unknown][]);
    }
  }
  if (value === null || value === undefined) return undefined;
  if (type.kind === "int") return BigInt(value as number);
  return type.kind === "timestamp" ? celMoment(value as number) : value;
}
