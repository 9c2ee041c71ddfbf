import { describe, expect, test } from "vitest";
import { type SeriesScore, SeriesScorer } from "../../../src/spaces/anomaly/series_scorer.ts";
import { anyRows, normal, sumOf } from "./any_rows.ts";
import { wavesAndTeeth } from "./reference.ts";

/** The scores of some rows, one after the other. */
function scored(scorer: SeriesScorer, rows: Float64Array, width: number): SeriesScore[] {
  return Array.from(
    { length: rows.length / width },
    (_, row) => scorer.next(rows.subarray(row * width, (row + 1) * width)),
  );
}
const fresh = (history: Float64Array, width: number, rows: Float64Array) =>
  scored(SeriesScorer.fit(history, width), rows, width);

test("Distances and scores of a series are those of the reference in Python", () => {
  const asked = wavesAndTeeth(24, 3, 300);
  asked[31] = 7;
  const distances = [
    1.832339433,
    1.971271081,
    3.088948184,
    2.838823576,
    1.641064009,
    2.337402141,
    1.799709514,
  ]
    .concat([2.110145537, 1.864091861, 2.469004288, 32.38882479, 8.836186858, 4.229205804])
    .concat([4.653277606, 5.630814579, 6.942719483, 6.097534011, 4.936173141, 4.455981287])
    .concat([6.097798214, 3.968286951, 3.376296753, 3.28512372, 3.535869494]);
  const found = fresh(wavesAndTeeth(300, 3), 3, asked);
  for (const [at, { distance }] of found.entries()) expect(distance).toBeCloseTo(distances[at]!, 7);
  expect(found[0]!.score).toBeCloseTo(1.041103025, 8);
  expect(found[10]!.score).toBeCloseTo(1.676090558, 8);
  expect(found[23]!.score).toBeCloseTo(1.641102754, 8);
});

describe("A series", () => {
  const history = anyRows(3_000, 4, normal(1));
  const asked = anyRows(1_000, 4, normal(2));

  test("has distances that are the sums of the columns' shares", () => {
    for (const { distance, shares } of fresh(history, 4, asked)) {
      expect(sumOf(shares)).toBeCloseTo(distance, 10);
    }
  });

  test("that is normal has p ≤ 0.05 in 3 to 7 of 100 rows, and has not drifted", () => {
    for (const seed of [3, 4, 5]) {
      const next = normal(seed);
      const found = fresh(anyRows(2_000, 4, next), 4, anyRows(5_000, 4, next));
      const share = found.filter(({ p }) => p <= 0.05).length / found.length;
      expect(share).toBeGreaterThanOrEqual(0.03);
      expect(share).toBeLessThanOrEqual(0.07);
      expect(found.some(({ drifted }) => drifted)).toBe(false);
      expect(new Set(found.map(({ calibratedOn }) => calibratedOn))).toEqual(new Set([2_000]));
    }
  });

  test("says of what stands out which column it was, with the least p that there can be", () => {
    const rows = asked.slice();
    rows[500 * 4 + 2] = 60;
    const { p, shares, calibratedOn, score } = fresh(history, 4, rows)[500]!;
    expect(shares.indexOf(Math.max(...shares))).toBe(2);
    expect(p).toBe(1 / (calibratedOn + 1));
    expect(score).toBeGreaterThan(1);
  });

  test("sees a standstill, although no value of it is unusual", () => {
    const wave = (count: number, first: number) =>
      Float64Array.from({ length: count }, (_, row) => Math.sin((first + row) / 5));
    const scorer = SeriesScorer.fit(wave(2_000, 0), 1);
    const moving = scored(scorer, wave(100, 2_000), 1);
    const still = scored(scorer, new Float64Array(60).fill(0.5), 1);
    expect(still.at(-1)!.score).toBeGreaterThan(2 * moving.at(-1)!.score);
  });

  test("tells the regions of a stream apart", () => {
    const next = normal(6);
    const of = (count: number) =>
      Float64Array.from({ length: 2 * count }, (_, at) => (at & 2 ? 40 : 0) + next());
    const found = fresh(of(4_000), 2, of(100));
    const [even, odd] = [0, 1].map((rest) =>
      new Set(found.filter((_, at) => at % 2 === rest).map(({ concept }) => concept))
    );
    expect([...even!].some((concept) => odd!.has(concept))).toBe(false);
  });

  test("that is no longer what it was has drifted, and is not again when that is usual", () => {
    const scorer = SeriesScorer.fit(history.subarray(0, 4_000), 4);
    const found = scored(scorer, anyRows(9_000, 4, normal(7)).map((value) => 3 * value), 4);
    expect(found[300]!.drifted).toBe(true);
    expect(found.at(-1)!.drifted).toBe(false);
    const calm = scored(SeriesScorer.fit(history, 4), asked.map((value) => value / 20), 4);
    expect(calm[500]!.drifted).toBe(true);
  });

  test("that never changes has not drifted, and any change stands out", () => {
    const scorer = SeriesScorer.fit(new Float64Array(500).fill(3), 1);
    const found = scored(scorer, new Float64Array(600).fill(3), 1);
    expect(found.every(({ distance, p, drifted }) => distance === 0 && p === 1 && !drifted))
      .toBe(true);
    expect(scorer.next([3.5]).p).toBe(1 / 1_101);
  });

  test("has the same scores for the same seed, and with columns in another order", () => {
    const swapped = (rows: Float64Array) => rows.map((_, at) => rows[at - at % 4 + 3 - at % 4]!);
    const found = fresh(history.subarray(0, 4_000), 4, asked);
    expect(fresh(history.subarray(0, 4_000), 4, asked)).toEqual(found);
    const other = fresh(swapped(history.subarray(0, 4_000)), 4, swapped(asked));
    for (const [at, { distance, shares }] of other.entries()) {
      expect(distance / found[at]!.distance).toBeCloseTo(1, 8);
      expect(shares[0]).toBeCloseTo(found[at]!.shares[3]!, 8);
    }
  });

  test("may lack values: what is missing has no share, and nothing is said of a row without any", () => {
    const rows = asked.map((value, at) => at % 4 === 1 && at > 400 ? NaN : value);
    rows.fill(NaN, 80, 84);
    const scorer = SeriesScorer.fit(history.map((value, at) => at % 11 ? value : NaN), 4);
    const found = scored(scorer, rows, 4);
    const { shares: none, calibratedOn, drifted, ...unknown } = found[20]!;
    expect(unknown).toEqual({ score: NaN, distance: NaN, p: NaN, concept: -1 });
    expect([...none, calibratedOn, drifted]).toEqual([NaN, NaN, NaN, NaN, 2_000, false]);
    for (const { distance, shares } of found.slice(101)) {
      expect(shares[1]).toBeNaN();
      expect(sumOf(shares)).toBeCloseTo(distance, 10);
    }
    // Where a third of the columns' sum is missing, the mean over the others is about the same.
    const mean = (from: number, to: number) =>
      found.slice(from, to).reduce((sum, { distance }) => sum + distance, 0) / (to - from);
    expect(mean(200, 1_000) / mean(21, 100)).toBeGreaterThan(0.7);
    expect(mean(200, 1_000) / mean(21, 100)).toBeLessThan(1.4);
  });

  test("may be as large as numbers are, and a single glitch is over in the end", () => {
    const large = history.subarray(0, 4_000).map((value) => value * 1e300);
    const scorer = SeriesScorer.fit(large, 4);
    const found = scored(scorer, asked.map((value, at) => at === 40 ? 1.7e308 : value * 1e300), 4);
    expect(found.every(({ distance }) => Number.isFinite(distance))).toBe(true);
    expect(found[10]!.score).toBeGreaterThan(found[9]!.score);
    const after = scored(scorer, anyRows(4_000, 4, normal(8)).map((value) => value * 1e300), 4);
    expect(after.at(-1)!.score).toBeLessThan(2 * found[9]!.score);
  });

  test("needs a history, however short, and rows of its width", () => {
    expect(SeriesScorer.fit(Float64Array.of(1), 1).next([1]).p).toBe(1);
    expect(SeriesScorer.fit(anyRows(2, 30, normal(1)), 30).next(new Float64Array(30)).distance)
      .toBeGreaterThan(0);
    expect(() => SeriesScorer.fit(new Float64Array(), 1)).toThrow("give rows to compare with");
    expect(() => SeriesScorer.fit(new Float64Array(5), 2)).toThrow("5 values as rows of 2");
    expect(() => SeriesScorer.fit(new Float64Array(4), 2).next([1])).toThrow(
      "Cannot score a row of 1 values: the history has 2 columns",
    );
  });
});
