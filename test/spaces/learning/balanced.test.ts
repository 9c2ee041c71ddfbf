import { expect, test } from "vitest";
import { balanced } from "../../../src/spaces/learning/balanced.ts";
import { Chance } from "../../../src/spaces/learning/chance.ts";

const classes = Int32Array.from({ length: 1_000 }, (_, at) => at < 15 ? 2 : at < 300 ? 1 : 0);

test("Of many rows each class keeps its share, and a small class all it has", () => {
  const places = balanced(classes, 200, new Chance(1));
  const sizes = [0, 1, 2].map((own) => places.filter((at) => classes[at] === own).length);
  expect(sizes[2]).toBe(15);
  expect(sizes[0]! / sizes[1]!).toBeCloseTo(700 / 285, 0);
  expect(places.length).toBeLessThanOrEqual(220);
  expect(places.length).toBeGreaterThan(150);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(balanced(classes, 200, new Chance(1))).toEqual(places);
});

test("Few rows are all kept; of very many small classes more than was asked for are", () => {
  expect(balanced(classes, 1_000, new Chance(1))).toHaveLength(1_000);
  const own = Int32Array.from({ length: 1_000 }, (_, at) => at);
  expect(balanced(own, 200, new Chance(1))).toHaveLength(1_000);
});
