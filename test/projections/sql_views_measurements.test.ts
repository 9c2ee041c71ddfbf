import { describe, expect, test } from "vitest";
import type { Model } from "../../src/replay/model.ts";
import { replay } from "../../src/replay/replay.ts";
import { history, type Said } from "../replay/history.ts";

type Points = Extract<Said, ["RecordMeasurements", unknown]>[1]["points"];

const register = (hostname: string): Said => [
  "RegisterCompute",
  {
    hostname,
    resource_type: "virtual_machine",
    evidence: { machine_id: hostname },
    interfaces: [],
  },
];
const measured = (compute: string, time: string, ...points: Points): Said => [
  "RecordMeasurements",
  { compute, observed_at: `2026-10-${time}Z`, points },
];
const uptime = (value: number): Points[number] => ({ name: "system.uptime", unit: "s", value });
const sent = (value: number): Points[number] => ({
  name: "system.network.io",
  unit: "By",
  attributes: { "network.io.direction": "transmit" },
  value,
});
const share = (metric: string, state: string, value: number, mountpoint?: string) => ({
  name: `system.${metric}.utilization`,
  unit: "1" as const,
  attributes: {
    [metric === "cpu" ? "cpu.mode" : `system.${metric}.state`]: state,
    ...(mountpoint === undefined ? {} : { "system.filesystem.mountpoint": mountpoint }),
  },
  value,
});

const modelOf = async (...said: Said[]) => await replay(await history(...said));
const ask = async (model: Model, query: string) => (await model.query(query)).values;

describe("The roll-ups", () => {
  test("put each series into buckets of UTC time; of equal times the sequence tells which is first and last", async () => {
    await using model = await modelOf(
      register("a"),
      measured("a", "25T00:59:59.999999", uptime(4)),
      measured("a", "25T01:00:00", uptime(3), sent(0)),
      measured("a", "25T01:30:00", uptime(7)),
      measured("a", "25T01:30:00", uptime(6)),
      measured("a", "25T01:00:00", uptime(5)), // late, and of the time of the first
      measured("a", "25T01:00:30", uptime(1)),
      measured("a", "25T23:59:59", uptime(2)),
    );
    const rolledUp = (view: string) =>
      ask(
        model,
        `SELECT bucket_start, count, min, max, mean, sum, first, last FROM ${view}
         WHERE name = 'system.uptime' ORDER BY bucket_start`,
      );
    expect(await rolledUp("measurements_1h")).toEqual([
      ["2026-10-25T00:00:00.000000Z", 1, 4, 4, 4, 4, 4, 4],
      ["2026-10-25T01:00:00.000000Z", 5, 1, 7, 4.4, 22, 3, 6],
      ["2026-10-25T23:00:00.000000Z", 1, 2, 2, 2, 2, 2, 2],
    ]);
    expect(await rolledUp("measurements_1d")).toEqual([
      ["2026-10-25T00:00:00.000000Z", 7, 1, 7, 4, 28, 4, 2],
    ]);
    expect(await rolledUp("measurements_1min")).toEqual([
      ["2026-10-25T00:59:00.000000Z", 1, 4, 4, 4, 4, 4, 4],
      ["2026-10-25T01:00:00.000000Z", 3, 1, 5, 3, 9, 3, 1],
      ["2026-10-25T01:30:00.000000Z", 2, 6, 7, 6.5, 13, 7, 6],
      ["2026-10-25T23:59:00.000000Z", 1, 2, 2, 2, 2, 2, 2],
    ]);
    expect(
      await ask(
        model,
        "SELECT name, unit, attributes, sum FROM measurements_1d WHERE sum = 0 AND compute_id IN (SELECT compute_id FROM resources)",
      ),
    ).toEqual([["system.network.io", "By", { "network.io.direction": "transmit" }, 0]]);
  });

  test("sum up exactly, or not at all where a value is too large", async () => {
    await using model = await modelOf(
      register("a"),
      measured("a", "25T01:00:00", ...[0.1, 0.2, 0.3].map((value, at) => sentOver(at, value))),
      measured("a", "25T01:00:01", ...[0.2, 1e300, 9e17].map((value, at) => sentOver(at, value))),
      measured("a", "25T01:00:02", ...[0.3, 1, 9e17].map((value, at) => sentOver(at, value))),
    );
    expect(
      await ask(
        model,
        "SELECT sum, mean, min, max, first, last FROM measurements_1h ORDER BY max",
      ),
    ).toEqual([
      [0.6, 0.2, 0.1, 0.3, 0.1, 0.3],
      [1.8e18, 6e17, 0.3, 9e17, 0.3, 9e17],
      [null, null, 0.2, 1e300, 0.2, 1],
    ]);
  });

  test("are the same to the last digit however many threads there are", async () => {
    await using model = await modelOf(register("a"));
    await model.sql`
      INSERT INTO fold.series SELECT range, 1, uuid(), 'acme.x', '1', NULL FROM range(3)`;
    await model.sql`
      INSERT INTO fold.points
      SELECT range, 1, range % 3, TIMESTAMP '2026-10-25' + INTERVAL 1 MILLISECOND * (range % 1000), NULL,
        hash(range) / 1e9
      FROM range(600000)`;
    const summary = () =>
      ask(model, "SELECT name, mean, sum, first, last FROM measurements_1d ORDER BY ALL");
    await model.sql`SET threads = 1`;
    const alone = await summary();
    expect(alone.length).toBe(3);
    await model.sql`SET threads = 4`;
    for (let run = 0; run < 5; run++) expect(await summary()).toEqual(alone);
  });
});

/** A series for each number. */
function sentOver(link: number, value: number): Points[number] {
  return {
    name: "system.network.io",
    unit: "By",
    attributes: { "network.interface.name": `eth${link}` },
    value,
  };
}

test("The metrics are what is measured, with its instrument; what is not known is a gauge", async () => {
  await using model = await modelOf(
    register("a"),
    register("b"),
    measured("a", "25T01:00:00", sent(1), uptime(1), { name: "acme.flux", unit: "W", value: 1 }),
    measured("b", "25T01:00:00", sent(1), sentOver(0, 1), {
      name: "process.thread.count",
      unit: "{thread}",
      value: 1,
    }),
  );
  expect(await ask(model, "FROM metrics ORDER BY name")).toEqual([
    ["acme.flux", "W", "gauge", 1, 1],
    ["process.thread.count", "{thread}", "updowncounter", 1, 1],
    ["system.network.io", "By", "counter", 3, 2],
    ["system.uptime", "s", "gauge", 1, 1],
  ]);
});

describe("Rates and gaps", () => {
  test("a counter that starts again counts from zero; over a gap there is no rate", async () => {
    await using model = await modelOf(
      register("a"),
      measured("a", "25T01:00:00", sent(100), uptime(1)),
      measured("a", "25T01:00:20", sent(400), uptime(2)),
      measured("a", "25T01:00:10", sent(200), uptime(3)), // comes late
      measured("a", "25T01:00:30", sent(50), uptime(4)), // started again
      measured("a", "25T01:00:30", sent(60), uptime(4)), // the same time once more
      measured("a", "25T01:01:00", sent(90), uptime(5)), // three times as long as usual: still none
      measured("a", "25T01:01:31", sent(990), uptime(6)), // a gap
      measured("a", "25T01:01:41", sent(1e300), uptime(7)),
    );
    expect(
      await ask(
        model,
        `SELECT name, unit, strftime(observed_at, '%M:%S'), seconds, rate, is_reset, is_gap, sequence
         FROM rates ORDER BY observed_at`,
      ),
    ).toEqual([
      ["system.network.io", "By/s", "00:10", 10, 10, false, false, 4],
      ["system.network.io", "By/s", "00:20", 10, 20, false, false, 3],
      ["system.network.io", "By/s", "00:30", 10, 5, true, false, 5],
      ["system.network.io", "By/s", "01:00", 30, 1, false, false, 7],
      ["system.network.io", "By/s", "01:31", 31, null, false, true, 8],
      ["system.network.io", "By/s", "01:41", 10, 1e299, false, false, 9],
    ]);
    expect(
      await ask(
        model,
        `SELECT name, attributes, strftime(silent_from, '%M:%S'), strftime(silent_to, '%M:%S'),
           seconds, usual_seconds
         FROM gaps WHERE silent_to IS NOT NULL ORDER BY name`,
      ),
    ).toEqual([
      ["system.network.io", { "network.io.direction": "transmit" }, "01:00", "01:31", 31, 10],
      ["system.uptime", null, "01:00", "01:31", 31, 10],
    ]);
  });

  test("a silence that lasts is a gap without an end, unless the resource is decommissioned", async () => {
    const at = (time: string) => ["a", "gone"].map((host) => measured(host, time, uptime(1)));
    await using model = await modelOf(
      register("a"),
      register("gone"),
      register("once"),
      measured("once", "31T23:59:00", uptime(1)),
      ...at("31T23:59:10"),
      ...at("31T23:59:11"),
      ["DecommissionCompute", { compute: "gone" }],
    );
    // The last event was recorded at 00:00:08.
    expect(
      await ask(
        model,
        "SELECT hostname, silent_from, silent_to, seconds, usual_seconds FROM gaps JOIN resources USING (compute_id)",
      ),
    ).toEqual([["a", "2026-10-31T23:59:11.000000Z", null, 57, 1]]);
  });
});

test("The utilisation of a resource is the last value and the mean of the hour before it", async () => {
  await using model = await modelOf(
    register("a"),
    register("b"),
    register("gone"),
    measured("a", "25T01:00:00", share("cpu", "idle", 0), share("memory", "used", 1)),
    measured(
      "a",
      "25T02:00:00",
      share("cpu", "idle", 0.9),
      share("cpu", "user", 0.1),
      share("memory", "used", 0.25),
      share("memory", "free", 0.75),
    ),
    measured(
      "a",
      "25T01:30:00",
      share("cpu", "idle", 0.7),
      share("filesystem", "used", 0.5, "/"),
      share("filesystem", "used", 0.4, "/var"),
      share("filesystem", "free", 0.6, "/var"),
    ),
    measured("b", "25T02:00:00", share("memory", "used", 1e300)),
    measured("gone", "25T02:00:00", share("memory", "used", 0.5)),
    ["DecommissionCompute", { compute: "gone" }],
  );
  expect(
    await ask(
      model,
      `SELECT hostname, what, mountpoint, strftime(observed_at, '%H:%M'), latest, mean_1h
       FROM utilisation ORDER BY hostname, what, mountpoint`,
    ),
  ).toEqual([
    ["a", "cpu", null, "02:00", 0.1, 0.2],
    ["a", "filesystem", "/", "01:30", 0.5, 0.5],
    ["a", "filesystem", "/var", "01:30", 0.4, 0.4],
    ["a", "memory", null, "02:00", 0.25, 0.25],
    ["b", "memory", null, "02:00", 1e300, null],
  ]);
});
