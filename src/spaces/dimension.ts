/** Quality dimensions: the ways in which things can be alike or different. */
import { SpaceInvalid } from "./error.ts";

/**
 * How a dimension is perceived: `linear`, as it is measured; `log`, by ratios, where the low end of the range is the
 * size below which differences hardly matter; `circular`, where both ends of the range are one point.
 */
export type Scale = "linear" | "log" | "circular";

/** One quality dimension (Gärdenfors, Conceptual Spaces, 2000, chapter 1). */
export interface Dimension {
  /** Its domain and its own name: `performance.cpu`. */
  readonly name: string;
  /** In UCUM: `1`, `By`, `s` … */
  readonly unit: string;
  readonly scale: Scale;
  /** Where values usually lie, in the unit; of a circular one, the whole turn. Values beyond are no less valid. */
  readonly range: readonly [low: number, high: number];
  /** What it says, for people. */
  readonly about?: string;
  /** From which events and measurements it comes, and how. */
  readonly source?: string;
}

/** As far as coordinates go, to both sides: beyond, all is equally far, so that no distance overflows. */
export const FARTHEST = 1e30;

/**
 * Where a value lies on its dimension: 0 at the low end of the range (of `log` at zero) and 1 at the high end, without
 * a unit. So it makes no difference in which unit something is measured. At most {@linkcode FARTHEST} from 0.
 *
 * A log has no zero, which quantities have; so `log` is log(1 + |v|/low), with the sign of v (Webber, "A bi-symmetric
 * log transformation for wide-range data", 2013).
 *
 * @returns NaN, which is missing, for what is no finite number
 * @example
 * ```ts
 * import { coordinate } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const memory = { name: "capacity.memory", unit: "GB", scale: "linear", range: [0, 64] } as const;
 * strictEqual(coordinate(memory, 16), 0.25);
 * strictEqual(coordinate({ ...memory, unit: "MB", range: [0, 64_000] }, 16_000), 0.25);
 * ```
 */
export function coordinate(
  { scale, range: [low, high] }: Dimension,
  value: number | null | undefined,
): number {
  if (typeof value !== "number" || !Number.isFinite(value)) return NaN;
  switch (scale) {
    case "linear":
      return Math.min(FARTHEST, Math.max(-FARTHEST, (value - low) / (high - low)));
    case "log":
      return Math.sign(value) * logOf(Math.abs(value), low) / logOf(high, low);
    case "circular": {
      const turn = high - low;
      // The remainders first: they are exact, however many turns it were.
      const turns = (value % turn - low % turn) / turn;
      return turns - Math.floor(turns);
    }
  }
}

/** log(1 + value/low), for a quotient that may be too large for a number. */
function logOf(value: number, low: number): number {
  const ratio = value / low;
  return Number.isFinite(ratio) ? Math.log1p(ratio) : Math.log(value) - Math.log(low);
}

/**
 * The value at a {@linkcode coordinate}, in the dimension's unit; NaN stays NaN.
 *
 * @example
 * ```ts
 * import { valueAt } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * strictEqual(valueAt({ name: "time.hour", unit: "h", scale: "circular", range: [0, 24] }, 0.75), 18);
 * ```
 */
export function valueAt({ scale, range: [low, high] }: Dimension, at: number): number {
  if (scale === "log") {
    return Math.sign(at) * Math.expm1(Math.abs(at) * logOf(high, low)) * low;
  }
  return low + at * (high - low);
}

/** How far it is from one coordinate to another, with its sign; on a circle the shorter way. */
export function difference(isCircular: boolean, from: number, to: number): number {
  const way = to - from;
  return isCircular ? way - Math.round(way) : way;
}

/** @throws {SpaceInvalid} for a range that is none */
export function requireDimension({ name, scale, range: [low, high] }: Dimension): void {
  if (!Number.isFinite(low) || !Number.isFinite(high) || !(low < high)) {
    throw new SpaceInvalid(
      `${name}/range`,
      `it goes from ${low} to ${high}: say a low and a higher number`,
    );
  }
  if (scale === "log" && !(low > 0)) {
    throw new SpaceInvalid(
      `${name}/range`,
      `a log has no ${low}: say what is hardly more than nothing`,
    );
  }
  if (!Number.isFinite(high - low)) {
    throw new SpaceInvalid(`${name}/range`, `it goes from ${low} to ${high}, which is too far`);
  }
}
