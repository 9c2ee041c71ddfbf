/** What a resource's position is, where something is missing, late or out of order; and that it is always the same. */
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { CommandHandler } from "../../src/command/handler.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { Archive } from "../../src/log/archive.ts";
import { MemoryLog } from "../../src/log/memory.ts";
import type { Model } from "../../src/replay/model.ts";
import { replay } from "../../src/replay/replay.ts";
import { history } from "../replay/history.ts";
import { cable, type Compute, measured, register, seriesOf } from "./position_story.ts";

describe("A position", () => {
  const at = (minutes: number) =>
    new Date(Date.parse("2026-10-31T12:00:00Z") + minutes * 60_000).toISOString();
  const [sent] = seriesOf("system.network.io", "By", { "network.interface.name": "eth0" });
  const used = (value: number) => ({
    ...seriesOf("system.memory.utilization", "1", { "system.memory.state": "used" })[0]!,
    value,
  });
  const values = async (model: Model, dimension: string, hostname = "a") =>
    (await model.query(
      `SELECT strftime(observed_at, '%H:%M') AS at_, ${dimension} AS value
       FROM compute_positions_history WHERE hostname = $1 ORDER BY observed_at`,
      [hostname],
    )).values;

  test("has nothing where nothing is known: a count of one point has no rate, nor has one over a gap", async () => {
    await using model = await replay(
      await history(
        register("a"),
        register("b"),
        measured("a", at(0), { ...sent!, value: 600 }),
        measured("a", at(1), { ...sent!, value: 1_200 }),
        measured("a", at(2), { ...sent!, value: 1_800 }),
        measured("a", at(62), { ...sent!, value: 9_000 }),
      ),
    );
    // What was registered later is taken to have been so before.
    expect(await values(model, "performance_network")).toEqual([
      ["12:00", null],
      ["12:01", 10],
      ["12:02", 10],
      ["13:02", null],
      ["00:00", null],
    ]);
    const [row] = (await model.sql`FROM compute_positions WHERE hostname = 'b'`).rows;
    expect(Object.entries(row!).filter(([, value]) => value !== null).map(([name]) => name))
      .toEqual(["compute_id", "hostname", "resource_type", "sequence"]);
  });

  test("has a late value in its place, and the newest of what is measured more seldom than the window", async () => {
    await using model = await replay(
      await history(
        register("a"),
        measured("a", at(0), used(0.25)),
        measured("a", at(120), used(0.75)),
        measured("a", at(90), { ...sent!, value: 0 }),
        measured("a", at(600), { ...sent!, value: 0 }), // memory has been silent for too long
        measured("a", at(119), used(0.25)),
      ),
    );
    expect(await values(model, "performance_memory")).toEqual([
      ["12:00", 0.25],
      ["13:30", 0.25],
      ["13:59", 0.25],
      ["14:00", 0.5],
      ["22:00", null],
      ["00:00", null],
    ]);
  });

  test("follows the log where its clock was set back", async () => {
    let now = Date.parse("2026-11-01T12:00:00Z");
    const log = new MemoryLog(() => new Date(now));
    const messages = new MessageFactory(() => new Date(now));
    const handler = await CommandHandler.open(log, messages);
    const source = { actor: "test", source: "observed" } as const;
    for (const [hours, cpu_cores] of [[0, 1], [2, 2], [-3, 3], [4, 4]] as const) {
      now = Date.parse("2026-11-01T12:00:00Z") + hours * 3_600_000;
      const [, data] = register("a", { cpu_cores }) as ["RegisterCompute", Compute];
      await handler.submit([messages.command("RegisterCompute", data, source)]);
    }
    await using model = await replay(log);
    expect(await values(model, "capacity_cpu")).toEqual([["12:00", 1], ["14:00", 3], ["16:00", 4]]);
    expect((await model.sql`SELECT capacity_cpu FROM compute_positions`).values).toEqual([[4]]);
  });

  test("tells on which events it rests: what it is, its connections, and what was measured", async () => {
    await using model = await replay(
      await history(
        register("a"), // 1
        register("b"),
        register("a", { cpu_cores: 2 }), // 3
        measured("a", at(0), { ...sent!, value: 1 }), // 4: growth is counted from there
        measured("a", at(-300), used(0.5)),
        measured("b", at(0), used(0.5)),
        measured("a", at(61), { ...sent!, value: 2 }), // 7
        ["EstablishConnection", cable("b", "a")], // 8
      ),
    );
    const [[id]] = (await model.sql`SELECT compute_id FROM resources WHERE hostname = 'a'`)
      .values as [[string]];
    const evidence = await model.query(
      "SELECT sequence, event_type, event_id IN (SELECT event_id FROM events) AS is_event FROM position_evidence($1)",
      [id],
    );
    expect(evidence.values).toEqual([
      [3, "ComputeUpdated", true],
      [4, "MeasurementsRecorded", true],
      [7, "MeasurementsRecorded", true],
      [8, "ConnectionEstablished", true],
    ]);
  });

  test("drifts: a row for each dimension that is known of either moment", async () => {
    await using model = await replay(
      await history(
        register("a"),
        register("gone", { cpu_cores: 2 }),
        measured("a", "2026-11-01T00:00:03Z", used(0.25)),
        measured("a", "2026-11-01T00:00:09Z", used(0.75)),
        ["DecommissionCompute", { compute: "gone" }],
        register("new", { cpu_cores: 4 }),
      ),
    );
    const drift = await model.sql`
      SELECT hostname, dimension, before, after, strftime(before_at, '%S'), strftime(after_at, '%S')
      FROM position_drift('2026-11-01T00:00:03Z', '2026-11-01T00:00:10Z') ORDER BY ALL`;
    expect(drift.values).toEqual([
      ["a", "performance.memory", 0.25, 0.5, "03", "09"],
      ["gone", "capacity.cpu", 2, null, "01", null],
      ["new", "capacity.cpu", null, 4, null, "05"],
    ]);
  });
});

test(
  "The newest row of a history is the present position, to the last digit however many threads there are",
  async () => {
    const archive = await Archive.open(
      fileURLToPath(new URL("../../data/samples/fleet", import.meta.url)),
    );
    await using model = await replay(archive);
    const summary = async () => [
      await model.summary("compute_positions"),
      await model.summary("compute_positions_history"),
    ];
    await model.sql`SET threads = 1`;
    const alone = await summary();
    await model.sql`SET threads = 4`;
    for (let run = 0; run < 3; run++) expect(await summary()).toEqual(alone);
    // In this sample every resource has been measured since anything of it changed.
    const others = await model.sql`FROM compute_positions EXCEPT FROM compute_positions_history`;
    expect(others.values).toEqual([]);
    expect(alone[0]).toMatchObject({ rows: 58 });
  },
  120_000,
);
