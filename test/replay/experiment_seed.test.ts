/** What is drawn from a seed. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeDatabase, type Database, openDatabase } from "../../src/projections/sql/database.ts";
import { runExperiment } from "../../src/replay/experiment.ts";
import { GREATEST_SEED, setSeed } from "../../src/replay/experiment_seed.ts";
import { history, STORY } from "./history.ts";

let database: Database;
beforeAll(async () => void (database = await openDatabase(":memory:", { threads: "1" })));
afterAll(() => closeDatabase(database));

async function drawn(seed: number): Promise<string> {
  await setSeed(database.connection, seed);
  const reader = await database.connection.runAndReadAll("SELECT random() FROM range(2)");
  return String(reader.getRows());
}

test("Neighbouring seeds each draw numbers of their own, from the least to the greatest", async () => {
  const middle = (GREATEST_SEED - 1) / 2; // where setseed is given 0, and a double is finest
  const seeds = [0, middle - 500, GREATEST_SEED - 999].flatMap((first) =>
    Array.from({ length: 1_000 }, (_, at) => first + at)
  );
  const found = new Set<string>();
  for (const seed of seeds) found.add(await drawn(seed));
  expect(found.size).toBe(seeds.length);
});

test("A spec without a seed draws from 0, always the same; a seed that would share another's numbers is refused", async () => {
  const log = await history(...STORY);
  const hash = async (seed: object) => {
    const queries = { u: { sql: "SELECT random() AS r FROM range(2)" } };
    const { manifest } = await runExperiment({ name: "drawn", ...seed, queries }, log);
    return manifest.tables.u!.hash;
  };
  const seeds = [0, 1, 2, 3, 4, 5, 42, 43].map((seed) => ({ seed }));
  const hashes: string[] = [];
  for (const seed of seeds) hashes.push(await hash(seed));
  expect(new Set(hashes).size).toBe(seeds.length);
  expect(await hash({})).toBe(hashes[0]);
  await expect(hash({ seed: GREATEST_SEED + 1 })).rejects.toMatchObject({
    code: "experiment_invalid",
    position: "/seed",
  });
});
