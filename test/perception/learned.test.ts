import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { replay } from "../../src/replay/replay.ts";
import { history, type Said } from "../replay/history.ts";
import { label, machine, oddNumbers, seen, size, sized } from "./seen.ts";

const FLEET: Said[] = [
  ...[1, 2, 2, 4].flatMap((cpu, at) => [sized(`s${at}`, cpu, 4), label(`s${at}`, "small")]),
  ...[48, 64, 64, 96].flatMap((cpu, at) => [sized(`l${at}`, cpu, 256), label(`l${at}`, "large")]),
];
const defining = (commands: readonly { command: "DefineConcept"; data: unknown }[]) =>
  commands.map(({ command, data }) => [command, data] as Said);

test("A classification can be replayed as it was: before its concepts were learned, and after", async () => {
  const asked: Said[] = [...FLEET, sized("asked", 64, 250)];
  const learned = (await seen("capacity", asked)).learn();
  const log = await history(...asked, ...defining(learned.commands), size("large", 2, 4));
  const at = async (sequence: number) => {
    await using model = await replay(log, { sequence });
    const space = await model.space("capacity");
    return { origin: space.known.origin, ...space.classify("asked") };
  };
  const before = asked.length;
  const after = before + learned.commands.length;
  const [then, between, now] = [await at(before), await at(after), await at(after + 1)];
  expect(then).toMatchObject({ origin: "default", concept: "large", runnerUp: "medium" });
  expect(between).toMatchObject({ origin: "log", concept: "large", runnerUp: "small" });
  expect(now).toMatchObject({ origin: "log", concept: "large", status: "unknown" }); // redefined
  expect([await at(before), await at(after), await at(after + 1)]).toEqual([then, between, now]);
});

describe("Concepts are learned", () => {
  test("from labels where there are any, and else from what is declared", async () => {
    const names = (said: Said[], by?: "declared") =>
      seen("capacity", said).then((space) =>
        space.learn({ method: "centroid", ...(by && { by }) }).definitions.map(({ name }) => name)
      );
    expect(await names(FLEET)).toEqual(["large", "small"]);
    expect(await names(FLEET, "declared")).toEqual(["virtual_machine"]);
    expect(await names([sized("a", 2, 4)])).toEqual(["virtual_machine"]);
  });

  test("with the part of the log that they were learned from", async () => {
    const { definitions, reason } = (await seen("capacity", FLEET)).learn();
    expect(reason).toBe("2 concepts, learned from 8 of 8 things");
    for (const { learned_from } of definitions) {
      expect(learned_from).toEqual({ first_sequence: 1, last_sequence: 16, method: "prototypes" });
    }
  });

  test("but not from nothing, nor from what nothing is known of", async () => {
    for (const said of [[], [machine("a")]]) {
      const space = await seen("performance", said);
      expect(() => space.learn()).toThrow(expect.objectContaining({ code: "nothing_labelled" }));
      expect(() => space.candidates()).toThrow(
        expect.objectContaining({ code: "nothing_to_learn" }),
      );
    }
  });

  test("and not by what is no method, or no teacher", async () => {
    const space = await seen("capacity", FLEET);
    expect(() => space.learn({ method: "guess" as never }))
      .toThrow('Cannot learn concepts by "guess": say centroid, geometric_median, prototypes');
    expect(() => space.learn({ method: "centroid", prototypes: 1, by: "nobody" as never }))
      .toThrow('Cannot learn by "nobody": say labels or declared');
    expect(() => space.learn({ method: "prototypes", prototypes: 0 })).toThrow(RangeError);
  });

  test("and one thing by itself is a concept, in words too", async () => {
    const space = await seen("capacity", [sized("a", 2, 4), label("a", "small")]);
    const { definitions: [only], reason } = space.learn();
    expect(reason).toBe("1 concept, learned from 1 of 1 thing");
    expect(only).toMatchObject({ name: "small", threshold: 0.85 });
    expect(space.candidates().reason).toBe("One concept: all points are the same");
  });
});

test("Whatever is learned or found, by whatever method, the log takes it and the space knows it", async () => {
  // Few values: then dimensions are constant, collinear, and classes have one member or the same ones.
  const amount = fc.option(fc.constantFrom(1, 2, 64, 1_000_000_007), { nil: undefined });
  const thing = fc.record({ cpu: amount, memory: amount, class: fc.constantFrom("a", "b", null) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(thing, { minLength: 1, maxLength: 10 }),
      fc.constantFrom("prototypes", "centroid", "geometric_median", "candidates"),
      async (things, method) => {
        // Of one at least something is known.
        const one = { cpu: 2, memory: undefined, class: "a" };
        const said = [one, ...things].flatMap(({ cpu, memory, class: own }, at) => [
          machine(`m${at}`, {
            ...(cpu !== undefined && { cpu_cores: Math.min(cpu, 1000) }),
            ...(memory !== undefined && { memory_bytes: memory }),
          }),
          ...(own === null ? [] : [label(`m${at}`, own, "compute")]),
        ]);
        const before = await seen("compute", said);
        const learned = method === "candidates" ? before.candidates() : before.learn({ method });
        expect(oddNumbers(learned.definitions)).toEqual([]);
        const { known } = await seen("compute", [...said, ...defining(learned.commands)]);
        expect(known.faults).toEqual([]);
        expect(known.concepts).toHaveLength(learned.definitions.length);
      },
    ),
    { numRuns: 12, endOnFailure: true }, // a smaller counterexample would take minutes
  );
});
