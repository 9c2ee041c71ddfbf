import { describe, expect, test } from "vitest";
import { MemoryLog } from "../../src/log/memory.ts";
import type { Model } from "../../src/replay/model.ts";
import { replay } from "../../src/replay/replay.ts";
import { history, HOSTILE, type Said } from "../replay/history.ts";

const host = (hostname: string, more = {}): Said => [
  "RegisterCompute",
  {
    hostname,
    resource_type: "virtual_machine",
    evidence: { machine_id: hostname },
    interfaces: [],
    ...more,
  },
];
const software = (version: string): Said => [
  "ConfigureSoftware",
  { compute: "web", name: HOSTILE, kind: "package", version },
];
const network = { name: "lan", cidr: "10.0.0.0/24" };
const flow = {
  from: { compute: "web" },
  to: { compute: "db" },
  kind: "flow",
  transport: "tcp",
  port: 5432,
} as const;

/** Each is accepted a second after the one before it, the first at 2026-11-01T00:00:00Z; each is one event. */
const STORY: Said[] = [
  host("web", { owner: "ada", tags: { team: HOSTILE } }),
  host("db", { interfaces: [{ name: "eth0", addresses: ["10.0.0.2/24"] }] }),
  software("1"),
  ["DefineNetwork", network],
  ["EstablishConnection", flow],
  ["SetPolicy", { name: "p", severity: "info", selector: "true", rule: "true" }],
  ["RemoveSoftware", { compute: "web", name: HOSTILE, kind: "package" }],
  ["UpdateCompute", { compute: "web", owner: null, memory_bytes: 1024 }],
  software("2"),
  ["DefineNetwork", { ...network, gateway: "10.0.0.1" }],
  ["SetPolicy", { name: "p", severity: "critical", selector: "true", rule: "true" }],
  ["DecommissionCompute", { compute: "db" }],
  software("1"),
];

const drift = async (model: Model, from: number, to: number) =>
  (await model.sql`
    SELECT kind, name, hostname, change, before, after, before_sequence, after_sequence
    FROM drift_by_sequence(${from}, ${to})
    ORDER BY coalesce(after_sequence, before_sequence)`).values.map((row) =>
    row.map((value, at) => at === 4 || at === 5 ? value && JSON.parse(value as string) : value)
  );

test("What was at a moment is what a replay up to it tells", async () => {
  const log = await history(...STORY);
  await using model = await replay(log);
  for (let sequence = 1; sequence <= STORY.length; sequence++) {
    const moment = new Date(Date.parse("2026-11-01T00:00:00.999Z") + 1000 * (sequence - 1));
    await using then = await replay(log, { asOf: moment.toISOString() });
    expect((await model.sql`SELECT sequence_at(${moment})`).values).toEqual([[sequence]]);
    for (const table of ["resources", "networks", "connections", "software"]) {
      const columns = "* EXCLUDE (valid_from, valid_to, valid_from_sequence, valid_to_sequence)";
      const at = await model.query(
        `SELECT ${columns}, valid_from_sequence AS last_sequence FROM ${table}_at($1) ORDER BY ALL`,
        [moment],
      );
      expect(at.rows, `${table} at ${sequence}`)
        .toEqual((await then.query(`FROM ${table} ORDER BY ALL`)).rows);
    }
  }
});

test("Before the first event there was nothing; a moment may be said as text, in any zone", async () => {
  await using model = await replay(await history(...STORY));
  const counted = async (moment: string) =>
    (await model.sql`SELECT sequence_at(${moment}), (SELECT count(*) FROM resources_at(${moment}))`)
      .values[0];
  expect(await counted("2026-10-31T23:59:59.999999Z")).toEqual([0, 0]);
  expect(await counted("2026-11-01T00:00:00Z")).toEqual([1, 1]);
  expect(await counted("2026-11-01T01:00:01+01:00")).toEqual([2, 2]);
  expect(await counted("2027-01-01")).toEqual([13, 1]);
});

test("A moment is a part of the log, also where the log's clock was set back", async () => {
  const clocks = ["00:00:10", "00:00:20", "00:00:15", "00:00:30"];
  const source = await history(host("a"), host("b"), host("c"), host("d"));
  const log = new MemoryLog(() => new Date(`2026-11-01T${clocks[log.lastSequence]}Z`));
  for await (const { payload } of source.read()) log.raw(payload);
  await using model = await replay(log);
  const at = async (time: string) =>
    (await model.query(
      `SELECT hostname FROM resources_at('2026-11-01T${time}Z') ORDER BY hostname`,
    )).values.flat();
  expect(await at("00:00:10")).toEqual(["a"]);
  expect(await at("00:00:16")).toEqual(["a"]);
  expect(await at("00:00:20")).toEqual(["a", "b", "c"]);
});

describe("Drift", () => {
  test("tells what was added, removed or changed between two sequences, and how", async () => {
    await using model = await replay(await history(...STORY));
    expect(await drift(model, 6, 13)).toEqual(
      [
        ["resource", "db", "db", "removed", expect.anything(), null, 2, null],
        [
          "resource",
          "web",
          "web",
          "changed",
          { memory_bytes: null, owner: "ada" },
          { memory_bytes: 1024, owner: null },
          1,
          8,
        ],
        // nginx was removed and came again: as it was
        ["network", "lan", null, "changed", { gateway: null }, { gateway: "10.0.0.1" }, 4, 10],
        ["policy", "p", null, "changed", { severity: "info" }, { severity: "critical" }, 6, 11],
      ].sort((a, b) => Number(a[7] ?? a[6]) - Number(b[7] ?? b[6])).toSpliced(
        1,
        0,
        ["connection", "flow", "web", "removed", expect.anything(), null, 5, null],
      ),
    );
  });
});
