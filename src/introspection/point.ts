/** Measured values as the wire has them. */
import type { RecordMeasurements } from "../domain/measurement.ts";
import { byCodeUnit } from "../domain/values.ts";

/** A measured value, as the wire has it. */
export type Point = RecordMeasurements["points"][number];

/**
 * Digits behind the point that a measurement has. The kernel counts time in hundredths of a second, so that a share of
 * a 15 s window of two processors is known to three ten-thousandths: more digits would be noise.
 */
const DIGITS: Partial<Record<Point["unit"], number>> = { "1": 4, s: 2 };

/** A point, its value rounded to what the measurement can tell. */
export function point(
  name: string,
  unit: Point["unit"],
  value: number,
  attributes?: Record<string, string>,
): Point {
  const rounded = round(value, DIGITS[unit]);
  return attributes ? { name, unit, attributes, value: rounded } : { name, unit, value: rounded };
}

/** The points whose value is a finite number, sorted by name and attributes; of two with the same the last. */
export function sortedPoints(points: readonly Point[]): Point[] {
  const finite = points.filter(({ value }) => Number.isFinite(value));
  const byKey = new Map(finite.map((each) => [key(each), each]));
  return [...byKey].sort(([a], [b]) => byCodeUnit(a, b)).map(([, each]) => each);
}

function key({ name, attributes }: Point): string {
  return JSON.stringify([name, attributes]);
}

function round(value: number, digits: number | undefined): number {
  return digits === undefined ? value : Math.round(value * 10 ** digits) / 10 ** digits;
}
