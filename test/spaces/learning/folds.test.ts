import fc from "fast-check";
import { expect, test } from "vitest";
import { Chance } from "../../../src/spaces/learning/chance.ts";
import { folds } from "../../../src/spaces/learning/folds.ts";

test("Parts are as large as each other, and each class is spread over them evenly", () => {
  fc.assert(fc.property(
    fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 60 }),
    fc.integer({ min: 2, max: 10 }),
    fc.integer(),
    (classes, count, seed) => {
      const parts = folds(classes, count, new Chance(seed));
      for (const of of [classes, ...["a", "b", "c"].map((own) => [own])]) {
        const sizes = new Array<number>(count).fill(0);
        for (const [at, part] of parts.entries()) if (of.includes(classes[at]!)) sizes[part]!++;
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }
    },
  ));
});

test("The same seed makes the same parts, and another seed others", () => {
  const classes = Array.from({ length: 40 }, (_, at) => at % 3);
  expect(folds(classes, 5, new Chance(1))).toEqual(folds(classes, 5, new Chance(1)));
  expect(folds(classes, 5, new Chance(1))).not.toEqual(folds(classes, 5, new Chance(2)));
});
