/** Where the use of what there is goes: of given events, and of the sample fleet as it is computed value by value. */
import { describe, expect, test } from "vitest";
import type { Model } from "../../src/replay/model.ts";
import { replay } from "../../src/replay/replay.ts";
import { history, type Said } from "../replay/history.ts";
import { computedCapacity } from "./capacity_oracle.ts";
import { fleetLog } from "./sample_log.ts";

const DAY = 86_400_000;
const modelOf = async (...said: Said[]) => await replay(await history(...said));
const ask = async (model: Model, query: string) => (await model.query(query)).values;

/** A machine of 100 GB of memory, of which so much is used on each day of October up to the last, at midnight and noon. */
function used(...shares: [atNight: number, atNoon: number][]): Said[] {
  const first = Date.parse("2026-11-01T00:00:00Z") - shares.length * DAY;
  return [
    ["RegisterCompute", {
      hostname: "a",
      resource_type: "physical_server",
      interfaces: [],
      memory_bytes: 100e9,
      location: { site: "fra1" },
    }],
    ...shares.flatMap((both, day) =>
      both.map((value, half): Said => ["RecordMeasurements", {
        compute: "a",
        observed_at: new Date(first + day * DAY + half * DAY / 2).toISOString(),
        points: [{
          name: "system.memory.utilization",
          unit: "1",
          attributes: { "system.memory.state": "used" },
          value,
        }],
      }])
    ),
  ];
}

describe("The trend of what is used", () => {
  test("is the line through whole days, and runs out where that comes to all there is", async () => {
    const days = Array.from({ length: 12 }, (_, day): [number, number] => {
      const mean = 0.2 + 0.02 * day;
      return [mean - 0.1, mean + 0.1];
    });
    await using model = await modelOf(...used(...days));
    const [row] = (await model.query("SELECT * FROM capacity_trends")).rows;
    expect(row).toMatchObject({
      scope: "site",
      name: "fra1",
      measure: "memory",
      unit: "By",
      total: 100e9,
      used_share: 0.4, // of the last whole day, the 30th
      days: 10,
      first_day: "2026-10-21",
      last_day: "2026-10-30",
      hour_share: 1,
      weekday_share: null, // of two weeks at least
    });
    for (const name of ["slope_per_day", "slope_low", "slope_high"]) {
      expect(Number(row![name]) / 2e9).toBeCloseTo(1, 6);
    }
    // 60 % are left at noon of the 30th, and 2 % are used a day.
    for (const name of ["runs_out_from", "runs_out_at", "runs_out_to"]) {
      expect(Math.abs(Date.parse(String(row![name])) - Date.parse("2026-11-29T12:00:00Z")))
        .toBeLessThan(60_000);
    }
  });

  test("runs out of nothing where it goes down, perhaps where it goes nowhere, and now where all is used", async () => {
    const outOf = async (...shares: number[]) => {
      await using model = await modelOf(
        ...used(...shares.map((share): [number, number] => [share, share])),
      );
      const rows = await ask(
        model,
        "SELECT runs_out_from, runs_out_at, runs_out_to FROM capacity_trends",
      );
      return rows[0]?.map((moment) => moment === null ? null : String(moment).slice(0, 10));
    };
    expect(await outOf(0.9, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4)).toEqual([null, null, null]);
    expect(await outOf(0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5)).toEqual([null, null, null]);
    const perhaps = await outOf(0.5, 0.7, 0.5, 0.6, 0.7, 0.5, 0.5);
    expect(perhaps).toEqual([expect.stringMatching(/^2026-1[12]/), null, null]);
    expect(await outOf(1, 1, 1, 1, 1, 1, 1)).toEqual(["2026-10-30", "2026-10-30", "2026-10-30"]);
    expect(await outOf(0.1, 0.2, 0.3, 0.4, 0.5)).toBeUndefined(); // three whole days are too few
  });

  test("by the day of the week is told of two weeks and more", async () => {
    const days = Array.from({ length: 30 }, (_, day): [number, number] => {
      const share = day % 7 < 2 ? 0.3 : 0.6; // nobody works at the weekend
      return [share, share];
    });
    await using model = await modelOf(...used(...days));
    const [[share]] = await ask(model, "SELECT weekday_share FROM capacity_trends") as [[number]];
    expect(share).toBeGreaterThan(0.95);
  });
});

describe("Of the sample fleet", () => {
  test("head-room and trends are those that are computed value by value, on any number of threads", async () => {
    await using model = await replay(await fleetLog());
    const computed = await computedCapacity(model);
    const { rows: headroom } = await model.query(
      `SELECT concat_ws(' ', scope, name, measure) AS key, total, known, used FROM capacity_headroom
       WHERE measure IN ('cores', 'memory', 'storage')`,
    );
    expect(headroom.map(({ key }) => key).sort()).toEqual([...computed.keys()].sort());
    for (const { key, total, known, used } of headroom) {
      const own = computed.get(String(key))!;
      expect([total, known], String(key)).toEqual([own.total, own.known]);
      expect(Number(used) / own.used, String(key)).toBeCloseTo(1, 8);
    }
    const trends = async () =>
      (await model.query(
        `SELECT *, concat_ws(' ', scope, name, measure) AS key FROM capacity_trends
         WHERE measure IN ('cores', 'memory', 'storage')`,
      )).rows;
    const rows = await trends();
    expect(rows.map(({ key }) => key).sort()).toEqual([...computed.keys()].sort());
    for (const row of rows) {
      const { trend, total } = computed.get(String(row.key))!;
      expect(row.days, String(row.key)).toBe(trend!.days);
      expect(row.used_share, String(row.key)).toBeCloseTo(trend!.used_share, 7);
      expect(row.hour_share, String(row.key)).toBeCloseTo(trend!.hour_share, 3);
      for (
        const [name, slope] of [
          ["slope_per_day", trend!.slope],
          ["slope_low", trend!.slope_low],
          ["slope_high", trend!.slope_high],
        ] as const
      ) expect(Number(row[name]) / total, `${row.key} ${name}`).toBeCloseTo(slope / total, 7);
      for (const [at, name] of ["runs_out_from", "runs_out_at", "runs_out_to"].entries()) {
        const [found, own] = [row[name] as string | null, trend!.runs_out[at]!];
        expect(found === null, `${row.key} ${name}`).toBe(own === null);
        if (found === null || own === null) continue;
        const days = Math.abs(Date.parse(found) - own) / DAY;
        expect(days, `${row.key} ${name}: ${found}`).toBeLessThan(0.2); // t is rounded
      }
    }
    await model.sql`SET threads = 1`;
    expect(await trends()).toEqual(rows);
    await model.sql`SET threads = 4`;
    expect(await trends()).toEqual(rows);
  });

  test("addresses and units of racks are as many at the end of a day as they were then", async () => {
    const log = await fleetLog();
    await using model = await replay(log);
    await using then = await replay(log, { asOf: "2026-10-12T23:59:59.999999Z" });
    const counted = "scope, name, measure, round(used_share, 8)";
    const where = "measure IN ('addresses', 'rack_units') AND scope <> 'site'";
    const rows = await ask(model, `SELECT ${counted} FROM capacity_trends WHERE ${where}`);
    expect(rows).toEqual(
      await ask(then, `SELECT ${counted} FROM capacity_headroom WHERE ${where}`),
    );
    expect(rows.length).toBe(9);
    // Two guests went away on these days.
    expect(
      await ask(
        model,
        "SELECT slope_per_day < 0, days FROM capacity_trends WHERE name = '10.1.48.0/20'",
      ),
    ).toEqual([[true, 12]]);
  });
});
