/** What lies where the SQL read model is to be, and is of no use, is put aside; it is begun anew and nothing is lost. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MemoryLog } from "../../src/log/memory.ts";
import { runToEnd } from "../../src/projections/run_to_end.ts";
import { closeDatabase, openDatabase } from "../../src/projections/sql/database.ts";
import { SqlProjection, type SqlProjectionOptions } from "../../src/projections/sql/projection.ts";
import { history, STORY } from "../replay/history.ts";
import { dumpTables } from "./sql_dump.ts";

const root = Deno.makeTempDirSync({ prefix: "cim-sql-damage-" });
afterAll(() => Deno.remove(root, { recursive: true }));
const path = join(root, "it's a model.duckdb");

let log: MemoryLog;
/** The file as it is once all is applied, and what is in its tables. */
let whole: Uint8Array;
let clean: unknown;

/** Runs the log to its end, and says what is there then, and what was put aside before. */
async function run(options: SqlProjectionOptions = {}) {
  const aside: string[] = [];
  const make = () =>
    new SqlProjection({ path, onAside: (reason) => aside.push(reason), ...options });
  await runToEnd(log, make());
  const projection = make();
  await projection.initialize(log);
  const tables = await dumpTables(projection.database.connection);
  const { last_sequence } = await projection.checkpoint();
  await projection.close();
  return { aside, tables, last_sequence };
}

async function clear() {
  for (const { name } of Deno.readDirSync(root)) {
    await Deno.remove(join(root, name), { recursive: true });
  }
}

beforeAll(async () => {
  log = await history(...STORY);
  ({ tables: clean } = await run());
  whole = await Deno.readFile(path);
});

/** What is put where the database is. */
const put = (content: Uint8Array | string) =>
  typeof content === "string" ? Deno.writeTextFile(path, content) : Deno.writeFile(path, content);
const flipped = (at: number) => {
  const bytes = whole.slice();
  bytes[at]! ^= 1 << (at % 8);
  return bytes;
};

describe("It is put aside, with why, and the log is applied anew:", () => {
  test.each<[string, RegExp, () => Promise<void>]>([
    ["a database that is cut off", /enough bytes/, () => put(whole.slice(0, whole.length - 9_000))],
    ["one of which only the head is there", /enough bytes/, () => put(whole.slice(0, 5_000))],
    ["an empty file", /not a valid DuckDB/, () => put("")],
    ["a file of something else", /not a valid DuckDB/, () => put("my notes ".repeat(2_000))],
    ["one with a bit flipped in its head", /Corrupt/, () => put(flipped(100))],
    ["one with a bit flipped in a checksum", /Corrupt/, () => put(flipped(12_288))],
    ["one with a bit flipped in its middle", /Corrupt/, () => put(flipped(whole.length >> 1))],
    ["one with a bit flipped near its end", /Corrupt/, () => put(flipped(whole.length - 5_000))],
    ["a folder of that name", /Is a directory/, async () => {
      await Deno.mkdir(path);
      await Deno.writeTextFile(join(path, "a file"), "in it");
    }],
    ["somebody else's database", /checkpoint/, async () => {
      const database = await openDatabase(path);
      await database.connection.run("CREATE TABLE mine AS SELECT 42");
      closeDatabase(database);
    }],
    ["one of another version", /another version/, async () => {
      await put(whole);
      const database = await openDatabase(path);
      await database.connection.run("UPDATE fold.checkpoint SET definition = 'older'");
      closeDatabase(database);
    }],
    ["one of another log", /is of the log memory \(another\)/, async () => {
      await put(whole);
      const database = await openDatabase(path);
      await database.connection.run("UPDATE fold.checkpoint SET incarnation = 'another'");
      closeDatabase(database);
    }],
    ["one that lacks an event", /does not hold the events/, async () => {
      await put(whole);
      const database = await openDatabase(path);
      await database.connection.run("DELETE FROM events WHERE sequence = 3");
      closeDatabase(database);
    }],
    ["a folder in the place of its write-ahead log", /directory/, async () => {
      await put(whole);
      await Deno.mkdir(`${path}.wal`);
    }],
  ])("%s", async (_, reason, damage) => {
    await clear();
    await damage();
    const { aside, tables } = await run();
    expect(aside).toEqual([expect.stringMatching(reason)]);
    expect(tables).toEqual(clean);
    expect(await Deno.readTextFile(`${path}.aside.txt`)).toMatch(reason);
    await Deno.stat(`${path}.aside`);
    // Another time what was put aside before makes room, whatever it was.
    await Deno.remove(path);
    await damage();
    expect((await run()).tables).toEqual(clean);
    const left = [...Deno.readDirSync(root)].map(({ name }) => name.replace(/^.*duckdb/, ""));
    expect(left.filter((name) => name !== ".aside.wal").sort()).toEqual([
      "",
      ".aside",
      ".aside.txt",
      ".lock",
    ]);
  });
});
