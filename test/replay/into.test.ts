/** A file is replaced only by whoever may, and nothing is left open by a replay that fails. */
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { closeDatabase, openDatabase } from "../../src/projections/sql/database.ts";
import { replay } from "../../src/replay/replay.ts";
import { history, STORY } from "./history.ts";
import { writerOf } from "./writer.ts";

const root = Deno.makeTempDirSync({ prefix: "cim-into-test-" });
afterAll(() => Deno.remove(root, { recursive: true }));
let into: string;
beforeEach(async () => {
  into = join(await Deno.makeTempDir({ dir: root }), "model.duckdb");
});
const log = await history(...STORY);

/** Does something in a database, which is made if it is not there. */
async function done(...statements: string[]): Promise<void> {
  const database = await openDatabase(into);
  for (const statement of statements) await database.connection.run(statement);
  closeDatabase(database);
}

describe("A replay into a file that is there", () => {
  test.each<[string, () => Promise<unknown>, RegExp]>([
    ["something else", () => Deno.writeTextFile(into, "my notes"), /is no DuckDB database/],
    ["an empty file", () => Deno.writeTextFile(into, ""), /is no DuckDB database/],
    ["a folder", () => Deno.mkdir(into), /directory/],
    ["somebody's database", () => done("CREATE TABLE mine AS SELECT 42"), /no model of ours/],
    [
      "somebody's database with a schema of our name",
      () => done("CREATE SCHEMA fold; CREATE TABLE fold.mine AS SELECT 42"),
      /no model of ours; name another file$/,
    ],
    ["a torn database", async () => {
      await done("CREATE TABLE mine AS SELECT 42");
      await Deno.truncate(into, 9_000);
    }, /cannot be opened \(.*\); name another file or remove it$/],
  ])("refuses %s, and touches nothing of it", async (_, make, message) => {
    await make();
    const bytes = () => Deno.readFile(into).catch(() => "a folder");
    const before = await bytes();
    await expect(replay(log, { into })).rejects.toMatchObject({
      code: "replay_range",
      message: expect.stringMatching(message),
    });
    expect(await bytes()).toEqual(before);
    expect([...Deno.readDirSync(join(into, ".."))].map(({ name }) => name)).toEqual([
      "model.duckdb",
    ]);
  });

  test("refuses one that somebody has open for writing", async () => {
    await (await replay(log, { into })).close();
    await using _ = await writerOf(into);
    await expect(replay(log, { into })).rejects.toMatchObject({ code: "model_in_use" });
  });

  test("replaces a model of another log, and of another version of this program", async () => {
    await (await replay(log, { into })).close();
    await done("UPDATE fold.checkpoint SET incarnation = 'other', definition = 'other'");
    await using model = await replay(log, { into });
    expect(model.identity).toMatchObject({ incarnation: log.incarnation });
  });

  test("closes its database, also where whoever is told throws", async () => {
    await (await replay(log, { into })).close();
    // Of what is not closed the system still knows the name, though it is removed.
    const left = () =>
      [...Deno.readDirSync("/proc/self/fd")].flatMap(({ name }) => {
        try {
          return [Deno.readLinkSync(`/proc/self/fd/${name}`)];
        } catch {
          return []; // closed meanwhile
        }
      }).filter((path) => path.includes(".cim-replay-") && path.startsWith(root));
    const onReplace = () => {
      throw new Error("no");
    };
    await expect(replay(log, { into, onReplace })).rejects.toThrow("no");
    if (Deno.build.os === "linux") expect(left()).toEqual([]);
    await (await replay(log, { into })).close();
  });
});
