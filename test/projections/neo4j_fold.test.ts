import { describe, expect, test } from "vitest";
import { decodeEvent } from "../../src/domain/event.ts";
import { Folded } from "../../src/projections/neo4j/fold.ts";
import { moment, Rows } from "../../src/projections/neo4j/rows.ts";
import { history, type Said } from "../replay/history.ts";

async function folded(...said: Said[]): Promise<Folded> {
  const records = await Array.fromAsync((await history(...said)).read());
  return new Folded({ events: records.map((record) => ({ record, event: decodeEvent(record) })) });
}
const web: Said = ["RegisterCompute", {
  hostname: "web",
  resource_type: "virtual_machine",
  interfaces: [],
}];
const nginx = { compute: "web", name: "nginx", kind: "package" } as const;

describe("A step is folded before it is written", () => {
  test("of several states of a thing the newest is left, with the moment of the first", async () => {
    const { states } = await folded(
      web,
      ["UpdateCompute", { compute: "web", owner: "ada" }],
      ["UpdateCompute", { compute: "web", owner: "bob" }],
    );
    const [state, ...others] = states.compute.values();
    expect(others).toEqual([]);
    expect(state).toMatchObject({
      sequence: 3,
      data: { owner: "bob" },
      first_seen_at: "2026-11-01T00:00:00.000000Z",
      changed_at: "2026-11-01T00:00:02.000000Z",
    });
  });

  test("what was removed and comes again has a new life, and the old one has ended", async () => {
    const { states, ended, softwareOf } = await folded(
      web,
      ["ConfigureSoftware", nginx],
      ["RemoveSoftware", nginx],
      ["ConfigureSoftware", { ...nginx, version: "2" }],
    );
    const [state] = states.software.values();
    expect(state).toMatchObject({
      sequence: 4,
      first_seen_at: "2026-11-01T00:00:03.000000Z",
    });
    expect([...ended.software]).toEqual([state!.id]);
    expect([...softwareOf]).toEqual([...states.compute.keys()]);
  });

  test("measurements, concepts and labels are in no graph", async () => {
    const { states, ended } = await folded(
      web,
      ["RecordMeasurements", {
        compute: "web",
        observed_at: "2026-11-01T00:00:00Z",
        points: [{ name: "system.uptime", unit: "s", value: 1 }],
      }],
    );
    expect(states.compute.size).toBe(1);
    expect([...states.compute.values()][0]!.sequence).toBe(1);
    expect(Object.values(ended).every((one) => one.size === 0)).toBe(true);
  });

  test("moments are in the order of their texts, however many digits they were said with", () => {
    const said = [
      "2026-11-01T00:00:00.5Z",
      "2026-11-01T00:00:00Z",
      "2026-11-01T00:00:00.499999999Z",
    ];
    expect(said.map(moment)).toEqual([
      "2026-11-01T00:00:00.500000Z",
      "2026-11-01T00:00:00.000000Z",
      "2026-11-01T00:00:00.499999Z",
    ]);
  });

  test("whole numbers become integers, and an address that is none is no row", async () => {
    const { states } = await folded([
      "RegisterCompute",
      { ...web[1], memory_bytes: 2 ** 40 } as never,
    ]);
    const [state] = states.compute.values();
    const rows = new Rows("g");
    expect(rows.compute(state!).properties.memory_bytes).toBe(2n ** 40n);
    const interfaces = [{ name: "eth0", addresses: ["nowhere"] }];
    expect(() => rows.compute({ ...state!, data: { ...state!.data, interfaces } })).toThrow();
  });
});
