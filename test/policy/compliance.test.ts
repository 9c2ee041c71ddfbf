import { describe, expect, test } from "vitest";
import { fileURLToPath } from "node:url";
import { Archive } from "../../src/log/archive.ts";
import { aggregateIdOf } from "../../src/domain/aggregate_id.ts";
import { encodeEvent } from "../../src/domain/event.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { Compliance, compliance, UnknownPolicy } from "../../src/policy/compliance.ts";
import { replay } from "../../src/replay/replay.ts";
import { history, HOSTILE, type Said, STORY } from "../replay/history.ts";

const FLEET = fileURLToPath(new URL("../../data/samples/fleet", import.meta.url));

const register = (hostname: string, more: object = {}): Said => [
  "RegisterCompute",
  { hostname, resource_type: "virtual_machine" as const, interfaces: [], ...more },
];
const policy = (name: string, rule: string, selector = "true"): Said => [
  "SetPolicy",
  { name, severity: "warning", selector, rule },
];
const measured = (compute: string, observed_at: string, value: number): Said => [
  "RecordMeasurements",
  {
    compute,
    observed_at,
    points: [{
      name: "system.memory.utilization",
      unit: "1",
      attributes: { "system.memory.state": "used" },
      value,
    }],
  },
];

async function judged(said: Said[], options: { sequence?: number } = {}) {
  await using model = await replay(await history(...said), options);
  return await compliance(model);
}

/** What is said of each host, as `policy host verdict since`. */
async function verdicts(said: Said[], options: { sequence?: number } = {}) {
  const { rows } = await judged(said, options);
  return rows.map((row) => `${row.policy} ${row.hostname} ${row.verdict} ${row.since_sequence}`);
}

describe("Each resource is judged by each policy", () => {
  test("which passes, fails, cannot be judged, or does not apply", async () => {
    const { rows, counts, complies } = await judged([
      register("a", { owner: "x" }),
      register("b"),
      policy("owned", "has(resource.owner)"),
      policy("by-x", 'resource.owner == "x"'),
      policy("a-only", "resource.cpu_cores > 1", 'resource.hostname == "a"'),
    ]);
    expect(rows.map(({ policy, hostname, verdict }) => [policy, hostname, verdict])).toEqual([
      ["a-only", "a", "error"],
      ["a-only", "b", "not_applicable"],
      ["by-x", "a", "pass"],
      ["by-x", "b", "error"],
      ["owned", "a", "pass"],
      ["owned", "b", "fail"],
    ]);
    expect(rows[3]!.error).toBe("rule, line 1, column 9: field not found: owner");
    expect(rows[1]!.because).toEqual({ "resource.hostname": "b" });
    expect(counts).toEqual({ pass: 2, fail: 1, error: 2, not_applicable: 1 });
    expect(complies).toBe(false);
    expect(String(new Compliance(rows))).toBe(String(new Compliance(rows).table()));
  });

  test("and sees what belongs to it", async () => {
    const rules = [
      'software.exists(s, s.listening.exists(l, l.port == 80)) && software[0].kind == "process"',
      `software[0].name == ${JSON.stringify(HOSTILE)}`,
      `resource.tags.team == ${JSON.stringify(HOSTILE)}`,
      'connections.exists(c, c.outgoing && c.peer == "10.0.0.9" && c.port == 5432)',
      'networks.all(n, n.cidr == "10.0.0.0/24" && n.gateway == "10.0.0.1") && size(networks) == 1',
      'resource.addresses == ["10.0.0.7", "fd00::7"] && resource.interfaces[0].mtu == 1500',
      'resource.operating_system.name == "Debian" && resource.evidence.machine_id == "m1"',
      'resource.routes.exists(r, r.gateway == "10.0.0.1") && !has(resource.location)',
      'measurements["system.uptime"] == 0.1 && means.cpu == 1.0 && measurements.cpu == 1.0',
      "now - measured_at < duration('1m') && resource.first_seen_at <= now && size(rates) == 0",
      "size(resource) > 20 && resource.software == software",
    ];
    const said = [...STORY.slice(0, -1), ...rules.map((rule, at) => policy(`p${at}`, rule))];
    const { rows } = await judged(said);
    expect(rows.filter(({ verdict }) => verdict !== "pass")).toEqual([]);
    expect(rows).toHaveLength(rules.length + 1);
  });

  test("also by one whose rule is none: an old event stays, and is an error with the reason", async () => {
    const log = await history(register("a"));
    const clock = () => new Date("2026-11-01T01:00:00Z");
    const messages = new MessageFactory(clock);
    const data = { name: HOSTILE, severity: "info" as const, selector: HOSTILE, rule: HOSTILE };
    const command = messages.command("SetPolicy", data, { actor: "test", source: "declared" });
    const aggregate_id = aggregateIdOf("policy", HOSTILE);
    const fact = { event_type: "PolicySet" as const, aggregate_id, data };
    await log.append([encodeEvent(messages.event(fact, command, 1))], 1);
    await using model = await replay(log);
    const { rows } = await compliance(model);
    expect(rows).toMatchObject([{ policy: HOSTILE, hostname: "a", verdict: "error" }]);
    expect(rows[0]!.error).toMatch(/^selector, line 1, column 1: /);
    expect(rows[0]!.evidence).toHaveLength(2);
  });
});

describe("Since when a verdict holds", () => {
  const said = [
    policy("owned", "has(resource.owner)"), // 1
    register("a"), // 2
    register("a", { cpu_cores: 2 }), // 3
    register("a", { cpu_cores: 2, owner: "x" }), // 4
    policy("owned", 'has(resource.owner) && resource.owner != "y"'), // 5
    register("a", { cpu_cores: 4 }), // 6
    policy("owned", 'has(resource.owner) && resource.owner != "x"'), // 7
    ["RevokePolicy", { name: "owned" }], // 8
    policy("owned", "true"), // 9
  ] satisfies Said[];

  test.each([
    [1, []],
    [2, ["owned a fail 2"]],
    [3, ["owned a fail 2"]],
    [4, ["owned a pass 4"]],
    [5, ["owned a pass 4"]],
    [6, ["owned a pass 4"]],
    [7, ["owned a fail 7"]],
    [8, []],
    [9, ["owned a pass 9"]],
  ])("is told by every version of the resource and of the policy: as of %i", async (at, rows) => {
    expect(await verdicts(said, { sequence: at })).toEqual(rows);
  });

  test("is told by measurements as they were recorded; a late one is not the newest", async () => {
    const full = policy("full", "measurements.memory < 0.95");
    const memory = [
      full, // 1
      register("a"), // 2
      measured("a", "2026-11-01T00:00:10Z", 0.5), // 3
      measured("a", "2026-11-01T00:00:20Z", 0.99), // 4
      measured("a", "2026-11-01T00:00:15Z", 0.2), // 5: late
      measured("a", "2026-11-01T00:00:30Z", 0.98), // 6
    ];
    expect(await verdicts(memory)).toEqual(["full a fail 4"]);
    const { rows: [row] } = await judged(memory);
    expect(row).toMatchObject({
      because: { "measurements.memory": 0.98 },
      since: "2026-11-01T00:00:03.000000Z",
    });
    expect(row!.evidence).toHaveLength(4); // the policy, the resource, the newest value, and the one since
    expect(await verdicts(memory, { sequence: 2 })).toEqual(["full a error 2"]);
  });

  test("and ends with the resource", async () => {
    expect(
      await verdicts([
        policy("p", "true"),
        register("a"),
        ["DecommissionCompute", { compute: "a" }],
      ]),
    ).toEqual([]);
  });
});

test("Evidence names the events", async () => {
  const log = await history(register("a"), policy("p", "has(resource.owner)"));
  await using model = await replay(log);
  const ids = (await model.sql`SELECT event_id::VARCHAR AS id FROM events ORDER BY sequence`)
    .column("id");
  expect((await compliance(model)).rows[0]!.evidence).toEqual(ids);
});

test("A network is evidence where a rule reads networks, and one of another host is none", async () => {
  const interfaces = [{ name: "eth0", addresses: ["172.17.0.1/16"] }];
  const log = await history(
    register("a", { interfaces }),
    register("b", { interfaces }),
    ["DefineNetwork", { name: "docker0", cidr: "172.17.0.0/16", scope: "a" }],
    ["DefineNetwork", { name: "docker0", cidr: "172.17.0.0/16", scope: "b" }],
    policy("one", "size(networks) == 1"),
  );
  await using model = await replay(log);
  const ids = (await model.sql`SELECT event_id::VARCHAR AS id FROM events ORDER BY sequence`)
    .column("id");
  const { rows } = await compliance(model);
  expect(rows.map(({ verdict, evidence }) => [verdict, evidence])).toEqual([
    ["pass", [ids[0], ids[2], ids[4]]],
    ["pass", [ids[1], ids[3], ids[4]]],
  ]);
});

test("What is counted again at the same moment does not hide how fast it grows", async () => {
  const errors = (observed_at: string, value: number): Said => ["RecordMeasurements", {
    compute: "a",
    observed_at,
    points: [{ name: "system.network.errors", unit: "{error}", value }],
  }];
  const later = "2026-11-01T00:04:00Z";
  const { rows: [row] } = await judged([
    register("a"),
    errors("2026-11-01T00:00:00Z", 0),
    errors(later, 120),
    errors(later, 240),
    policy("few", 'rates["system.network.errors"] < 0.5'),
  ]);
  expect(row).toMatchObject({
    verdict: "fail",
    because: { 'rates["system.network.errors"]': 1 },
  });
});

test("A policy that is in no log judges as one that is", async () => {
  const said = [register("a", { owner: "x" }), register("b")];
  const owned = {
    name: "owned",
    severity: "warning" as const,
    selector: "true",
    rule: "has(resource.owner)",
  };
  await using model = await replay(await history(...said));
  const { rows } = await compliance(model, { policies: [owned] });
  expect(rows.map(({ hostname, verdict, since_sequence }) => [hostname, verdict, since_sequence]))
    .toEqual([["a", "pass", 1], ["b", "fail", 2]]);
  const two = [owned, { ...owned, name: "two" }];
  const one = await compliance(model, { policies: two, policy: "two" });
  expect(one.rows.map(({ policy }) => policy)).toEqual(["two", "two"]);
  await expect(compliance(model, { policies: two, policy: "three" })).rejects
    .toThrow(/there are owned, two$/);
  await expect(compliance(model, { policies: [{ ...owned, rule: "1" }] })).rejects
    .toThrow(/^policy "owned", rule, line 1, column 1: a rule is true or false/);
});

test("A policy that is not there is named, with those that are", async () => {
  await using model = await replay(await history(policy("p", "true")));
  const error = await compliance(model, { policy: HOSTILE }).catch((error) => error);
  expect(error).toBeInstanceOf(UnknownPolicy);
  expect(error.message).toMatch(/there are p$/);
});

test("The sample's policies are judged as they were meant, the same each time", async () => {
  const archive = await Archive.open(FLEET);
  const judge = async (asOf: string) => {
    await using model = await replay(archive, { asOf });
    return await compliance(model);
  };
  const found = await judge("2026-10-07T00:00:00Z");
  expect(found.counts).toEqual({ pass: 129, fail: 1, error: 0, not_applicable: 53 });
  expect(found.rows.find(({ verdict }) => verdict === "fail")).toMatchObject({
    policy: "servers-are-redundant",
    hostname: "shop-app-01-copy", // a clone that was taken for a physical server
    because: { "size(resource.interfaces)": 1 },
  });
  expect(await judge("2026-10-07T00:00:00Z")).toEqual(found);
  const full = (await judge("2026-10-09T20:00:00Z")).rows.filter(({ verdict }) =>
    verdict === "fail"
  );
  expect(full).toMatchObject([{ policy: "memory-is-not-full", hostname: "shop-app-02" }]);
});
