/** What is predicted of each dimension of a thing. */
import { coordinate, type Dimension, valueAt } from "../spaces/dimension.ts";
import { evenSeries } from "../spaces/prediction/even_series.ts";
import { exhaustion } from "../spaces/prediction/exhaustion.ts";
import { forecastOf } from "../spaces/prediction/forecast.ts";
import { scoreOf } from "../spaces/prediction/forecast_score.ts";
import { imputed } from "../spaces/prediction/imputation.ts";
import { historyNeeded, RollingForecasts } from "../spaces/prediction/rolling.ts";
import { dimensionsOf, pointOf, type Space } from "../spaces/space.ts";
import type { Classified } from "./classified.ts";
import type { KnownConcepts } from "./known_concepts.ts";
import type { ForecastDimension, ImputedDimension, ShortDimension } from "./predicted.ts";
import type { History } from "./prediction_history.ts";
import { type Ahead, forecastBounds, forecastScale, limitOf } from "./prediction_scale.ts";
import type { Thing } from "./thing.ts";

/** The forecasts of a dimension's past, along its {@linkcode forecastScale}. */
export function rollingOf(
  dimension: Dimension,
  { readings }: History,
  at: number,
  { horizon, level, step }: Ahead,
): RollingForecasts {
  const scale = forecastScale(dimension);
  const course = readings[at]!.map(({ at, value }) => ({ at, value: coordinate(scale, value) }));
  return new RollingForecasts(evenSeries(course, step), { horizon: horizon / step, level });
}

/** The forecasts of the dimensions that are known of a thing at its last moment. */
export function forecastRows(
  space: Space,
  thing: Thing,
  history: History,
  ahead: Ahead,
): (ForecastDimension | ShortDimension)[] {
  return dimensionsOf(space).flatMap((dimension, at): (ForecastDimension | ShortDimension)[] => {
    const now = history.readings[at]!.at(-1)!.value;
    if (Number.isNaN(now)) return [];
    const rolling = rollingOf(dimension, history, at, ahead);
    return [
      forecastRow(dimension, thing, rolling, now) ??
        shortRow(dimension, history, rolling, now),
    ];
  });
}

function forecastRow(
  dimension: Dimension,
  thing: Thing,
  rolling: RollingForecasts,
  now: number,
): ForecastDimension | null {
  const found = forecastOf(rolling, forecastBounds(dimension, thing.values));
  if (!found) return null;
  const scale = forecastScale(dimension);
  const limit = limitOf(dimension);
  return {
    kind: "forecast",
    dimension: dimension.name,
    unit: dimension.unit,
    now,
    ...found,
    values: found.values.map(({ ahead, value, low, high }) => ({
      ahead,
      value: valueAt(scale, value),
      low: valueAt(scale, low),
      high: valueAt(scale, high),
    })),
    score: scoreOf(rolling),
    exhaustion: limit === undefined
      ? null
      : exhaustion(rolling.series, limit, rolling.sought.level),
  };
}

function shortRow(
  { name, unit }: Dimension,
  { from, to }: History,
  { series: { values, step }, sought }: RollingForecasts,
  now: number,
): ShortDimension {
  return {
    kind: "short",
    dimension: name,
    unit,
    now,
    points: values.filter((value) => !Number.isNaN(value)).length,
    seconds: to - from,
    needed: historyNeeded(sought) * step,
  };
}

/** What is to be expected of the dimensions that are not known of a thing, by the concept that it is nearest to. */
export function imputedRows(
  { space, known }: { readonly space: Space; readonly known: KnownConcepts },
  { thing, concept: name }: Classified,
  all: readonly Classified[],
  level: number,
): ImputedDimension[] {
  const concept = known.concepts.find((concept) => concept.name === name);
  if (!concept) return [];
  const members = all.filter((other) =>
    other.concept === name && other.status !== "unknown" && other.thing !== thing
  );
  return imputed(
    space,
    concept,
    members.map(({ thing }) => pointOf(space, thing.values)),
    pointOf(space, thing.values),
    level,
  ).map(({ dimension: { name: dimension, unit }, ...rest }) => ({
    kind: "imputed",
    dimension,
    unit,
    ...rest,
    concept: concept.name,
  }));
}
