/** Measurements: RecordMeasurements → MeasurementsRecorded. */
import Type from "typebox";
import type { Command } from "./command.ts";
import type { Decision } from "./decision.ts";
import { resolveCompute } from "./identity.ts";
import type { InventoryView } from "./inventory.ts";
import { Key, Name, Timestamp } from "./values.ts";

const closed = { additionalProperties: false };

/** The units measurements come in: OpenTelemetry's (UCUM). */
export const Unit = Type.Enum([
  "1",
  "s",
  "By",
  "By/s",
  "bit/s",
  "Hz",
  "Cel",
  "W",
  "{cpu}",
  "{process}",
  "{thread}",
  "{connection}",
  "{packet}",
  "{error}",
  "{operation}",
  "{file_descriptor}",
]);

/** One measured value under its OpenTelemetry name, with the attributes that tell it from its siblings. */
export const Point = Type.Object({
  name: Type.String({ pattern: "^[a-z][a-z0-9_]*(\\.[a-z0-9_]+)+$", maxLength: 255 }),
  unit: Unit,
  attributes: Type.Optional(Type.Record(Key, Type.String({ maxLength: 1024 }), closed)),
  value: Type.Number(),
}, closed);

/**
 * The data of RecordMeasurements. `compute` is an aggregate id or a registered hostname; rates and utilizations are
 * over the `window_seconds` that end at `observed_at`.
 */
export const RecordMeasurements = Type.Object({
  compute: Name,
  observed_at: Timestamp,
  window_seconds: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  points: Type.Array(Point, { minItems: 1 }),
}, closed);
/** {@linkcode RecordMeasurements} as a type. */
export type RecordMeasurements = Type.Static<typeof RecordMeasurements>;

/** Decides RecordMeasurements. Each is a fact of its own, even with the same values as the last. */
export function recordMeasurements(
  inventory: InventoryView,
  { data }: Command<"RecordMeasurements">,
): Decision {
  const compute = resolveCompute(inventory, data.compute, "compute");
  return {
    aggregate_id: compute,
    facts: [{
      event_type: "MeasurementsRecorded",
      aggregate_id: compute,
      data: { ...data, compute },
    }],
    findings: [],
  };
}
