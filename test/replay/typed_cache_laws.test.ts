/** From typed copies or from their own bytes: events give the same tables, in the same order, to the last byte. */
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { Archive } from "../../src/log/archive.ts";
import { ArchivedLog } from "../../src/log/archived_log.ts";
import type { EventLog } from "../../src/log/log.ts";
import { anyTurns, History } from "../../src/projections/laws/history.ts";
import { Model } from "../../src/replay/model.ts";
import { readProvenance } from "../../src/replay/provenance.ts";
import { replay, type ReplayOptions } from "../../src/replay/replay.ts";
import { replayLog } from "../../src/replay/replay_log.ts";
import { SqlProjection } from "../../src/projections/sql/projection.ts";
import { mixedLog } from "./mixed_log.ts";
import { everything, summaries } from "./tables.ts";

const root = Deno.makeTempDirSync({ prefix: "cim-typed-test-" });
Deno.env.set("TMPDIR", join(root, "temporary"));
Deno.mkdirSync(join(root, "temporary"));
afterAll(() => Deno.remove(root, { recursive: true }));
afterEach(() => expect([...Deno.readDirSync(join(root, "temporary"))]).toEqual([]));

/** Archives what a log has up to a sequence, so many events in a segment. */
async function archived(log: EventLog, records: number, to?: number): Promise<Archive> {
  const archive = await Archive.open(Deno.makeTempDirSync({ dir: root }), {
    records,
    small: 1_000,
  });
  const end = to ?? await log.lastSequence();
  await archive.extend({
    ...log,
    name: log.name,
    incarnation: log.incarnation,
    lastSequence: () => Promise.resolve(end),
    read: (options) => log.read({ ...options, to: end }),
  } as EventLog);
  return archive;
}

async function seen(source: EventLog | Archive, options: ReplayOptions = {}) {
  await using model = await replay(source, options);
  return await everything(model);
}

async function asked(source: EventLog | Archive, options: ReplayOptions = {}) {
  await using model = await replay(source, options);
  return await summaries(model);
}

describe("A replay from typed copies says what one from the events' own bytes says", () => {
  test("to every sequence, wherever segments end, and one event at a time", async () => {
    const { log, poison } = await mixedLog();
    const end = await log.lastSequence();
    const archive = await archived(log, 3);
    const projection = new SqlProjection();
    await projection.initialize(log);
    for (let sequence = 0; sequence <= end; sequence++) {
      await replayLog(projection, log, { last: sequence, onProgress: () => {} });
      const { database } = projection;
      const clean = new Model(database, await readProvenance(database.connection));
      const ours = await seen(archive, { sequence });
      expect(ours, `to ${sequence}`).toEqual(await everything(clean));
    }
    await projection.close();
    const clean = await seen(log);
    for (const records of [1, 100]) {
      expect(await seen(await archived(log, records)), `${records} each`).toEqual(clean);
    }
    expect(await asked(archive)).toEqual(await asked(log));
    const { checkpoint, "fold.parked": parked } = clean;
    expect(checkpoint).toMatchObject({ skipped: 2, parked: 3, events: end - 5 });
    expect((parked as string[][]).map(([sequence]) => Number(sequence))).toEqual(poison);
    const reasons = (parked as string[][]).map((row) => row.at(-1));
    expect(reasons[0]).toContain("Could not convert string");
    expect(reasons[0]).not.toContain("LINE");
    expect(reasons.slice(1)).toEqual(Array(2).fill("event 5 of the same aggregate is parked"));
  });

  test("as of every moment, also those at which segments end", async () => {
    const { log } = await mixedLog();
    const archive = await archived(log, 4, 11);
    for (const second of [0, 3, 3.5, 10, 60]) {
      const asOf = new Date(Date.parse("2026-11-01T00:00:00Z") + second * 1000);
      const ours = await seen(new ArchivedLog(log, archive), { asOf });
      expect(ours, asOf.toISOString()).toEqual(await seen(log, { asOf }));
    }
  });

  test("with what no archive has yet read from the log, poison in both or in one of them", async () => {
    const { log } = await mixedLog();
    const clean = await seen(log);
    for (const to of [5, 6, 12]) {
      const archive = await archived(log, 3, to);
      expect(await seen(new ArchivedLog(log, archive)), `archived to ${to}`).toEqual(clean);
    }
  });

  test("of any history, in segments of any size", async () => {
    await fc.assert(
      fc.asyncProperty(
        anyTurns,
        fc.integer({ min: 1, max: 20 }),
        fc.nat(60),
        async (turns, records, to) => {
          const { log, end } = await History.of(turns);
          const archive = await archived(log, records, Math.min(end, Math.max(1, to)));
          expect(await seen(new ArchivedLog(log, archive))).toEqual(
            await seen(log, { afresh: true }),
          );
        },
      ),
      { numRuns: Number(Deno.env.get("LAW_RUNS") ?? 3) },
    );
  });

  test("in a folder with any name", async () => {
    const { log } = await mixedLog();
    const clean = await seen(log);
    for (const name of [`it's "a" [b]*?{c} $d`, "sequence=1"]) {
      const archive = await Archive.open(join(root, name), { records: 4 });
      await archive.extend(log);
      expect(await seen(archive), name).toEqual(clean);
      // The second time nothing is read but the copies.
      archive.blocks = archive.read = () => expect.fail("the archive was read");
      expect(await seen(archive), name).toEqual(clean);
    }
  });
});
