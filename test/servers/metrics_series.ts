/** What is in the series: what is in the tables, under Prometheus' names. */
import { expect, test } from "vitest";
import { CommandHandler } from "../../src/command/handler.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { MemoryLog } from "../../src/log/memory.ts";
import { labelsOf, metricName } from "../../src/projections/metrics/names.ts";
import { runToEnd } from "../../src/projections/run_to_end.ts";
import { replay } from "../../src/replay/replay.ts";
import { fleetLog } from "../projections/sample_log.ts";
import { history, HOSTILE, type Said } from "../replay/history.ts";
import { projectionOf, seriesOf, type Servers, sizeOf } from "./metrics_place.ts";

const THROUGH = 6_000;
const START = Date.parse("2026-11-01T00:00:00Z");
const OWN = new Set(["__name__", "job", "instance", "compute_id", "resource_type", "site"]);

/** What each test writes and asks. */
export function series(servers: () => Servers): void {
  test("a fleet's measurements are in the server as in the tables, sample by sample", async () => {
    const log = await fleetLog();
    const projection = projectionOf(servers(), log, "fleet");
    await runToEnd(log, projection, { through: THROUGH });
    await using model = await replay(log, { sequence: THROUGH });
    const { rows } = await model.sql`
      SELECT compute_id::VARCHAR AS compute, name, unit, map_entries(attributes)::JSON::VARCHAR AS attributes,
        epoch_ms(observed_at) AS time, value
      FROM fold.points JOIN fold.series USING (series_id) ORDER BY observed_at`;
    const expected: Record<string, [number, number][]> = {};
    for (const { compute, name, unit, attributes, time, value } of rows) {
      const given = JSON.parse(String(attributes ?? "[]")).map((
        { key, value }: { key: string; value: string },
      ) => [key, value]);
      const labels = labelsOf(Object.fromEntries(given));
      const metric = metricName(String(name), unit as "1");
      const key = JSON.stringify([metric, compute, labels]);
      (expected[key] ??= []).push([Number(time), Number(value)]);
    }
    const found: Record<string, [number, number][]> = {};
    for (const [labels, samples] of Object.entries(await seriesOf(servers(), "fleet"))) {
      const all = JSON.parse(labels) as [string, string][];
      const { __name__: metric, compute_id } = Object.fromEntries(all);
      if (metric!.startsWith("cim_") && compute_id === undefined) continue;
      const key = JSON.stringify([metric, compute_id, all.filter(([name]) => !OWN.has(name))]);
      (found[key] ??= []).push(...samples);
    }
    expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
    for (const [key, samples] of Object.entries(expected)) {
      const theirs = found[key]!.sort(([a], [b]) => a - b);
      expect(theirs.map(([time]) => time), key).toEqual(samples.map(([time]) => time));
      const most = Math.max(...samples.map(([, value]) => Math.abs(value)));
      for (const [at, [, value]] of samples.entries()) {
        // The server keeps the samples of a block with the exponent of the largest.
        expect(Math.abs(theirs[at]![1] - value), key).toBeLessThanOrEqual(1e-12 * most);
      }
    }
    expect(sizeOf(found)).toBe(rows.length);
    expect(rows.length).toBeGreaterThan(10_000);
    expect(projection.leftOut).toEqual({
      before_1970: 0,
      ahead: 0,
      repeated: 0,
      labels: 0,
      series: 0,
    });

    const { rows: [last] } = await model
      .sql`SELECT epoch_ms(max(recorded_at)) AS now, (SELECT count(*) FROM resources) AS resources FROM events`;
    const now = Number(last!.now) + 1;
    for (
      const [promql, sql] of [
        [
          "sum by (resource_type, status, site) (cim_resources)",
          `SELECT resource_type, status, site, count(*) FROM resources GROUP BY ALL`,
        ],
        [
          "sum by (kind, source) (cim_software)",
          `SELECT kind, source, count(*) FROM software GROUP BY ALL`,
        ],
        [
          "sum by (kind) (cim_connections)",
          `SELECT kind, count(*) FROM connections GROUP BY ALL`,
        ],
        [
          "sum by (kind) (cim_networks)",
          `SELECT kind, count(*) FROM networks GROUP BY ALL`,
        ],
      ] as const
    ) {
      const { columns, rows } = await model.query(sql);
      const counts = rows.map((row) => [
        JSON.stringify(Object.fromEntries(
          columns.slice(0, -1).map(({ name }) => [name, row[name]]).filter(([, value]) => value)
            .sort(),
        )),
        Number(row[columns.at(-1)!.name]),
      ]);
      const asked = promql.replace(/\((cim_\w+)\)/, `($1{job="fleet"} > 0)`);
      expect(await servers().metrics.query(asked, now), promql).toEqual(Object.fromEntries(counts));
      expect(counts.length, promql).toBeGreaterThan(0);
    }
    const sum = (promql: string) => servers().metrics.query(promql, now);
    // A question to a moment long after the last change has an answer.
    expect(Object.values(await sum(`sum(cim_resources{job="fleet"})`))[0])
      .toBe(Number(last!.resources));
  });

  test("texts that are code in many languages are labels, and nothing but that", async () => {
    const text = HOSTILE.replaceAll("\u0000", "");
    const attributes = { [HOSTILE]: text, "a.b": "1", "a_b": "2", site: "x", "9": "nine", "": "" };
    delete (attributes as Record<string, string>)[""];
    const point = (name: string, value: number, more: object = {}) => ({
      name,
      unit: "1" as const,
      value,
      ...more,
    });
    const log = await history(
      ["RegisterCompute", {
        hostname: "web",
        resource_type: "virtual_machine",
        location: { site: text },
        interfaces: [],
      }],
      ["RecordMeasurements", {
        compute: "web",
        observed_at: "2026-11-01T00:00:01.5Z",
        points: [
          point("system.x", 1, { attributes }),
          point("system.y", 0.5, { attributes: { code: '"}\\n{job="other"' } }),
        ],
      }],
    );
    await runToEnd(log, projectionOf(servers(), log, text));
    const all = await seriesOf(servers(), text);
    const labels = Object.keys(all).map((labels) =>
      Object.fromEntries(JSON.parse(labels)) as Record<string, string>
    );
    expect(labels.find(({ __name__ }) => __name__ === "system_x_ratio")).toEqual({
      __name__: "system_x_ratio",
      compute_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      instance: "web",
      resource_type: "virtual_machine",
      site: text,
      a_b: "1;2",
      exported_site: "x",
      key_9: "nine",
      [labelsOf({ [HOSTILE]: "" + 1 })[0]![0]]: text,
    });
    expect(labels.find(({ __name__ }) => __name__ === "system_y_ratio")!.code)
      .toBe('"}\\n{job="other"');
    expect(labels.find(({ __name__ }) => __name__ === "cim_resources")!.site).toBe(text);
    expect(labels.length).toBe(3);
  });

  test("what is measured at one time twice is two samples; what no server would keep is left out and counted", async () => {
    const at = "2026-11-01T00:00:01.000999Z";
    const measured = (observed_at: string, points: object[]): Said => [
      "RecordMeasurements",
      { compute: "web", observed_at, points: points as never },
    ];
    const point = (value: number, attributes?: Record<string, string>) => ({
      name: "system.uptime",
      unit: "s",
      value,
      ...(attributes ? { attributes } : {}),
    });
    const many = Object.fromEntries(Array.from({ length: 25 }, (_, at) => [`label.${at}`, "x"]));
    const log = await history(
      ["RegisterCompute", { hostname: "web", resource_type: "unknown", interfaces: [] }],
      measured(at, [point(1)]),
      measured(at, [point(2)]),
      measured("2026-11-01T00:00:01.001Z", [point(3)]),
      measured("2026-11-01T00:00:01Z", [point(4), point(5), point(6, { a: "" })]),
      measured("1969-12-31T23:59:59Z", [point(1)]),
      measured("2026-11-03T00:00:00Z", [point(1)]),
      measured("2026-11-01T00:00:05Z", [
        point(7),
        point(8, many),
        point(9, { long: "x".repeat(1024) }),
      ]),
      measured(
        "2026-11-01T00:00:06Z",
        Array.from({ length: 1_005 }, (_, at) => point(at, { pid: String(at) })),
      ),
    );
    const projection = projectionOf(servers(), log, "odd");
    await runToEnd(log, projection, { stepEvents: 2 });
    const all = await seriesOf(servers(), "odd");
    const uptime = Object.entries(all).filter(([labels]) => labels.includes("system_uptime"));
    const plain = uptime.find(([labels]) => !labels.includes("pid") && !labels.includes("long"));
    expect(plain![1].map(([time, value]) => [time - START, value])).toEqual([
      [1_000, 1],
      [1_001, 2],
      [1_002, 3],
      [1_003, 6],
      [5_000, 7],
    ]);
    expect(uptime.filter(([labels]) => labels.includes("pid")).length).toBe(1_000);
    expect(projection.leftOut).toEqual({
      before_1970: 1,
      ahead: 1,
      repeated: 2,
      labels: 1,
      series: 5,
    });
  });

  test("counts tell every change at its time, and again while the log goes on", async () => {
    let now = START;
    const clock = () => new Date(now);
    const log = new MemoryLog(clock);
    const messages = new MessageFactory(clock);
    const handler = await CommandHandler.open(log, messages);
    const submit = async (...said: Said[]) => {
      const commands = said.map(([type, data]) =>
        messages.command(type, data as never, { actor: "test", source: "observed" })
      );
      for (const { message } of await handler.submit(commands)) expect(message).toBeUndefined();
    };
    const register = (hostname: string, site: string): Said => [
      "RegisterCompute",
      { hostname, resource_type: "switch", interfaces: [], location: { site } },
    ];
    await submit(register("a", "x"), register("b", "x"), register("c", "y")); // in one millisecond
    await submit(["EstablishConnection", {
      from: { compute: "a" },
      to: { compute: "c" },
      kind: "cable",
    }]);
    now += 60_000;
    await submit(["UpdateCompute", { compute: "a", location: { site: "y" } }]);
    now += 200_000;
    await submit(["RecordMeasurements", {
      compute: "a",
      observed_at: "2026-11-01T00:04:20Z",
      points: [{ name: "system.uptime", unit: "s", value: 1 }],
    }]);
    now += 1_000;
    await submit(["DecommissionCompute", { compute: "c" }]);
    await runToEnd(log, projectionOf(servers(), log, "counts"));
    const found = (metric: string, more: Record<string, string>) =>
      Object.entries(all).filter(([labels]) => {
        const have = Object.fromEntries(JSON.parse(labels));
        return have.__name__ === metric &&
          Object.entries(more).every(([name, value]) => have[name] === value);
      }).map(([, samples]) => samples.map(([time, value]) => [time - START, value]));
    const all = await seriesOf(servers(), "counts");
    expect(found("cim_resources", { site: "x" })).toEqual([[
      [0, 1],
      [1, 2],
      [60_000, 1],
      [260_000, 1],
    ]]);
    expect(found("cim_resources", { site: "y" })).toEqual([[
      [0, 1],
      [60_000, 2],
      [260_000, 2],
      [261_000, 1],
    ]]);
    expect(found("cim_connections", { from_site: "x", to_site: "y", kind: "cable" })).toEqual([[
      [0, 1],
      [60_000, 0],
    ]]);
    expect(found("cim_connections", { from_site: "y", to_site: "y" })).toEqual([[
      [60_000, 1],
      [260_000, 1],
      [261_000, 0],
    ]]);
  });
}
