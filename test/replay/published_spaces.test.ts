/** The published positions follow their log as the SQL model does, and are proved against a replay. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MemoryLog } from "../../src/log/memory.ts";
import { runToEnd } from "../../src/projections/run_to_end.ts";
import { closeDatabase, openDatabase } from "../../src/projections/sql/database.ts";
import type { Comparison } from "../../src/replay/compare.ts";
import { Model } from "../../src/replay/model.ts";
import { publishedPath, workingPath } from "../../src/replay/model_paths.ts";
import { publishedModel, type PublishedOptions } from "../../src/replay/published.ts";
import { replay } from "../../src/replay/replay.ts";
import { verifyModel } from "../../src/replay/verify.ts";
import { history, STORY } from "./history.ts";

const root = Deno.makeTempDirSync({ prefix: "cim-published-spaces-" });
const folder = join(root, `it's "a" folder=1`);
const path = publishedPath(folder, "spaces");
let log: MemoryLog;
beforeAll(async () => {
  await Deno.mkdir(folder);
  log = await history(...STORY);
  await runToEnd(log, spaces());
});
afterAll(() => Deno.remove(root, { recursive: true }));

const spaces = (options: PublishedOptions = {}) =>
  publishedModel(log, folder, { model: "spaces", ...options });

/** Does something to a model. */
async function alter(model: string, statement: string): Promise<void> {
  const database = await openDatabase(model);
  await database.connection.run(statement);
  closeDatabase(database);
}

describe("Published positions", () => {
  test("lie beside their working model, which has all that they are made of", async () => {
    expect([...Deno.readDirSync(join(folder, "models"))].map(({ name }) => name).sort())
      .toEqual(["spaces.duckdb", "spaces.working.duckdb", "spaces.working.duckdb.lock"]);
    await using model = await Model.open(path);
    expect(model.checkpoint.last_sequence).toBe(7);
    expect((await model.sql`SELECT hostname FROM compute_positions`).rows).toHaveLength(1);
    await expect(model.sql`FROM resources`).rejects.toMatchObject({ code: "query_error" });
    expect(await verifyModel(log, workingPath(folder, "spaces"))).not.toHaveProperty(
      "disagreement",
    );
  });

  test("agree with the log", async () => {
    const agreement = await verifyModel(log, path);
    expect(agreement).toEqual({ path, last_sequence: 7, rows: expect.any(Number) });
    expect(agreement.rows).toBeGreaterThan(5);
  });

  test("are compared with what any model says", async () => {
    await using model = await replay(log);
    expect(await model.compareWith(path)).toMatchObject({ last_sequence: 7, differences: [] });
    await using before = await replay(log, { sequence: 2 });
    const { differences } = await before.compareWith(path);
    expect(differences.map(({ table }) => table)).toContain("compute_positions");
    // Of those that are read only too.
    await using opened = await Model.open(workingPath(folder, "spaces"));
    expect(await opened.compareWith(path)).toMatchObject({ differences: [] });
  });

  test("that are begun anew say what differs, and take their place", async () => {
    await alter(path, "UPDATE compute_positions SET capacity_cpu = 4096");
    const replaced: Comparison[] = [];
    await runToEnd(log, spaces({ rebuild: true, onReplace: (one) => replaced.push(one) }));
    expect(replaced).toMatchObject([
      { last_sequence: 7, differences: [{ table: "compute_positions", added: 1, removed: 1 }] },
    ]);
    expect(await verifyModel(log, path)).not.toHaveProperty("disagreement");
  });

  test("agree with a log that has gone on, and then follow it", async () => {
    const [, network] = await Array.fromAsync(log.read({ to: 2 }));
    await log.append([{ subject: "a.b", payload: network!.payload }], 7);
    expect(await verifyModel(log, path)).toEqual({
      path,
      last_sequence: 7,
      rows: expect.any(Number),
    });
    await runToEnd(log, spaces());
    expect(await verifyModel(log, path)).toEqual({
      path,
      last_sequence: 8,
      rows: expect.any(Number),
    });
  });
});

describe("Positions that were altered are found:", () => {
  test.each<[string, RegExp]>([
    ["UPDATE compute_positions SET performance_cpu = 0.5", /compute_positions lacks 1 row/],
    ["DELETE FROM compute_positions_history", /compute_positions_history lacks \d rows?/],
    ["INSERT INTO position_events FROM position_events LIMIT 1", /position_events has 1 other/],
    ["DELETE FROM position_drift", /position_drift lacks/],
    ["UPDATE network_positions SET network_size = 1", /network_positions lacks/],
    ["INSERT INTO fold.parked VALUES (5, 'PolicySet', uuid(), 'why not')", /fold\.parked has/],
    ["UPDATE fold.checkpoint SET hash_low = 1", /fold\.checkpoint/],
    ["UPDATE fold.checkpoint SET definition = 'x'", /another version of this program/],
    ["DROP TABLE labels", /labels/],
    ["CREATE MACRO md5(text) AS text", /md5: it is not the view or macro/],
  ])("%s", async (statement, what) => {
    const copy = join(root, "altered.duckdb");
    await Deno.copyFile(path, copy);
    await alter(copy, statement);
    expect((await verifyModel(log, copy)).disagreement?.what).toMatch(what);
  });
});
