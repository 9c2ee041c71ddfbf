import { describe, expect, test } from "vitest";
import type { EventLog } from "../../src/log/log.ts";
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

/** A log whose clock was set back before its third event. */
function setBack(log: EventLog): EventLog {
  const clock = ["", "00:00:10", "00:00:20", "00:00:15", "00:00:30"];
  return {
    name: log.name,
    incarnation: log.incarnation,
    maxEventBytes: log.maxEventBytes,
    append: (events, last) => log.append(events, last),
    async *read(options) {
      for await (const record of log.read(options)) {
        yield { ...record, recorded_at: `2026-11-01T${clock[record.sequence]}.000000Z` };
      }
    },
    subscribe: (options) => log.subscribe(options),
    lastSequence: () => log.lastSequence(),
    close: () => log.close(),
  };
}

test("A moment is the end of a part of the log, also where the log's clock was set back", async () => {
  const log = setBack(await history(host("a"), host("b"), host("c"), host("d")));
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
    const eth0 = {
      name: "eth0",
      kind: null,
      mac_address: null,
      mtu: null,
      speed_bps: null,
      vlan_id: null,
      addresses: ["10.0.0.2/24"],
    };
    const db = {
      hostname: "db",
      resource_type: "virtual_machine",
      status: "active",
      machine_id: "db",
      interfaces: [eth0],
    };
    const [owner, memory] = [{ memory_bytes: null, owner: "ada" }, {
      memory_bytes: 1024,
      owner: null,
    }];
    // The software was removed and came again: it is as it was.
    expect(await drift(model, 6, 13)).toEqual([
      ["resource", "db", "db", "removed", db, null, 2, null],
      ["connection", "flow tcp 5432 to db", "web", "removed", expect.anything(), null, 5, null],
      ["resource", "web", "web", "changed", owner, memory, 1, 8],
      ["network", "lan", null, "changed", { gateway: null }, { gateway: "10.0.0.1" }, 4, 10],
      ["policy", "p", null, "changed", { severity: "info" }, { severity: "critical" }, 6, 11],
    ]);
    const [one, two] = [{ version: "1" }, { version: "2" }];
    expect(await drift(model, 3, 9)).toContainEqual(
      ["software", HOSTILE, "web", "changed", one, two, 3, 9],
    );
    expect(await drift(model, 9, 3)).toContainEqual(
      ["software", HOSTILE, "web", "changed", two, one, 9, 3],
    );
    const web = { ...db, hostname: "web", machine_id: "web", interfaces: [] };
    expect(await drift(model, 0, 1)).toEqual([[
      "resource",
      "web",
      "web",
      "added",
      null,
      { ...web, owner: "ada", tags: { team: HOSTILE } },
      null,
      1,
    ]]);
    for (const sequence of STORY.keys()) expect(await drift(model, sequence, sequence)).toEqual([]);
  });

  test("between two moments is that between the sequences that they came to", async () => {
    await using model = await replay(await history(...STORY));
    const between = await model.sql`
      SELECT kind, change, before_sequence, after_sequence
      FROM drift(${new Date("2026-11-01T00:00:02Z")}, ${"2026-11-01T00:00:05.5Z"})
      ORDER BY after_sequence`;
    expect(between.values).toEqual([
      ["network", "added", null, 4],
      ["connection", "added", null, 5],
      ["policy", "added", null, 6],
    ]);
  });

  test("is none for what came and went in between, or only has other findings", async () => {
    await using model = await replay(
      await history(
        host("a"),
        ["ConfigureSoftware", { compute: "a", name: "nginx", kind: "package" }],
        ["RemoveSoftware", { compute: "a", name: "nginx", kind: "package" }],
        ["DefineNetwork", { name: "lan", cidr: "10.0.0.0/24", gateway: "10.0.0.1" }],
        ["DefineNetwork", { name: "lan", cidr: "10.0.0.0/24", gateway: "10.0.0.2" }],
      ),
    );
    expect((await model.sql`SELECT code FROM findings`).values).toEqual([["network_conflict"]]);
    expect(await drift(model, 1, 3)).toEqual([]);
    expect(await drift(model, 4, 5)).toEqual([]);
  });
});
