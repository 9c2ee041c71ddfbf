/** How good forecasts were, once it was known what they had forecast. */
import { conformalOf, nearestWithin } from "./conformal.ts";
import type { RollingForecasts } from "./rolling.ts";

/** From every second origin a forecast is judged. */
const STRIDE = 2;

/** Intervals of these levels are judged, whatever level was asked for. */
export const LEVELS: readonly number[] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** How many intervals of a level there were, and how many of them held what they should. */
export interface HeldAtLevel {
  readonly level: number;
  intervals: number;
  covered: number;
}

/** A back-test: forecasts of the past, each made and given its interval by what was known then. */
export class ForecastScore {
  /** How many values were forecast with an interval, and how many of them lay in it. */
  intervals = 0;
  covered = 0;
  /** How many were forecast as a single value, since it hardly ever changes, and how many were right. */
  single = 0;
  right = 0;
  /** Sums of absolute errors, over what had an interval: its own, and those of the naive forecast. */
  own = 0;
  naive = 0;
  /** The same where there was a value a day before: its own, and those of the seasonal naive forecast. */
  ownSeasonal = 0;
  seasonal = 0;
  /** The same forecasts with intervals of other levels: of each one, where enough errors were known for it. */
  readonly levels: readonly HeldAtLevel[] = LEVELS.map((level) => ({
    level,
    intervals: 0,
    covered: 0,
  }));

  /** The share of the intervals that held what they should; null where there was none. */
  get coverage(): number | null {
    return this.intervals === 0 ? null : this.covered / this.intervals;
  }

  /** 1 − the mean absolute error by that of the naive forecast, that all stays as it is; null where that was never wrong. */
  get skill(): number | null {
    return this.naive === 0 ? null : 1 - this.own / this.naive;
  }

  /** The same against the seasonal naive forecast, that all is as it was a day before. */
  get seasonalSkill(): number | null {
    return this.seasonal === 0 ? null : 1 - this.ownSeasonal / this.seasonal;
  }

  /** In JSON what it comes to. */
  toJSON(): Record<string, number | null> {
    const { intervals, coverage, single, right, skill, seasonalSkill } = this;
    return { intervals, coverage, single, right, skill, seasonal_skill: seasonalSkill };
  }

  /** Adds what others came to. */
  add(other: ForecastScore): void {
    this.intervals += other.intervals;
    this.covered += other.covered;
    this.single += other.single;
    this.right += other.right;
    this.own += other.own;
    this.naive += other.naive;
    this.ownSeasonal += other.ownSeasonal;
    this.seasonal += other.seasonal;
    for (const [at, one] of other.levels.entries()) {
      this.levels[at]!.intervals += one.intervals;
      this.levels[at]!.covered += one.covered;
    }
  }
}

/** Judges the forecasts of a series' past. */
export function scoreOf(rolling: RollingForecasts): ForecastScore {
  const score = new ForecastScore();
  for (let at = 0; at < rolling.origins.length; at += STRIDE) {
    const choice = rolling.chosenBy(rolling.origins[at]!);
    const errors = choice && rolling.errors(choice.method, at);
    if (!errors) continue;
    const naive = rolling.errors("naive", at)!;
    const seasonal = rolling.errors("day before", at);
    for (const [step, interval] of choice.intervals.entries()) {
      const { low, high } = interval;
      const error = errors[step]!;
      if (Number.isNaN(error)) continue;
      const isIn = low <= error && error <= high;
      if (low === high) {
        score.single++;
        if (isIn) score.right++;
        continue;
      }
      score.intervals++;
      if (isIn) score.covered++;
      for (const one of score.levels) {
        const at = conformalOf(choice.known[step]!, one.level);
        if (!at || at.low === at.high) continue;
        one.intervals++;
        if (at.low <= error && error <= at.high) one.covered++;
      }
      const own = Math.abs(error - nearestWithin(interval));
      score.own += own;
      score.naive += Math.abs(naive[step]!);
      if (!seasonal) continue;
      score.ownSeasonal += own;
      score.seasonal += Math.abs(seasonal[step]!);
    }
  }
  return score;
}
