import { expect, test } from "vitest";
import { detectionOf } from "../../../src/spaces/anomaly/detection.ts";

test("Scores are judged as scikit-learn judges them", () => {
  const isAnomaly = [0, 1, 0, 0, 1, 1, 0, 1, 0, 0].map(Boolean);
  const scores = [0.1, 0.9, 0.9, 0.3, 0.3, 0.8, 0.2, 0.1, 0.05, 0.3];
  // By scikit-learn 1.9.1: roc_auc_score, average_precision_score.
  const { rocAuc, averagePrecision } = detectionOf(isAnomaly, scores);
  expect(rocAuc).toBeCloseTo(0.6666666666666667, 14);
  expect(averagePrecision).toBeCloseTo(0.5277777777777778, 14);
});

test("What nothing is known of counts as what is least anomalous", () => {
  expect(detectionOf([true, false], [NaN, 0])).toEqual({ rocAuc: 0, averagePrecision: 0.5 });
  expect(detectionOf([true, false], [NaN, NaN])).toEqual({ rocAuc: 0.5, averagePrecision: 0.5 });
});

test("Where there is nothing to tell apart nothing is judged", () => {
  expect(detectionOf([true], [1])).toEqual({ rocAuc: NaN, averagePrecision: NaN });
  expect(detectionOf([], [])).toEqual({ rocAuc: NaN, averagePrecision: NaN });
  expect(() => detectionOf([true], [1, 2])).toThrow("Cannot judge 2 scores");
});
