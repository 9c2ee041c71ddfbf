import { describe, expect, test } from "vitest";
import { type MethodName, METHODS } from "../../../src/spaces/prediction/methods.ts";
import { daily } from "./noise.ts";

const NAMES = Object.keys(METHODS) as MethodName[];
const hours = (count: number, value: (hour: number) => number) => ({
  values: Float64Array.from({ length: count }, (_, hour) => value(hour)),
  day: 24,
});
const forecast = (
  name: MethodName,
  past: { values: Float64Array; day: number },
  horizon = 48,
) => [...METHODS[name](past, horizon)!];

/** A day's shape, another one at the weekend, and so much more each hour. */
const shape = (weekend: number, growth: number) => (hour: number) =>
  10 + Math.sin(2 * Math.PI * hour / 24) + (hour % 168 >= 120 ? weekend : 0) + growth * hour;

describe("A way to forecast goes on exactly with what it is made for:", () => {
  test.each<[MethodName, string, (hour: number) => number]>([
    ["naive", "what stays", () => 5],
    ["trend", "a line", (hour) => 5 + 2 * hour],
    ["smoothed", "what stays", () => 5],
    ["damped trend", "what stays", () => 5],
    ["day before", "days", shape(0, 0)],
    ["day before, trend", "growing days", shape(0, 0.5)],
    ["day's profile, level", "days", shape(0, 0)],
    ["day's profile, trend", "growing days", shape(0, 0.5)],
    ["week before", "weeks", shape(4, 0)],
    ["day and week", "days", shape(0, 0)],
  ])("%s with %s", (name, _, value) => {
    for (const [at, next] of forecast(name, hours(400, value)).entries()) {
      expect(next, `${at + 1} h`).toBeCloseTo(value(400 + at), 9);
    }
  });
});

test("A trend is as steep as most pairs of points: a quarter of them can be anything", () => {
  const line = hours(72, (hour) => hour % 4 === 1 ? 1e6 * Math.sin(hour) : 3 * hour);
  const found = forecast("trend", line, 10);
  expect(found[9]! - found[0]!).toBeCloseTo(27, 6);
});

test("A damped trend flattens out, after 1/(1 − 0.9) steps' worth of it", () => {
  const found = forecast("damped trend", hours(300, (hour) => hour), 500);
  const [first, last] = [found[0]!, found.at(-1)!];
  expect(found[1]! - first).toBeGreaterThan(10 * (found[31]! - found[30]!));
  expect(last - first).toBeLessThan(10);
});

test.each(NAMES)("%s is the same in any unit", (name) => {
  const past = { values: daily(400, 1), day: 24 };
  const other = { values: past.values.map((value) => 32 + 1.8 * value), day: 24 };
  for (const [at, value] of forecast(name, past).entries()) {
    expect(forecast(name, other)[at]).toBeCloseTo(32 + 1.8 * value, 9);
  }
});

test.each(NAMES)("%s bridges gaps: what it says is always a number", (name) => {
  for (const gap of [1, 7, 30, 100]) {
    const past = hours(400, (hour) => hour !== 399 && hour % (2 * gap) < gap ? NaN : hour);
    expect(METHODS[name](past, 48)?.every(Number.isFinite) ?? true).toBe(true);
  }
});

test.each(NAMES)("%s of a single value is that, or nothing", (name) => {
  const found = METHODS[name](hours(1, () => 3), 5);
  expect(found === null || found.every((value) => value === 3)).toBe(true);
});

test("Where a step is a day, there are no hours to tell apart", () => {
  const past = { ...hours(100, (day) => day), day: 1 };
  const known = NAMES.filter((name) => METHODS[name](past, 3) !== null);
  expect(known).toEqual(["naive", "trend", "smoothed", "week before", "damped trend"]);
});
