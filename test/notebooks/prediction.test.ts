/** The notebook about predictions, run as a report runs it, on logs of every kind. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Executed,
  FLEET,
  HOSTILE,
  hostileLog,
  MACHINE,
  oneEvent,
  OwnProject,
  run,
} from "./logs.ts";

const NAME = "06-prediction";

describe("What runs out, and when: the notebook", () => {
  let fleet: Executed;
  let folder: string;
  let own: OwnProject;
  beforeAll(async () => {
    fleet = await run(NAME, { archive: FLEET, as_of: "2026-10-09T04:00:00Z" });
    folder = await Deno.makeTempDir();
    own = await OwnProject.make();
  });
  afterAll(async () => {
    await own[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  });

  test("says of the sample what is used up first, and when", () => {
    expect(fleet.text("conclusion")).toMatch(
      /memory_available of shop-app-02 runs out first: between 2026-10-09 16:34 UTC and 2026-10-10 06:46 UTC/,
    );
    expect(fleet.text("picture")).toContain("capacity.memory_available of shop-app-02");
  });

  test("draws the forecast with its interval, and judges it by its past", () => {
    for (const id of ["forecasts", "picture", "backtest", "calibration", "hold"]) {
      expect(fleet.shown(id).map(([mime]) => mime), id).toContain("application/vnd.plotly.v1+json");
    }
    expect(fleet.shown("window").map(([mime]) => mime)).toContain("image/svg+xml");
    expect(fleet.text("calibration")).toMatch(/intervals of 80 %, \d+\.?\d* % held/);
  });

  test("looks at another resource and dimension where it is asked to, and says what it left out", async () => {
    const some = await run(NAME, {
      archive: FLEET,
      resource: "search-database-01",
      dimension: "performance.network",
      most_events: 2_000,
    });
    expect(some.text("open")).toMatch(/only 3 of them are looked at.*55 are left out/);
    expect(some.text("picture")).toContain("performance.network of search-database-01");
  });

  test.each<[string, RegExp, () => Promise<string>]>([
    ["no event", /There is no resource in the 0 events/, () => Promise.resolve("")],
    ["one event", /Nothing can be forecast for 24 hours/, () => oneEvent(`${folder}/one`)],
    [
      "one machine",
      /vm was seen for .* where 3 d are needed[^]*set horizon_hours to 0\.05/,
      () => Promise.resolve(MACHINE),
    ],
    [
      "hostile texts",
      /Nothing can be forecast for 24 hours/,
      () => hostileLog(`${folder}/hostile`),
    ],
  ])("says of a log of %s what is needed, and does not fail", async (_, said, archive) => {
    const executed = await run(NAME, { archive: await archive() }, own);
    expect(executed.whole).toMatch(said);
    expect(await executed.page()).not.toContain(HOSTILE.slice(0, 17));
  });
});
