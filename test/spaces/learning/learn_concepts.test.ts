import { Compile } from "typebox/compile";
import { describe, expect, test } from "vitest";
import { DefineConcept, defineConcept } from "../../../src/domain/concept.ts";
import { Inventory } from "../../../src/domain/inventory.ts";
import { MessageFactory } from "../../../src/domain/message.ts";
import { Classifier } from "../../../src/spaces/classifier.ts";
import { THRESHOLD } from "../../../src/spaces/concept.ts";
import { Chance } from "../../../src/spaces/learning/chance.ts";
import { NothingToLearn } from "../../../src/spaces/learning/error.ts";
import { learnConcepts, type LearnOptions } from "../../../src/spaces/learning/learn_concepts.ts";
import { pointOf } from "../../../src/spaces/space.ts";
import { pointsOf, spaceOf } from "./space_of.ts";

const METHODS = ["centroid", "geometric_median", "prototypes"] as const;
const messages = new MessageFactory(() => new Date("2026-11-24T12:00:00Z"));
const space = spaceOf({ load: ["load.cpu", "load.memory"], wear: ["wear.age"] });

/** Two concepts of 100 members: what is busy is busy with one thing or the other. */
function examples(seed: number): { points: Float64Array[]; labels: string[] } {
  const chance = new Chance(seed);
  const near = (middle: number) => middle + 0.1 * (chance.share() + chance.share() - 1);
  const labels = Array.from({ length: 200 }, (_, at) => at % 2 === 0 ? "idle" : "busy");
  const points = labels.map((label, at) =>
    label === "idle"
      ? [near(0.1), near(0.1), chance.share()]
      : [near(at % 4 === 1 ? 0.8 : 0.2), near(at % 4 === 1 ? 0.2 : 0.8), chance.share()]
  );
  return { points: pointsOf(...points), labels };
}

describe.each(METHODS)("Concepts that are learned with the method %s", (method) => {
  const { points, labels } = examples(1);
  const concepts = learnConcepts(space, points, labels, { method, seed: 7 });

  test("tell other things of the same kinds apart", () => {
    const classifier = new Classifier(space, concepts);
    const others = examples(2);
    const right = others.points.filter((point, at) =>
      classifier.classify(point).concept === others.labels[at]
    );
    // One prototype for what is busy with one thing or the other lies in between.
    expect(right.length).toBeGreaterThanOrEqual(method === "prototypes" ? 200 : 170);
  });

  test("have 95 % of other members at or above their thresholds", () => {
    const classifier = new Classifier(space, concepts);
    const others = examples(3);
    const near = others.points.filter((point, at) =>
      classifier.classify(point).all.some(({ concept, membership }) =>
        concept === others.labels[at] && membership >= THRESHOLD
      )
    );
    expect(near.length / 200).toBeGreaterThan(0.88);
    expect(near.length / 200).toBeLessThan(1);
  });

  test("can be defined as they are, and are the same for the same seed", () => {
    const some = pointsOf([0, 0.3, NaN], [0.1, 0, NaN], [0.3, 0.1, NaN], [0.9, NaN, NaN]);
    for (
      const concept of [
        ...concepts,
        ...learnConcepts(space, some, ["a", "a", "a", "b"], { method }),
      ]
    ) {
      const data = JSON.parse(JSON.stringify({ space: "host", ...concept }));
      expect(Compile(DefineConcept).Errors(data)).toEqual([]);
      const command = messages.command("DefineConcept", data, {
        actor: "test",
        source: "declared",
      });
      expect(defineConcept(new Inventory(), command).facts).toHaveLength(1);
    }
    expect(learnConcepts(space, points, labels, { method, seed: 7 })).toEqual(concepts);
  });

  test("hold with one member, a constant dimension, collinear ones, and ones that nobody knows", () => {
    const some = pointsOf([0, 0, 0.5], [0.2, 0.2, 0.5], [0.1, 0.1, 0.5], [0.9, NaN, NaN]);
    const learned = learnConcepts(space, some, ["a", "a", "a", "b"], { method });
    expect(learned.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(learned[1]!.prototypes).toEqual([{ "load.cpu": 0.9 }]);
    // Nobody says how far b reaches: as far as a.
    expect(learned[1]!.sensitivity).toBe(learned[0]!.sensitivity);
    const classifier = new Classifier(space, learned);
    expect(classifier.classify(Float64Array.of(0.05, 0.05, 0.5)).concept).toBe("a");
    expect(classifier.classify(Float64Array.of(0.9, NaN, NaN)).concept).toBe("b");
  });

  test("can be learned from a single resource, and from members that are all the same", () => {
    const [one] = learnConcepts(space, pointsOf([0.25, 0.5, 0.75]), ["only"], { method });
    expect(one?.prototypes).toEqual([{ "load.cpu": 0.25, "load.memory": 0.5, "wear.age": 0.75 }]);
    const same = pointsOf([0.25, 0.5, 0.75], [0.25, 0.5, 0.75], [1, 1, 1], [1, 1, 1]);
    const learned = learnConcepts(space, same, ["a", "a", "b", "b"], { method });
    const classifier = new Classifier(space, learned);
    expect(classifier.classify(same[0]!)).toMatchObject({ concept: "a", membership: 1 });
    expect(classifier.classify(same[3]!)).toMatchObject({ concept: "b", membership: 1 });
  });
});

test("Prototypes are in the units of their dimensions", () => {
  const memory = { name: "capacity.memory", unit: "By", scale: "log", range: [1e9, 1e12] } as const;
  const capacity = { name: "host", domains: [{ name: "capacity", dimensions: [memory] }] };
  const points = [4e9, 4e9].map((bytes) => pointOf(capacity, { "capacity.memory": bytes }));
  const [small] = learnConcepts(capacity, points, ["small", "small"], { method: "centroid" });
  expect(small!.prototypes[0]!["capacity.memory"]).toBeCloseTo(4e9, 3);
});

test("What has no label, or of which nothing is known, tells nothing", () => {
  const points = pointsOf([0, 0, 0], [0.5, 0, 0], [1, 1, 1], [NaN, NaN, NaN]);
  const [idle] = learnConcepts(space, points, ["idle", "idle", null, "idle"], {
    method: "centroid",
  });
  expect(idle!.prototypes).toEqual([{ "load.cpu": 0.25, "load.memory": 0, "wear.age": 0 }]);
});

test("A concept of which only that is known which tells no concepts apart is one all the same", () => {
  const points = pointsOf([0.5, 0, 0], [0.5, 1, 0], [0.5, NaN, NaN]);
  const learned = learnConcepts(space, points, ["a", "b", "c"], { method: "centroid" });
  expect(learned[2]).toMatchObject({ name: "c", weights: { "load.cpu": 1 } });
  expect(new Classifier(space, learned).classify(points[2]!).all[2]!.membership).toBe(1);
});

describe("Nothing is learned", () => {
  const learn =
    (rows: number[][], labels: (string | null)[], options: Partial<LearnOptions> = {}) => () =>
      learnConcepts(space, pointsOf(...rows), labels, { method: "centroid", ...options });

  test("from no labels, which is said", () => {
    expect(learn([[0, 0, 0]], [null])).toThrow(NothingToLearn);
    expect(learn([], [])).toThrow("labels: none of the points has one: label some of each concept");
  });

  test("of a concept of whose members nothing is known, which is named", () => {
    expect(learn([[0, 0, 0], [NaN, NaN, NaN]], ["a", "b"])).toThrow(
      "labels/b: nothing is known of its members: leave its labels out, or measure them first",
    );
  });

  test("with numbers that make no sense, which are named", () => {
    expect(learn([[0, 0, 0]], ["a"], { prototypes: 1_001 })).toThrow(
      "Cannot learn 1001 prototypes a concept: say 1 to 1000",
    );
    expect(learn([[0, 0, 0]], [])).toThrow("Cannot learn from 1 points with 0 labels");
  });
});
