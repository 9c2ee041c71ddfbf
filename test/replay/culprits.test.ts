/** What cannot be typed is found once for each aggregate, however many events of it there are. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeEvent, encodeEvent, type InfrastructureEvent } from "../../src/domain/event.ts";
import { MemoryLog } from "../../src/log/memory.ts";
import { typeWithoutCulprits } from "../../src/projections/sql/culprits.ts";
import { closeDatabase, type Database, openDatabase } from "../../src/projections/sql/database.ts";
import { LinesFile, typeLines } from "../../src/projections/sql/typed.ts";
import { history, STORY } from "./history.ts";
import { BAD_REFERENCE } from "./mixed_log.ts";

const path = Deno.makeTempFileSync({ prefix: "cim-culprits-test-" });
let database: Database;
/** How many tries it took. */
let tries = 0;

beforeAll(async () => {
  const events = (await Array.fromAsync((await history(...STORY)).read())).map((record) => {
    const { sequence: _, recorded_at: __, ...event } = decodeEvent(record);
    return event as InfrastructureEvent;
  });
  const software = events.find(({ event_type }) => event_type === "SoftwareConfigured")!;
  const bad = (aggregate: number) => ({
    ...software,
    aggregate_id: `0199aaaa-0000-5000-8000-00000000000${aggregate}`,
    data: { ...software.data, compute: BAD_REFERENCE },
  } as InfrastructureEvent);
  const sound = { ...bad(1), data: software.data } as InfrastructureEvent;
  const poisoned = Array.from({ length: 100 }, (_, at) => at % 10 === 9 ? sound : bad(1 + at % 2));
  const log = new MemoryLog(() => new Date("2026-11-01T00:00:00Z"));
  await log.append([...events, ...poisoned].map(encodeEvent), 0);
  const lines = new LinesFile(path);
  for await (const record of log.read()) lines.write({ record, event: decodeEvent(record) });
  lines.close();
  database = await openDatabase(":memory:");
});
afterAll(async () => {
  closeDatabase(database);
  await Deno.remove(path);
});

/** A connection that counts how often the typed relations are begun. */
function counting(connection: DuckDBConnection): DuckDBConnection {
  return new Proxy(connection, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return (...given: unknown[]) => {
        if (name === "run" && String(given[0]).includes("CREATE TEMP TABLE some_lines")) tries++;
        return value.apply(target, given);
      };
    },
  });
}

test("Behind the first of an aggregate that cannot be typed the later ones are not tried", async () => {
  const { connection } = database;
  const error = await typeLines(connection, path).then(() => undefined, (error) => error);
  const parked = await typeWithoutCulprits(counting(connection), path, error);
  expect(parked.map(({ sequence }) => sequence)).toEqual(
    Array.from({ length: 100 }, (_, at) => 8 + at),
  );
  expect(parked[0]?.reason).toContain("Could not convert string");
  expect(parked[1]?.reason).toContain("Could not convert string");
  expect(parked[2]?.reason).toBe("event 8 of the same aggregate is parked");
  expect(parked[3]?.reason).toBe("event 9 of the same aggregate is parked");
  expect(tries).toBeLessThan(40);
  expect((await connection.runAndReadAll("SELECT count(*) FROM typed_events")).getRowsJS())
    .toEqual([[7n]]);
});

test("A signal ends the search", async () => {
  const database = await openDatabase(":memory:");
  const error = await typeLines(database.connection, path).then(() => undefined, (error) => error);
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(typeWithoutCulprits(database.connection, path, error, signal))
    .rejects.toThrow("enough");
  closeDatabase(database);
});
