/** Ways to forecast a quantity: small, old, and hard to beat. */
import { middleOf } from "./order.ts";

/** The name of a way to forecast. */
export type MethodName =
  | "naive"
  | "trend"
  | "smoothed"
  | "day before"
  | "day before, trend"
  | "week before"
  | "damped trend"
  | "day's profile, level"
  | "day's profile, trend"
  | "day and week";

/** What a way to forecast is given. */
export interface Past {
  /** At even steps, the newest last; NaN where it is not known. The newest is known. */
  readonly values: Float64Array;
  /** How many steps a day has; less than 2 where the steps are too long to tell the hours of a day. */
  readonly day: number;
}

/** A way to forecast: the values at the next steps, or null where the past is too short for it. */
export type Method = (past: Past, horizon: number) => Float64Array | null;

/** So many days of the past make up the profile of a day. */
const PROFILE_DAYS = 7;
/** A trend is drawn through so many points of the past days, at most. */
const TREND_POINTS = 24;
const TREND_DAYS = 3;
/** After so much of a day half of what a value was off its profile is gone. */
const HALF_LIFE = 0.25;
/** Of exponential smoothing: of the level, the trend, and how much of the trend is left after a step. */
const [ALPHA, BETA, PHI] = [0.3, 0.1, 0.9];

const ahead = (horizon: number, value: (steps: number) => number) =>
  new Float64Array(horizon).map((_, at) => value(at + 1));

/** What is left, after some steps, of how far off a profile was. */
const fading = (steps: number, day: number) => 0.5 ** (steps / (HALF_LIFE * day));

/** As it is. */
const naive: Method = ({ values }, horizon) => new Float64Array(horizon).fill(values.at(-1)!);

/** As it was a period before; where that is not known, two periods before, and so on. */
const before = (past: Past, horizon: number, period: number): Float64Array | null => {
  const { values } = past;
  if (period < 2 || values.length <= period) return null;
  return ahead(horizon, (steps) => {
    let at = values.length - 1 + steps - period * Math.ceil(steps / period);
    while (at >= 0 && Number.isNaN(values[at]!)) at -= period;
    return at < 0 ? values.at(-1)! : values[at]!;
  });
};

/**
 * On a straight line from where it is, as steep as most pairs of past points (Theil, "A rank-invariant method of linear
 * and polynomial regression analysis", 1950; Sen, JASA 63, 1968): up to 29 % of the points can be anything.
 */
const trend: Method = ({ values, day }, horizon) => {
  const slope = slopeOf(values, day < 2 ? TREND_POINTS : TREND_DAYS * day);
  return slope === null ? null : ahead(horizon, (steps) => values.at(-1)! + slope * steps);
};

function slopeOf(values: Float64Array, span: number): number | null {
  const from = Math.max(0, values.length - 1 - span);
  const stride = Math.max(1, Math.floor((values.length - 1 - from) / (TREND_POINTS - 1)));
  const slopes: number[] = [];
  for (let later = values.length - 1; later > from; later -= stride) {
    for (let earlier = later - stride; earlier >= from; earlier -= stride) {
      const slope = (values[later]! - values[earlier]!) / (later - earlier);
      if (!Number.isNaN(slope)) slopes.push(slope);
    }
  }
  return slopes.length === 0 ? null : middleOf(Float64Array.from(slopes));
}

/** Exponential smoothing with a damped trend (Gardner and McKenzie, Management Science 31, 1985); gaps are bridged. */
const smoothing = ({ values }: Past, horizon: number, beta: number): Float64Array | null => {
  let [level, slope, seen] = [NaN, 0, 0];
  for (const value of values) {
    const expected = level + PHI * slope;
    if (Number.isNaN(value)) {
      [level, slope] = [expected, PHI * slope];
      continue;
    }
    seen++;
    if (Number.isNaN(level)) level = value;
    else {
      const next = expected + ALPHA * (value - expected);
      slope = beta * (next - level) + (1 - beta) * PHI * slope;
      level = next;
    }
  }
  if (seen < 3) return null;
  return ahead(horizon, (steps) => level + slope * PHI * (1 - PHI ** steps) / (1 - PHI));
};

/**
 * The median of the past days at the same time of day, and of how that changes from day to day (Hirsch, Slack and Smith,
 * Water Resources Research 18, 1982), where a trend is wanted.
 */
const profile = (
  { values, day }: Past,
  horizon: number,
  hasTrend: boolean,
): Float64Array | null => {
  if (day < 2 || values.length <= 2 * day) return null;
  const last = values.length - 1;
  const daily = hasTrend ? changeOf(values, day, day * PROFILE_DAYS) : 0;
  const days = new Float64Array(PROFILE_DAYS);
  const at = (steps: number) => {
    const first = Math.ceil(steps / day);
    let known = 0;
    for (let back = Math.max(1, first); back < PROFILE_DAYS + first; back++) {
      const place = last + steps - back * day;
      if (place < 0) break;
      const value = values[place]!;
      if (!Number.isNaN(value)) days[known++] = value + daily * back;
    }
    return known === 0 ? NaN : middleOf(days.subarray(0, known));
  };
  const off = values[last]! - at(0);
  return ahead(horizon, (steps) => {
    const value = at(steps) + off * fading(steps, day);
    return Number.isNaN(value) ? values[last]! : value;
  });
};

function changeOf(values: Float64Array, period: number, span: number): number {
  const changes: number[] = [];
  for (let at = Math.max(period, values.length - span); at < values.length; at++) {
    const change = values[at]! - values[at - period]!;
    if (!Number.isNaN(change)) changes.push(change);
  }
  return changes.length === 0 ? 0 : middleOf(Float64Array.from(changes));
}

/** As it was a day before, and as much more as it has become since, and then as it changes from day to day. */
const dayWithTrend: Method = (past, horizon) => {
  const { values, day } = past;
  const daily = changeOf(values, day, day);
  const change = values.at(-1)! - (values[values.length - 1 - day] ?? NaN);
  const since = Number.isNaN(change) ? daily : change;
  return before(past, horizon, day)?.map((value, at) =>
    value + since + daily * Math.floor(at / day)
  ) ?? null;
};

/**
 * The mean of the day's profile and of the week before, which forgets its difference from now as that does: of two good
 * forecasts the mean is better (Bates and Granger, "The combination of forecasts", 1969).
 */
const dayAndWeek: Method = (past, horizon) => {
  const { values, day } = past;
  const week = before(past, horizon, 7 * day);
  const off = values.at(-1)! - (values[values.length - 1 - 7 * day] ?? NaN);
  const days = week && !Number.isNaN(off) ? profile(past, horizon, false) : null;
  return days &&
    days.map((value, at) => (value + week![at]! + off * fading(at + 1, day)) / 2);
};

/** All ways, the simpler first: of two that do as well it is chosen. */
export const METHODS: Readonly<Record<MethodName, Method>> = {
  naive,
  trend,
  smoothed: (past, horizon) => smoothing(past, horizon, 0),
  "day before": (past, horizon) => before(past, horizon, past.day),
  "day before, trend": dayWithTrend,
  "week before": (past, horizon) => before(past, horizon, 7 * past.day),
  "damped trend": (past, horizon) => smoothing(past, horizon, BETA),
  "day's profile, level": (past, horizon) => profile(past, horizon, false),
  "day's profile, trend": (past, horizon) => profile(past, horizon, true),
  "day and week": dayAndWeek,
};
