/** The notebook about policies, on the sample fleet, of which it is known what truly happened. */
import { beforeAll, describe, expect, test } from "vitest";
import { type Executed, FLEET, run } from "./logs.ts";

describe("What is not as it should be: the notebook, on the sample fleet", () => {
  let executed: Executed;
  beforeAll(async () => {
    executed = await run("08-compliance", { archive: FLEET });
  });

  test("judges by the policies of the log, and nothing is amiss in the end", () => {
    expect(executed.text("policies")).toContain("servers-are-redundant");
    expect(executed.text("conclusion")).toContain("nothing is amiss: 65 verdicts are good");
  });

  test("gives the evidence of the last failure", () => {
    expect(executed.text("evidence")).toMatch(/15573 .*ComputeRegistered/);
    expect(executed.text("evidence")).toContain("size(resource.interfaces) is 1");
  });

  test("says which policy would have found what, and what none would", () => {
    expect(executed.text("truth")).toMatch(/is-heard +silent_host +1 +1 +1 +1 +1 +1 /);
    expect(executed.text("truth")).toMatch(/processors-have-room +10 +0 /);
    expect(executed.text("conclusion")).toContain(
      "Of 6 incidents that truly happened, 5 would have been found",
    );
    expect(executed.text("conclusion")).toContain(
      "What no policy saw, or not each time: noisy neighbour.",
    );
  });

  test("is a page with its pictures", async () => {
    expect(executed.shown("over").map(([mime]) => mime)).toContain(
      "application/vnd.plotly.v1+json",
    );
    expect(executed.shown("time").map(([mime]) => mime)).toContain("image/svg+xml");
    expect(await executed.page()).toContain("hangs-on-two-cables");
  });

  test("as of a moment it knows no more than was known then", async () => {
    const as_of = "2026-10-07T10:00:00Z";
    const then = await run("08-compliance", { archive: FLEET, as_of });
    expect(then.text("conclusion")).toContain("servers-are-redundant of shop-app-01-copy");
    expect(then.text("conclusion")).toContain("Of 4 incidents that truly happened, 3 would have");
  });

  test("of a log that is longer than it is told to bear, judges the newest part, and says so", async () => {
    const long = await run("08-compliance", { archive: FLEET, most_events: 20_000 });
    expect(long.text("open")).toContain("only what was measured from 2026-10-06");
    expect(long.text("conclusion")).toContain(
      "Of 4 incidents that truly happened, 4 would have been found",
    );
  });
});
