import { expect, test } from "vitest";
import { Embedding } from "../../src/spaces/embedding.ts";
import { KdTree } from "../../src/spaces/kd_tree.ts";
import { Metric } from "../../src/spaces/metric.ts";

const SIZE = 64;

/** A square of points, in one domain or two, a step apart: on a plane or around a ring. */
function square(domains: readonly string[], scale: "linear" | "circular") {
  const dimensions = ["x", "y"].map((name) => (
    { name, unit: "1", scale, range: [0, 1] } as const
  ));
  const metric = new Metric({
    name: "square",
    domains: domains.map((names) => (
      { name: `of ${names}`, dimensions: dimensions.filter(({ name }) => names.includes(name)) }
    )),
  });
  const points = new Float64Array(2 * SIZE * SIZE)
    .map((_, at) => (at % 2 === 0 ? at / 2 % SIZE : Math.floor(at / 2 / SIZE)) / SIZE);
  const embedding = Embedding.of(metric, () => true)!;
  return new KdTree(embedding, points, Int32Array.from({ length: SIZE * SIZE }, (_, at) => at));
}

/** The points that are within a number of steps of a corner. */
function within(tree: KdTree, steps: number): number[] {
  const found: number[] = [];
  tree.search(new Float64Array(2), steps / SIZE, (number) => {
    found.push(number);
    return steps / SIZE;
  });
  return found.sort((a, b) => a - b);
}

test("A search finds all that is within a distance: in one domain as Euclid, in two as city block", () => {
  expect(within(square(["xy"], "linear"), 2)).toEqual([0, 1, 2, 64, 65, 128]);
  expect(within(square(["x", "y"], "linear"), 1)).toEqual([0, 1, 64]);
  expect(within(square(["x", "y"], "linear"), 1.5)).toEqual([0, 1, 64]);
  expect(within(square(["xy"], "linear"), 1.5)).toEqual([0, 1, 64, 65]);
});

test("On circles it finds what is near around the end", () => {
  expect(within(square(["x", "y"], "circular"), 1)).toEqual([0, 1, 63, 64, 64 * 63]);
});

test("Where few are near, few are looked at: the limit that is said last holds", () => {
  const tree = square(["xy"], "linear");
  let told = 0;
  tree.search(Float64Array.of(0.3, 0.7), Infinity, (_, distance) => {
    told++;
    return Math.min(distance, 1);
  });
  expect(told).toBeLessThan(40);
});
