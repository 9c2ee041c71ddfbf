import { describe, expect, test } from "vitest";
import { forecast } from "../../../src/spaces/prediction/forecast.ts";
import { ForecastScore, LEVELS, scoreOf } from "../../../src/spaces/prediction/forecast_score.ts";
import { RollingForecasts } from "../../../src/spaces/prediction/rolling.ts";
import { daily, walk } from "./noise.ts";

const STEP = 3_600;
const DAY = { horizon: 24, level: 0.8 };

/** The same, the slow way: of each moment a forecast is made from a series that ends there. */
function slowly(values: Float64Array): ForecastScore {
  const score = new ForecastScore();
  const known = [...values.keys()].filter((at) => at % 3 === 0 && !Number.isNaN(values[at]!));
  for (const [number, origin] of known.entries()) {
    if (number % 2 === 1 || origin >= values.length - 1) continue;
    const found = forecast({ values: values.slice(0, origin + 1), step: STEP }, DAY);
    for (const [at, { value, low, high }] of found?.values.entries() ?? []) {
      const truth = values[origin + 1 + at] ?? NaN;
      if (Number.isNaN(truth)) continue;
      // Near enough: it adds up the error to the forecast, and rounds.
      const isIn = low - 1e-9 <= truth && truth <= high + 1e-9;
      if (low === high) {
        score.single++;
        score.right += isIn ? 1 : 0;
        continue;
      }
      score.intervals++;
      score.covered += isIn ? 1 : 0;
      score.own += Math.abs(truth - value);
      score.naive += Math.abs(truth - values[origin]!);
      if (origin < 24) continue;
      let before = origin + 1 + at - 24;
      while (before >= 0 && Number.isNaN(values[before]!)) before -= 24;
      score.ownSeasonal += Math.abs(truth - value);
      score.seasonal += Math.abs(truth - (before < 0 ? values[origin]! : values[before]!));
    }
  }
  return score;
}

describe("A back-test", () => {
  test.each([
    ["of days", daily(260, 1)],
    ["of what goes on by chance", walk(200, 2)],
    ["of a series with gaps", daily(260, 3).map((value, at) => at % 11 < 3 ? NaN : value)],
    ["of what changes once", Float64Array.from({ length: 200 }, (_, at) => at < 150 ? 1 : 2)],
  ])("%s is that of forecasts that were made then: none looks at what came after", (_, values) => {
    const quick = scoreOf(new RollingForecasts({ values, step: STEP }, DAY));
    const slow = slowly(values);
    expect(slow.intervals + slow.single).toBeGreaterThan(300);
    const { levels: _levels, ...sums } = slow;
    for (const [name, sum] of Object.entries(sums)) {
      expect(quick[name as "own"], name).toBeCloseTo(sum, 6);
    }
    const { intervals, covered } = quick;
    expect(quick.levels.find(({ level }) => level === 0.8)).toEqual({
      level: 0.8,
      intervals,
      covered,
    });
  });

  test("of exchangeable noise finds that the intervals hold, and that no way is better than the others", () => {
    const total = new ForecastScore();
    for (let seed = 1; seed <= 12; seed++) {
      const values = walk(401, seed).map((at, place, all) => at - (all[place - 1] ?? 0));
      total.add(scoreOf(new RollingForecasts({ values, step: STEP }, DAY)));
    }
    expect(total.intervals).toBeGreaterThan(1_000);
    expect(total.coverage).toBeGreaterThan(0.75);
    expect(total.coverage).toBeLessThan(0.85);
    expect(total.levels.map(({ level }) => level)).toEqual(LEVELS);
    for (const { level, intervals, covered } of total.levels) {
      expect(Math.abs(covered / intervals - level), `${level}`).toBeLessThan(0.05);
    }
  });

  test("of nothing has no coverage and no skill", () => {
    const { coverage, skill, seasonalSkill } = scoreOf(
      new RollingForecasts({ values: new Float64Array(), step: STEP }, DAY),
    );
    expect([coverage, skill, seasonalSkill]).toEqual([null, null, null]);
  });

  test("of what never changes finds single values, all of them right", () => {
    const values = new Float64Array(150).fill(4);
    const score = scoreOf(new RollingForecasts({ values, step: STEP }, DAY));
    expect(score.single).toBeGreaterThan(0);
    expect([score.right, score.intervals]).toEqual([score.single, 0]);
    expect(JSON.parse(JSON.stringify(score))).toEqual({
      intervals: 0,
      coverage: null,
      single: score.single,
      right: score.single,
      skill: null,
      seasonal_skill: null,
    });
  });

  test("says how much better forecasts are than that all stays, and that all is as the day before", () => {
    const { skill, seasonalSkill } = scoreOf(
      new RollingForecasts({ values: daily(300, 4), step: STEP }, DAY),
    );
    expect(skill).toBeGreaterThan(0.8);
    expect(seasonalSkill).toBeGreaterThan(0.1); // the median of days has less noise than one of them
    expect(seasonalSkill).toBeLessThan(0.5);
  });
});
