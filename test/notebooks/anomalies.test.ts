/** The notebook about anomalies, run as a report runs it, on logs of every kind. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Executed, FLEET, MACHINE, oneEvent, OwnProject, run } from "./logs.ts";

const NAME = "05-anomalies";

describe("What is not as usual: the notebook", { timeout: 240_000 }, () => {
  let fleet: Executed;
  let folder: string;
  let own: OwnProject;
  beforeAll(async () => {
    fleet = await run(NAME, { archive: FLEET });
    folder = await Deno.makeTempDir();
    own = await OwnProject.make();
  }, 240_000);
  afterAll(async () => {
    await own[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  });

  test("tells the incidents of the sample, and is right about most of them", () => {
    expect(fleet.text("found")).toMatch(
      /10 incidents told, of 61 resources in 29,705 half hours/,
    );
    expect(fleet.text("truth")).toMatch(/8 of 10 incidents .* precision of 80 %.* recall of 100 %/);
    expect(fleet.text("missed")).toMatch(
      /0 of what happened was missed, and 2 of what was told is wrong/,
    );
    expect(fleet.text("conclusion")).toMatch(
      /Look first at shop-app-02, and at its performance.memory/,
    );
  });

  test("shows when, and the strongest one in detail: shares, course, events", () => {
    expect(fleet.text("strongest")).toContain("performance.memory: 100 %");
    expect(fleet.text("course")).toMatch(/it was 0\.\d+ where 0\.\d+ was expected/);
    expect(fleet.text("evidence")).toMatch(
      /MeasurementsRecorded +[0-9a-f-]{36} +discover@shop-app-02/,
    );
    expect(fleet.shown("timeline").map(([mime]) => mime)).toContain("image/svg+xml");
    for (const id of ["strongest", "course", "calibration", "discoveries"]) {
      expect(fleet.shown(id).map(([mime]) => mime), id).toContain("application/vnd.plotly.v1+json");
    }
  });

  test("says that its p-values are no smaller than they should be", () => {
    expect(fleet.text("calibration")).toMatch(/3\.\d+ % are at most 0\.05; exact would be 5 %/);
    expect(fleet.text("calibration")).toContain("errs on the side of silence");
  });

  test("says as of a moment what could be known then, and why something was not", async () => {
    const then = await run(NAME, { archive: FLEET, as_of: "2026-10-03T16:00:00Z" });
    expect(then.text("truth")).toContain("0 of 1 that happened were told");
    expect(then.text("missed")).toMatch(/noisy neighbour .*(discoveries in|not odd enough)/);
  });

  test("says what it left out of a log that is too long", async () => {
    const some = await run(NAME, { archive: FLEET, most_events: 1_500, resource: "shop-app-02" });
    expect(some.text("open")).toMatch(
      /only the newest .* from 2026-10-1\d \d\d:00 UTC on: .* is left out/,
    );
    expect(some.text("conclusion")).toMatch(/Measurements could not be judged yet/);
  });

  test.concurrent.each<[string, RegExp, () => Promise<string>]>([
    ["no event", /There is no resource in the 0 events/, () => Promise.resolve("")],
    ["one event", /The nearest to it is alone, with 1 of 97/, () => oneEvent(`${folder}/one`)],
    ["one machine", /The nearest to it is vm, with \d of 97/, () => Promise.resolve(MACHINE)],
  ])("says of a log of %s what is needed, and does not fail", async (_, said, archive) => {
    const executed = await run(NAME, { archive: await archive() }, own);
    expect(executed.whole).toMatch(said);
    expect(executed.text("calibration")).toContain("There are no p-values yet");
  });
});
