/** What is said in tests of positions. */
import type { Said } from "../replay/history.ts";

/** What is registered of a resource. */
export type Compute = Extract<Said, ["RegisterCompute", unknown]>[1];
/** Measured values. */
export type Points = Extract<Said, ["RecordMeasurements", unknown]>[1]["points"];

/** A resource is registered. */
export const register = (
  hostname: string,
  more: Partial<Compute> = {},
): Said => ["RegisterCompute", {
  hostname,
  resource_type: "physical_server",
  evidence: { machine_id: hostname },
  interfaces: [],
  ...more,
}];
/** Something is measured of it. */
export const measured = (compute: string, observed_at: string, ...points: Points): Said => [
  "RecordMeasurements",
  { compute, observed_at, points },
];
/** The ends of a cable. */
export const cable = (from: string, to: string) => ({
  from: { compute: from },
  to: { compute: to },
  kind: "cable" as const,
});

/** Series of one name, without values. */
export const seriesOf = (
  name: string,
  unit: Points[number]["unit"],
  ...attributes: Record<string, string>[]
) => attributes.map((each) => ({ name, unit, attributes: each }));
