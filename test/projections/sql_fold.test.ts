/** What the fold owes to no cut, no order and no place: proved by what once was not so. */
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { MessageFactory } from "../../src/domain/message.ts";
import { CommandHandler } from "../../src/command/handler.ts";
import type { CommandData, CommandType } from "../../src/domain/command.ts";
import { MemoryLog } from "../../src/log/memory.ts";
import { Archive } from "../../src/log/archive.ts";
import { runToEnd } from "../../src/projections/run_to_end.ts";
import { SqlProjection } from "../../src/projections/sql/projection.ts";
import { Model } from "../../src/replay/model.ts";
import { replay } from "../../src/replay/replay.ts";
import { history, STORY } from "../replay/history.ts";

const folder = Deno.makeTempDirSync({ prefix: "cim-fold-test-" });
afterAll(() => Deno.remove(folder, { recursive: true }));

/** A log whose clock goes on while that of whoever says something stands where it is put. */
async function log(
  ...said: [type: CommandType, data: unknown, occurredAt: string][]
): Promise<MemoryLog> {
  const recorded = new MemoryLog(() => new Date("2026-11-02T00:00:00Z"));
  for (const [type, data, occurredAt] of said) {
    const messages = new MessageFactory(() => new Date(occurredAt));
    const handler = await CommandHandler.open(recorded, messages);
    const [answer] = await handler.submit([
      messages.command(type, data as CommandData[CommandType], {
        actor: "test",
        source: "observed",
      }),
    ]);
    expect(answer?.message).toBeUndefined();
  }
  return recorded;
}

const host = { hostname: "web", resource_type: "switch", interfaces: [] };
const point = { name: "system.disk.io", unit: "By" };

test("A thing that was seen earlier, as is said later, was not seen earlier before that", async () => {
  const events = await log(
    ["RegisterCompute", host, "2026-11-01T00:00:00Z"],
    ["RegisterCompute", { ...host, owner: "ada" }, "2026-10-31T00:00:00Z"],
  );
  await using model = await replay(events);
  expect((await model.sql`SELECT first_seen_at FROM resources_history`).values)
    .toEqual([["2026-11-01T00:00:00.000000Z"], ["2026-10-31T00:00:00.000000Z"]]);
});

test("A series is the same in whatever order its attributes are said, and of two values in one event the second is the last", async () => {
  const measured = (points: unknown[], second: number) =>
    ["RecordMeasurements", {
      compute: "web",
      observed_at: `2026-11-01T00:00:0${second}Z`,
      points,
    }, "2026-11-01T00:00:00Z"] as [CommandType, unknown, string];
  const events = await log(
    ["RegisterCompute", host, "2026-11-01T00:00:00Z"],
    measured([{ ...point, attributes: { a: "1", b: "2" }, value: 1 }], 1),
    measured([{ ...point, attributes: { b: "2", a: "1" }, value: 2 }], 2),
    measured([{ ...point, value: 7 }, { ...point, attributes: {}, value: 5 }], 3),
  );
  await using model = await replay(events);
  expect(
    (await model.sql`SELECT attributes, first, last FROM measurements_1h ORDER BY last`).values,
  )
    .toEqual([[{ a: "1", b: "2" }, 1, 2], [null, 7, 5]]);
});

test("A path with what DuckDB takes for a pattern is just that path", async () => {
  const events = await history(...STORY);
  const place = (name: string) => join(folder, name);
  for (const name of ["g[o]*", "go", "goo"]) {
    await Deno.mkdir(place(name));
    await (await Archive.open(place(name))).extend(events);
    await (await replay(await Archive.open(place(name)))).close();
  }
  await using model = await replay(await Archive.open(place("g[o]*")));
  expect(model.checkpoint).toMatchObject({ events: STORY.length, last_sequence: STORY.length });
  const path = join(place("g[o]*"), "x?.duckdb");
  await runToEnd(events, new SqlProjection({ path }));
  await using kept = await Model.open(path);
  expect(kept.checkpoint).toEqual(model.checkpoint);
});

test("A moment is the same one in whatever zone a client is", async () => {
  await using model = await replay(await history(...STORY));
  for (const zone of ["UTC", "America/New_York", "Asia/Kathmandu"]) {
    await model.query(`SET TimeZone = '${zone}'`);
    for (
      const moment of [
        "'2026-11-01T00:00:03Z'",
        "'2026-11-01 00:00:03'",
        "'2026-11-01T00:00:03.000000Z'",
        "'2026-11-01T02:00:03.5+02:00'",
        "TIMESTAMP '2026-11-01 00:00:03'",
        "TIMESTAMPTZ '2026-11-01 00:00:03+00'",
      ]
    ) {
      expect((await model.query(`SELECT sequence_at(${moment})`)).values, `${zone} ${moment}`)
        .toEqual([[4]]);
    }
    for (
      const moment of [
        "2026-11-02",
        "2026-11-02T00:00Z",
        "2026-11-02 00:00",
        "2026-11-02T02:00+02:00",
      ]
    ) {
      expect((await model.sql`SELECT sequence_at(${moment})`).values, moment).toEqual([[7]]);
    }
    expect((await model.query("SELECT sequence_at(DATE '2026-11-01')")).values).toEqual([[1]]);
  }
});

test("Each processor by itself is a part of how busy the machine is", async () => {
  const idle = (cpu: number, value: number) => ({
    name: "system.cpu.utilization",
    unit: "1",
    attributes: { "cpu.mode": "idle", "cpu.logical_number": String(cpu) },
    value,
  });
  await using model = await replay(
    await history(["RegisterCompute", host as never], ["RecordMeasurements", {
      compute: "web",
      observed_at: "2026-11-01T00:00:00Z",
      points: [idle(0, 0.1), idle(1, 0.9), idle(2, 0.5), idle(3, 0.3)] as never,
    }]),
  );
  expect((await model.sql`SELECT latest, mean_1h FROM utilisation`).values).toEqual([[0.55, 0.55]]);
});

test("Concepts and labels drift as well, and the order of tags is no drift", async () => {
  await using model = await replay(
    await history(
      ["RegisterCompute", { ...host, tags: { a: "1", b: "2" } } as never],
      ["RegisterCompute", { ...host, owner: "ada", tags: { b: "2", a: "1" } } as never],
      [
        "DefineConcept",
        { space: "compute", name: "busy", prototypes: [{ "performance.cpu": 1 }] } as never,
      ],
      ["LabelResource", { compute: "web", space: "compute", concept: "busy" } as never],
    ),
  );
  expect(
    (await model.sql`SELECT kind, name, after FROM drift_by_sequence(1, 4) ORDER BY kind`).rows,
  )
    .toMatchObject([
      { kind: "concept", name: "compute.busy" },
      { kind: "label", name: "compute" },
      { kind: "resource", name: "web", after: JSON.stringify({ owner: "ada" }) },
    ]);
});
