import { afterAll, describe, expect, test } from "vitest";
import { Archive } from "../../src/log/archive.ts";
import { replay } from "../../src/replay/replay.ts";
import { history } from "../replay/history.ts";
import { oddNumbers, sized } from "./seen.ts";

const SIZES = [4, 5, 6, 4, 5, 6, 4, 5, 6, 4, 5, 6, 4, 5, 6, 4, 5, 6, 4, 5];

describe("How far a thing is from the others of its concept", async () => {
  const usual = SIZES.map((size, at) =>
    sized(`host-${String(at).padStart(2, "0")}`, size, 2 * size)
  );
  const model = await replay(await history(...usual, sized("giant", 200, 4)));
  afterAll(() => model[Symbol.asyncDispose]());
  const space = await model.space("capacity");
  const { rows } = await space.points();
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

  test("says of how many it can tell that: of twenty others no p is less than 2/21", async () => {
    expect(first!.p).toBe(2 / 21);
    expect(first!.calibratedOn).toEqual({ distance: 5, nearest: 20 });
    expect(first!.isDiscovery).toBe(false);
    expect((await space.points({ fdr: 1 })).rows[0]!.isDiscovery).toBe(true);
  });

  test("is the same again, whatever the order, and for a seed", async () => {
    expect((await space.points()).rows).toEqual(rows);
    expect((await space.points({ seed: 2 })).rows[0]!.thing.name).toBe("giant");
    await expect(space.points({ fdr: 2 })).rejects.toThrow(
      "Cannot take 2 as a false discovery rate",
    );
  });
});

test("It names the events that a thing and its nearest one are there by, and the version of the concept", async () => {
  await using model = await replay(await Archive.open("data/samples/fleet"), { sequence: 20_000 });
  const { rows } = await (await model.space("capacity")).points();
  const { values } = await model.query("SELECT event_id::VARCHAR, sequence FROM events");
  const sequenceOf = new Map(values.map(([id, sequence]) => [id, Number(sequence)]));
  expect(rows.length).toBeGreaterThan(10);
  for (const { thing, nearest, eventIds, concept, sequence } of rows) {
    expect(new Set(eventIds.map((id) => sequenceOf.get(id))))
      .toEqual(new Set([thing.sequence, nearest.sequence]));
    const own = rows.filter((other) => other.concept === concept);
    expect(sequence).toBe(Math.max(...own.map((other) => other.thing.sequence)));
    expect(sequence).toBeLessThanOrEqual(20_000);
  }
});

test("Of a concept that hardly anything is of nothing is said, but how many there are", async () => {
  await using model = await replay(await history(sized("a", 2, 4), sized("b", 3, 4)));
  const space = await model.space("capacity");
  expect(await space.points()).toMatchObject({
    rows: [],
    few: [{ concept: "virtual_machine", things: 2 }],
  });
});

test("In every space of a fleet it can be asked, and no number is odd", async () => {
  await using model = await replay(await Archive.open("data/samples/fleet"), { sequence: 20_000 });
  for (const name of ["compute", "performance", "software", "connection"]) {
    const { rows } = await (await model.space(name)).points();
    expect(rows.length, name).toBeGreaterThan(0);
    expect(oddNumbers(rows)).toEqual([]);
  }
  const compute = (await (await model.space("compute")).points()).rows;
  const servers = compute.filter(({ concept }) => concept === "physical_server");
  // A clone of a guest that is declared a server: the farthest of the servers, by whichever measure.
  const farthest = servers.toSorted((a, b) => b.distance - a.distance)[0]!;
  expect(farthest.thing.name).toBe("shop-app-01-copy");
  expect(farthest.nearestDistance).toBe(Math.max(...servers.map((one) => one.nearestDistance)));
});
