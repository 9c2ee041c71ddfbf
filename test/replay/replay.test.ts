import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { decodeEvent, encodeEvent } from "../../src/domain/event.ts";
import type { EventLog } from "../../src/log/log.ts";
import { MemoryLog } from "../../src/log/memory.ts";
import { hold } from "../../src/projections/sql/hold.ts";
import { TABLES } from "../../src/projections/sql/tables.ts";
import type { Model } from "../../src/replay/model.ts";
import { replay } from "../../src/replay/replay.ts";
import { history, HOSTILE, STORY } from "./history.ts";
import { createHash } from "node:crypto";

const folder = Deno.makeTempDirSync({ prefix: "cim-replay-test-" });
afterAll(() => Deno.remove(folder, { recursive: true }));

async function tables(model: Model): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {};
  for (const { name: table } of TABLES) all[table] = (await model.query(`FROM ${table}`)).values;
  return all;
}

describe("A replay", () => {
  test("gives every table of the read model, with the values that were written", async () => {
    await using model = await replay(await history(...STORY));
    const [resource] = (await model.sql`FROM resources`).rows;
    expect(resource).toMatchObject({
      hostname: "web",
      status: "active",
      memory_bytes: 2 ** 52,
      os_name: "Debian",
      machine_id: "m1",
      first_sequence: 1,
      last_sequence: 7,
      first_seen_at: "2026-11-01T00:00:00.000000Z",
      changed_at: "2026-11-01T00:00:06.000000Z",
    });
    expect((resource?.tags as Record<string, string>).team).toBe(HOSTILE);
    expect((await model.sql`SELECT name, last_sequence FROM interfaces`).values).toEqual([[
      "lo",
      7,
    ]]);
    expect((await model.sql`SELECT name, gateway FROM networks`).values).toEqual([[
      HOSTILE,
      "10.0.0.1",
    ]]);
    expect((await model.sql`SELECT name, listening FROM software`).values)
      .toEqual([[HOSTILE, [{ transport: "tcp", address: "0.0.0.0", port: 80 }]]]);
    expect((await model.sql`SELECT kind, to_address, port, transport FROM connections`).values)
      .toEqual([["flow", "10.0.0.9", 5432, "tcp"]]);
    expect((await model.sql`SELECT name, rule, alert_after FROM policies`).values)
      .toEqual([["p", "1 < 2", "5m"]]);
    expect(
      (await model.sql`SELECT name, unit, attributes, value, observed_at FROM measurements`).values,
    )
      .toEqual([
        ["system.uptime", "s", null, 0.1, "2026-10-31T23:59:59.500000Z"],
        [
          "system.cpu.utilization",
          "1",
          { "cpu.mode": "idle" },
          1e-300,
          "2026-10-31T23:59:59.500000Z",
        ],
      ]);
    expect((await model.sql`SELECT count(*), max(sequence) FROM events`).values).toEqual([[7, 7]]);
  });

  test("as of a sequence or a moment gives the model as it was then", async () => {
    const log = await history(...STORY);
    await using then = await replay(log, { sequence: 6 });
    expect((await then.sql`SELECT memory_bytes FROM resources`).values).toEqual([[25276063744]]);
    expect((await then.sql`SELECT address, prefix_length, family FROM addresses`).values)
      .toEqual([["10.0.0.7", 24, 4], ["fd00::7", 64, 6]]);
    expect((await then.sql`SELECT destination, gateway FROM routes`).values)
      .toEqual([["0.0.0.0/0", "10.0.0.1"]]);
    for (
      const [asOf, events] of [
        ["2026-11-01T00:00:00Z", 1],
        ["2026-11-01T01:00:01.5+01:00", 2],
        [new Date("2026-11-01T00:00:05.999Z"), 6],
        ["2026-11-02T00:00Z", 7],
      ] as const
    ) {
      await using model = await replay(log, { asOf });
      expect(model.checkpoint.events).toBe(events);
    }
  });

  test("of an empty log gives empty tables", async () => {
    await using model = await replay(await history());
    expect(model.checkpoint)
      .toEqual({
        first_sequence: 0,
        last_sequence: 0,
        events: 0,
        log_hash: "0".repeat(32),
        skipped: 0,
        parked: 0,
      });
    expect(Object.values(await tables(model))).toEqual(TABLES.map(() => []));
  });

  test("gives the same tables each time, in memory and in a file", async () => {
    const log = await history(...STORY);
    await using first = await replay(log);
    const into = join(folder, 'it\'s "a" model.duckdb');
    await (await replay(log, { into, sequence: 1 })).close();
    await using second = await replay(log, { into });
    expect(await tables(second)).toEqual(await tables(first));
    expect(second.checkpoint).toEqual(first.checkpoint);
    expect([...Deno.readDirSync(folder)].map(({ name }) => name)).toEqual([
      `it's "a" model.duckdb`,
    ]);
    await expect(second.sql`DROP TABLE resources`).rejects.toThrow(/read-only/);
  });

  test("of any prefix, however the log was cut into appends, gives the same log hash", async () => {
    const events = (await Array.fromAsync((await history(...STORY)).read())).map((record) => {
      const { sequence: _, recorded_at: __, ...event } = decodeEvent(record);
      return event;
    });
    const hash = (count: number) => {
      let sum = 0n;
      for (const [at, event] of events.slice(0, count).entries()) {
        const md5 = createHash("md5").update(`${at + 1}|${event.event_id}|`).update(
          encodeEvent(event).payload,
        );
        sum ^= BigInt(`0x${md5.digest("hex")}`);
      }
      return sum;
    };
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: events.length }),
        fc.array(fc.integer({ min: 1, max: 3 })),
        async (sequence, cuts) => {
          const log = new MemoryLog(() => new Date("2026-11-01T00:00:00Z"));
          for (let last = 0; last < events.length;) {
            last = await log.append(
              events.slice(last, last + (cuts.pop() ?? 7)).map(encodeEvent),
              last,
            );
          }
          await using model = await replay(log, { sequence });
          expect(model.checkpoint.events).toBe(sequence);
          expect(model.checkpoint.log_hash).toBe(hash(sequence).toString(16).padStart(32, "0"));
        },
      ),
      { numRuns: 15 },
    );
  });

  test.each([
    [{ sequence: 8 }],
    [{ sequence: -1 }],
    [{ sequence: 1.5 }],
    [{ asOf: "yesterday" }],
    [{ asOf: "2026-13-01T00:00Z" }],
    [{ asOf: "2026-10-31T23:59:59Z" }],
    [{ asOf: "2130-01-01T00:00Z" }],
    [{ asOf: new Date(NaN) }],
    [{ asOf: "9999-12-31T23:59-01:00" }],
  ])(
    "to %j is refused, and leaves nothing behind",
    async (until) => {
      const log = await history(...STORY);
      const into = join(folder, "never.duckdb");
      await expect(replay(log, { ...until, into })).rejects.toMatchObject({ code: "replay_range" });
      expect([...Deno.readDirSync(folder)].some(({ name }) => name.includes("never"))).toBe(false);
    },
  );

  test("to a moment that is none, or in no year of four digits, says so", async () => {
    const log = await history(...STORY);
    await expect(replay(log, { asOf: new Date(NaN) })).rejects.toThrow(/"Invalid Date": say date/);
    for (const asOf of ["9999-12-31T23:59-01:00", "0000-01-01T00:00+01:00"]) {
      await expect(replay(log, { asOf })).rejects.toThrow(/in UTC it is not in the years 0000 to/);
    }
  });

  test("passes over what is no event and counts it; stops at what is newer and at a gap, and says where", async () => {
    const log = await history(...STORY);
    const broken = (change: (records: Awaited<ReturnType<typeof Array.fromAsync>>) => unknown) =>
      ({
        name: log.name,
        incarnation: log.incarnation,
        lastSequence: () => log.lastSequence(),
        async *read() {
          const records = (await Array.fromAsync(log.read())).map((record) => ({ ...record }));
          change(records);
          yield* records;
        },
      }) as unknown as EventLog;
    const text = (value: string) => new TextEncoder().encode(value);
    const changed = (change: (event: Record<string, unknown>) => string) =>
      broken((all) => {
        const record = (all as { payload: Uint8Array }[])[2]!;
        record.payload = text(change(JSON.parse(new TextDecoder().decode(record.payload))));
      });
    const whole = (await Array.fromAsync(log.read())).length;
    for (const foreign of [() => "{}", (event: object) => JSON.stringify(event, null, 1)]) {
      await using model = await replay(changed(foreign));
      expect(model.provenance).toMatchObject({
        events: whole - 1,
        last_sequence: whole,
        skipped: 1,
      });
    }
    await expect(replay(changed((event) => JSON.stringify({ ...event, event_version: 99 }))))
      .rejects.toMatchObject({ code: "newer_event", sequence: 3 });
    await expect(replay(broken((all) => all.splice(3, 1)))).rejects.toThrow(
      "sequence 4 is missing",
    );
  });

  test("into a file is not touched by what a writer of the old one left unfinished", async () => {
    const log = await history(...STORY);
    const into = join(folder, "killed.duckdb");
    await (await replay(log, { into })).close();
    const script = `
      import { DuckDBInstance } from "@duckdb/node-api";
      const connection = await (await DuckDBInstance.create(${JSON.stringify(into)})).connect();
      await connection.run("DELETE FROM fold.computes; CREATE TABLE mine AS SELECT 1");
      Deno.kill(Deno.pid, "SIGKILL");`;
    await new Deno.Command(Deno.execPath(), { args: ["eval", "--ext=ts", script] }).output();
    expect([...Deno.readDirSync(folder)].map(({ name }) => name)).toContain("killed.duckdb.wal");
    await using model = await replay(log, { into });
    expect((await model.sql`SELECT count(*) FROM resources`).values).toEqual([[1]]);
    await expect(model.sql`FROM mine`).rejects.toThrow("mine");
  });

  test("into a file removes what is left of one that was killed, and not what another still builds", async () => {
    const log = await history(...STORY);
    const old = new Date(Date.now() - 3_600_000);
    const [killed, building, young] = ["killed", "building", "young"].map((name) =>
      join(folder, `.cim-replay-${name}`)
    ) as [string, string, string];
    for (const path of [killed, building, young]) {
      await Deno.mkdir(path);
      await Deno.writeTextFile(join(path, "model.duckdb"), "half");
      if (path !== young) await Deno.utime(path, old, old);
    }
    {
      using held = await hold(join(building, "model.duckdb"));
      expect(held).toBeDefined();
      await Deno.utime(building, old, old);
      await (await replay(log, { into: join(folder, "beside.duckdb") })).close();
    }
    const left = () =>
      [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) =>
        name.startsWith(".cim")
      );
    expect(left().sort()).toEqual([".cim-replay-building", ".cim-replay-young"]);
    for (const path of [building, young]) await Deno.remove(path, { recursive: true });
    await Deno.remove(join(folder, "beside.duckdb"));
  });

  test("never replaces a file that is no model", async () => {
    const into = join(folder, "notes.txt");
    for (const text of ["my notes", ""]) {
      await Deno.writeTextFile(into, text);
      await expect(replay(await history(), { into })).rejects.toThrow(/is no DuckDB database/);
      expect(await Deno.readTextFile(into)).toBe(text);
    }
    await Deno.remove(into);
  });

  test("into a folder that is not there says so", async () => {
    await expect(replay(await history(), { into: join(folder, "no", "model.duckdb") }))
      .rejects.toThrow(/its folder cannot be written/);
  });

  test("can be stopped", async () => {
    await expect(
      replay(await history(...STORY), { signal: AbortSignal.abort(new Error("enough")) }),
    )
      .rejects.toThrow("enough");
  });
});
