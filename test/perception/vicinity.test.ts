import { describe, expect, test } from "vitest";
import { Archive } from "../../src/log/archive.ts";
import { contextsOf } from "../../src/perception/contexts.ts";
import { replay } from "../../src/replay/replay.ts";
import { machine, seen, size, sized } from "./seen.ts";

describe("The cells of three sizes", async () => {
  const space = await seen("capacity", [
    size("large", 64, 256),
    size("medium", 12, 32),
    size("small", 2, 4),
    sized("a", 2, 4),
    sized("b", 3, 4),
    sized("c", 12, 32),
    sized("d", 64, 200),
    sized("giant", 256, 1000),
    machine("unknown"),
  ]);
  const namesOf = (things: readonly { name: string }[]) => things.map(({ name }) => name);

  test("hold what is nearest to each, however far away it is", () => {
    const { cell, adjoining } = space.cell("d");
    expect(cell?.concept).toBe("large");
    expect(namesOf(cell!.things)).toEqual(["d", "giant"]);
    expect(adjoining.map(({ concept, things }) => [concept, namesOf(things)]))
      .toEqual([["medium", ["c"]]]);
  });

  test("adjoin where nothing lies between them", () => {
    expect(space.cell("c").adjoining.map(({ concept }) => concept)).toEqual(["large", "small"]);
  });

  test("are shown without the thing that was asked about, its own cell first", () => {
    expect(space.cell("b").table().values).toEqual([
      ["a", "virtual_machine", "small", "the same"],
      ["c", "virtual_machine", "medium", "adjoining"],
    ]);
  });

  test("have no place for a thing of which nothing that matters is known", () => {
    expect(space.cell("unknown")).toMatchObject({ cell: null, adjoining: [] });
  });
});

test("In a real fleet each thing's cell is that of the concept it is classified as, in every context", async () => {
  await using model = await replay(await Archive.open("data/samples/fleet"));
  for (const name of ["compute", "performance", "network", "software"]) {
    const plain = await model.space(name);
    for (const context of [undefined, ...contextsOf(plain.space)]) {
      const space = context ? plain.in(context) : plain;
      const { rows } = space.classifications();
      const concepts = new Map(rows.map(({ thing, concept }) => [thing, concept]));
      // One of each concept: what shares its cell must be all the others.
      const examples = new Map(rows.map(({ thing, concept }) => [concept, thing]));
      for (const [concept, thing] of examples) {
        const { cell, adjoining } = space.cell(thing.id);
        expect(cell?.concept ?? null).toBe(concept);
        expect(cell?.things ?? [])
          .toEqual(
            concept === null ? [] : space.things.filter((one) => concepts.get(one) === concept),
          );
        for (const { concept: other, things } of adjoining) {
          expect(other).not.toBe(concept);
          expect(things.every((one) => concepts.get(one) === other)).toBe(true);
        }
      }
    }
  }
});

test("A cell among a thousand concepts is found in a few seconds", async () => {
  const concepts = Array.from({ length: 1_000 }, (_, at) => size(`c${at}`, 1 + at % 40, 1 + at));
  const space = await seen("capacity", [...concepts, sized("a", 20, 500), sized("b", 20, 501)]);
  const began = performance.now();
  const { cell, adjoining } = space.cell("a");
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(cell?.concept).toBe(space.classify("a").concept);
  expect(adjoining.length).toBeGreaterThan(0);
});
