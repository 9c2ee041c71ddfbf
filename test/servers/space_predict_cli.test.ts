/** `cim space predict`, as a process, with an archive alone. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Place } from "./cim.ts";

const SAMPLES = fileURLToPath(new URL("../../data/samples", import.meta.url));
const FLEET = ["--archive", join(SAMPLES, "fleet"), "--as-of", "2026-10-09T04:00Z"];
const MACHINE = ["--archive", join(SAMPLES, "machine")];

let place: Place;
beforeAll(async () => {
  place = await Place.make();
});
afterAll(async () => await place?.[Symbol.asyncDispose]());

const predict = (...args: string[]) => place.run(["space", "predict", ...args]);

test("forecasts a thing, and says when something is used up, and by which events it knows", async () => {
  const { code, out, err } = await predict("performance", "shop-app-02", ...FLEET);
  expect(code, err).toBe(0);
  expect(out).toMatch(/^shop-app-02: from 2026-10-09T03:43:43.728Z on, by events \d+ to \d+\n/);
  expect(out).toMatch(
    /\nperformance.memory +0.747 +0\.\d+ +0\.\d+ and 1 +\S.* +-?\d\.\d\d +\d+ % of \d+\n/,
  );
  expect(out).toMatch(
    /\nperformance.memory \(now 0.747\): used up between 2026-10-09T\d\d:\d\dZ and 2026-10-10T\d\d:\d\dZ, 80 %\n/,
  );
  expect(out).toContain("Not used up within 2 d: performance.cpu\n");
});

test("without a thing it tells what is used up of all, and how much can be forecast", async () => {
  const { code, out, err } = await predict("performance", ...FLEET);
  expect(code, err).toBe(0);
  expect(out).toMatch(/^shop-app-02 +performance.memory \(now 0.747\): used up between /m);
  expect(out).toMatch(/\n\d+ things: \d+ dimensions can be forecast for 24 h, \d+ have too little/);
});

test("in JSON it is an object a thing, with each next value", async () => {
  const { out } = await predict(
    "performance",
    "shop-app-02",
    "--json",
    "--horizon",
    "12h",
    ...FLEET,
  );
  const { thing, horizon, step, level, evidence, rows } = JSON.parse(out);
  expect([thing.name, horizon, step, level]).toEqual(["shop-app-02", 43_200, 900, 0.8]);
  expect(evidence.last_sequence).toBeGreaterThan(evidence.first_sequence);
  expect(rows).toHaveLength(4);
  expect(rows[0].values).toHaveLength(48);
  expect(rows[0].values[0]).toEqual({
    ahead: 900,
    value: expect.any(Number),
    low: expect.any(Number),
    high: expect.any(Number),
  });
});

test("on a machine that was just met it says how much history a forecast needs", async () => {
  const one = await predict("performance", "vm", ...MACHINE);
  expect(one.code, one.err).toBe(0);
  expect(one.out.match(/seen for 9\.48 min; a forecast needs 3 d/g)).toHaveLength(4);
  const all = await predict("performance", ...MACHINE);
  expect(all.out).toContain("0 dimensions can be forecast for 24 h, 4 have too little history");
  expect(all.out).toContain("A forecast for 24 h needs 3 d of history");
  const judged = await predict("performance", "--backtest", ...MACHINE);
  expect(judged.out).toMatch(
    /^Nothing has a history that is long enough to judge forecasts for 24 h/,
  );
});

test("with --backtest it judges forecasts of the past", async () => {
  const { code, out, err } = await predict("performance", "--backtest", ...FLEET);
  expect(code, err).toBe(0);
  expect(out).toMatch(/^dimension +series +intervals +coverage +skill +seasonal_skill/);
  expect(out).toMatch(
    /\n[78]\d\.\d % of [\d,]+ intervals of 80 % held; skill 0\.\d\d against what was last, -?0\.\d\d against the day before\n$/,
  );
  const lines = (await predict("performance", "--backtest", "--json", ...FLEET)).out.trim().split(
    "\n",
  );
  expect(Object.keys(JSON.parse(lines[0]!))).toEqual([
    "id",
    "name",
    "dimension",
    "intervals",
    "coverage",
    "single",
    "right",
    "skill",
    "seasonal_skill",
  ]);
});

test("says what it cannot do", async () => {
  const usage = async (...args: string[]) => {
    const { code, out, err } = await predict("performance", ...args);
    expect([code, out]).toEqual([2, ""]);
    return err;
  };
  expect(await usage("--horizon", "1")).toContain("such as 30m, 24h or 7d");
  expect(await usage("--horizon", "9999d")).toContain("from 15s to 365d");
  expect(await usage("--level", "80")).toContain("between 0 and 1, such as 0.8");
  expect(await usage("web", "--backtest")).toContain("--backtest judges all things");
  const nobody = await predict("performance", "nobody", ...MACHINE);
  expect([nobody.code, nobody.out]).toEqual([1, ""]);
  expect(nobody.err).toContain('There is no "nobody": there are vm');
});
