/** The notebook about predictions, run as a report runs it, on logs of every kind. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Executed, FLEET, MACHINE, OwnProject, run } from "./logs.ts";

const NAME = "06-prediction";

describe("What runs out, and when: the notebook", { timeout: 240_000 }, () => {
  let fleet: Executed;
  let own: OwnProject;
  beforeAll(async () => {
    fleet = await run(NAME, { archive: FLEET, as_of: "2026-10-09T04:00:00Z" });
    own = await OwnProject.make();
  }, 240_000);
  afterAll(() => own[Symbol.asyncDispose]());

  test("says of the sample what is used up first, and when", () => {
    expect(fleet.text("conclusion")).toMatch(
      /memory_available of shop-app-02 runs out first: between 2026-10-09 16:34 UTC and 2026-10-10 06:46 UTC/,
    );
    expect(fleet.text("picture")).toContain("capacity.memory_available of shop-app-02");
  });

  test("draws the forecast with its interval, and judges it by its past", () => {
    for (
      const id of ["forecasts", "headroom", "site", "picture", "backtest", "calibration", "hold"]
    ) {
      expect(fleet.shown(id).map(([mime]) => mime), id).toContain("application/vnd.plotly.v1+json");
    }
    for (const id of ["window", "trends"]) {
      expect(fleet.shown(id).map(([mime]) => mime), id).toContain("image/svg+xml");
    }
    expect(fleet.text("calibration")).toMatch(/intervals of 80 %, \d+\.?\d* % held/);
  });

  test("says what racks, sites and networks have left, which of it runs out, and the rhythm of a site", () => {
    expect(fleet.text("headroom")).toMatch(/memory of rack berlin r02 +1\.1 TB/);
    expect(fleet.text("headroom")).toMatch(/addresses of network 10\.1\.48\.0\/20 +4094 +\d+/);
    expect(fleet.text("headroom")).toMatch(
      /Least is left of memory of rack berlin r02: 62\.8 % of it is in use/,
    );
    expect(fleet.text("trends")).toMatch(
      /It is not sure that cores of rack berlin r01 will run out: not before 20/,
    );
    expect(fleet.text("trends")).toMatch(
      /surely runs out is storage of rack berlin r01: about 2027-07-11, give or take less than a day\./,
    );
    expect(fleet.text("site")).toMatch(/80\.7 % go by the hour/);
    expect(fleet.text("site")).toMatch(
      /At its widest that is from 61\.1 % to 63\.2 %, in the chart hardly wider than the line\./,
    );
    expect(fleet.text("site")).toContain("not known before two weeks are whole");
  });

  test("looks at another resource and dimension where it is asked to, and says what it left out", async () => {
    const some = await run(NAME, {
      archive: FLEET,
      resource: "search-database-01",
      dimension: "performance.network",
      most_events: 15_000,
    });
    expect(some.text("open")).toMatch(
      /only the newest .* from 2026-10-\d\d \d\d:00 UTC on: .* is left out/,
    );
    expect(some.text("picture")).toContain("performance.network of search-database-01");
  });

  test.concurrent.each<[string, RegExp, () => Promise<string>]>([
    ["no event", /There is no resource in the 0 events/, () => Promise.resolve("")],
    [
      "one machine",
      /vm was seen for .* where 3 d are needed[^]*set horizon_hours to 0\.05/,
      () => Promise.resolve(MACHINE),
    ],
  ])("says of a log of %s what is needed, and does not fail", async (_, said, archive) => {
    const executed = await run(NAME, { archive: await archive() }, own);
    expect(executed.whole).toMatch(said);
    expect(executed.text("trends")).toContain("A line needs five whole days");
    expect(executed.text("site")).toContain("before five days of it are whole");
  });
});
