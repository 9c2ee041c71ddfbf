import { describe, expect, test } from "vitest";
import { Chance } from "../../../src/spaces/learning/chance.ts";
import { relevance } from "../../../src/spaces/learning/relevance.ts";

describe.each(["city", "euclid"] as const)("Which axes matter (%s)", (norm) => {
  const chance = new Chance(1);
  const classes = Int32Array.from({ length: 120 }, (_, at) => at % 3);
  // The first axis tells the classes apart, the two others are noise.
  const values = Float64Array.from(
    { length: 360 },
    (_, at) => at % 3 === 0 ? (at / 3) % 3 + 0.3 * chance.share() : 3 * chance.share(),
  );
  const rows = { values, width: 3, count: 120 };

  test("is told by what is nearest", () => {
    const [first, second, third] = relevance(rows, classes, norm);
    expect(first! + second! + third!).toBeCloseTo(3, 9);
    expect(first).toBeGreaterThan(5 * Math.max(second!, third!));
    expect(Math.min(second!, third!)).toBeGreaterThan(0);
  });

  test("is all of them alike where no class has two rows, or there is one class", () => {
    const alone = Int32Array.from({ length: 120 }, (_, at) => at);
    expect([...relevance(rows, alone, norm)]).toEqual([1, 1, 1]);
    expect([...relevance(rows, new Int32Array(120), norm)]).toEqual([1, 1, 1]);
  });

  test("is a number where rows are the same", () => {
    const same = { values: new Float64Array(12), width: 3, count: 4 };
    const weights = relevance(same, Int32Array.of(0, 1, 0, 1), norm);
    expect(weights.every(Number.isFinite)).toBe(true);
  });
});
