import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { runExperiment } from "../../src/experiments.ts";
import { Archive } from "../../src/log/archive.ts";
import { logHash } from "../../src/projections/checkpoint.ts";
import { decodeEvent } from "../../src/domain/event.ts";
import { compareExperiments } from "../../src/replay/experiment_compare.ts";
import type { ExperimentSpec } from "../../src/replay/experiment_spec.ts";
import { replay } from "../../src/replay/replay.ts";
import { history, STORY } from "./history.ts";

const samples = fileURLToPath(new URL("../../data/samples/", import.meta.url));
const fleet = await Archive.open(join(samples, "fleet"));

const sample = async (name: string): Promise<ExperimentSpec> =>
  JSON.parse(await Deno.readTextFile(join(samples, "experiments", name)));
/** An experiment of the fleet's first days. */
const early = (rest: Partial<ExperimentSpec>): ExperimentSpec => ({
  name: "early",
  range: { sequence: 1_500 },
  queries: { hosts: { sql: "SELECT hostname FROM resources ORDER BY hostname" } },
  ...rest,
});

const policy = (name: string, selector: string, rule: string) => ({
  command: "SetPolicy" as const,
  data: { name, severity: "warning", selector: `has(${selector})`, rule, for: "10m" },
});
const BUSY = policy("busy", "resource.means.cpu", "resource.means.cpu < 0.5");
const HEARD = policy(
  "heard",
  "resource.measured_at",
  "now - resource.measured_at < duration('40m')",
);

describe("An experiment", () => {
  test("that changes nothing asks what a replay gives, and says of which events", async () => {
    const log = await history(...STORY);
    const sql = "SELECT hostname, memory_bytes FROM resources";
    const run = await runExperiment({ name: "plain", queries: { all: { sql } } }, log);
    await using model = await replay(log);
    expect(run.tables.all!.values).toEqual((await model.query(sql)).values);
    const { first_sequence, last_sequence, events, log_hash } = model.checkpoint;
    expect(run.manifest.input).toEqual({
      name: log.name,
      incarnation: log.incarnation,
      first_sequence,
      last_sequence,
      events,
      skipped: 0,
      log_hash,
    });
    expect(run.manifest.applied).toEqual(model.checkpoint);
    expect(run.manifest.code.source).toMatch(/^[0-9a-f]{64}$/);
  });

  test("of a part of the log names that part by the hash of its events", async () => {
    const log = await history(...STORY);
    const range = { from_sequence: 3, sequence: 6 };
    const queries = { n: { sql: "SELECT count(*) AS n, max(sequence) AS last FROM events" } };
    const run = await runExperiment({ name: "part", range, queries }, log);
    const records = await Array.fromAsync(log.read({ from: 3, to: 6 }));
    const events = records.map((record) => ({ record, event: decodeEvent(record) }));
    expect(run.manifest.input.log_hash).toBe(logHash("0".repeat(32), events));
    expect(run.tables.n!.values).toEqual([[4, 4]]);
    const filter = { event_types: ["SoftwareConfigured" as const] };
    const filtered = await runExperiment({ name: "part", filter, queries }, log);
    expect(filtered.tables.n!.values).toEqual([[1, 1]]);
  });

  test("what if a rack had failed: nothing more is heard of it, and it says so", async () => {
    const run = await runExperiment(await sample("rack_fails.json"), fleet);
    expect(run.manifest.effects).toEqual([
      { dropped: 1488, dropped_with: 0 },
      { added: 13, unchanged: 0 },
    ]);
    expect(run.tables.alarms!.rows).toEqual([]); // of the machine whose memory was full nobody hears
    expect(run.tables.status!.rows).toContainEqual({
      resource_type: "switch",
      status: "maintenance",
      resources: 2,
    });
    expect(run.manifest.parked).toEqual([]);
  });

  test("what if hosts had been bought: each is decided as any other, with ids from the seed", async () => {
    const buying = early({
      seed: 7,
      transformations: [{
        add: [{
          command: "RegisterCompute",
          data: { hostname: "new-{n}", resource_type: "physical_server", interfaces: [] },
        }],
        repeat: 40,
        at: "2026-10-01T06:00:00Z",
      }],
      queries: {
        new: {
          sql: "SELECT hostname, event_id, events.recorded_at, aggregate_version " +
            "FROM resources JOIN events ON aggregate_id = compute_id " +
            "WHERE hostname LIKE 'new-%' ORDER BY event_id",
        },
      },
    });
    const run = await runExperiment(buying, fleet);
    const { rows } = run.tables.new!;
    expect(run.manifest.effects).toEqual([{ added: 40, unchanged: 0 }]);
    expect(rows).toHaveLength(40);
    expect(rows[39]).toMatchObject({
      hostname: "new-40",
      recorded_at: "2026-10-01T06:00:00.000000Z",
      aggregate_version: 1,
    });
    expect((await runExperiment(buying, fleet)).tables).toEqual(run.tables);
    const other = await runExperiment({ ...buying, seed: 8 }, fleet);
    expect(other.tables.new!.column("event_id")).not.toEqual(run.tables.new!.column("event_id"));
  });

  test("what if values had been others: points are scaled, states merged, and both are events still", async () => {
    const run = await runExperiment(
      {
        name: "changed",
        transformations: [
          {
            change: { resources: ["web"] },
            measurements: { names: ["system.uptime"], scale: 10, offset: 0.5 },
          },
          {
            change: { event_types: ["ComputeRegistered", "ComputeUpdated"] },
            merge: { memory_bytes: null, operating_system: { version: "13" } },
          },
        ],
        queries: {
          points: { sql: "SELECT name, value FROM measurements ORDER BY name" },
          hosts: { sql: "SELECT memory_bytes, os_name, os_version FROM resources" },
        },
      },
      await history(...STORY),
    );
    expect(run.tables.points!.values).toEqual([
      ["system.cpu.utilization", 1e-300],
      ["system.uptime", 1.5],
    ]);
    expect(run.tables.hosts!.values).toEqual([[null, "Debian", "13"]]);
    expect(run.manifest.effects).toEqual([{ changed: 1 }, { changed: 2 }]);
  });

  test("that drops how something began drops all that came of it", async () => {
    const run = await runExperiment(
      {
        name: "never-there",
        transformations: [{
          drop: { resources: ["web"], event_types: ["ComputeRegistered"] },
        }],
        queries: { left: { sql: "SELECT event_type, aggregate_version FROM events ORDER BY ALL" } },
      },
      await history(...STORY),
    );
    expect(run.tables.left!.values).toEqual([["NetworkDefined", 1], ["PolicySet", 1]]);
    expect(run.manifest.effects).toEqual([{ dropped: 1, dropped_with: 4 }]);
  });

  test("sees positions over the window that its projection says, and over an hour without it", async () => {
    const positions = (projection: ExperimentSpec["projection"]) =>
      runExperiment(
        early({
          ...(projection ? { projection } : {}),
          queries: {
            positions: {
              sql: "SELECT hostname, performance_cpu FROM compute_positions",
              key: ["hostname"],
            },
          },
        }),
        fleet,
      );
    const [hour, same, longer] = [
      await positions(undefined),
      await positions({ position_window: "60m" }),
      await positions({ position_window: "6h" }),
    ];
    const hashes = [hour, same, longer].map(({ manifest }) => manifest.tables.positions!.hash);
    expect(hashes[1]).toBe(hashes[0]);
    expect(hashes[2]).not.toBe(hashes[0]);
    const { asked, tables } = await compareExperiments(same, longer);
    expect(asked).toEqual([
      { field: "/spec/projection/position_window", before: "60m", after: "6h" },
    ]);
    expect(tables[0]!.changed).toBeGreaterThan(0);
    await expect(positions({ position_window: "soon" })).rejects.toMatchObject({
      code: "experiment_invalid",
      position: "/projection/position_window",
    });
  });

  test("gives the same three times, with one thread and four, in another time zone and locale", async () => {
    const spec = early({
      range: { sequence: 3_000 },
      parameters: { name: "system.cpu.utilization" },
      transformations: [
        {
          change: { event_types: ["MeasurementsRecorded"], from: 500 },
          measurements: { names: ["system.cpu.utilization"], scale: 1.1 },
        },
        { add: [BUSY, HEARD], at: 0 },
      ],
      analyses: { verdicts: { analysis: "compliance" }, alarms: { analysis: "alerts" } },
      queries: {
        means: {
          sql:
            "SELECT compute_id, avg(value) AS mean, stddev(value), sum(value), any_value(attributes) " +
            "FROM measurements WHERE name = $name GROUP BY compute_id",
        },
        when: {
          sql:
            "SELECT hostname, first_seen_at::TIMESTAMPTZ AS seen, {'at': first_seen_at::TIMESTAMPTZ}, " +
            "random() FROM resources ORDER BY hostname",
        },
      },
    });
    const one = await runExperiment(spec, fleet, { threads: 1 });
    expect(one.tables.alarms!.rows.length).toBeGreaterThan(0);
    expect(new Set(one.tables.verdicts!.column("policy"))).toContain("heard");
    const four = await runExperiment(spec, fleet, { threads: 4 });
    const elsewhere = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "-A",
        fileURLToPath(new URL("experiment_child.ts", import.meta.url)),
        fleet.folder,
        JSON.stringify(spec),
        "4",
      ],
      env: { TZ: "Asia/Kolkata", LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8" },
      stderr: "inherit",
    }).output();
    const ours = [one, four].map(({ manifest: { run_id, tables }, tables: shown }) => ({
      run_id,
      hashes: Object.values(tables).map(({ hash }) => hash),
      shown: Object.values(shown).map(({ values }) => values.slice(0, 3)),
    }));
    expect(ours[1]).toEqual(ours[0]);
    expect(JSON.parse(new TextDecoder().decode(elsewhere.stdout))).toEqual(ours[0]);
  });
});

test("What is wrong with a query is said before a long log is folded", async () => {
  const spec = { name: "wrong", queries: { q: { sql: "FROM nowhere" } } };
  const told: string[] = [];
  const onProgress = (what: string) => told.push(what);
  await expect(runExperiment(spec, fleet, { onProgress })).rejects.toMatchObject({
    code: "experiment_query",
    position: "/queries/q/sql",
  });
  expect(told).toEqual([]);
});
