import { beforeAll, describe, expect, test } from "vitest";
import type { Anomaly } from "../../src/perception/anomaly.ts";
import { judgedIncidents } from "../../src/perception/incident_judgement.ts";
import type { Incidents } from "../../src/perception/incidents.ts";
import type { Perception } from "../../src/perception/perception.ts";
import { Archive } from "../../src/log/archive.ts";
import { replay } from "../../src/replay/replay.ts";
import { oddNumbers } from "./seen.ts";

const FLEET = "data/samples/fleet";
const HOUR = 3_600_000;

/** What a model of the sample tells, as long as it is open. */
async function told<T>(
  until: { sequence?: number },
  use: (space: Perception) => Promise<T>,
): Promise<T> {
  await using model = await replay(await Archive.open(FLEET), until);
  return await use(await model.space("compute"));
}

const anomaliesOf = ({ rows }: Incidents): Anomaly[] =>
  rows.flatMap(({ parts }) => parts.flatMap(({ anomalies }) => anomalies));

describe("The incidents of a fleet", () => {
  let found: Incidents;
  beforeAll(async () => {
    found = await told({}, (space) => space.anomalies());
  });

  test("are found, five of six kinds at least, and three of four that are told are about one", async () => {
    const { incidents } = JSON.parse(await Deno.readTextFile(`${FLEET}/ground_truth.json`));
    const { kinds, precision, recall } = judgedIncidents(found.rows, incidents);
    expect(recall).toBeGreaterThanOrEqual(5 / 6);
    expect(precision).toBeGreaterThanOrEqual(3 / 4);
    // What leaks or fails takes days to become unusual; the others are found within hours.
    for (const { kind, delaySeconds } of kinds) {
      expect(delaySeconds ?? 0, kind).toBeLessThan(13 * 3_600);
    }
  });

  test("say how sure they are: no p-value is less than one of as many normal points allows", () => {
    const departing = anomaliesOf(found).filter(({ sign }) => sign === "departs");
    expect(departing.length).toBeGreaterThan(0);
    for (const { p, calibratedOn } of departing) {
      expect(calibratedOn).toBeGreaterThanOrEqual(1_000);
      expect(p).toBeGreaterThanOrEqual(1 / (calibratedOn! + 1));
      expect(p).toBeLessThanOrEqual(0.05);
    }
  });

  test("have exact shares, and are the newest first", () => {
    for (const { dimensions, domains } of found.rows) {
      for (const shares of [dimensions, domains]) {
        const sum = shares.reduce((sum, { share }) => sum + share, 0);
        expect(sum).toBeCloseTo(shares.length === 0 ? 0 : 1, 12);
      }
    }
    const moments = found.rows.map(({ from }) => from);
    expect(moments).toEqual(moments.toSorted().reverse());
    expect(oddNumbers({ rows: found.rows, coverage: found.coverage })).toEqual([]);
  });

  test("rest on half hours that can be looked at: p-values of normal ones are evenly spread, and a course says what was usual", () => {
    const { rows, dimensions } = found.points;
    expect(rows.length).toBe(found.coverage.points);
    expect(dimensions.map(({ name }) => name)).toEqual(found.coverage.dimensions);
    const parts = found.rows.flatMap(({ parts }) => parts.map(({ id }) => id));
    const normal = rows.filter(({ id }) => !parts.includes(id)).flatMap((
      { pValues },
    ) => [...pValues])
      .filter((p) => !Number.isNaN(p));
    expect(normal.length).toBeGreaterThan(50_000);
    const share = normal.filter((p) => p <= 0.05).length / normal.length;
    expect(share).toBeGreaterThan(0.02); // what was calibrated on is odder, for the most part
    expect(share).toBeLessThan(0.07);
    const leak = found.rows.find(({ text }) => text.startsWith("shop-app-02"))!;
    const course = found.points.course(leak.parts[0]!.id, "performance.memory").rows;
    const peak = course.find(({ observed_at }) => observed_at === leak.peak)!;
    expect(peak.discovery).toBe(true);
    expect(Number(peak.value)).toBeGreaterThan(Number(peak.high));
    expect(Number(peak.high)).toBeGreaterThan(Number(peak.expected));
    expect(5 * Number(peak.p)).toBeCloseTo(leak.p!, 12); // of five dimensions that are known of it
    expect(() => found.points.course(leak.parts[0]!.id, "capacity.cpu")).toThrow(/judged is perf/);
  });

  test("can be told of some resources alone: then others are no peers either", async () => {
    const ids = found.rows.flatMap(({ parts }) => parts.map(({ id }) => id));
    const among = [...new Set(ids)].slice(0, 3);
    const some = await told({}, (space) => space.anomalies({ among }));
    expect(some.coverage.resources).toBe(3);
    expect(some.points.rows.every(({ id }) => among.includes(id))).toBe(true);
    expect(some.rows.every(({ parts }) => parts.every(({ id }) => among.includes(id)))).toBe(true);
  });

  test("name the events that show them", async () => {
    await using model = await replay(await Archive.open(FLEET));
    for (const { eventIds, sequence } of found.rows) {
      const { values } = await model.query(
        `SELECT max(sequence)::DOUBLE FROM events
         WHERE event_id::VARCHAR IN (SELECT unnest(from_json($1, '["VARCHAR"]')))`,
        [JSON.stringify(eventIds)],
      );
      expect(values[0]![0]).toBeGreaterThanOrEqual(sequence);
      expect(eventIds.length).toBeGreaterThan(0);
    }
  });

  test("are the same again", async () => {
    expect(JSON.stringify(await told({}, (space) => space.anomalies()))).toBe(
      JSON.stringify(found),
    );
  });

  test("owe nothing to what came later: what was over is told of a part of the log as of all of it", async () => {
    const part = await told({ sequence: 24_000 }, (space) => space.anomalies());
    await using model = await replay(await Archive.open(FLEET), { sequence: 24_000 });
    const { rows: [newest] } = await model.query(
      "SELECT epoch_ms(max(observed_at)) AS last FROM measurements",
    );
    const last = Number(newest?.last);
    // An anomaly is over after three hours of nothing, and a step is judged when it is complete.
    const over = ({ to, found }: Anomaly) => to !== null && Math.max(to, found) < last - 8 * HOUR;
    const closed = (incidents: Incidents) =>
      anomaliesOf(incidents).filter(over).sort((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1));
    expect(closed(part).length).toBeGreaterThan(3);
    expect(closed(part)).toEqual(closed(found));
  });

  test("are no longer looked for when one is told to end", async () => {
    await told({ sequence: 5_000 }, async (space) => {
      const stop = new AbortController();
      const asked = space.anomalies({ signal: stop.signal });
      stop.abort(new Error("that is enough"));
      await expect(asked).rejects.toThrow("that is enough");
    });
  });

  test("can be asked of one resource, and of a time", async () => {
    await told({}, async (space) => {
      const own = await space.anomalies({}, "shop-app-02");
      expect(own.rows.length).toBeGreaterThan(0);
      for (const { parts } of own.rows) {
        expect(parts.map(({ name }) => name)).toContain("shop-app-02");
      }
      const [from, to] = ["2026-10-08T00:00Z", new Date("2026-10-08T06:00Z")];
      const then = await space.anomalies({ from, to });
      expect(then.rows).toEqual(
        found.rows.filter((one) =>
          one.from <= "2026-10-08T06" && (one.to ?? "9") >= "2026-10-08T00"
        ),
      );
    });
  });
});

test("A machine that was looked at for ten minutes has too little history, and it is said how much is needed", async () => {
  await using model = await replay(await Archive.open("data/samples/machine"));
  const found = await (await model.space("compute")).anomalies();
  expect(found.rows).toEqual([]);
  expect(found.summary).toMatch(/1 resource with too little history \(vm has 1 of 96 points\)/);
  expect(found.summary).toContain("1,000 normal points of a dimension are needed");
});

test("What nobody has measured has no anomalies", async () => {
  await using model = await replay(await Archive.open(FLEET), { sequence: 3 });
  const found = await (await model.space("reliability")).anomalies();
  expect(found.rows).toEqual([]);
});

test("What has no history, a share that is none and a moment without an offset are refused", async () => {
  await told({ sequence: 100 }, async (compute) => {
    await expect(compute.anomalies({ fdr: 0 })).rejects.toThrow(
      "Cannot take 0 as a false discovery rate",
    );
    await expect(compute.anomalies({ from: "2026-10-08T00:00:00" })).rejects.toThrow("as a moment");
    await expect(compute.anomalies({}, "nobody")).rejects.toMatchObject({ code: "unknown_thing" });
  });
  await using model = await replay(await Archive.open(FLEET), { sequence: 100 });
  const software = await model.space("software");
  await expect(software.anomalies()).rejects.toMatchObject({ code: "no_history" });
});
