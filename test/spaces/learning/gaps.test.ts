import { describe, expect, test } from "vitest";
import { Chance } from "../../../src/spaces/learning/chance.ts";
import { Gaps } from "../../../src/spaces/learning/gaps.ts";

/** Rows of two columns that go together, and one that goes against them; in every third row one is missing. */
function rows(): { whole: Float64Array; gappy: Float64Array } {
  const chance = new Chance(1);
  const whole = Float64Array.from({ length: 300 }, () => 0);
  for (let at = 0; at < 300; at += 3) {
    const value = 3 * (chance.share() - 0.5);
    whole.set([value, value + 0.1 * (chance.share() - 0.5), -value], at);
  }
  const gappy = whole.map((value, at) => at % 9 === (at / 9 | 0) % 3 ? NaN : value);
  return { whole, gappy };
}

describe("What is not known", () => {
  const { whole, gappy } = rows();

  test("is what goes with what is known", () => {
    const known = { values: gappy, width: 3, count: 100 };
    const { values } = Gaps.of(known).fill(known);
    for (const [at, value] of values.entries()) {
      if (Number.isNaN(gappy[at])) expect(Math.abs(value - whole[at]!)).toBeLessThan(0.3);
      else expect(value).toBe(whole[at]);
    }
  });

  test("is the mean where nothing else is known", () => {
    const nothing = { values: Float64Array.of(NaN, NaN, NaN), width: 3, count: 1 };
    expect([...Gaps.of({ values: gappy, width: 3, count: 100 }).fill(nothing).values])
      .toEqual([0, 0, 0]);
  });

  test("is a number also where columns are the same, or say nothing", () => {
    const values = Float64Array.of(1, 1, 0, -1, -1, 0, NaN, 1, 0, 1, NaN, NaN);
    const known = { values, width: 3, count: 4 };
    expect(Gaps.of(known).fill(known).values.every(Number.isFinite)).toBe(true);
  });
});
