import { expect, test } from "vitest";
import type { Model } from "../../src/replay/model.ts";
import { replay } from "../../src/replay/replay.ts";
import { history, type Said } from "../replay/history.ts";

type Compute = Extract<Said, ["RegisterCompute", unknown]>[1];

const host = (more: Partial<Compute>): Said => [
  "RegisterCompute",
  {
    hostname: "a",
    resource_type: "virtual_machine",
    evidence: { machine_id: "a" },
    interfaces: [],
    ...more,
  },
];
const eth0 = (mtu: number, ...addresses: string[]) => ({ name: "eth0", mtu, addresses });
const lo = { name: "lo", addresses: ["127.0.0.1/8"] };
const route = (metric: number) => ({
  destination: "0.0.0.0/0",
  gateway: "10.0.0.1",
  interface: "eth0",
  metric,
});

const STORY: Said[] = [
  host({ interfaces: [eth0(1500, "10.0.0.2/24"), lo], location: { site: "x", rack: "1" } }),
  host({ interfaces: [eth0(1500, "10.0.0.2/24", "10.0.0.3/24"), lo], owner: "ada" }),
  host({ interfaces: [eth0(9000, "10.0.0.3/24"), lo], routes: [route(1)] }),
  host({ interfaces: [lo], routes: [route(2)], location: { site: "x", room: "r", rack: "2" } }),
  host({ interfaces: [eth0(1500, "10.0.0.2/24"), lo], routes: [route(1)] }),
  host({ interfaces: [eth0(1500, "10.0.0.2/24"), lo], routes: [], tags: { a: "b" } }),
];

const lasted = async (model: Model, table: string, columns: string) =>
  (await model.query(
    `SELECT ${columns}, valid_from_sequence, valid_to_sequence FROM ${table} ORDER BY ALL`,
  )).values;

test("A part lasts from when it came until it went, whatever else of its resource changed", async () => {
  await using model = await replay(await history(...STORY));
  expect(await lasted(model, "interfaces_history", "name, mtu")).toEqual([
    ["eth0", 1500, 1, 3],
    ["eth0", 1500, 5, null],
    ["eth0", 9000, 3, 4],
    ["lo", null, 1, null],
  ]);
  expect(await lasted(model, "addresses_history", "interface, address, prefix_length, family"))
    .toEqual([
      ["eth0", "10.0.0.2", 24, 4, 1, 3],
      ["eth0", "10.0.0.2", 24, 4, 5, null],
      ["eth0", "10.0.0.3", 24, 4, 2, 4],
      ["lo", "127.0.0.1", 8, 4, 1, null],
    ]);
  expect(await lasted(model, "routes_history", "metric")).toEqual([
    [1, 3, 4],
    [1, 5, 6],
    [2, 4, 5],
  ]);
  expect(await lasted(model, "locations_history", "site, room, rack")).toEqual([
    ["x", "r", "2", 4, null],
    ["x", null, "1", 1, 4],
  ]);
  expect(
    (await model.sql`
    SELECT valid_from, valid_to FROM interfaces_history WHERE mtu = 9000`).values,
  )
    .toEqual([["2026-11-01T00:00:02.000000Z", "2026-11-01T00:00:03.000000Z"]]);
});

test("The parts of a decommissioned resource end with it; those of a new one of its name begin", async () => {
  await using model = await replay(
    await history(
      ...STORY.slice(0, 2),
      ["DecommissionCompute", { compute: "a" }],
      host({ interfaces: [lo], evidence: { machine_id: "b" } }),
    ),
  );
  expect(await lasted(model, "interfaces_history", "name")).toEqual([
    ["eth0", 1, 3],
    ["lo", 1, 3],
    ["lo", 4, null],
  ]);
  expect(await lasted(model, "locations_history", "site")).toEqual([["x", 1, 3]]);
  expect((await model.sql`SELECT name FROM interfaces`).values).toEqual([["lo"]]);
});

test("At every sequence the history tells what a replay up to it has", async () => {
  const log = await history(...STORY);
  await using model = await replay(log);
  for (let sequence = 1; sequence <= STORY.length; sequence++) {
    await using then = await replay(log, { sequence });
    for (const table of ["interfaces", "addresses", "routes", "locations"]) {
      const at = await model.query(
        `SELECT * EXCLUDE (valid_from, valid_to, valid_from_sequence, valid_to_sequence)
         FROM ${table}_history
         WHERE valid_from_sequence <= $1 AND (valid_to_sequence IS NULL OR valid_to_sequence > $1)
         ORDER BY ALL`,
        [sequence],
      );
      const had = await then.query(`SELECT * EXCLUDE (last_sequence) FROM ${table} ORDER BY ALL`);
      expect(at.rows, `${table} at ${sequence}`).toEqual(had.rows);
    }
  }
});
