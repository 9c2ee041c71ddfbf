import { describe, expect, test } from "vitest";
import { type Course, judgedOf, STEP } from "../../src/perception/anomaly_course.ts";
import { evidenceOf, NORMAL } from "../../src/perception/anomaly_evidence.ts";
import { SPACES } from "../../src/spaces/catalogue/spaces.ts";
import { Chance } from "../../src/spaces/learning/chance.ts";
import { dimensionsOf } from "../../src/spaces/space.ts";

const STEPS = 288;

/** Busy by day, quiet by night, and a little by chance: another one for each name. */
function course(
  name: string,
  odd: (step: number, value: number) => number | null = (_, value) => value,
): Course {
  const chance = new Chance(name.length);
  const rows = [...Array(STEPS).keys()].flatMap((step) => {
    const usual = 0.4 + 0.2 * Math.sin(2 * Math.PI * step / 48) + 0.02 * chance.share();
    const value = odd(step, usual);
    return value === null ? [] : [{
      at: step * STEP + name.length,
      sequence: step + 1,
      kind: "container",
      point: Float64Array.of(value, NaN, chance.share() / 50),
    }];
  });
  return { id: name, name, rows };
}

const names = ["a", "bb", "ccc", "dddd", "eeeee"];
const others = names.map((name) => course(name));
const evidence = (one: Course, judged = [0, 1, 2]) =>
  evidenceOf([...others, one], judged, STEPS).filter(({ id }) => id === one.id);
/** The most unusual that the first dimension is in some steps. */
const most = (rows: ReturnType<typeof evidence>, from: number, to: number) =>
  Math.max(
    ...rows.filter(({ at }) => at >= from * STEP && at < to * STEP).map(({ unusual }) =>
      unusual[0]!
    ),
  );

describe("The evidence of an anomaly", () => {
  test("is in what departs from its own days, and not in what every day is like", () => {
    const rows = evidence(
      course("leaking", (step, value) => step < 200 ? value : value + (step - 200) * 0.004),
    );
    expect(most(rows, 240, STEPS)).toBeGreaterThan(2 * most(rows, NORMAL, 200));
    expect(rows.at(-1)!.effect[0]).toBeGreaterThan(0.15);
    expect(rows.at(-1)!.effect[2]).toBeLessThan(0.05);
  });

  test("is not in what all peers do", () => {
    const busy = (step: number, value: number) => step < 200 ? value : value + 0.3;
    const together = evidenceOf(names.map((name) => course(name, busy)), [0], STEPS);
    expect(Math.max(...together.map(({ effect }) => effect[0]!))).toBeLessThan(0.05);
  });

  test("is there after two days, and is unknown of what is not known", () => {
    const rows = evidence(course("usual", (step, value) => step < 250 ? value : null));
    expect(rows.filter(({ isNormal }) => !isNormal)).toHaveLength(250 - NORMAL);
    for (const { unusual } of rows) {
      expect([...unusual].map(Number.isNaN)).toEqual([false, true, false]);
    }
    expect(evidence(course("short", (step, value) => step < NORMAL ? value : null))).toEqual([]);
    expect(evidence(course("unknown"), [1])).toEqual([]);
  });

  test("is of complete steps only, in the order of time", () => {
    const all = evidenceOf(others, [0], 200);
    expect(Math.max(...all.map(({ at }) => at))).toBeLessThan(200 * STEP);
    expect(all.map(({ at }) => at)).toEqual(all.map(({ at }) => at).sort((a, b) => a - b));
  });

  test("of a step does not depend on any later one", () => {
    const whole = evidenceOf(others, [0, 2], STEPS).filter(({ at }) => at < 200 * STEP);
    expect(evidenceOf(others, [0, 2], 200)).toEqual(whole);
  });
});

test("What is judged is what is measured, and each thing once", () => {
  const judged = (name: string) => {
    const space = SPACES.find((one) => one.name === name)!;
    return judgedOf(space).map((at) => dimensionsOf(space)[at]!.name);
  };
  expect(judged("compute")).toEqual([
    "performance.cpu",
    "performance.memory",
    "performance.network",
    "performance.disk",
    "capacity.storage_available",
    "reliability.errors",
    "reliability.latency_variance",
  ]);
  expect(judged("capacity")).toEqual([
    "capacity.cpu_available",
    "capacity.memory_available",
    "capacity.storage_available",
  ]);
  expect(() => judged("network")).toThrow("only resources have a history");
});
