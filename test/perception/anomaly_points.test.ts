import { describe, expect, test } from "vitest";
import { Archive } from "../../src/log/archive.ts";
import { replay } from "../../src/replay/replay.ts";
import { oddNumbers, seen, sized } from "./seen.ts";

const SIZES = [4, 5, 6, 4, 5, 6, 4, 5, 6, 4, 5, 6, 4, 5, 6, 4, 5, 6, 4, 5];

describe("How far a thing is from the others of its concept", async () => {
  const usual = SIZES.map((size, at) =>
    sized(`host-${String(at).padStart(2, "0")}`, size, 2 * size)
  );
  const space = await seen("capacity", [...usual, sized("giant", 200, 4)]);
  const { rows } = space.points();
  const [first] = rows;

  test("is told of the most unusual one first, with what makes it so", () => {
    expect(first!.thing.name).toBe("giant");
    expect(first!.concept).toBe("virtual_machine");
    expect(first!.distance).toBeGreaterThan(10 * rows.at(-1)!.distance);
    expect(first!.nearestDistance).toBeGreaterThan(10 * rows.at(-1)!.nearestDistance);
    for (const { shares } of rows) {
      expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    }
  });

  test("says of how many it can tell that: of twenty others no p is less than 2/21", () => {
    expect(first!.p).toBe(2 / 21);
    expect(first!.calibratedOn).toEqual({ distance: 5, nearest: 20 });
    expect(first!.isDiscovery).toBe(false);
    expect(space.points({ fdr: 1 }).rows[0]!.isDiscovery).toBe(true);
  });

  test("is the same again, whatever the order, and for a seed", () => {
    expect(space.points().rows).toEqual(rows);
    expect(space.points({ seed: 2 }).rows[0]!.thing.name).toBe("giant");
    expect(() => space.points({ fdr: 2 })).toThrow("Cannot take 2 as a false discovery rate");
  });
});

test("Of a concept that hardly anything is of nothing is said, but how many there are", async () => {
  const space = await seen("capacity", [sized("a", 2, 4), sized("b", 3, 4)]);
  expect(space.points()).toMatchObject({
    rows: [],
    few: [{ concept: "virtual_machine", things: 2 }],
  });
});

test("In every space of a fleet it can be asked, and no number is odd", async () => {
  await using model = await replay(await Archive.open("data/samples/fleet"), { sequence: 20_000 });
  for (const name of ["compute", "performance", "software", "connection"]) {
    const { rows } = (await model.space(name)).points();
    expect(rows.length, name).toBeGreaterThan(0);
    expect(oddNumbers(rows)).toEqual([]);
  }
  const compute = (await model.space("compute")).points().rows;
  const servers = compute.filter(({ concept }) => concept === "physical_server");
  // A clone of a guest that is declared a server: the farthest of the servers, by whichever measure.
  const farthest = servers.toSorted((a, b) => b.distance - a.distance)[0]!;
  expect(farthest.thing.name).toBe("shop-app-01-copy");
  expect(farthest.nearestDistance).toBe(Math.max(...servers.map((one) => one.nearestDistance)));
});
