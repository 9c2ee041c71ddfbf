import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CLEAR } from "../../src/spaces/classification.ts";
import { Classifier } from "../../src/spaces/classifier.ts";
import { type Concept, SENSITIVITY, THRESHOLD } from "../../src/spaces/concept.ts";
import { pointOf, type Space, type Values } from "../../src/spaces/space.ts";
import { anyCovariance, anySpace, anyValues, anyWeights } from "./any_space.ts";
import { host, share } from "./host_space.ts";

const point = (values: Values) => pointOf(host, values);
const cpu = (name: string, ...values: number[]): Concept => ({
  name,
  prototypes: values.map((value) => ({ "load.cpu": value })),
});
const classify = (concepts: Concept[], values: Values) =>
  new Classifier(host, concepts).classify(point(values));

describe("A thing is of the concept with the nearest prototype,", () => {
  test("with its membership, its margin to the runner-up, and how much is known", () => {
    const { all, deciding: _, ...answer } = classify(
      [cpu("idle", 0), cpu("busy", 0.25, 1)],
      { "load.cpu": 0.875 },
    );
    expect(answer).toEqual({
      concept: "busy",
      status: "member",
      membership: Math.exp(-SENSITIVITY * 0.125),
      degree: 1,
      distance: 0.125,
      prototype: 1,
      known: 1,
      runnerUp: "idle",
      margin: 0.75,
    });
    expect(all.map(({ concept, distance }) => [concept, distance]))
      .toEqual([["idle", 0.875], ["busy", 0.125]]);
  });

  test("and of two that are as near the one that was given first", () => {
    const [a, b] = [cpu("a", 0.25), cpu("b", 0.75)];
    expect(classify([a, b], { "load.cpu": 0.5 })).toMatchObject({
      ...{ concept: "a", runnerUp: "b", margin: 0, degree: 0.5 },
    });
    expect(classify([b, a], { "load.cpu": 0.5 })).toMatchObject({ concept: "b", runnerUp: "a" });
    expect(classify([a, { ...a, name: "c" }], { "load.cpu": 0.25 })).toMatchObject({
      ...{ concept: "a", distance: 0, margin: 0 },
    });
  });

  test("and alone it is all there is: the margin is 1", () => {
    expect(classify([cpu("a", 0.5)], { "load.cpu": 0.5 })).toMatchObject({
      ...{ concept: "a", status: "member", margin: 1, degree: 1, runnerUp: null },
    });
  });
});

describe("A thing is unknown", () => {
  test("below the threshold of every concept; the nearest is named all the same", () => {
    expect(classify([cpu("idle", 0)], { "load.cpu": 0.5 }))
      .toMatchObject({ concept: "idle", status: "unknown", degree: 1 });
    expect(classify([{ ...cpu("idle", 0), threshold: 0.5 }], { "load.cpu": 0.5 }))
      .toMatchObject({ concept: "idle", status: "member" });
  });

  const nothing = {
    ...{ concept: null, status: "unknown", membership: 0, degree: 0, distance: null, known: 0 },
    ...{ prototype: null, runnerUp: null, margin: 0, deciding: [] },
  };

  test("where nothing is known of it that matters", () => {
    const all = [
      {
        concept: "a",
        distance: null,
        prototype: null,
        known: 0,
        membership: 0,
        degree: 0,
        isNear: false,
      },
    ];
    expect(classify([cpu("a", 0)], {})).toEqual({ ...nothing, all });
    expect(classify([cpu("a", 0)], { "load.cpu": null, "wear.age": 3 })).toEqual({
      ...nothing,
      all,
    });
  });

  test("where there are no concepts", () => {
    expect(classify([], { "load.cpu": 0 })).toEqual({ ...nothing, all: [] });
  });
});

describe("A thing is borderline", () => {
  test("where fewer than half of the tessellations say that it is of the nearest concept", () => {
    // Nearest to one of a's three, but each of the others is farther than b's one.
    expect(classify([cpu("a", 0.5, 0, 1), cpu("b", 0.65)], { "load.cpu": 0.55 }))
      .toMatchObject({ concept: "a", status: "borderline", degree: 1 / 3 });
    expect(classify([cpu("a", 0.5, 0), cpu("b", 0.65)], { "load.cpu": 0.55 }))
      .toMatchObject({ concept: "a", status: "member", degree: 1 / 2 });
  });

  test("where it is not similar enough to the nearest concept, but to another", () => {
    const strict = { ...cpu("strict", 0), threshold: 0.99 };
    expect(classify([strict, cpu("broad", 0.25)], { "load.cpu": 0.1 }))
      .toMatchObject({ concept: "strict", status: "borderline" });
  });
});

describe("What decided", () => {
  test("is said by dimension, in units, what speaks most for the nearest concept first", () => {
    const young = { "load.cpu": 0.25, "wear.age": 1 };
    const concepts = [
      { name: "young", prototypes: [young] },
      { name: "old", prototypes: [{ "load.cpu": 0.25, "load.memory": 0.5, "wear.age": 9 }] },
    ];
    const { deciding, known } = classify(concepts, { ...young, "load.memory": 0.5 });
    expect(known).toBe(1);
    expect(deciding).toEqual([
      { dimension: "wear.age", unit: "a", value: 1, winner: 1, runnerUp: 9, speaks: 0.8 },
      { dimension: "load.cpu", unit: "1", value: 0.25, winner: 0.25, runnerUp: 0.25, speaks: 0 },
      { dimension: "load.memory", unit: "1", value: 0.5, winner: null, runnerUp: 0.5, speaks: 0 },
    ].map((one) => ({ ...one, speaks: expect.closeTo(one.speaks, 12) })));
  });

  test("adds up to the difference of the two distances", () => {
    fc.assert(fc.property(anyCase, ({ space, concepts, thing }) => {
      const { all, runnerUp, distance, deciding } = new Classifier(space, concepts)
        .classify(pointOf(space, thing));
      if (distance === null) {
        expect(deciding).toEqual([]);
        return;
      }
      const next = all.find(({ concept }) => concept === runnerUp)?.distance ?? 0;
      const sum = deciding.reduce((sum, { speaks }) => sum + speaks, 0);
      const magnitude = deciding.reduce((sum, { speaks }) => sum + Math.abs(speaks), next);
      expect(Math.abs(sum - (next - distance))).toBeLessThanOrEqual(1e-9 * magnitude);
      const sorted = deciding.map(({ speaks }) => speaks);
      expect(sorted).toEqual(sorted.toSorted((a, b) => b - a));
    }));
  });
});

test("A context says what matters: the same thing is another in it", () => {
  const concepts = [
    { name: "young", prototypes: [{ "load.cpu": 1, "wear.age": 0 }] },
    { name: "idle", prototypes: [{ "load.cpu": 0, "wear.age": 10 }] },
  ];
  const thing = point({ "load.cpu": 0.1, "wear.age": 0 });
  const context = { name: "capacity", about: "Who has room?", weights: { wear: 0 } };
  expect(new Classifier(host, concepts).classify(thing)).toMatchObject({ concept: "young" });
  expect(new Classifier(host, concepts, { context }).classify(thing)).toMatchObject({
    ...{ concept: "idle", known: 1 },
  });
  // A concept that says nothing of what matters is not in question.
  const old = { name: "old", prototypes: [{ "wear.age": 9 }] };
  expect(new Classifier(host, [old], { context }).classify(thing).concept).toBeNull();
});

test("Whitened, the usual is near: a concept has its own metric", () => {
  const dimensions = ["load.cpu", "load.memory"];
  const wide: Concept = {
    ...{ name: "wide", prototypes: [{ "load.cpu": 0, "load.memory": 0 }], metric: "whitened" },
    covariance: { dimensions, rows: [[1, 0.99], [0.99, 1]] },
  };
  const narrow: Concept = { name: "narrow", prototypes: [{ "load.cpu": 1, "load.memory": 0 }] };
  expect(classify([wide, narrow], { "load.cpu": 1, "load.memory": 1 })).toMatchObject({
    ...{ concept: "narrow", distance: SENSITIVITY, runnerUp: "wide" }, // −ln of similarity
  });
  expect(classify([wide, narrow], { "load.cpu": 0.7, "load.memory": 0.7 }).concept).toBe("wide");
});

const anyCase = anySpace.chain((space) => {
  const values = anyValues(space, { missing: true });
  const names = Object.keys(pointNames(space));
  const prototype = values.filter((values) =>
    names.some((name) => typeof values[name] === "number")
  );
  const concept = fc.record({
    prototypes: fc.array(prototype, { minLength: 1, maxLength: 4 }),
    weights: anyWeights(space),
    covariance: fc.option(anyCovariance(space)),
    threshold: fc.constantFrom(0.01, THRESHOLD, 1),
    sensitivity: fc.constantFrom(0.1, SENSITIVITY, 10),
  }).map(({ covariance, ...concept }) => ({
    ...concept,
    ...(covariance && { covariance, metric: "whitened" as const }),
  }));
  return fc.record({
    space: fc.constant(space),
    concepts: fc.array(concept, { maxLength: 6 })
      .map((concepts) => concepts.map((concept, at): Concept => ({ name: `c${at}`, ...concept }))),
    thing: values,
  });
});

function pointNames(space: Space): Values {
  return Object.fromEntries(
    space.domains.flatMap(({ dimensions }) => dimensions.map(({ name }) => [name, 0])),
  );
}

test("No answer has a number that is none, and each is what its parts say", () => {
  fc.assert(
    fc.property(anyCase, ({ space, concepts, thing }) => {
      const answer = new Classifier(space, concepts).classify(pointOf(space, thing));
      const numbers: number[] = [];
      JSON.stringify(answer, (_, value) => {
        if (typeof value === "number") numbers.push(value);
        return value;
      });
      expect(numbers.every(Number.isFinite)).toBe(true);
      const known = answer.all.filter(({ distance }) => distance !== null);
      const sum = answer.all.reduce((sum, { degree }) => sum + degree, 0);
      expect(sum).toBeCloseTo(known.length > 0 ? 1 : 0, 9);
      if (answer.concept === null) {
        expect(known).toEqual([]);
        return;
      }
      for (const share of [answer.membership, answer.margin, answer.known]) {
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
      }
      expect(answer.distance).toBe(Math.min(...known.map(({ distance }) => distance!)));
      const own = answer.all.find(({ concept }) => concept === answer.concept)!;
      expect(answer).toMatchObject({ membership: own.membership, degree: own.degree });
      expect(answer.status === "unknown").toBe(answer.all.every(({ isNear }) => !isNear));
      if (answer.status === "member") expect(own.isNear && own.degree >= CLEAR).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("Dimensions can have any names", () => {
  const names = ["constructor", "__proto__", "toString"];
  const any: Space = {
    name: "any",
    domains: [{ name: "hasOwnProperty", dimensions: names.map((name) => ({ name, ...share })) }],
  };
  const concepts: Concept[] = [
    { name: "__proto__", prototypes: [{ constructor: 0 }] },
    { name: "valueOf", prototypes: [Object.fromEntries([["__proto__", 1], ["constructor", 1]])] },
  ];
  const { concept, deciding, known } = new Classifier(any, concepts).classify(
    pointOf(any, { constructor: 0.25 }),
  );
  expect([concept, known]).toEqual(["__proto__", 1]);
  expect(deciding).toEqual([
    {
      dimension: "constructor",
      unit: "1",
      value: 0.25,
      winner: 0,
      runnerUp: 1,
      speaks: expect.any(Number),
    },
  ]);
});

test("Among a thousand concepts each prototype is of its own", () => {
  const concepts = Array.from({ length: 1000 }, (_, at): Concept => ({
    name: `c${at}`,
    prototypes: [0, 1, 2].map((nth) => ({
      "load.cpu": (at % 10) / 10 + nth / 1000,
      "load.memory": (Math.floor(at / 10) % 10) / 10,
      "wear.age": Math.floor(at / 100),
    })),
  }));
  const classifier = new Classifier(host, concepts);
  for (const { name, prototypes } of concepts.filter((_, at) => at % 7 === 0)) {
    expect(classifier.classify(point(prototypes[1]!))).toMatchObject({
      ...{ concept: name, prototype: 1, distance: 0, membership: 1, margin: 1, degree: 1 },
    });
  }
});
