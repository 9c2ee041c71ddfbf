/** A published model is whole whenever somebody opens it, never older than before, and soon as new as it can be. */
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { MemoryLog } from "../../src/log/memory.ts";
import { Projector } from "../../src/projections/projector.ts";
import { runToEnd } from "../../src/projections/run_to_end.ts";
import { closeDatabase, openDatabase } from "../../src/projections/sql/database.ts";
import type { Comparison } from "../../src/replay/compare.ts";
import { Model } from "../../src/replay/model.ts";
import { publishedPath, workingPath } from "../../src/replay/model_paths.ts";
import { publishedModel, type PublishedOptions } from "../../src/replay/published.ts";
import { verifyModel } from "../../src/replay/verify.ts";
import { history, STORY } from "./history.ts";
import { writerOf } from "./writer.ts";

const root = Deno.makeTempDirSync({ prefix: "cim-publisher-" });
afterAll(() => Deno.remove(root, { recursive: true }));

let folder: string;
let log: MemoryLog;
let aside: string[];
let replaced: Comparison[];
beforeEach(async () => {
  folder = join(Deno.makeTempDirSync({ dir: root }), `it's "a" folder=1`);
  await Deno.mkdir(folder);
  log = await history(...STORY);
  aside = [];
  replaced = [];
});

const model = (options: PublishedOptions = {}) =>
  publishedModel(log, folder, {
    onAside: (reason, path) => aside.push(`${path.replace(/^.*\//, "")}: ${reason}`),
    onReplace: (comparison) => replaced.push(comparison),
    ...options,
  });

/** The position of what is published. */
async function position(): Promise<number> {
  await using published = await Model.open(publishedPath(folder));
  await published.summary("resources");
  return published.checkpoint.last_sequence;
}

/** Another event in the log. */
async function more(): Promise<number> {
  const [, first] = await Array.fromAsync(log.read({ to: 2 }));
  const last = await log.lastSequence();
  return await log.append([{ subject: "a.b", payload: first!.payload }], last);
}

/** What lies in the folder of the models. */
const left = () => [...Deno.readDirSync(join(folder, "models"))].map(({ name }) => name).sort();
const ALL = ["sql.duckdb", "sql.working.duckdb", "sql.working.duckdb.lock"];

describe("A published model", () => {
  test("is there at once, follows within seconds, and has all when the projector has ended", async () => {
    const projector = Projector.start(log, model());
    await projector.whenCaughtUp();
    expect(await position()).toBe(7);
    await more();
    await projector.whenCaughtUp();
    const began = performance.now();
    await expect.poll(position, { timeout: 10_000, interval: 50 }).toBe(8);
    expect(performance.now() - began).toBeLessThan(8_000);
    await more();
    await projector.whenCaughtUp();
    await projector.stop();
    expect(await position()).toBe(9);
    expect(left()).toEqual(ALL);
    expect(await verifyModel(log, publishedPath(folder))).toMatchObject({ last_sequence: 9 });
    expect(await verifyModel(log, workingPath(folder))).not.toHaveProperty("disagreement");
  });

  test("is not published more often than its share of the time", async () => {
    const projector = Projector.start(log, model());
    await projector.whenCaughtUp();
    const inodes = new Set<unknown>();
    for (let at = 0; at < 30; at++) {
      await more();
      await projector.whenCaughtUp();
      inodes.add((await Deno.stat(publishedPath(folder))).mtime?.getTime());
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(inodes.size).toBeLessThanOrEqual(5);
    await projector.stop();
  });

  test("can be read on by whoever has it open while the next one takes its place", async () => {
    await runToEnd(log, model());
    await using reader = await Model.open(publishedPath(folder));
    await more();
    await runToEnd(log, model());
    expect(await position()).toBe(8);
    expect(reader.checkpoint.last_sequence).toBe(7);
    expect((await reader.sql`SELECT count(*) FROM events`).values).toEqual([[7]]);
    expect((await reader.sql`SELECT name FROM software`).rows).toHaveLength(1);
  });

  test("that somebody has open for writing is replaced, and not called damaged", async () => {
    await runToEnd(log, model());
    await more();
    {
      await using _ = await writerOf(publishedPath(folder));
      await expect(Model.open(publishedPath(folder))).rejects.toMatchObject({
        code: "model_in_use",
        message: expect.stringContaining("open it READ_ONLY there"),
      });
      await runToEnd(log, model({ rebuild: true }));
      expect(await position()).toBe(8);
    }
    expect(aside).toEqual([]);
    expect(replaced).toEqual([
      { unreadable: expect.stringContaining("open for writing"), rows: 0, differences: [] },
    ]);
    expect(await verifyModel(log, publishedPath(folder))).not.toHaveProperty("disagreement");
  });

  test("that is newer than the working model stays until that is as new", async () => {
    await runToEnd(log, model());
    const old = await Deno.readFile(workingPath(folder));
    await more();
    await more();
    await runToEnd(log, model());
    await Deno.writeFile(workingPath(folder), old); // somebody has put it back
    const inner = model();
    await inner.initialize(log);
    expect((await inner.checkpoint()).last_sequence).toBe(7);
    expect(await position()).toBe(9);
    await inner.close();
    expect(await position()).toBe(9);
    await more();
    await runToEnd(log, model());
    expect(await position()).toBe(10);
    expect(aside).toEqual([]);
  });
});

describe("What lies in the place of a published model is put aside if it is none:", () => {
  test.each<[string, (path: string) => Promise<void>]>([
    ["a folder", (path) => Deno.mkdir(join(path, "inner"), { recursive: true })],
    ["a file of something else", (path) => Deno.writeTextFile(path, "my notes ".repeat(3_000))],
    ["somebody else's database", async (path) => {
      const database = await openDatabase(path);
      await database.connection.run("CREATE TABLE mine AS SELECT 42");
      closeDatabase(database);
    }],
    ["a torn model", async (path) => {
      await Deno.copyFile(workingPath(folder), path);
      await Deno.truncate(path, 9_000);
    }],
  ])("%s", async (_, damage) => {
    await runToEnd(log, model());
    await Deno.remove(publishedPath(folder));
    await damage(publishedPath(folder));
    await runToEnd(log, model());
    expect(await position()).toBe(7);
    expect(aside).toEqual([expect.stringMatching(/^sql\.duckdb\.aside: /)]);
    expect(left()).toEqual([...ALL, "sql.duckdb.aside", "sql.duckdb.aside.txt"].sort());
  });

  test("one of which a block is damaged is replaced when the projector starts again", async () => {
    await runToEnd(log, model());
    const bytes = await Deno.readFile(publishedPath(folder));
    bytes[bytes.length >> 1]! ^= 1;
    await Deno.writeFile(publishedPath(folder), bytes);
    await runToEnd(log, model());
    expect(await verifyModel(log, publishedPath(folder))).not.toHaveProperty("disagreement");
  });
});

describe("A working model that is begun anew", () => {
  test("says what differs from what is published, and takes its place", async () => {
    await runToEnd(log, model());
    const database = await openDatabase(publishedPath(folder));
    await database.connection.run("UPDATE fold.software SET version = '99'");
    await database.connection.run("DELETE FROM events WHERE sequence = 5");
    closeDatabase(database);
    await runToEnd(log, model({ rebuild: true }));
    expect(replaced).toEqual([expect.objectContaining({
      last_sequence: 7,
      differences: [
        { table: "software", added: 1, removed: 1, first_sequence: 3 },
        { table: "software_history", added: 1, removed: 1, first_sequence: 3 },
        { table: "events", added: 1, removed: 0, first_sequence: 5 },
      ],
    })]);
    expect(await verifyModel(log, publishedPath(folder))).not.toHaveProperty("disagreement");
  });

  test("leaves nothing of a beginning that was killed, nor of one that failed", async () => {
    const building = `${workingPath(folder)}.building`;
    await Deno.mkdir(join(building, ".cim-replay-1"), { recursive: true });
    await Deno.writeTextFile(join(building, ".cim-replay-1", "model.duckdb"), "half");
    const stopped = model({ signal: AbortSignal.abort(new Error("enough")) });
    await expect(runToEnd(log, stopped)).rejects.toThrow("enough");
    expect(left().filter((name) => !name.endsWith(".lock"))).toEqual([]);
    await runToEnd(log, model());
    expect(left()).toEqual(ALL);
  });

  test("when it is put aside while it is at work is published again", async () => {
    await runToEnd(log, model());
    await Deno.truncate(workingPath(folder), 20_000);
    await runToEnd(log, model());
    expect(aside).toEqual([expect.stringMatching(/^sql\.working\.duckdb\.aside: .*enough bytes/)]);
    expect(replaced).toEqual([{ last_sequence: 7, rows: expect.any(Number), differences: [] }]);
    expect(await verifyModel(log, publishedPath(folder))).not.toHaveProperty("disagreement");
  });
});
