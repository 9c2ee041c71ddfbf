/** What a quantity will be. */
import type { Bounds } from "./bounds.ts";
import { nearestWithin } from "./conformal.ts";
import type { EvenSeries } from "./even_series.ts";
import type { MethodName } from "./methods.ts";
import { RollingForecasts, type Sought } from "./rolling.ts";

/** A value that is forecast. */
export interface ForecastValue {
  /** How far ahead of the last value that is known, in seconds. */
  readonly ahead: number;
  readonly value: number;
  /** It lies between these, with the probability of the level. */
  readonly low: number;
  readonly high: number;
}

/** The next values of a series, and from what they are forecast. */
export interface Forecast {
  readonly values: readonly ForecastValue[];
  /** The way to forecast that did best in the past. */
  readonly method: MethodName;
  /** How many forecasts of the past the last interval rests on. */
  readonly errors: number;
}

/**
 * The next values of a series, by whichever of some simple methods would have forecast its own past best, with intervals
 * that are as wide as that was off ({@linkcode conformal}). Errors count as exchangeable, which those of neighbouring moments
 * are not quite: a back-test says how well the intervals hold.
 *
 * @param bounds no value is forecast beyond
 * @returns null where the past is too short, or has too many gaps, to say how far off a forecast is: see
 * {@linkcode historyNeeded}; or where the last value is not known
 * @throws {RangeError} for a horizon or a level that makes no sense
 * @example
 * ```ts
 * import { forecast } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const values = Float64Array.from({ length: 60 }, (_, hour) => 10 + 2 * hour);
 * const found = forecast({ values, step: 3_600 }, { horizon: 12, level: 0.8 });
 * strictEqual(found?.method, "trend");
 * strictEqual(found?.values.at(-1)?.value, 10 + 2 * 71);
 * ```
 */
export function forecast(
  series: EvenSeries,
  sought: Sought,
  bounds: Bounds = [-Infinity, Infinity],
): Forecast | null {
  return forecastOf(new RollingForecasts(series, sought), bounds);
}

/** The same, of a series whose past was forecast already. */
export function forecastOf(rolling: RollingForecasts, [least, most]: Bounds): Forecast | null {
  const { values, step } = rolling.series;
  const now = values.length - 1;
  const choice = now < 0 || Number.isNaN(values[now]!) ? null : rolling.chosenBy(now);
  const next = choice && rolling.from(choice.method, now);
  if (!next) return null;
  const within = (value: number) => Math.min(most, Math.max(least, value));
  return {
    method: choice.method,
    errors: choice.errors,
    values: choice.intervals.map((interval, at) => ({
      ahead: (at + 1) * step,
      value: within(next[at]! + nearestWithin(interval)),
      low: within(next[at]! + interval.low),
      high: within(next[at]! + interval.high),
    })),
  };
}
