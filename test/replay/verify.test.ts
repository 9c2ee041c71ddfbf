/** A model that says one thing that the log does not is found, and the event that shows it first is named. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Archive } from "../../src/log/archive.ts";
import type { MemoryLog } from "../../src/log/memory.ts";
import { closeDatabase, openDatabase } from "../../src/projections/sql/database.ts";
import { replay } from "../../src/replay/replay.ts";
import { verifyModel } from "../../src/replay/verify.ts";
import { history, STORY } from "./history.ts";
import { mixedLog } from "./mixed_log.ts";
import { writerOf } from "./writer.ts";

const root = Deno.makeTempDirSync({ prefix: "cim-verify-" });
afterAll(() => Deno.remove(root, { recursive: true }));
const kept = join(root, "kept.duckdb");
const path = join(root, `it's "a" model.duckdb`);
let log: MemoryLog;

beforeAll(async () => {
  log = await history(...STORY);
  await (await replay(log, { into: kept })).close();
});

/** Does something to a copy of the model. */
async function altered(...statements: string[]): Promise<string> {
  await Deno.copyFile(kept, path);
  const database = await openDatabase(path);
  for (const statement of statements) await database.connection.run(statement);
  closeDatabase(database);
  return path;
}

describe("A model that agrees with its log", () => {
  test("is said to, with how much was compared; of an earlier sequence as well, and with an archive alone", async () => {
    expect(await verifyModel(log, kept)).toEqual({ path: kept, last_sequence: 7, rows: 27 });
    await (await replay(log, { into: path, sequence: 3 })).close();
    expect(await verifyModel(log, path)).toMatchObject({ last_sequence: 3 });
    const archive = await Archive.open(join(root, "archive"));
    await archive.extend(log);
    expect(await verifyModel(archive, path)).not.toHaveProperty("disagreement");
  });

  test("may be replaced by a newer one while it is looked at, as one that is published", async () => {
    await (await replay(log, { into: path, sequence: 3 })).close();
    const replaced = Promise.withResolvers<void>();
    const agreement = await verifyModel(log, path, {
      onProgress() {
        Deno.copyFileSync(kept, `${path}.new`);
        Deno.renameSync(`${path}.new`, path);
        replaced.resolve();
      },
    });
    await replaced.promise;
    expect(agreement).toMatchObject({ path, last_sequence: 3 });
    expect(agreement).not.toHaveProperty("disagreement");
    expect([...Deno.readDirSync(root)].filter(({ name }) => name.startsWith("."))).toEqual([]);
  });

  test("may have been opened, changed back and closed, any number of times", async () => {
    await Deno.copyFile(kept, path);
    for (let times = 0; times < 3; times++) {
      const database = await openDatabase(path);
      await database.connection.run(
        "CREATE TABLE mine AS FROM resources; DROP TABLE mine; CHECKPOINT",
      );
      closeDatabase(database);
      expect(await verifyModel(log, path)).not.toHaveProperty("disagreement");
    }
  });

  test("may be one that somebody has open for writing: then it is not known whether it does", async () => {
    await Deno.copyFile(kept, path);
    await using _ = await writerOf(path);
    const agreement = await verifyModel(log, path);
    expect(agreement).toEqual({
      path,
      last_sequence: 0,
      rows: 0,
      unverified: expect.stringMatching(
        /^somebody \(PID \d+\) has .* open for writing: .*READ_ONLY/,
      ),
    });
    expect(agreement.unverified).toContain(path);
  });

  test("may have passed over and parked what the log has", async () => {
    const { log } = await mixedLog();
    await (await replay(log, { into: path })).close();
    expect(await verifyModel(log, path)).not.toHaveProperty("disagreement");
  });
});

describe("A model that was altered is found:", () => {
  test.each<[string, number | undefined, string]>([
    [
      "UPDATE fold.software SET version = '6.6.6'",
      3,
      "software lacks 1 row and has 1 other row",
    ],
    ["UPDATE fold.computes SET hostname = 'evil' WHERE sequence = 1", 1, "resources_history"],
    ["DELETE FROM fold.points", 6, "measurements lacks 2 rows"],
    ["UPDATE fold.points SET value = value + 1e-13 WHERE value > 0.01", 6, "measurements"],
    ["DELETE FROM events WHERE sequence = 4", 4, "events lacks 1 row"],
    ["UPDATE events SET actor = 'somebody else' WHERE sequence = 5", 5, "events"],
    ["INSERT INTO events FROM events WHERE sequence = 2", 2, "events has 1 other row"],
    ["UPDATE fold.versions SET valid_to = now()::TIMESTAMP WHERE sequence = 1", 1, "resources"],
    ["INSERT INTO fold.decommissioned VALUES (uuid(), 7, now()::TIMESTAMP)", 7, "decommissioned"],
    ["INSERT INTO fold.parked VALUES (5, 'PolicySet', uuid(), 'why not')", 5, "fold.parked"],
    ["UPDATE fold.checkpoint SET skipped = 3", 7, "fold.checkpoint"],
    ["UPDATE fold.checkpoint SET hash_low = 1", 7, "fold.checkpoint"],
    ["UPDATE fold.checkpoint SET incarnation = 'x'", undefined, "is of the log memory (x)"],
    ["UPDATE fold.checkpoint SET last_sequence = 8", undefined, "at 8, and the log ends at 7"],
    ["UPDATE fold.checkpoint SET definition = 'x'", undefined, "another version of this program"],
    ["DELETE FROM fold.checkpoint", undefined, "no model can be read from"],
    ["DROP VIEW software_history CASCADE", undefined, "software"],
  ])("%s", async (statement, sequence, what) => {
    const { disagreement } = await verifyModel(log, await altered(statement));
    expect(disagreement?.what).toContain(what);
    expect(disagreement?.sequence).toBe(sequence);
  });

  test.each([
    ["CREATE OR REPLACE VIEW resources AS FROM resources_history", "resources"],
    ["CREATE OR REPLACE VIEW utilisation AS SELECT 1 AS one", "utilisation"],
    ["CREATE OR REPLACE MACRO sequence_at(moment) AS 1", "sequence_at"],
    ["CREATE MACRO md5(text) AS text", "md5"],
    ["DROP MACRO TABLE drift", "drift"],
  ])("%s", async (statement, name) => {
    const { disagreement } = await verifyModel(log, await altered(statement));
    expect(disagreement?.what).toContain("not the view or macro that this program makes");
    expect(disagreement?.what).toContain(name);
    expect(disagreement?.sequence).toBeUndefined();
  });

  test("the first event is named, whatever table it is in", async () => {
    const { disagreement } = await verifyModel(
      log,
      await altered(
        "UPDATE fold.policies SET rule = 'false'",
        "UPDATE fold.networks SET gateway = '10.0.0.66'",
        "UPDATE events SET actor = 'x' WHERE sequence = 1",
      ),
    );
    expect(disagreement).toEqual({ sequence: 1, what: expect.stringContaining("events") });
  });
});

describe("What cannot be read as a model is said to be none:", () => {
  const cases: [string, () => Promise<unknown>, RegExp][] = [
    ["a bit of it flipped", async () => {
      const bytes = await Deno.readFile(kept);
      bytes[bytes.length >> 1]! ^= 4;
      await Deno.writeFile(path, bytes);
    }, /Corrupt database file/],
    ["cut off", async () => {
      await Deno.copyFile(kept, path);
      await Deno.truncate(path, 9_000);
    }, /enough bytes/],
    [
      "something else",
      () => Deno.writeTextFile(path, "notes"),
      /no model can be read from .*not a valid/,
    ],
    ["not there", () => Promise.resolve(), /there is no model in .*deno task cim project sql/],
  ];
  test.each(cases)("%s", async (_, damage, what) => {
    await Deno.remove(path).catch(() => {});
    await damage();
    const { disagreement } = await verifyModel(log, path);
    expect(disagreement?.what).toMatch(what);
    expect(disagreement?.sequence).toBeUndefined();
  });
});
