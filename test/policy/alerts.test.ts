import { describe, expect, test } from "vitest";
import { AlertWatch, toldAsOver } from "../../src/policy/alert_watch.ts";
import { alerts, NoAlert } from "../../src/policy/alerts.ts";
import type { PolicyText } from "../../src/policy/policies.ts";
import { PoliciesInvalid } from "../../src/policy/policy_file.ts";
import { PolicyRuleInvalid } from "../../src/rule/error.ts";
import { replay } from "../../src/replay/replay.ts";
import { history, HOSTILE, type Said } from "../replay/history.ts";

const FULL: PolicyText = {
  name: "full",
  severity: "warning",
  selector: "has(measurements.memory)",
  rule: "measurements.memory < 0.9",
  for: "10m",
};

const register = (hostname: string): Said => [
  "RegisterCompute",
  { hostname, resource_type: "virtual_machine", interfaces: [] },
];
/** Memory of `a` at a minute of the first hour. */
const memory = (minute: number, value: number): Said => ["RecordMeasurements", {
  compute: "a",
  observed_at: at(minute),
  points: [{
    name: "system.memory.utilization",
    unit: "1",
    attributes: { "system.memory.state": "used" },
    value,
  }],
}];
/** The same at a second of the first minute, by the log's clock too where it is said in that place. */
const second = (second: number, value: number): Said => {
  const [type, data] = memory(0, value) as Extract<Said, ["RecordMeasurements", unknown]>;
  return [type, {
    ...data,
    observed_at: new Date(Date.parse(at(0)) + 1000 * second).toISOString(),
  }];
};
const at = (minute: number) => new Date(Date.UTC(2026, 10, 1, 0, minute)).toISOString();

/** What was raised up to a minute, as `state since fired resolved`, in minutes. */
async function raised(
  said: Said[],
  { to = 60, from, policy }: { to?: number; from?: number; policy?: PolicyText } = {},
): Promise<string[]> {
  await using model = await replay(await history(register("a"), ...said));
  const found = await alerts(model, {
    ...(policy ? { policies: [policy] } : {}),
    ...(from === undefined ? {} : { from: at(from) }),
    to: at(to),
  });
  const minute = (text?: string) => text === undefined ? "-" : String(Number(text.slice(14, 16)));
  return found.map(({ state, since, fired_at, resolved_at }) =>
    `${state} ${minute(since)} ${minute(fired_at)} ${minute(resolved_at)}`
  );
}

describe("An alert fires where a rule does not hold for that long, by the time of measuring", () => {
  test.each<[string, Said[], number, string[]]>([
    ["after it", [memory(1, 0.95)], 30, ["firing 1 11 -"]],
    ["not before", [memory(1, 0.95)], 10, ["pending 1 - -"]],
    ["at the moment", [memory(1, 0.95)], 11, ["firing 1 11 -"]],
    ["until it holds", [memory(1, 0.95), memory(20, 0.5)], 30, ["resolved 1 11 20"]],
    ["not if it holds by then", [memory(1, 0.95), memory(11, 0.5)], 30, []],
    ["not over an interruption", [1, 8, 9, 15].map((m) => memory(m, m === 8 ? 0.1 : 0.95)), 18, [
      "pending 9 - -",
    ]],
    ["in the order of observation", [memory(20, 0.5), memory(1, 0.95)], 30, ["resolved 1 11 20"]],
    ["where a late value interrupts it", [memory(1, 0.95), memory(8, 0.95), memory(5, 0.1)], 30, [
      "firing 8 18 -",
    ]],
    ["of one moment by sequence", [memory(1, 0.95), memory(1, 0.5)], 30, []],
    ["the other way round", [memory(1, 0.5), memory(1, 0.95)], 30, ["firing 1 11 -"]],
    ["without what was observed later", [memory(1, 0.95), memory(40, 0.1)], 30, ["firing 1 11 -"]],
  ])("%s", async (_, said, to, expected) => {
    expect(await raised(said, { to, policy: FULL })).toEqual(expected);
  });

  test("and is of interest where it was firing at some time after a moment", async () => {
    const said = [memory(1, 0.95), memory(20, 0.5), memory(30, 0.95), memory(50, 0.5)];
    expect(await raised(said, { policy: FULL })).toEqual(["resolved 1 11 20", "resolved 30 40 50"]);
    expect(await raised(said, { policy: FULL, from: 21 })).toEqual(["resolved 30 40 50"]);
  });

  test("until the resource, or the policy, is gone", async () => {
    const soon = { ...FULL, for: "1s" };
    const waiting: Said[] = [register("b"), register("c"), register("d")]; // a second each
    for (
      const [first, end] of [
        [[], ["DecommissionCompute", { compute: "a" }]],
        [[["SetPolicy", soon]], ["RevokePolicy", { name: "full" }]],
      ] satisfies [Said[], Said][]
    ) {
      await using model = await replay(
        await history(register("a"), ...first, memory(0, 0.95), ...waiting, end),
      );
      const found = await alerts(model, first.length > 0 ? {} : { policies: [soon] });
      expect(found).toMatchObject([{
        state: "resolved",
        because: { "measurements.memory": 0.95 },
      }]);
      expect(found[0]!.evidence.length).toBeGreaterThan(0);
    }
  });

  test("also where nothing is heard", async () => {
    const silent = { ...FULL, selector: "true", rule: "now - measured_at < duration('10m')" };
    expect(await raised([memory(0, 0.5), memory(40, 0.5)], { policy: silent, to: 55 })).toEqual([
      "resolved 10 20 40",
      "pending 50 - -",
    ]);
  });
});

test("A clock that is decades slow does not make others' silence go unheard", async () => {
  const silent = { ...FULL, selector: "true", rule: "now - measured_at < duration('10m')" };
  const slow: Said = ["RecordMeasurements", {
    ...memory(0, 0.5)[1] as Extract<Said, ["RecordMeasurements", unknown]>[1],
    observed_at: "1971-01-01T00:00:00Z",
  }];
  expect(await raised([memory(0, 0.5), slow, memory(40, 0.5)], { policy: silent, to: 45 })).toEqual(
    [
      "resolved 10 20 40",
    ],
  );
});

test("The policies of the log are alerts while they are set, if they say for how long", async () => {
  const set: Said = ["SetPolicy", FULL];
  expect(
    await raised([
      set,
      ["SetPolicy", { ...FULL, name: "x", selector: "true", rule: "false" }],
      memory(1, 0.95),
    ]),
  )
    .toEqual(["firing 0 10 -", "firing 1 11 -"]);
  const { for: _, ...unlimited } = FULL;
  expect(await raised([["SetPolicy", unlimited], memory(1, 0.95)])).toEqual([]);
  // Revoked after some seconds by the log's clock, before anything was measured.
  expect(await raised([set, memory(1, 0.95), ["RevokePolicy", { name: "full" }]])).toEqual([]);
});

describe("A policy that is changed is an alert by what it said at each moment", () => {
  const set = (after: string): Said => ["SetPolicy", { ...FULL, for: after }];
  const waiting = ["b", "c", "d"].map(register); // a second each
  test.each<[string, Said[], string | undefined]>([
    ["has fired already", [set("3s"), second(2, 0.95), ...waiting, set("1h")], "05"],
    ["fires at once", [set("1h"), second(2, 0.95), ...waiting, set("2s")], "06"],
    ["fires later", [set("3s"), second(2, 0.95), set("7s"), ...waiting], "09"],
    ["does not fire yet", [set("1h"), second(2, 0.95), ...waiting, set("2h")], undefined],
  ])("and %s", async (_, said, fired) => {
    await using model = await replay(await history(register("a"), ...said));
    const [alert, ...others] = await alerts(model, { to: at(1) });
    expect([alert?.since.slice(17, 19), alert?.fired_at?.slice(17, 19)]).toEqual(["02", fired]);
    expect(others).toEqual([]);
  });
});

test("An alert that is over rests on what made it, and not on what ended it", async () => {
  const said = [memory(1, 0.95), memory(5, 0.97), memory(20, 0.5)]; // events 2, 3 and 4
  await using model = await replay(await history(register("a"), ...said));
  const ids = (await model.sql`SELECT event_id::VARCHAR AS id FROM events ORDER BY sequence`)
    .column("id");
  expect(await alerts(model, { policies: [FULL], to: at(30) })).toMatchObject([{
    state: "resolved",
    because: { "measurements.memory": 0.97 },
    evidence: ids.slice(0, 3),
  }]);
});

test("Whoever wants to end it is heard, however long it would take", async () => {
  const silent = { ...FULL, selector: "true", rule: "now - measured_at < duration('10m')" };
  const policies = Array.from({ length: 30 }, (_, at) => ({ ...silent, name: `silent ${at}` }));
  await using model = await replay(await history(register("a"), memory(0, 0.5)));
  const stop = new AbortController();
  const reason = new Error("enough");
  setTimeout(() => stop.abort(reason), 500);
  await expect(alerts(model, { policies, to: "2200-01-01T00:00:00Z", signal: stop.signal })).rejects
    .toBe(reason);
});

test("Of two policies with one name none is judged", async () => {
  await using model = await replay(await history());
  await expect(alerts(model, { policies: [FULL, { ...FULL, rule: "true" }] })).rejects
    .toThrow(PoliciesInvalid);
});

test("A log that goes on says nothing else of what was", async () => {
  const silent = { ...FULL, selector: "true", rule: "now - measured_at < duration('10m')" };
  await using model = await replay(await history(register("a"), memory(0, 0.5)));
  const raised = async (to: string) => (await alerts(model, { policies: [silent], to }))[0];
  const soon = await raised("2026-11-01T02:00:00Z");
  expect(soon).toMatchObject({ state: "firing", since: at(10).replace("Z", "000Z") });
  for (const to of ["2026-12-31T00:00:00Z", "2099-01-01T00:00:00Z"]) {
    expect(await raised(to)).toEqual({ ...soon, because: expect.anything() });
  }
});

describe("What is no alert is refused", () => {
  test.each<[string, Partial<PolicyText>, unknown, RegExp]>([
    ["without for", { for: "" }, NoAlert, /"full" is no alert/],
    [
      "a rule that is none",
      { rule: "1 +" },
      PolicyRuleInvalid,
      /^policy "full", rule, line 1, col/,
    ],
    [
      "a selector of a wrong type",
      { selector: "1" },
      PolicyRuleInvalid,
      /selector, line 1, column/,
    ],
    ["a hostile one", { name: HOSTILE, rule: HOSTILE }, PolicyRuleInvalid, /DROP TABLE/],
  ])("%s", async (_, part, type, message) => {
    await using model = await replay(await history());
    const error = await alerts(model, { policies: [{ ...FULL, ...part }] }).catch((one) => one);
    expect(error).toBeInstanceOf(type);
    expect(error.message).toMatch(message);
  });
});

test("A watch tells what has changed, and says what a late measurement took back", async () => {
  const watch = new AlertWatch();
  const look = async (said: Said[], to: number) => {
    await using model = await replay(await history(register("a"), ...said));
    const found = watch.look(await alerts(model, { policies: [FULL], to: at(to) }));
    return [found.fired, found.resolved, found.firing].map((list) => list.length);
  };
  const said = [memory(1, 0.95)];
  expect(await look(said, 5)).toEqual([0, 0, 0]);
  expect(await look(said, 15)).toEqual([1, 0, 1]);
  expect(await look(said, 16)).toEqual([0, 0, 1]);
  expect(await look([...said, memory(17, 0.1)], 18)).toEqual([0, 1, 0]);
  expect(await look([...said, memory(17, 0.1)], 19)).toEqual([0, 0, 0]);
  expect(await look([...said, memory(17, 0.95)], 20)).toEqual([1, 0, 1]);
  expect(await look([...said, memory(2, 0.1)], 21)).toEqual([0, 1, 0]);
});

test("An Alertmanager is not told of what still fires that it is over", async () => {
  const watch = new AlertWatch();
  const look = async (said: Said[], to: number) => {
    await using model = await replay(await history(register("a"), ...said));
    return watch.look(await alerts(model, { policies: [FULL], to: at(to) }));
  };
  const said = [memory(1, 0.95), memory(8, 0.95)];
  expect(toldAsOver([], await look(said, 20))).toEqual([]);
  // A late value interrupts it: it fires since another moment, under the same labels.
  const change = await look([...said, memory(5, 0.1)], 20);
  expect([change.resolved, change.firing].map((list) => list.length)).toEqual([1, 1]);
  expect(toldAsOver([], change)).toEqual([]);
  const end = await look([...said, memory(5, 0.1), memory(21, 0.1)], 22);
  const over = toldAsOver([], end);
  expect(over).toMatchObject([{ state: "resolved", resolved_at: at(21).replace("Z", "000Z") }]);
  const quiet = { fired: [], resolved: [], firing: [] };
  expect(toldAsOver(over, quiet)).toEqual(over); // until it was taken
  expect(toldAsOver(over, change)).toEqual([]); // it fires again
});

test("Alerts from a moment that is after the last are refused, and told with both", async () => {
  await using model = await replay(await history(register("a")));
  await expect(alerts(model, { policies: [FULL], from: at(2), to: at(1) })).rejects.toMatchObject({
    code: "replay_range",
    message: expect.stringMatching(/T00:02.*T00:01.*from is after to/),
  });
});
