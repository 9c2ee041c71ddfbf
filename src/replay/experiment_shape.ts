/** Whether a part of a spec has the shape that its schema says, and where it has not. */
import Type from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { quote } from "../domain/refusal.ts";
import { ExperimentError } from "./experiment_error.ts";
import { momentOf } from "./until.ts";

/** A moment, as an analysis may be given one. */
export const Moment = Type.Refine(
  Type.String({ description: "RFC 3339: 2026-11-01T00:00Z" }),
  isMoment,
  () => "must be date, time and zone, like 2026-11-01T00:00Z",
);

const validators = new Map<Type.TSchema, Validator>();

/**
 * Checks a part of a spec.
 *
 * @param position of the part in the spec, as a JSON pointer
 * @throws {ExperimentError} `experiment_invalid`, with the first position that is wrong
 */
export function checkShape(schema: Type.TSchema, value: unknown, position: string): void {
  let validator = validators.get(schema);
  if (!validator) validators.set(schema, validator = Compile(schema));
  if (validator.Check(value)) return;
  const errors = validator.Errors(value);
  // The deepest says most; what one is not by itself, but as one of several shapes, says least.
  const depth = ({ instancePath }: { instancePath: string }) => instancePath.split("/").length;
  const first = errors.toSorted((a, b) => depth(b) - depth(a))[0]!;
  const params = first.params as Record<string, unknown>;
  const missing = listOf(params.requiredProperties)[0];
  const path = `${position}${first.instancePath}`;
  if (missing !== undefined) invalid(`${path}/${missing}`, "it is missing");
  const extra = listOf(params.additionalProperties)[0];
  const properties = (schema as { properties?: object }).properties;
  if (extra !== undefined || first.message === "schema is false") {
    const at = extra === undefined ? path : `${path}/${extra}`;
    const isTop = at.slice(position.length).split("/").length === 2 && properties;
    invalid(
      at,
      `there is no such field${isTop ? `: there are ${Object.keys(properties).join(", ")}` : ""}`,
    );
  }
  const given = quote(valueAt(value, first.instancePath));
  const at = schemaAt(schema, first.schemaPath);
  if (first.keyword === "minProperties") {
    const known = Object.keys(at.properties ?? {}).join(", ");
    invalid(
      path,
      `it is empty: say ${known ? `one of ${known}` : "at least one"}, or leave it out`,
    );
  }
  if (first.keyword === "pattern" && at.description) {
    invalid(path, `it must be as in "${at.description}", not ${given}`);
  }
  // What may be of several types is told with all of them.
  const types = errors.filter(({ keyword, instancePath }) =>
    keyword === "type" && instancePath === first.instancePath
  ).map((error) => String((error.params as { type: unknown }).type));
  if (first.keyword === "type" && types.length > 1) {
    invalid(path, `it must be ${types.slice(0, -1).join(", ")} or ${types.at(-1)}, not ${given}`);
  }
  const allowed = listOf(params.allowedValues);
  const known = allowed.length > 0 ? ` (${allowed.join(", ")})` : "";
  invalid(path, `it ${first.message}${known}, not ${given}`);
}

/** The part of a schema that an error is of; no name or pattern in a spec's has a slash. */
function schemaAt(schema: Type.TSchema, path: string) {
  return path.split("/").slice(1).reduce<unknown>(
    (at, key) => (at as Record<string, unknown> | undefined)?.[key],
    schema,
  ) as { description?: string; properties?: object };
}

/** Refuses a part of a spec. @throws {ExperimentError} `experiment_invalid` */
export function invalid(position: string, reason: string): never {
  throw new ExperimentError("experiment_invalid", position, reason);
}

/** The list that something is; an empty one where it is none. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function isMoment(text: string): boolean {
  try {
    momentOf(text);
    return true;
  } catch {
    return false;
  }
}

function valueAt(value: unknown, pointer: string): unknown {
  return pointer.split("/").slice(1).reduce<unknown>(
    (at, key) =>
      (at as Record<string, unknown> | undefined)
        ?.[key.replaceAll("~1", "/").replaceAll("~0", "~")],
    value,
  );
}
