/** The notebook about experiments, on logs of every kind: what it says is held by its own assertions, too. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Executed, FLEET, HOSTILE, hostileLog, oneEvent, OwnProject, run } from "./logs.ts";

const folder = await Deno.makeTempDir({ prefix: "cim-what-if-" });
afterAll(() => Deno.remove(folder, { recursive: true }));
const NOTEBOOK = "03-experiments";

describe("What if it failed: the notebook about experiments, on the sample fleet", () => {
  let executed: Executed;
  beforeAll(async () => {
    executed = await run(NOTEBOOK, { archive: FLEET });
  });

  test("loses the rack on which most depends, with all that runs on it", () => {
    expect(executed.text("chosen")).toContain(
      "What fails is berlin/r01. With it 31 of 58 resources are lost.",
    );
    expect(executed.text("chosen")).toMatch(/physical_server +4 +7\n/);
  });

  test("finds that nobody would be told but by a policy that listens for silence", () => {
    expect(executed.text("told")).toMatch(/all-is-heard +0 +31\n/);
    expect(executed.text("told")).toMatch(/processors-have-room +0 +0\n/);
    expect(executed.text("when")).toContain(
      "Resources that are lost: 31. Missed by some policy: 31.",
    );
  });

  test("compares, tries several values of a parameter, and proves that it comes out the same", () => {
    expect(executed.text("difference")).toMatch(/alarms +31 +0 +0 +0\n/);
    expect(executed.text("sweep")).toMatch(/45 min: \d+ alarms\n60 min: \d+ alarms/);
    expect(executed.text("verify")).toContain("identical: 3 tables");
    expect(executed.text("facts")).toMatch(/transformation 3 +1488 dropped/);
  });

  test("draws what it says, and is a page", async () => {
    for (const id of ["depends", "heard", "when", "sweep"]) {
      expect(executed.shown(id).map(([mime]) => mime)).toContain("application/vnd.plotly.v1+json");
    }
    expect(await executed.page()).toContain("all-is-heard");
  });
});

describe("The notebook about experiments has something true to say", () => {
  test("of a host that is named, as of a moment", async () => {
    const parameters = {
      archive: FLEET,
      as_of: "2026-10-03T00:00:00Z",
      lost: "server-02",
      hours: 2,
    };
    const executed = await run(NOTEBOOK, parameters);
    expect(executed.text("chosen")).toContain("What fails is server-02.");
    expect(executed.text("times")).toContain("fails at 2026-10-02 2");
    expect(executed.text("verify")).toContain("identical");
  });

  test("of a log of one event: that nothing was measured, and what to do", async () => {
    const executed = await run(NOTEBOOK, { archive: await oneEvent(`${folder}/one`) });
    expect(executed.text("times")).toContain("can fall silent. Run");
    expect(executed.text("conclusion")).toContain("1 of 1 resources");
  });

  test("of a log whose texts are code, none of which runs", async () => {
    const executed = await run(NOTEBOOK, { archive: await hostileLog(`${folder}/hostile`) });
    expect(executed.text("verify")).toContain("identical");
    expect(executed.text("chosen")).toContain("2 of 2 resources");
    expect(await executed.page()).not.toContain(HOSTILE.slice(0, 25));
  });

  test("of a log that is empty, or longer than anybody waits for", async () => {
    await using own = await OwnProject.make();
    const empty = await run(NOTEBOOK, {}, own);
    expect(empty.text("conclusion")).toContain("Of an empty log nothing can be said");
    const long = await run(NOTEBOOK, { archive: FLEET, most_events: 35_999 }, own);
    expect(long.text("times")).toContain("This log has more than 35,999 events");
    expect(long.text("chosen")).toContain("31 of 58 resources");
  });
});
