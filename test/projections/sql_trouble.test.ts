/** Trouble of the SQL read model while it is at work: told from trouble with the events, and waited out or mended. */
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { decodeEvent, encodeEvent, type InfrastructureEvent } from "../../src/domain/event.ts";
import type { MemoryLog } from "../../src/log/memory.ts";
import { ProjectionUnavailable, type Step } from "../../src/projections/projection.ts";
import { Projector } from "../../src/projections/projector.ts";
import { runToEnd } from "../../src/projections/run_to_end.ts";
import type { Database } from "../../src/projections/sql/database.ts";
import { SqlProjection } from "../../src/projections/sql/projection.ts";
import { replayLog } from "../../src/replay/replay_log.ts";
import { history, STORY } from "../replay/history.ts";
import { mixedLog } from "../replay/mixed_log.ts";
import { FakePace } from "./fake.ts";
import { dumpTables } from "./sql_dump.ts";

const root = Deno.makeTempDirSync({ prefix: "cim-sql-trouble-" });
afterAll(() => Deno.remove(root, { recursive: true }));
let path: string;
beforeEach(() => {
  path = join(Deno.makeTempDirSync({ dir: root }), "model.duckdb");
});

/** What is in the tables of a file, or of a clean run. */
async function tables(log: MemoryLog, options: { path?: string } = {}) {
  const projection = new SqlProjection(options);
  await projection.initialize(log);
  if (options.path === undefined) {
    await replayLog(projection, log, { last: await log.lastSequence(), onProgress: () => {} });
  }
  const found = await dumpTables(projection.database.connection);
  await projection.close();
  return found;
}

describe("A read model that cannot be had for now is no worse for that:", () => {
  test("one that another projector has open, of this process or of another", async () => {
    const log = await history(...STORY);
    const first = new SqlProjection({ path });
    await first.initialize(log);
    const second = new SqlProjection({ path, discard: true });
    await expect(second.initialize(log)).rejects.toThrow(ProjectionUnavailable);
    await expect(second.initialize(log)).rejects.toThrow(`another projector has ${path} open`);
    await first.close();
    await runToEnd(log, second);
    const third = new SqlProjection({ path });
    await third.initialize(log);
    expect((await third.checkpoint()).last_sequence).toBe(7);
    await third.close();
  });

  test("one for which there is too little memory", async () => {
    const log = await history(...STORY);
    await runToEnd(log, new SqlProjection({ path }));
    const options = { path, onAside: () => expect.fail("aside") };
    const poor = new SqlProjection({ ...options, settings: { memory_limit: "100kB" } });
    await expect(poor.initialize(log)).rejects.toThrow(/Out of Memory/);
    await expect(poor.initialize(log)).rejects.toThrow(ProjectionUnavailable);
    await poor.close();
    await Deno.remove(path);
    // For a step it needs more than for making the tables.
    const scarce = { ...options, settings: { memory_limit: "20MB" } };
    const projector = Projector.start(log, new SqlProjection(scarce), { pace: new FakePace() });
    await expect.poll(() => projector.state())
      .toMatchObject({ position: 0, parked: 0, because: expect.stringMatching(/Out of Memory/) });
    await projector.stop();
    await runToEnd(log, new SqlProjection(options));
    expect(await tables(log, { path })).toEqual(await tables(log));
  });
});

describe("A block that is damaged while it is at work is met when it is read:", () => {
  test("the model is put aside and begun anew, and nothing is lost", async () => {
    const log = await history(...STORY);
    await again(log, 3_000);
    const aside: string[] = [];
    const projection = new SqlProjection({ path, onAside: (reason) => aside.push(reason) });
    const projector = Projector.start(log, projection);
    await projector.whenCaughtUp();
    await projection.copyTo(join(root, "a copy")); // from then on nothing of it is in memory
    const bytes = await Deno.readFile(path);
    for (let at = 3 * 4096 + 1_000; at < bytes.length; at += 262_144) bytes[at]! ^= 16;
    const file = await Deno.open(path, { write: true });
    await file.write(bytes);
    file.close();
    await again(log, 10);
    await projector.whenCaughtUp({ timeout: 30_000 });
    expect(await projector.state()).toMatchObject({ healthy: true, parked: 0 });
    await projector.stop();
    expect(aside).toEqual([expect.stringMatching(/Corrupt/)]);
    expect(await tables(log, { path })).toEqual(await tables(log));
  });

  test("what opening it does not find, and a step does again and again, is not tried for ever", async () => {
    const log = await history(...STORY);
    const aside: string[] = [];
    const options = { path, onAside: (reason: string) => aside.push(reason) };
    const damaged = new Haunted(
      options,
      () =>
        aside.length === 0
          ? "IO Error: Corrupt database file: computed checksum 1 does not match stored checksum 2 in block at location 3"
          : undefined,
    );
    expect(await runToEnd(log, damaged)).toMatchObject({ position: 7, parked: 0 });
    expect(aside).toEqual([expect.stringMatching(/Corrupt database file/)]);
  });
});

describe("What the database gives up at", () => {
  test("is parked if it is an event, once the database was opened again for nothing", async () => {
    const log = await history(...STORY);
    const gives = new Haunted(
      { path },
      (step) =>
        step.events.some(({ event }) => event.sequence === 3)
          ? "INTERNAL Error: Attempted to access index 0 within vector of size 0"
          : undefined,
    );
    expect(await runToEnd(log, gives, { pace: new FakePace() })).toMatchObject({
      position: 7,
      parked: 1,
      events: 6,
    });
    const projection = new SqlProjection({ path });
    await projection.initialize(log);
    expect(await projection.parked()).toEqual([
      expect.objectContaining({ sequence: 3, reason: expect.stringContaining("index 0 within") }),
    ]);
    await projection.close();
  });

  test("is waited out if there was no room for it, however often", async () => {
    const log = await history(...STORY);
    let times = 0;
    const full = new Haunted({ path }, () =>
      ++times < 9
        ? [
          "TransactionContext Error: Failed to commit: Could not write file: No space left on device",
          "FATAL Error: Failed to create checkpoint: Could not write file: No space left on device",
        ][times % 2]
        : undefined);
    const projector = Projector.start(log, full, { pace: new FakePace() });
    await projector.whenCaughtUp();
    expect(await projector.state()).toMatchObject({ position: 7, parked: 0, events: 7 });
    await projector.stop();
  });
});

test("What a value says is no trouble of the database: its event is parked", async () => {
  const { log, poison } = await mixedLog();
  const state = await runToEnd(log, new SqlProjection({ path }), { pace: new FakePace() });
  expect(state).toMatchObject({ position: await log.lastSequence(), parked: poison.length });
});

/** Says the same as at first, so many times. */
async function again(log: MemoryLog, times: number): Promise<void> {
  const [first] = await Array.fromAsync(log.read({ to: 1 }));
  const { sequence: _, recorded_at: __, ...event } = decodeEvent(first!);
  const batch = Array.from({ length: times }, (_, at) => {
    const data = { ...event.data, owner: `${at} ${crypto.randomUUID().repeat(9)}` };
    return encodeEvent({ ...event, event_type: "ComputeUpdated", data } as InfrastructureEvent);
  });
  for (let at = 0; at < batch.length; at += 1_000) {
    await log.append(batch.slice(at, at + 1_000), await log.lastSequence());
  }
}

/** One whose database says something else at a step than it would: what no file on a test's disk can be made to say. */
class Haunted extends SqlProjection {
  #step: Step | undefined;

  constructor(
    options: ConstructorParameters<typeof SqlProjection>[0],
    private readonly says: (step: Step) => string | undefined,
  ) {
    super(options);
  }

  override async projectBatch(step: Step): Promise<void> {
    this.#step = step;
    await super.projectBatch(step);
    this.#step = undefined;
  }

  override get database(): Database {
    const { connection, instance } = super.database;
    const run = connection.run.bind(connection);
    const haunted = Object.create(connection, {
      run: {
        value: (...statement: Parameters<typeof run>) => {
          const error = this.#step && statement[0] === "COMMIT" && this.says(this.#step);
          return error ? Promise.reject(new Error(error)) : run(...statement);
        },
      },
    });
    return { instance, connection: haunted };
  }
}
