import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { MemoryLog } from "../../src/log/memory.ts";
import { replay } from "../../src/replay/replay.ts";
import { history, type Said } from "./history.ts";

const host = (hostname: string): Said => [
  "RegisterCompute",
  { hostname, resource_type: "switch", interfaces: [{ name: "p1", addresses: ["10.0.0.1/24"] }] },
];

test("What was removed is in no table, and what was made again is in its new life", async () => {
  const log = await history(
    host("a"),
    ["DefineNetwork", { name: "lan", cidr: "10.0.0.0/24" }],
    ["RemoveNetwork", { cidr: "10.0.0.0/24" }],
    ["ConfigureSoftware", { compute: "a", name: "nginx", kind: "package", version: "1" }],
    ["RemoveSoftware", { compute: "a", name: "nginx", kind: "package" }],
    ["ConfigureSoftware", { compute: "a", name: "nginx", kind: "package" }],
    ["SetPolicy", { name: "p", severity: "info", selector: "true", rule: "true" }],
    ["RevokePolicy", { name: "p" }],
    ["EstablishConnection", {
      from: { compute: "a" },
      to: { address: "10.0.0.9" },
      kind: "virtual",
    }],
    ["SeverConnection", { from: { compute: "a" }, to: { address: "10.0.0.9" }, kind: "virtual" }],
  );
  await using model = await replay(log);
  for (const table of ["networks", "policies", "connections"]) {
    expect((await model.query(`FROM ${table}`)).rows, table).toEqual([]);
  }
  expect((await model.sql`SELECT name, version, first_sequence, last_sequence FROM software`).rows)
    .toEqual([{ name: "nginx", version: null, first_sequence: 6, last_sequence: 6 }]);
  await using before = await replay(log, { sequence: 4 });
  expect((await before.sql`SELECT version FROM software`).values).toEqual([["1"]]);
});

test("What belongs to a decommissioned resource is gone with it", async () => {
  const log = await history(
    host("a"),
    host("b"),
    ["ConfigureSoftware", { compute: "a", name: "nginx", kind: "package" }],
    ["ConfigureSoftware", { compute: "b", name: "nginx", kind: "package" }],
    ["DefineNetwork", { name: "docker0", cidr: "172.17.0.0/16", scope: "a" }],
    ["DefineNetwork", { name: "lan", cidr: "10.0.0.0/24" }],
    ["EstablishConnection", { from: { compute: "b" }, to: { compute: "a" }, kind: "virtual" }],
    ["LabelResource", { compute: "a", space: "compute", concept: "switch" }],
    ["LabelResource", { compute: "b", space: "compute", concept: "switch", note: "by eye" }],
    ["DecommissionCompute", { compute: "a", reason: "sold" }],
  );
  const counts = async (sequence: number) => {
    await using model = await replay(log, { sequence });
    const [row] = (await model.sql`
      SELECT
        (SELECT count(*) FROM resources) AS resources,
        (SELECT count(*) FROM addresses) AS addresses,
        (SELECT count(*) FROM software) AS software,
        (SELECT count(*) FROM networks) AS networks,
        (SELECT count(*) FROM connections) AS connections,
        (SELECT count(*) FROM labels) AS labels`).values;
    return row;
  };
  expect(await counts(9)).toEqual([2, 2, 2, 2, 1, 2]);
  expect(await counts(10)).toEqual([1, 1, 1, 1, 0, 1]);
});

test("Concepts, labels, findings and guests have their columns", async () => {
  const log = await history(
    host("a"),
    ["RegisterCompute", {
      hostname: "box",
      resource_type: "container",
      evidence: { container_id: "f".repeat(64) },
      host: "a",
      interfaces: [],
    }],
    ["ChangeComputeStatus", { compute: "a", status: "maintenance", reason: "new disks" }],
    ["DefineConcept", {
      space: "compute",
      name: "switch",
      prototypes: [{ "performance.cpu": 0.5 }],
      learned_from: { first_sequence: 1, last_sequence: 3, method: "by hand" },
    }],
    ["DefineNetwork", { name: "lan", cidr: "10.0.0.0/24", gateway: "10.9.9.9" }],
    ["EstablishConnection", {
      from: { compute: "a", interface: "p1" },
      to: { address: "10.0.0.1", mac_address: "00:1B:21:3C:4D:5E" },
      kind: "neighbour",
    }],
  );
  await using model = await replay(log);
  expect(
    (await model.sql`
      SELECT guest.hostname, guest.container_id, host.status, host.status_reason
      FROM resources guest JOIN resources host ON guest.host_compute_id = host.compute_id`).values,
  ).toEqual([["box", "f".repeat(64), "maintenance", "new disks"]]);
  expect((await model.sql`SELECT name, prototypes, learned_to_sequence FROM concepts`).rows)
    .toEqual([{
      name: "switch",
      prototypes: [{ "performance.cpu": 0.5 }],
      learned_to_sequence: 3,
    }]);
  expect((await model.sql`SELECT aggregate_type, code, field FROM findings`).values)
    .toEqual([["network", "gateway_outside", "gateway"]]);
  expect((await model.sql`SELECT to_mac_address FROM connections`).values)
    .toEqual([["00:1b:21:3c:4d:5e"]]);
});

test("An event of an older version is folded as an upcaster leads it up, and hashed as it was written", async () => {
  const golden = (name: string) =>
    Deno.readTextFileSync(new URL(`../domain/golden/${name}.jsonl`, import.meta.url))
      .split("\n")[0]!;
  const log = new MemoryLog(() => new Date("2026-11-24T08:00:00Z"));
  const text = golden("ComputeRegistered.1");
  const payload = new TextEncoder().encode(text);
  await log.append([{ subject: "infrastructure.compute.registered", payload }], 0);
  await using model = await replay(log);
  const { event_id } = JSON.parse(text);
  expect(model.checkpoint.log_hash)
    .toBe(createHash("md5").update(`1|${event_id}|${text}`).digest("hex"));
  expect((await model.sql`SELECT event_version FROM events`).values).toEqual([[3]]);
  expect((await model.sql`SELECT hostname, owner FROM resources`).values)
    .toEqual([["web-01.example.org", "ada"]]);
});
