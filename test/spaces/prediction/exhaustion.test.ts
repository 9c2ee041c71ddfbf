import { describe, expect, test } from "vitest";
import { Chance } from "../../../src/spaces/learning/chance.ts";
import { exhaustion } from "../../../src/spaces/prediction/exhaustion.ts";
import { daily, noise } from "./noise.ts";

const HOUR = 3_600;
const hourly = (values: ArrayLike<number>) => ({ values: Float64Array.from(values), step: HOUR });

/** What is left of something that is used at an uneven pace. */
function used(hours: number, seed: number): Float64Array {
  const chance = new Chance(seed);
  let left = 1_000;
  return Float64Array.from({ length: hours }, () => left -= 3 + noise(chance));
}

describe("When something is used up", () => {
  test("is known exactly where it goes down evenly, and as well where it goes up", () => {
    const down = exhaustion(
      hourly(Array.from({ length: 101 }, (_, at) => 1_055 - 10 * at)),
      0,
      0.8,
    )!;
    expect([down.from, down.to, down.share]).toEqual([5.5 * HOUR, 5.5 * HOUR, 1]);
    const up = exhaustion(hourly(Array.from({ length: 101 }, (_, at) => 10 * at)), 1_055, 0.8)!;
    expect([up.from, up.to, up.share]).toEqual([5.5 * HOUR, 5.5 * HOUR, 1]);
  });

  test("lies between its moments with the probability of the level", () => {
    let [within, runs] = [0, 0];
    for (let seed = 1; seed <= 400; seed++) {
      const left = used(400, seed);
      const limit = left[320]!; // what comes of it about 40 hours after the last that is looked at
      const found = exhaustion(hourly(left.subarray(0, 281)), limit, 0.8)!;
      const truth = left.findIndex((value) => value <= limit) - 280;
      runs++;
      if (found.from! <= truth * HOUR && truth * HOUR <= (found.to ?? Infinity) + HOUR) within++;
    }
    expect(within / runs).toBeGreaterThan(0.72);
    expect(within / runs).toBeLessThan(0.92);
  });

  test("is not in sight where it only goes up and down", () => {
    const found = exhaustion(hourly(daily(300, 1)), 0, 0.8)!;
    expect([found.from, found.to, found.share]).toEqual([null, null, 0]);
    expect(found.within).toBe(74 * HOUR); // a quarter of what is looked back on
  });

  test("has happened where the limit is reached already", () => {
    const found = exhaustion(hourly(Array(100).fill(0)), 0, 0.8)!;
    expect([found.from, found.to]).toEqual([0, 0]);
  });

  test("goes on from the new level after something was cleaned up", () => {
    // Fills by 1 an hour, and is emptied at hour 180.
    const free = Array.from({ length: 241 }, (_, at) => at < 180 ? 200 - at : 120 - (at - 180));
    const { from, to, share } = exhaustion(hourly(free), 20, 0.8)!;
    expect(free.at(-1)).toBe(60);
    expect(from).toBe(40 * HOUR);
    expect(to).toBeNull(); // it may be cleaned up again, as its past knows
    expect(share).toBeGreaterThan(0.5);
  });

  test("is the same in any unit and the same again", () => {
    const left = used(281, 5);
    const own = exhaustion(hourly(left), left[280]! - 100, 0.8)!;
    const other = exhaustion(hourly(left.map((value) => 2 * value)), 2 * (left[280]! - 100), 0.8)!;
    expect(other).toEqual(own);
    expect(exhaustion(hourly(left), left[280]! - 100, 0.8)).toEqual(own);
  });

  test("is not said of too short a past, or where the last value is not known", () => {
    expect(exhaustion(hourly([]), 0, 0.8)).toBeNull();
    expect(exhaustion(hourly([1]), 0, 0.8)).toBeNull();
    expect(exhaustion(hourly([3, 2, 1]), 0, 0.8)).toBeNull();
    expect(exhaustion(hourly([...daily(300, 1), NaN]), 0, 0.8)).toBeNull();
  });
});
