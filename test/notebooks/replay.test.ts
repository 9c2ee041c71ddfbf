/** The notebook about time travel, on the sample fleet. */
import { beforeAll, describe, expect, test } from "vitest";
import { type Executed, FLEET, run } from "./logs.ts";

describe("What did we know, and when: the notebook, on the sample fleet", () => {
  let executed: Executed;
  beforeAll(async () => {
    executed = await run("02-replay", { archive: FLEET });
  });

  test("goes back to the middle of the log, and proves that it is the same each time", () => {
    expect(executed.text("travel")).toMatch(/resources +59 +58\n/);
    expect(executed.text("again")).toContain("c08a73075c6ae2412d0f5cb6c660b2df");
    expect(executed.text("at")).toContain("the same 59 resources after event 18,368");
  });

  test("says what differs: the cable that came back, the clone that is a virtual machine after all", () => {
    expect(executed.text("cells")).toMatch(/added +connection +switch-02 +cable to server-01 eth1/);
    expect(executed.text("cells")).toMatch(
      /changed +resource +shop-app-01-copy .*physical_server → virtual_mach/,
    );
    expect(executed.text("conclusion")).toContain(
      "the log grew by 17,632 events, and what is known differs in 58 things",
    );
  });

  test("follows what has changed most, and why", () => {
    expect(executed.text("one")).toMatch(/status +maintenance +2026-10-09 21:18/);
    expect(executed.text("life")).toMatch(/ComputeStatusChanged +ada +maintenance +out of memory/);
  });

  test("audits a change: who, when, and what came of it", () => {
    expect(executed.text("audit-holds")).toContain(
      "At 2026-10-07 04:30 UTC ada was the root of 5 events: " +
        "3 SoftwareRemoved, 1 NetworkRemoved and 1 PolicyRevoked.",
    );
  });

  test("is a page with its pictures", async () => {
    for (const id of ["one", "audit"]) {
      expect(executed.shown(id).map(([mime]) => mime)).toContain("image/svg+xml");
    }
    expect(await executed.page()).toContain("What did we know, and when?");
  });

  test("compares other moments, and audits what it is told to", async () => {
    const again = await run("02-replay", {
      archive: FLEET,
      as_of: "2026-10-07T10:00:00Z",
      before: "2026-10-06T00:00:00Z",
      after: "2026-10-06T08:00:00Z",
      resource: "shop-web-02",
      correlation: "01a0f4c2-c401-7910-b2b9-631f9a4426cd",
    });
    expect(again.text("drift")).toContain("connection removed: 1");
    expect(again.text("audit-holds")).toContain("8 NetworkDefined");
    expect(again.text("one")).toContain("The states of shop-web-02");
  });
});
