import { describe, expect, test } from "vitest";
import { Classifier } from "../../../src/spaces/classifier.ts";
import { candidateConcepts } from "../../../src/spaces/learning/candidate_concepts.ts";
import { Chance } from "../../../src/spaces/learning/chance.ts";
import { NothingToLearn } from "../../../src/spaces/learning/error.ts";
import { pointsOf, spaceOf } from "./space_of.ts";

const space = spaceOf({ performance: ["performance.cpu", "performance.memory"] });

/** Points around some middles, as many of each. */
function around(middles: number[][], count: number): Float64Array[] {
  const chance = new Chance(1);
  const rows = Array.from(
    { length: count },
    (_, at) => middles[at % middles.length]!.map((middle) => middle + 0.1 * chance.share()),
  );
  return pointsOf(...rows);
}

describe("Concepts without labels", () => {
  test("are as many as the silhouette says, and are named by what tells them from the others", () => {
    const points = around([[0, 0], [0.9, 0], [0.3, 0.9]], 60);
    const { concepts, members, silhouettes, reason } = candidateConcepts(space, points);
    expect(concepts.map(({ name }) => name).sort()).toEqual([
      "high performance.cpu",
      "high performance.memory",
      "low performance.cpu",
    ]);
    for (const [at, member] of members.entries()) expect(member).toBe(members[at % 3]);
    expect(silhouettes).toHaveLength(9);
    expect(Math.max(...silhouettes.map(({ silhouette }) => silhouette)))
      .toBe(silhouettes[1]!.silhouette);
    expect(reason).toMatch(
      /^3 concepts: of 2 to 10 this many have the highest mean silhouette, 0\.\d\d$/,
    );
  });

  test("can be classified with", () => {
    const points = around([[0, 0], [0.9, 0.9]], 40);
    const { concepts, members } = candidateConcepts(space, points);
    const classifier = new Classifier(space, concepts);
    const seen = points.map((point) => classifier.classify(point));
    expect(seen.map(({ concept }) => concept))
      .toEqual(Array.from(members, (at) => concepts[at]!.name));
    expect(seen.filter(({ status }) => status === "member").length).toBeGreaterThanOrEqual(38);
  });

  test("are one where the points are one cloud, with the reason; and it has the space's name", () => {
    const cloud = spaceOf({ a: ["a.x", "a.y"], b: ["b.x", "b.y"], c: ["c.x", "c.y"] });
    const chance = new Chance(1);
    const rows = Array.from({ length: 200 }, () => Array.from({ length: 6 }, () => chance.share()));
    const { concepts, members, reason } = candidateConcepts(cloud, pointsOf(...rows));
    expect(concepts.map(({ name }) => name)).toEqual(["test"]);
    expect(new Set(members)).toEqual(new Set([0]));
    expect(reason).toMatch(/^One concept: of 2 to 10 none has a mean silhouette above 0.25; the/);
  });

  test("are one for a single resource, and for ones that are all the same", () => {
    for (const rows of [[[0.5, 0.5]], [[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]]]) {
      const { concepts, reason } = candidateConcepts(space, pointsOf(...rows));
      expect(concepts).toHaveLength(1);
      expect(concepts[0]!.prototypes).toEqual([{
        "performance.cpu": 0.5,
        "performance.memory": 0.5,
      }]);
      expect(reason).toBe("One concept: all points are the same");
    }
  });

  test("are named by more than one dimension where it takes that, and are numbered at the last", () => {
    const load = spaceOf({ load: ["load.cpu"] });
    const { concepts } = candidateConcepts(load, around([[0], [0.3], [0.6], [0.9]], 80));
    expect(concepts).toHaveLength(4);
    expect(new Set(concepts.map(({ name }) => name)).size).toBe(4);
    expect(concepts.map(({ name }) => name)).toContain("high load.cpu (2)");
  });

  test("are found with the same seed again, also where only some points are compared", () => {
    const points = around([[0, 0], [0.9, 0], [0, 0.9]], 1_500);
    const found = candidateConcepts(space, points, { seed: 3 });
    expect(candidateConcepts(space, points, { seed: 3 })).toEqual(found);
    expect(found.concepts).toHaveLength(3);
    expect(found.members).toHaveLength(1_500);
  });

  test("are found where values are missing; a point that knows nothing is in none", () => {
    const points = [...around([[0, 0], [0.9, 0.9]], 40), ...pointsOf([0.95, NaN], [NaN, NaN])];
    const { concepts, members } = candidateConcepts(space, points);
    expect(concepts).toHaveLength(2);
    expect(members[40]).toBe(members[1]);
    expect(members[41]).toBe(-1);
  });

  test("are not looked for where nothing is known, nor fewer than two", () => {
    expect(() => candidateConcepts(space, pointsOf([NaN, NaN]))).toThrow(NothingToLearn);
    expect(() => candidateConcepts(space, pointsOf([0, 0]), { most: 1 })).toThrow(
      "Cannot look for 1 concepts: say 2 or more",
    );
  });
});
