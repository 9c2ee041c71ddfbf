/** When something is used up. */
import { leastErrors } from "./conformal.ts";
import type { EvenSeries } from "./even_series.ts";
import type { MethodName } from "./methods.ts";
import { RollingForecasts } from "./rolling.ts";

/** What is looked ahead for is a quarter of what is looked back on. */
const PAST = 4;
/** What is used up goes on as it goes now: these do, and the others would have it come to rest. */
const TRENDS: readonly MethodName[] = ["trend", "day before, trend", "day's profile, trend"];

/** When a quantity reaches its limit. Times are seconds from the last value that is known. */
export interface Exhaustion {
  /** How far ahead can be seen. */
  readonly within: number;
  /** It does not happen before this, with the probability of half of what the level leaves out; null: not in sight. */
  readonly from: number | null;
  /** It has happened by then, with the same probability; null: perhaps not in sight. */
  readonly to: number | null;
  /** In which share of the ways that the past knows it happens within sight: 0 to 1. */
  readonly share: number;
  readonly method: MethodName;
  /** How many ways that are. */
  readonly paths: number;
}

/**
 * When a quantity reaches a limit, with the probability of the level. Each forecast of the past, beside what came then, is
 * a way in which the forecast of now can be wrong from one step to the next; put together they are as many futures, and
 * each reaches the limit at its own time. Ranks of these times are the interval's ends, as in {@linkcode conformal}.
 *
 * @param limit it is reached from below, if the quantity is below it now, and else from above
 * @returns null where the past is too short to say
 * @throws {RangeError} for a level that makes no sense
 * @example
 * ```ts
 * import { exhaustion } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const values = Float64Array.from({ length: 60 }, (_, hour) => 680 - 10 * hour);
 * const found = exhaustion({ values, step: 3_600 }, 0, 0.8);
 * strictEqual(found?.from, 9 * 3_600); // 90 are left, 10 an hour
 * ```
 */
export function exhaustion(series: EvenSeries, limit: number, level: number): Exhaustion | null {
  const { values, step } = series;
  const now = values.length - 1;
  const horizon = Math.floor(now / PAST);
  if (horizon < 1 || Number.isNaN(values[now]!)) return null;
  const rolling = new RollingForecasts(series, { horizon, level });
  const choice = rolling.chosenBy(now, TRENDS);
  const next = choice && rolling.from(choice.method, now);
  if (!next) return null;
  const paths = rolling.pathsBy(now, choice.method);
  if (paths.length < leastErrors(level)) return null;
  const last = values[now]!;
  const times = paths.map((errors) =>
    reached(last, next.map((value, at) => value + errors[at]!), limit) * step
  ).sort((a, b) => a - b);
  const outside = Math.floor((paths.length + 1) * (1 - level) / 2 + 1e-9);
  const finite = (time: number) => time === Infinity ? null : time;
  return {
    within: horizon * step,
    from: finite(times[outside - 1]!),
    to: finite(times[times.length - outside]!),
    share: times.filter((time) => time < Infinity).length / times.length,
    method: choice.method,
    paths: paths.length,
  };
}

/** After how many steps a path reaches a limit, between two steps on a straight line; Infinity where it does not. */
function reached(now: number, path: Float64Array, limit: number): number {
  const side = now < limit ? 1 : -1;
  let before = side * (limit - now);
  if (before <= 0) return 0;
  for (const [at, value] of path.entries()) {
    const left = side * (limit - value);
    if (left <= 0) return at + before / (before - left);
    before = left;
  }
  return Infinity;
}
