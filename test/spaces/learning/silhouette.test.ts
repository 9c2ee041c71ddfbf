import { expect, test } from "vitest";
import { DistanceTable } from "../../../src/spaces/learning/distance_table.ts";
import { meanSilhouette } from "../../../src/spaces/learning/silhouette.ts";
import { Metric } from "../../../src/spaces/metric.ts";
import { pointsOf, spaceOf } from "./space_of.ts";

const metric = new Metric(spaceOf({ load: ["load.cpu", "load.memory"] }));

test("The mean silhouette is scikit-learn's, and one alone in its group counts 0", () => {
  const rows = [0.1, 0.15, 0.2, 0.7, 0.75, 0.9, 0.45].map((cpu) => [cpu, 0]);
  const distances = new DistanceTable(metric, pointsOf(...rows));
  // By scikit-learn 1.9.1's silhouette_score.
  expect(meanSilhouette(distances, [0, 0, 0, 1, 1, 1, 2], 3)).toBeCloseTo(0.5852607709750559, 12);
});

test("Groups of things that are all the same have the silhouette 0", () => {
  const distances = new DistanceTable(metric, pointsOf([0, 0], [0, 0], [0, 0], [0, 0]));
  expect(meanSilhouette(distances, [0, 0, 1, 1], 2)).toBe(0);
});

test("Two that know nothing in common are as far apart as the farthest", () => {
  const distances = new DistanceTable(metric, pointsOf([0, NaN], [NaN, 0], [0.5, 0]));
  expect(distances.between(0, 1)).toBe(Math.max(distances.between(0, 2), distances.between(1, 2)));
});
