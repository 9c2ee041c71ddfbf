import { describe, expect, test } from "vitest";
import { placed, scaleOf } from "../../../src/spaces/anomaly/column_scale.ts";
import { RegionDistance } from "../../../src/spaces/anomaly/region_distance.ts";
import { fitRows } from "../../../src/spaces/anomaly/row_scorer.ts";
import { trimmedRegion } from "../../../src/spaces/anomaly/trimmed_region.ts";
import { Chance } from "../../../src/spaces/learning/chance.ts";
import { anyRows, normal, sumOf } from "./any_rows.ts";
import { wavesAndTeeth } from "./reference.ts";

test("The trimmed region is that of scikit-learn's LedoitWolf in concentration steps", () => {
  const values = wavesAndTeeth(60, 3);
  values[7 * 3 + 1] = 9;
  values.set([-5, 5, 0], 20 * 3);
  const asked = wavesAndTeeth(5, 3, 60);
  asked.set([2, -4, 1], 9);
  const rows = { values, width: 3, count: 60 };
  const scale = scaleOf(rows, 0);
  const region = new RegionDistance(trimmedRegion(placed(rows, scale, Infinity), new Chance(1)));
  const seen = placed({ values: asked, width: 3, count: 5 }, scale, Infinity);
  // By numpy and scikit-learn 1.9.1.
  const reference = [0.8644870092, 0.08971973078, 0.5320785846, 21.28600167, 4.645648107];
  for (const [at, distance] of region.of(seen).entries()) {
    expect(distance).toBeCloseTo(reference[at]!, 6);
  }
  const shares = new Float64Array(3);
  region.shares(seen.values.subarray(9, 12), shares);
  for (const [at, share] of [1.4855418, 19.675004, 0.12545549].entries()) {
    expect(shares[at]).toBeCloseTo(share, 5);
  }
});

describe("Rows in no order", () => {
  const history = anyRows(2_000, 5, normal(1));
  const asked = anyRows(200, 5, normal(2));
  const scorer = fitRows(history, 5, { seed: 3 });

  test("have scores that are the sums of their columns' shares", () => {
    const { score, shares } = scorer.score(asked);
    for (let row = 0; row < 200; row++) {
      expect(sumOf(shares.subarray(row * 5, row * 5 + 5))).toBeCloseTo(score[row]!, 10);
    }
  });

  test("have p-values by a thousand rows that were held out, none below 1/1,001", () => {
    expect(scorer.heldOut).toBe(1_000);
    const { p } = scorer.score(Float64Array.of(0, 0, 0, 0, 0, 50, -50, 50, -50, 50));
    expect(p[0]).toBeGreaterThan(0.9);
    expect(p[1]).toBe(1 / 1_001);
  });

  test("that are normal have p ≤ 0.05 in 3 to 7 of 100 cases, whatever they are distributed like", () => {
    const shapes = [(x: number) => x, (x: number) => Math.exp(x), (x: number) => x / (0.1 + x * x)];
    for (const [at, shape] of shapes.entries()) {
      for (const width of [1, 6, 20]) {
        const next = normal(17 + at);
        const own = fitRows(anyRows(2_500, width, next).map(shape), width, { seed: at });
        expect(own.heldOut).toBe(1_000);
        const { p } = own.score(anyRows(4_000, width, next).map(shape));
        const share = p.filter((value) => value <= 0.05).length / p.length;
        expect(share).toBeGreaterThanOrEqual(0.03);
        expect(share).toBeLessThanOrEqual(0.07);
      }
    }
  });

  test("are told from anomalies although a quarter of the history are such", () => {
    const spoilt = history.map((value, at) => at % 20 < 5 ? value + 30 : value);
    const { score } = fitRows(spoilt, 5, { seed: 3 }).score(
      Float64Array.of(0, 0, 0, 0, 0, 30, 30, 30, 30, 30),
    );
    expect(score[1]).toBeGreaterThan(20 * score[0]!);
  });

  test("have the same scores for the same seed, and by themselves as among others", () => {
    const { score, p, shares } = scorer.score(asked);
    const again = fitRows(history, 5, { seed: 3 }).score(asked);
    expect(again.score).toEqual(score);
    expect(again.p).toEqual(p);
    expect(again.shares).toEqual(shares);
    for (const row of [0, 1, 2, 7, 199]) {
      expect(scorer.score(asked.slice(row * 5, row * 5 + 5)).score[0]).toBe(score[row]);
    }
    expect(fitRows(history, 5, { seed: 4 }).score(asked).score).not.toEqual(score);
  });

  test("have the same scores in other units, from other zeros and with columns in another order", () => {
    const other = (rows: Float64Array) =>
      rows.map((_, at) => {
        const [first, column] = [at - at % 5, 4 - at % 5];
        return rows[first + column]! * 10 ** (3 * column - 6) + column * 1_000;
      });
    const { score, shares } = scorer.score(asked);
    const there = fitRows(other(history), 5, { seed: 3 }).score(other(asked));
    for (const [at, own] of score.entries()) {
      expect(there.score[at]! / own).toBeCloseTo(1, 6);
      expect(there.shares[at * 5]).toBeCloseTo(shares[at * 5 + 4]!, 6);
    }
  });

  test("that lack values are scored by those that are known, as if there were no other columns", () => {
    const lacking = asked.map((value, at) => at % 5 === 2 ? NaN : value);
    const { score, shares } = scorer.score(lacking);
    const whole = scorer.score(asked).score;
    for (let row = 0; row < 200; row++) {
      expect(shares[row * 5 + 2]).toBeNaN();
      expect(sumOf(shares.subarray(row * 5, row * 5 + 5))).toBeCloseTo(score[row]!, 10);
      // The known columns alone are never farther, squared and not divided, than all of them.
      expect(4 * score[row]!).toBeLessThanOrEqual(5 * whole[row]! + 1e-9);
    }
    const none = scorer.score(new Float64Array(5).fill(NaN));
    expect([none.score[0], none.p[0], none.shares[3]]).toEqual([NaN, NaN, NaN]);
  });

  test("may lack values where they are learned from", () => {
    const some = history.map((value, at) => at * 7 % 13 === 0 ? NaN : value);
    const { score } = fitRows(some, 5, { seed: 3 }).score(asked);
    const whole = scorer.score(asked).score;
    for (const [at, own] of score.entries()) expect(own / whole[at]!).toBeCloseTo(1, 0);
  });
});

describe("Rows that are hardly any", () => {
  const scores = (
    rows: number[],
    width: number,
    asked: number[],
  ) => [...fitRows(Float64Array.from(rows), width).score(Float64Array.from(asked)).score];

  test("are scored where columns never change, or say the same", () => {
    const rows = Array.from({ length: 40 }, (_, at) => [7, at % 5, at % 5]).flat();
    const [usual, other, apart] = scores(rows, 3, [7, 2, 2, 8, 2, 2, 7, 1, 3]);
    expect(usual).toBeLessThan(1);
    expect(other).toBeGreaterThan(10 * usual!);
    expect(apart).toBeGreaterThan(10 * usual!);
  });

  test("are scored where there are fewer rows than columns, and where there is one of each", () => {
    for (const [count, width] of [[4, 9], [1, 3], [1, 1], [2, 1]] as const) {
      const rows = [...anyRows(count, width, normal(5))];
      const asked = [...rows.slice(0, width), ...new Array(width).fill(1_000)];
      const [near, far] = scores(rows, width, asked);
      expect(Number.isFinite(near)).toBe(true);
      expect(far).toBeGreaterThan(near!);
    }
    expect(fitRows(Float64Array.of(1), 1).heldOut).toBe(0);
    expect(fitRows(Float64Array.of(1), 1).score(Float64Array.of(9)).p[0]).toBe(1);
  });

  test("are scored where they are all the same, or as large as numbers are", () => {
    const [same, other] = scores(new Array(30).fill(4), 1, [4, 5]);
    expect(same).toBe(0);
    expect(other).toBeGreaterThan(1);
    const large = Array.from({ length: 100 }, (_, at) => (at % 10 - 5) * 1e300);
    const [inside, outside] = scores(large, 1, [1e300, 1.7e308]);
    expect(inside).toBeLessThan(10);
    expect(outside).toBeGreaterThan(1e10);
    expect(Number.isFinite(outside)).toBe(true);
  });

  test("take infinity for what is not known", () => {
    const rows = Array.from({ length: 40 }, (_, at) => [at % 5, at % 7]).flat();
    expect(scores(rows, 2, [2, Infinity])).toEqual(scores(rows, 2, [2, NaN]));
  });

  test("are refused where there are none, or are of another width", () => {
    const [none, five] = [new Float64Array(), new Float64Array(5)];
    expect(() => fitRows(none, 2)).toThrow("there is no number in 0 values");
    expect(() => fitRows(Float64Array.of(NaN, NaN), 2)).toThrow("no number in 2 values");
    expect(() => fitRows(five, 2)).toThrow("Cannot take 5 values as rows of 2");
    expect(() => fitRows(five, 0)).toThrow("Cannot take 5 values as rows of 0");
    expect(() => fitRows(five, 1).score(five)).not.toThrow();
    expect(() => fitRows(new Float64Array(6), 2).score(five)).toThrow("Cannot score 5 values");
  });
});
