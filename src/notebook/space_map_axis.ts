/** Axes of a map of a space: where values are on them, and what is written there. */
import { scaleLinear, scaleLog } from "d3-scale";
import { quantity } from "../perception/quantity.ts";
import type { PlaneAxis } from "../spaces/cells/plane.ts";
import { coordinate, type Dimension, valueAt } from "../spaces/dimension.ts";

/** A mark on an axis. */
export interface Tick {
  /** Where it is, on the plane. */
  readonly at: number;
  readonly text: string;
}

/** So many marks are aimed at. */
const TICKS = 6;
const DAY = 86_400;
/** Where marks of durations are, in s: people do not count them in tens. */
const DURATIONS = [1, 60, 3_600, DAY, 10 * DAY, 100 * DAY, 1_000 * DAY];
/** So much beyond a window's edge is still on it, but for rounding. */
const HAIR = 1e-9;
/** Loadings below this are not told, nor more than so many. */
const LEAST_LOADING = 0.25;
const MOST_LOADINGS = 3;

/** The marks of an axis in a window: of a dimension in its unit, of a component in ranges of its dimensions. */
export function ticksOf(axis: PlaneAxis, [low, high]: readonly [number, number]): Tick[] {
  if (!("dimension" in axis)) {
    return scaleLinear([low, high], [0, 1]).ticks(TICKS).map((at) => ({ at, text: signed(at) }));
  }
  const { dimension } = axis;
  return valuesOf(dimension, valueAt(dimension, low), valueAt(dimension, high))
    .map((value) => ({ at: placeOf(dimension, value), text: quantity(value, dimension.unit) }))
    .filter(({ at }) => at >= low - HAIR && at <= high + HAIR);
}

/** The end of a circle is not its beginning, on paper. */
function placeOf(dimension: Dimension, value: number): number {
  const isEnd = dimension.scale === "circular" && value === dimension.range[1];
  return isEnd ? 1 : coordinate(dimension, value);
}

function valuesOf({ scale, unit, range }: Dimension, low: number, high: number): number[] {
  if (scale !== "log") return scaleLinear([low, high], [0, 1]).ticks(TICKS);
  const least = range[0];
  if (unit === "s") return [0, ...DURATIONS.filter((value) => value >= least && value <= high)];
  const all = scaleLog([least, Math.max(high * (1 + HAIR), least * 2)], [0, 1]).ticks();
  const beginningWith = (...digits: number[]) =>
    all.filter((value) => digits.includes(Number(value.toExponential(0)[0])));
  const tens = beginningWith(1);
  return [0, ...(tens.length >= 3 ? tens : beginningWith(1, 2, 5))];
}

/** Those of some marks that have room: each of a length, in pixels, around its place. */
export function withRoom(
  ticks: readonly Tick[],
  placeOf: (tick: Tick) => number,
  lengthOf: (tick: Tick) => number,
): Tick[] {
  const chosen: Tick[] = [];
  for (const tick of ticks) {
    const last = chosen.at(-1);
    const apart = last && Math.abs(placeOf(tick) - placeOf(last));
    if (!last || apart! >= (lengthOf(tick) + lengthOf(last)) / 2) chosen.push(tick);
  }
  return chosen;
}

/** What an axis says, in a few words. */
export function axisTitle(axis: PlaneAxis): string {
  if ("dimension" in axis) {
    const { name, about } = axis.dimension;
    return about === undefined ? name : `${name}: ${about}`;
  }
  const names = axis.loadings.map(({ dimension }) => lastOf(dimension.name));
  const told = axis.loadings
    .map(({ dimension, loading }, at) => ({
      // The last part of a name says enough where no other one ends like it.
      name: names.indexOf(names[at]!) === names.lastIndexOf(names[at]!)
        ? names[at]!
        : dimension.name,
      loading,
    }))
    .filter(({ loading }) => Math.abs(loading) >= LEAST_LOADING)
    .sort((a, b) => Math.abs(b.loading) - Math.abs(a.loading))
    .slice(0, MOST_LOADINGS)
    .map(({ name, loading }) => `${name} ${signed(Number(loading.toFixed(2)))}`);
  return `${Math.round(100 * axis.share)} % of the variance: ${told.join(", ")}`;
}

function lastOf(name: string): string {
  return name.split(".").at(-1)!;
}

function signed(value: number): string {
  return value > 0 ? `+${value}` : value < 0 ? `−${-value}` : "0";
}
