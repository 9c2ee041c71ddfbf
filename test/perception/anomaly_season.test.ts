import { describe, expect, test } from "vitest";
import { Season } from "../../src/perception/anomaly_season.ts";

const HOUR = 3_600_000;
const DAYS = 4;

/** One that has seen some days of what is busy at noon. */
function taught(): Season {
  const season = new Season();
  for (let hour = 0; hour < 24 * DAYS; hour++) {
    season.departure(hour * HOUR, hour % 24 === 12 ? 0.9 : 0.2, true);
  }
  return season;
}
const noon = (day: number) => (24 * day + 12) * HOUR;

describe("What an hour of the day is to be", () => {
  test("is what the same hour of earlier days was", () => {
    expect(taught().departure(noon(DAYS), 0.9, false)).toBeCloseTo(0, 12);
    expect(taught().departure(noon(DAYS), 0.2, false)).toBeCloseTo(-0.7, 12);
    expect(taught().departure(noon(DAYS) + HOUR, 0.9, false)).toBeCloseTo(0.7, 12);
  });

  test("is on the first day what the hour before was, and at the first hour anything", () => {
    const season = new Season();
    expect(season.departure(0, 0.5, true)).toBe(0);
    expect(season.departure(HOUR, 0.75, true)).toBe(0.25);
  });

  test("is learned little from what is unusual, and as it is from what is said to be normal", () => {
    const [doubted, trusted] = [taught(), taught()];
    doubted.departure(noon(DAYS), 0, false);
    trusted.departure(noon(DAYS), 0, true);
    const next = (season: Season) => 0.9 - season.departure(noon(DAYS + 1), 0.9, false);
    expect(next(doubted)).toBeGreaterThan(0.85);
    expect(next(trusted)).toBeLessThan(0.75);
  });

  test("is not changed by what is not known", () => {
    const season = taught();
    expect(season.departure(noon(DAYS), NaN, true)).toBeNaN();
    expect(season.departure(noon(DAYS + 1), 0.9, false)).toBeCloseTo(0, 12);
  });
});
