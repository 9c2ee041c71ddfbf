/** The same seed draws the same, everywhere. */
import { expect, test } from "vitest";
import { Chance } from "../../../src/spaces/learning/chance.ts";

test("A seed tells what is drawn", () => {
  const draws = (seed: number) => {
    const chance = new Chance(seed);
    return [chance.share(), chance.below(1_000), ...chance.shuffled([1, 2, 3, 4, 5, 6])];
  };
  expect(draws(7)).toEqual(draws(7));
  expect(draws(7)).not.toEqual(draws(8));
  // Held here, so that a change of the generator, by which all that is learned changes, is seen.
  expect(draws(7)).toEqual([0.4049173967919706, 0, 6, 5, 4, 3, 1, 2]);
});

test("What is drawn is spread evenly from the first number on, and a shuffle keeps what it is given", () => {
  const firsts = Array.from({ length: 10_000 }, (_, seed) => new Chance(seed).share());
  const counts = new Array<number>(10).fill(0);
  for (const first of firsts) counts[Math.floor(10 * first)]!++;
  for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  const from = ["a", "b", "c", "d"];
  expect(new Chance(1).shuffled(from).sort()).toEqual(from);
  expect(from).toEqual(["a", "b", "c", "d"]);
});
