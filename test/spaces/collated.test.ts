import fc from "fast-check";
import { expect, test } from "vitest";
import { collatedDegrees } from "../../src/spaces/collated.ts";

/** By the definition: every way to draw one prototype of each concept, one by one. */
function byDraws(distances: readonly (readonly number[])[]): number[] {
  const known = distances.map((own) => own.filter((distance) => !Number.isNaN(distance)));
  const degrees = distances.map(() => 0);
  const concepts = [...known.keys()].filter((concept) => known[concept]!.length > 0);
  const draws = concepts.reduce<number[][]>(
    (draws, concept) => draws.flatMap((draw) => known[concept]!.map((one) => [...draw, one])),
    [[]],
  );
  if (concepts.length === 0) return degrees;
  for (const draw of draws) {
    const least = Math.min(...draw);
    const nearest = concepts.filter((_, at) => draw[at] === least);
    for (const concept of nearest) degrees[concept]! += 1 / nearest.length / draws.length;
  }
  return degrees;
}

const few = fc.array(
  fc.array(fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 6 }) }, fc.constant(NaN)), {
    maxLength: 4,
  }),
  { maxLength: 5 },
);

test("A degree is the share of all tessellations in which a thing is of a concept, ties shared fairly", () => {
  fc.assert(
    fc.property(few, (distances) => {
      const degrees = collatedDegrees(distances);
      for (const [concept, degree] of byDraws(distances).entries()) {
        expect(degrees[concept]).toBeCloseTo(degree, 12);
      }
    }),
    { numRuns: 1000 },
  );
});

test("It is the mean, over a concept's prototypes, of the product of the shares of others' that are farther", () => {
  const many = fc.array(
    fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 }),
    { minLength: 1, maxLength: 20 },
  ).filter((distances) => new Set(distances.flat()).size === distances.flat().length);
  fc.assert(fc.property(many, (distances) => {
    const degrees = collatedDegrees(distances);
    for (const [concept, own] of distances.entries()) {
      const products = own.map((prototype) =>
        distances.reduce(
          (product, others, other) =>
            other === concept
              ? product
              : product * others.filter((far) => far > prototype).length / others.length,
          1,
        )
      );
      const mean = products.reduce((sum, product) => sum + product, 0) / products.length;
      expect(degrees[concept]).toBeCloseTo(mean, 12);
    }
  }));
});

test("Degrees add up to 1 as soon as anything is known, and none is NaN", () => {
  const anything = fc.array(
    fc.array(
      fc.oneof(fc.constantFrom(0, 1, NaN, Infinity, Number.MAX_VALUE), fc.double({ min: 0 })),
      { maxLength: 30 },
    ),
    { maxLength: 60 },
  );
  fc.assert(fc.property(anything, (distances) => {
    const isKnown = distances.flat().some((distance) => !Number.isNaN(distance));
    const sum = collatedDegrees(distances).reduce((sum, degree) => sum + degree, 0);
    expect(sum).toBeCloseTo(isKnown ? 1 : 0, 9);
  }));
});

test("With one prototype each, the nearest concept has it all, or those that are as near share it", () => {
  expect([...collatedDegrees([[2], [1], [3]])]).toEqual([0, 1, 0]);
  expect([...collatedDegrees([[1], [1], [3]])]).toEqual([0.5, 0.5, 0]);
  for (const degree of collatedDegrees(new Array(1000).fill([1]))) {
    expect(degree).toBeCloseTo(0.001, 12);
  }
});
