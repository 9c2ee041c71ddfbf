import { describe, expect, test } from "vitest";
import { type Forecast, forecast } from "../../../src/spaces/prediction/forecast.ts";
import { historyNeeded } from "../../../src/spaces/prediction/rolling.ts";
import { daily, walk } from "./noise.ts";

const DAY = { horizon: 24, level: 0.8 };
const hourly = (values: ArrayLike<number>) => ({ values: Float64Array.from(values), step: 3_600 });
const widths = ({ values }: Forecast) => values.map(({ low, high }) => high - low);

describe("A forecast", () => {
  test("of a straight line is that line, without any doubt", () => {
    const found = forecast(hourly(Array.from({ length: 100 }, (_, at) => 3 - 2 * at)), DAY)!;
    expect(found.method).toBe("trend");
    for (const [at, { ahead, value, low, high }] of found.values.entries()) {
      expect(ahead).toBe(3_600 * (at + 1));
      expect([value, low, high]).toEqual(Array(3).fill(3 - 2 * (100 + at)));
    }
  });

  test("of days that are all alike is such a day", () => {
    const days = daily(240, 1, 0);
    const found = forecast(hourly(days), DAY)!;
    for (const [at, { value }] of found.values.entries()) {
      expect(value).toBeCloseTo(days[at]!, 9);
    }
  });

  test("of weeks that are alike, and whose days are not, is such a week", () => {
    const week = (at: number) => (Math.floor(at / 24) % 7 < 5 ? 10 : 1) + at % 24;
    const values = Array.from({ length: 24 * 33 }, (_, at) => week(at));
    const found = forecast(hourly(values), DAY)!;
    expect(found.method).toBe("week before");
    expect(found.values.map(({ value }) => value)).toEqual(
      found.values.map((_, at) => week(24 * 33 + at)),
    );
  });

  test("is less certain the farther ahead, where a thing goes on by chance", () => {
    const mean = Array(24).fill(0);
    for (let seed = 1; seed <= 20; seed++) {
      const all = widths(forecast(hourly(walk(400, seed)), DAY)!);
      for (const [at, width] of all.entries()) mean[at] += width / 20;
    }
    for (const at of [6, 12, 18]) expect(mean[at + 5]).toBeGreaterThan(mean[at - 6]!);
    // As the root of time, roughly.
    expect(mean[23] / mean[5]).toBeGreaterThan(1.5);
    expect(mean[23] / mean[5]).toBeLessThan(2.6);
  });

  test("is the same in any unit", () => {
    const values = daily(300, 3);
    const other = forecast(hourly(values.map((value) => 32 + 1.8 * value)), DAY)!;
    const own = forecast(hourly(values), DAY)!;
    expect(other.method).toBe(own.method);
    for (const [at, { value, low, high }] of own.values.entries()) {
      expect(other.values[at]!.value).toBeCloseTo(32 + 1.8 * value, 9);
      expect(other.values[at]!.low).toBeCloseTo(32 + 1.8 * low, 9);
      expect(other.values[at]!.high).toBeCloseTo(32 + 1.8 * high, 9);
    }
  });

  test("holds with its probability, where a thing is the same each day but for noise", () => {
    let [held, all] = [0, 0];
    for (let seed = 1; seed <= 60; seed++) {
      const values = daily(24 * 12, seed);
      const found = forecast(hourly(values.subarray(0, 24 * 11)), DAY)!;
      for (const [at, { low, high }] of found.values.entries()) {
        all++;
        if (low <= values[24 * 11 + at]! && values[24 * 11 + at]! <= high) held++;
      }
    }
    expect(all).toBeGreaterThan(1_000);
    expect(held / all).toBeGreaterThan(0.75);
    expect(held / all).toBeLessThan(0.85);
  });

  test("stays within bounds", () => {
    const found = forecast(hourly(daily(300, 5)), DAY, [48, 52])!;
    for (const { value, low, high } of found.values) {
      expect(48 <= low && low <= value && value <= high && high <= 52).toBe(true);
    }
  });

  test("lies in its own interval", () => {
    for (let seed = 1; seed <= 20; seed++) {
      for (const { value, low, high } of forecast(hourly(walk(120, seed)), DAY)!.values) {
        expect(low <= value && value <= high).toBe(true);
      }
    }
  });

  test("of what never changes is that, by the simplest way", () => {
    const found = forecast(hourly(Array(100).fill(0.3)), DAY)!;
    expect(found.method).toBe("naive");
    expect(new Set(found.values.flatMap(({ value, low, high }) => [value, low, high])))
      .toEqual(new Set([0.3]));
  });

  test("is hardly moved by a few spikes", () => {
    const values = daily(300, 8);
    const spiked = values.map((value, at) => at % 53 === 17 ? 1e6 : value);
    const [own, other] = [values, spiked].map((one) => forecast(hourly(one), DAY)!);
    for (const [at, { value }] of own!.values.entries()) {
      expect(Math.abs(other!.values[at]!.value - value)).toBeLessThan(10);
    }
  });

  test("bridges gaps", () => {
    const values = daily(300, 9).map((value, at) =>
      at % 7 === 3 || (at > 100 && at < 130) ? NaN : value
    );
    for (const { value, low, high } of forecast(hourly(values), DAY)!.values) {
      expect([value, low, high].every(Number.isFinite)).toBe(true);
    }
  });
});

describe("There is no forecast", () => {
  test.each([
    ["nothing", []],
    ["one point", [1]],
    ["two points", [1, 2]],
    ["points that are all missing", Array(300).fill(NaN)],
    ["a thing whose last value is not known", [...daily(300, 1), NaN]],
  ])("of %s", (_, values) => {
    expect(forecast(hourly(values), DAY)).toBeNull();
  });

  test.each([[24, 0.8], [24, 0.95], [7, 0.5], [1, 0.99], [100, 0.8]])(
    "of a past that is a step shorter than is needed for %s steps with the level %s",
    (horizon, level) => {
      const needed = historyNeeded({ horizon, level });
      const values = walk(needed + 1, 4);
      expect(forecast(hourly(values), { horizon, level })).not.toBeNull();
      expect(forecast(hourly(values.subarray(1)), { horizon, level })).toBeNull();
    },
  );

  test.each([[0, 0.8], [1.5, 0.8], [NaN, 0.8], [1, 0], [1, 1], [1, NaN]])(
    "for %s steps with the level %s, and it says why",
    (horizon, level) => {
      expect(() => forecast(hourly([1]), { horizon, level })).toThrow(/Cannot forecast .*: say/);
    },
  );
});
