/** How dimensions go on through time. */
import { coordinate, type Dimension } from "../spaces/dimension.ts";
import { type Bounds, boundsOf } from "../spaces/prediction/bounds.ts";
import type { Values } from "../spaces/space.ts";

/** What there is less of as more of it is used, and what there is of it at all. */
const AVAILABLE: Readonly<Record<string, string>> = {
  "capacity.cpu_available": "capacity.cpu",
  "capacity.memory_available": "capacity.memory",
  "capacity.storage_available": "capacity.storage",
};
/** What grows and shrinks by amounts, and not by ratios: it goes on along its unit, also where its scale is a log. */
const BY_AMOUNTS: ReadonlySet<string> = new Set([...Object.keys(AVAILABLE), "reliability.uptime"]);

/** At these a thing has nothing left; in the dimension's unit. */
const LIMITS: Readonly<Record<string, number>> = {
  "performance.cpu": 1,
  "performance.memory": 1,
  "capacity.memory_available": 0,
  "capacity.storage_available": 0,
};

/** The dimension along which something is forecast. */
export function forecastScale(dimension: Dimension): Dimension {
  if (!BY_AMOUNTS.has(dimension.name)) return dimension;
  return { ...dimension, scale: "linear", range: [0, dimension.range[1]] };
}

/** Between which coordinates of {@linkcode forecastScale} a thing's values can be: no more is free than there is. */
export function forecastBounds(dimension: Dimension, values: Values): Bounds {
  const [least, most] = boundsOf(dimension);
  const whole = values[AVAILABLE[dimension.name] ?? ""];
  return [
    least,
    Math.min(most, whole == null ? Infinity : coordinate(forecastScale(dimension), whole)),
  ];
}

/** At which coordinate of {@linkcode forecastScale} nothing is left; undefined where that is not said of the dimension. */
export function limitOf(dimension: Dimension): number | undefined {
  const limit = LIMITS[dimension.name];
  return limit === undefined ? undefined : coordinate(forecastScale(dimension), limit);
}

/** Seconds from one value to the next: all go into a day. */
const STEPS = [15, 60, 300, 900, 3_600, 21_600, 86_400];
/** A horizon has so many steps at least, where it is long enough. */
const LEAST_STEPS = 24;

/** The step in which one looks so far ahead, in seconds: an hour for a day. */
export function stepFor(horizon: number): number {
  return STEPS.findLast((step) => step * LEAST_STEPS <= horizon) ?? STEPS[0]!;
}

/** How far ahead one looks, in seconds, and how sure one wants to be. */
export interface Ahead {
  readonly horizon: number;
  readonly level: number;
  /** Seconds from one value to the next. */
  readonly step: number;
}
