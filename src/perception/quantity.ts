/** Quantities for people: three digits, and a prefix where a unit takes one. */
import type { Dimension } from "../spaces/dimension.ts";

const PREFIXES = ["", "k", "M", "G", "T", "P"];
/** Units that take a prefix, and what people call them. */
const PREFIXED: Record<string, string> = { By: "B", "By/s": "B/s", "bit/s": "bit/s" };
const HOUR = 3_600;
const DAY = 24 * HOUR;

/**
 * A value with its unit (UCUM), for people: 25.3 GB, 12 d, 0.37.
 *
 * @param unit `1` and units in braces are not said
 */
export function quantity(value: number, unit: string): string {
  const prefixed = PREFIXED[unit];
  if (prefixed !== undefined) {
    // As it will be read: 999,999 B are 1 MB, and not 1000 kB.
    const read = Math.abs(Number(value.toPrecision(3)));
    const power = read === 0 ? 0 : Math.floor(Math.log10(read) / 3);
    const at = Math.min(Math.max(power, 0), PREFIXES.length - 1);
    return `${digits(value / 1000 ** at)} ${PREFIXES[at]}${prefixed}`;
  }
  if (unit === "s") return duration(value);
  const said = unit.replaceAll(/\{[^}]*\}/g, "");
  if (said === "1" || said === "") return digits(value);
  return said.startsWith("/") ? `${digits(value)}${said}` : `${digits(value)} ${said}`;
}

/**
 * The unit of a dimension as charts say it: `%` for shares of one, `B` for bytes.
 *
 * @example
 * ```ts
 * import { axisUnit } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * strictEqual(axisUnit({ unit: "1", range: [0, 1] }), "%");
 * strictEqual(axisUnit({ unit: "By/s", range: [1e3, 1e9] }), "B/s");
 * ```
 */
export function axisUnit({ unit, range: [low, high] }: Pick<Dimension, "unit" | "range">): string {
  if (unit === "1") return low === 0 && high === 1 ? "%" : "";
  return PREFIXED[unit] ?? unit.replaceAll(/[{}]/g, "");
}

function duration(seconds: number): string {
  const size = Math.abs(seconds);
  if (size >= 2 * DAY) return `${digits(seconds / DAY)} d`;
  if (size >= 2 * HOUR) return `${digits(seconds / HOUR)} h`;
  if (size >= 120) return `${digits(seconds / 60)} min`;
  return `${digits(seconds)} s`;
}

/** Three digits, and all before the point. */
function digits(value: number): string {
  const rounded = Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
  const size = Math.abs(rounded);
  return size !== 0 && (size < 1e-4 || size >= 1e6) ? value.toExponential(2) : String(rounded);
}
