import fc from "fast-check";
import { expect, test } from "vitest";
import { CAPACITY } from "../../../src/spaces/catalogue/capacity.ts";
import { candidateConcepts } from "../../../src/spaces/learning/candidate_concepts.ts";
import { valuesOf } from "../../../src/spaces/learning/values_of.ts";
import { Classifier } from "../../../src/spaces/classifier.ts";
import { pointOf, type Space } from "../../../src/spaces/space.ts";

const space: Space = { name: "capacity", domains: [CAPACITY] };

test("A point has the values that were said of it, whatever its coordinates are rounded to", () => {
  const cores = fc.integer({ min: 0, max: 1024 });
  const bytes = fc.integer({ min: 0, max: 9_999_999_999_999 });
  fc.assert(fc.property(cores, bytes, (cpu, memory) => {
    const said = { "capacity.cpu": cpu, "capacity.memory": memory };
    expect(valuesOf(space, pointOf(space, said))).toEqual(said);
  }));
  expect(valuesOf(space, pointOf(space, {}))).toEqual({});
});

test("Candidates reach their members as they are defined, those on the very threshold too", () => {
  const thing = fc.record({
    "capacity.cpu": fc.double({ min: 1, max: 256, noNaN: true }),
    "capacity.memory": fc.double({ min: 1e8, max: 1e12, noNaN: true }),
  });
  fc.assert(fc.property(fc.array(thing, { minLength: 2, maxLength: 19 }), (things) => {
    const points = things.map((values) => pointOf(space, values));
    const { concepts, members } = candidateConcepts(space, points);
    const classifier = new Classifier(space, concepts);
    // Of fewer than twenty 95 % are all.
    for (const [at, point] of points.entries()) {
      expect(classifier.classify(point).all[members[at]!]!.isNear).toBe(true);
    }
  }));
});
