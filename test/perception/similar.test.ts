import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contextsOf } from "../../src/perception/contexts.ts";
import { Metric } from "../../src/spaces/metric.ts";
import { pointOf } from "../../src/spaces/space.ts";
import { GB, machine, seen, sized } from "./seen.ts";

test("The nearest things are exactly those that the metric says, under every context", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          cpu_cores: fc.option(fc.integer({ min: 1, max: 256 }), { nil: undefined }),
          memory_bytes: fc.option(fc.integer({ min: 1, max: 1e12 }), { nil: undefined }),
          storage_bytes: fc.option(fc.integer({ min: 1, max: 1e12 }), { nil: undefined }),
        }, { noNullPrototype: true }),
        { minLength: 2, maxLength: 20 },
      ),
      async (all) => {
        const known = all.map((one) =>
          Object.fromEntries(Object.entries(one).filter(([, value]) => value !== undefined))
        );
        const plain = await seen("compute", known.map((one, at) => machine(`m${at}`, one)));
        for (const context of [undefined, ...contextsOf(plain.space)]) {
          const space = context ? plain.in(context) : plain;
          const metric = new Metric(space.space, { context: context?.weights ?? {} });
          const distance = (a: number, b: number) =>
            metric.distance(
              pointOf(space.space, space.things[a]!.values),
              pointOf(space.space, space.things[b]!.values),
            );
          const expected = [...space.things.keys()].slice(1)
            .map((at) => ({ at, distance: distance(0, at) }))
            .filter(({ distance }) => !Number.isNaN(distance))
            .sort((a, b) => a.distance - b.distance || a.at - b.at).slice(0, 5);
          const found = space.similar(space.things[0]!.name, { count: 5 }).rows;
          expect(found.map(({ thing }) => thing.name))
            .toEqual(expected.map(({ at }) => space.things[at]!.name));
          for (const { distance, differences } of found) {
            const shares = differences.reduce((sum, { share }) => sum + share, 0);
            if (distance > 0) expect(shares).toBeCloseTo(1, 9);
          }
        }
      },
    ),
    { numRuns: 15 },
  );
});

describe("Like this one, but", async () => {
  const space = await seen("capacity", [
    sized("asked", 8, 32),
    sized("equal", 8, 32),
    sized("less", 8, 4),
    sized("least", 4, 1),
    sized("more", 8, 64),
    machine("unknown", { cpu_cores: 8 }),
  ]);
  const names = (but: Record<string, "less" | "more" | number>) =>
    space.similar("asked", { but }).rows.map(({ thing }) => thing.name);

  test("with less of a dimension: only what is known to have less, however much less", () => {
    expect(names({ "capacity.memory": "less" })).toEqual(["less", "least"]);
  });

  test("with more of it", () => {
    expect(names({ "capacity.memory": "more" })).toEqual(["more"]);
  });

  test("with so much of it", () => {
    const [first, ...others] = space.similar("asked", { but: { "capacity.memory": 1 * GB } }).rows;
    expect(first!.thing.name).toBe("unknown"); // of which only the processors count
    expect(first!.known).toBeLessThan(1);
    expect(others.map(({ thing }) => thing.name)).toEqual(["least", "less", "equal", "more"]);
  });

  test("but not with less of what is not known of it, or of what there is not", () => {
    expect(() => space.similar("unknown", { but: { "capacity.memory": "less" } }))
      .toThrow(/capacity.memory of unknown is not known/);
    expect(() => space.similar("asked", { but: { "capacity.size": "less" } }))
      .toThrow(/no dimension "capacity.size": it has capacity.cpu/);
  });

  test.each([NaN, Infinity, "lots", null])("%s is no difference", (how) => {
    expect(() => space.similar("asked", { but: { "capacity.memory": how as never } })).toThrow(
      expect.objectContaining({
        code: "no_difference",
        message: expect.stringContaining(`${how}`),
      }),
    );
  });
});

test("A thing of which nothing is known is like nothing, and one by itself too", async () => {
  const performance = await seen("performance", [machine("a"), machine("b")]);
  expect(performance.similar("a").rows).toEqual([]);
  expect((await seen("capacity", [sized("a", 2, 4)])).similar("a").rows).toEqual([]);
});
