import { expect, test } from "vitest";
import { discoveries } from "../../../src/spaces/anomaly/discoveries.ts";
import { fitRows } from "../../../src/spaces/anomaly/row_scorer.ts";
import { anyRows, normal } from "./any_rows.ts";

test("Discoveries are those of the paper's example", () => {
  // Benjamini and Hochberg (1995), 4.1: of 15 p-values four are taken at q = 0.05.
  const p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324]
    .concat([0.4262, 0.5719, 0.6528, 0.759, 1]);
  expect(discoveries(p, 0.05)).toEqual([0, 1, 2, 3]);
  expect(discoveries(p.toReversed(), 0.05)).toEqual([11, 12, 13, 14]);
});

test("Of rows that are taken for anomalies a tenth or less is normal, on average", () => {
  let share = 0;
  for (let round = 0; round < 20; round++) {
    const next = normal(round);
    const scorer = fitRows(anyRows(2_500, 3, next), 3, { seed: round });
    const rows = anyRows(500, 3, next).map((value, at) => at < 150 ? value + 30 : value);
    const found = discoveries(scorer.score(rows).p, 0.1);
    expect(found.filter((at) => at < 50).length).toBeGreaterThan(45);
    share += found.filter((at) => at >= 50).length / found.length / 20;
  }
  expect(share).toBeLessThan(0.11);
  expect(share).toBeGreaterThan(0.03);
});

test("What is not known is no discovery, and nothing is found among nothing", () => {
  expect(discoveries([NaN, 0.01, NaN], 0.05)).toEqual([1]);
  expect(discoveries([NaN, 0.01, 1, 1], 0)).toEqual([]);
  expect(discoveries([], 0.05)).toEqual([]);
  expect(() => discoveries([0.5], 2)).toThrow("Cannot take 2 as a false discovery rate");
  expect(() => discoveries([0.5, -1], 0.1)).toThrow("Cannot take -1 as a p-value (at 1)");
});
