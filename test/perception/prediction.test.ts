import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Archive } from "../../src/log/archive.ts";
import { Backtest } from "../../src/perception/prediction_backtest.ts";
import type { ForecastDimension, Prediction } from "../../src/perception/predicted.ts";
import type { Model } from "../../src/replay/model.ts";
import { replay } from "../../src/replay/replay.ts";
import type { GroundTruth } from "../../src/sample/ground_truth.ts";
import { SAMPLE_DEFAULTS } from "../../src/sample/options.ts";
import { writeSample } from "../../src/sample/write_sample.ts";
import { imputed } from "../../src/spaces/prediction/imputation.ts";
import { dimensionsOf, pointOf } from "../../src/spaces/space.ts";
import { history } from "../replay/history.ts";
import { machine, oddNumbers } from "./seen.ts";

const SAMPLES = fileURLToPath(new URL("../../data/samples", import.meta.url));
const FLEET = join(SAMPLES, "fleet");
const DAY = 86_400_000;
const fleet = async (asOf?: string) =>
  await replay(await Archive.open(FLEET), asOf === undefined ? {} : { asOf });
const forecasts = ({ rows }: Prediction) =>
  rows.filter((row): row is ForecastDimension => row.kind === "forecast");
const leak = (JSON.parse(Deno.readTextFileSync(join(FLEET, "ground_truth.json"))) as GroundTruth)
  .incidents.find(({ kind }) => kind === "slow_leak")!;
const leakEnd = Date.parse(leak.to!);

let whole: Model;
/** What was predicted of all things a day before. */
let dayBefore: Prediction[];
beforeAll(async () => {
  whole = await fleet();
  await using before = await fleet("2026-10-12T12:00:00Z");
  dayBefore = await (await before.space("compute")).predictions();
});
afterAll(async () => await whole?.close());

describe("What a thing will be", () => {
  test("is forecast for each dimension that is known of it, and rests on events that are told", async () => {
    const space = await whole.space("performance");
    const found = await space.predict("billing-database-01");
    expect(found.rows.map(({ dimension, kind }) => [dimension, kind])).toEqual(
      dimensionsOf(space.space).map(({ name }) => [name, "forecast"]),
    );
    const [cpu] = forecasts(found);
    expect(cpu!.values.map(({ ahead }) => ahead)).toEqual(
      Array.from({ length: 24 }, (_, at) => 3_600 * (at + 1)),
    );
    const { values } = await whole.query(
      `SELECT min(sequence), max(sequence) FROM compute_positions_history WHERE hostname = $1`,
      ["billing-database-01"],
    );
    const [first_sequence, last_sequence] = values[0]!.map(Number);
    expect(found.evidence).toEqual({ first_sequence, last_sequence });
    expect(found.observed_at).toBe("2026-10-13T11:42:55.862Z");
    expect(String(found.table())).toMatch(/dimension +now +in 24 h +80 % between +by +skill +held/);
  });

  test("holds: of forecasts that were made a day before, as many intervals as they say", async () => {
    const { values } = await whole.query(
      `SELECT hostname, epoch_ms(observed_at), * FROM compute_positions_history ORDER BY 2`,
    );
    const { columns } = await whole.query("FROM compute_positions_history LIMIT 0");
    const rows = Map.groupBy(values, ([host]) => String(host));
    let [held, count, own, naive] = [0, 0, 0, 0];
    for (const prediction of dayBefore) {
      for (const { dimension, values, now } of forecasts(prediction)) {
        const at = 2 + columns.findIndex(({ name }) => name === dimension.replace(".", "_"));
        for (const { ahead, value, low, high } of values) {
          const moment = Date.parse(prediction.observed_at!) + 1e3 * ahead;
          const truth = rows.get(prediction.thing.name)?.findLast((row) =>
            Number(row[1]) <= moment
          );
          if (!truth || truth[at] === null || moment - Number(truth[1]) > DAY / 8) continue;
          if (dimension === "capacity.storage_available") {
            own += Math.abs(Number(truth[at]) - value);
            naive += Math.abs(Number(truth[at]) - now);
          }
          if (low === high) continue;
          count++;
          if (low <= Number(truth[at]) && Number(truth[at]) <= high) held++;
        }
      }
    }
    expect(count).toBeGreaterThan(5_000);
    // One day, on which all things are as they are together: so not as near to 0.8 as many days.
    expect(held / count).toBeGreaterThan(0.7);
    expect(held / count).toBeLessThan(0.9);
    // Filesystems fill up, and are cleaned up.
    expect(own / naive).toBeLessThan(0.5);
  });

  test("is that its memory is used up, where it leaks, before it is", async () => {
    const host = leak.resources.find(({ part }) => part === "cause")!.hostname;
    await using before = await fleet(new Date(leakEnd - 0.7 * DAY).toISOString());
    const found = await (await before.space("performance")).predict(host);
    const [memory, ...others] = found.exhausted;
    expect([memory!.dimension, others]).toEqual(["performance.memory", []]);
    const moment = (seconds: number) => Date.parse(found.observed_at!) + 1e3 * seconds;
    expect(moment(memory!.exhaustion.from!)).toBeLessThan(leakEnd);
    expect(moment(memory!.exhaustion.to!)).toBeGreaterThan(leakEnd);
    // And before it leaked there was nothing to be seen.
    await using quiet = await fleet(leak.from);
    expect((await (await quiet.space("performance")).predict(host)).exhausted).toEqual([]);
  });

  test("is the same again, is possible, and has only numbers", async () => {
    await using model = await fleet();
    const [one, other] = [whole, model].map(async (model) =>
      JSON.stringify(await (await model.space("compute")).predict("shop-web-01"))
    );
    expect(await other).toBe(await one);
    expect(oddNumbers(JSON.parse(JSON.stringify(dayBefore)))).toEqual([]);
    for (const prediction of dayBefore) {
      for (const { dimension, values, unit } of forecasts(prediction)) {
        const total = prediction.thing.values[dimension.replace("_available", "")] ?? Infinity;
        for (const { low, value, high } of values) {
          expect(0 <= low && low <= value && value <= high).toBe(true);
          if (/^performance\.(cpu|memory)$/.test(dimension)) {
            expect([unit, high <= 1]).toEqual(["1", true]);
          }
          if (dimension.endsWith("_available")) {
            expect(high).toBeLessThanOrEqual(total * (1 + 1e-12));
          }
        }
      }
    }
  });

  test("is not said of a thing that was seen too shortly; it says for how long it would have to be", async () => {
    await using model = await replay(await Archive.open(join(SAMPLES, "machine")));
    const space = await model.space("performance");
    const day = await space.predict("vm");
    for (const row of day.rows) {
      expect(row).toMatchObject({ kind: "short", points: 1, needed: 3 * 86_400 });
    }
    expect(String(day.table())).toContain("seen for 9.48 min; a forecast needs 3 d");
    const minute = await space.predict("vm", { horizon: 60 });
    expect(minute.rows.every(({ kind }) => kind === "forecast")).toBe(true);
    expect(minute.step).toBe(15);
  });

  test("is nothing where nothing is known, and where a model does not follow its things", async () => {
    await using model = await replay(
      await history(machine("a"), ["DefineNetwork", { name: "lan", cidr: "10.0.0.0/24" }]),
    );
    expect((await (await model.space("performance")).predict("a")).rows).toEqual([]);
    const lan = await (await model.space("network")).predict("lan");
    expect([lan.observed_at, lan.evidence]).toEqual([null, null]);
    expect((await (await model.space("network")).backtest()).rows).toEqual([]);
  });

  test.each([[{ horizon: 0 }], [{ horizon: 14 }], [{ horizon: Infinity }], [{ level: 1 }], [{
    level: NaN,
  }]])(
    "is refused with %o, and it says what could be",
    async (options) => {
      const space = await whole.space("performance");
      await expect(space.predict("web", options)).rejects.toThrow('There is no "web"');
      await expect(space.predict("billing-database-01", options)).rejects.toThrow(
        /^Cannot .*: say/,
      );
      await expect(space.backtest(options)).rejects.toThrow(RangeError);
    },
  );
});

test("Predictions and back-tests say how far they are, and end when they are told to", async () => {
  await using model = await replay(await Archive.open(FLEET), { sequence: 6_000 });
  const space = await model.space("performance");
  for (const ask of ["predictions", "backtest"] as const) {
    const stop = new AbortController();
    const told: [done: number, total: number][] = [];
    await expect(space[ask]({
      horizon: 1_800,
      signal: stop.signal,
      onProgress: (done, total) => {
        told.push([done, total]);
        if (done === 2) stop.abort(new Error("that is enough"));
      },
    })).rejects.toThrow("that is enough");
    expect(told).toEqual([[1, told[0]![1]], [2, told[0]![1]]]);
    expect(told[0]![1]).toBeGreaterThan(10);
  }
});

test("What is not known of things lies in its interval with the probability of the level", async () => {
  const space = await whole.space("compute");
  const all = space.classifications().rows;
  let [held, count] = [0, 0];
  for (const one of all) {
    const concept = space.known.concepts.find(({ name }) => name === one.concept);
    if (!concept) continue;
    const others = all.filter((other) =>
      other !== one && other.concept === one.concept && other.status !== "unknown"
    ).map(({ thing }) => pointOf(space.space, thing.values));
    for (const [at, { name }] of dimensionsOf(space.space).entries()) {
      const truth = one.thing.values[name];
      if (truth == null) continue;
      const point = pointOf(space.space, one.thing.values);
      point[at] = NaN;
      const found = imputed(space.space, concept, others, point, 0.8)
        .find(({ dimension }) => dimension.name === name);
      if (found?.basis !== "members") continue;
      count++;
      if (found.low! <= truth * (1 + 1e-9) && truth <= found.high! * (1 + 1e-9)) held++;
    }
  }
  expect(count).toBeGreaterThan(300);
  expect(held / count).toBeGreaterThan(0.75);
  expect(held / count).toBeLessThan(0.85);
  const missing = (await space.predict("billing-database-01")).rows.find(({ kind }) =>
    kind === "imputed"
  );
  expect(missing).toMatchObject({ dimension: "capacity.bandwidth", concept: "virtual_machine" });
});

describe("A back-test", () => {
  test("of the fleet finds intervals that hold, and forecasts that are better than simple ones", async () => {
    const found = await (await whole.space("compute")).backtest();
    const { intervals, coverage, skill, seasonalSkill } = found.total;
    expect(intervals).toBeGreaterThan(100_000);
    expect(coverage).toBeGreaterThan(0.75);
    expect(coverage).toBeLessThan(0.85);
    expect(skill).toBeGreaterThan(0.5);
    expect(seasonalSkill).toBeGreaterThan(0.1);
    expect(found.table().rows.at(-1)).toMatchObject({
      dimension: "all",
      series: found.rows.length,
    });
    for (const { level, coverage } of found.calibration().rows) {
      expect(Math.abs(Number(coverage) - Number(level)), `${level}`).toBeLessThan(0.05);
    }
  });

  test("comes with predictions, of all that they forecast; of some things alone if these are named", async () => {
    const space = await whole.space("compute");
    const among = [dayBefore[0]!.thing.id, dayBefore[1]!.thing.id];
    const predicted = await space.predictions({ among });
    expect(predicted.map(({ thing }) => thing.id)).toEqual(among);
    const found = Backtest.of(predicted);
    const tried = await space.backtest({ among });
    for (const sum of ["intervals", "covered", "single", "right"] as const) {
      expect(found.total[sum], sum).toBe(tried.total[sum]);
    }
    expect(found.level).toBe(tried.level);
    expect(found.rows.length).toBeGreaterThan(10);
    expect(Backtest.of([]).rows).toEqual([]);
    expect((await space.predictions({ among: [] })).length).toBe(0);
  });

  test("of another fleet over 30 days finds the same", async () => {
    const into = await Deno.makeTempDir();
    try {
      await writeSample(join(into, "sample"), {
        ...SAMPLE_DEFAULTS,
        resources: 10,
        days: 30,
        seed: 7,
      });
      await using model = await replay(await Archive.open(join(into, "sample")));
      const { coverage, skill, seasonalSkill } =
        (await (await model.space("compute")).backtest()).total;
      expect(coverage).toBeGreaterThan(0.75);
      expect(coverage).toBeLessThan(0.85);
      expect(skill).toBeGreaterThan(0.4);
      expect(seasonalSkill).toBeGreaterThan(0.1);
    } finally {
      await Deno.remove(into, { recursive: true });
    }
  });
});
