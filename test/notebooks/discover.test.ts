/** The notebook about one machine, on an archive: nothing is looked at, and a machine of it is shown. */
import { beforeAll, describe, expect, test } from "vitest";
import { NotebookFailed } from "../../src/notebook/notebook_error.ts";
import { type Executed, FLEET, run } from "./logs.ts";

describe("What is this machine: the notebook, on the sample fleet", () => {
  let executed: Executed;
  beforeAll(async () => {
    const as_of = "2026-10-07T10:00:00Z";
    executed = await run("01-discover", { archive: FLEET, as_of, resource: "shop-app-01-copy" });
  });

  test("says what the machine was at that moment, and not what was found out later", () => {
    expect(executed.text("c03")).toMatch(/resource_type +physical_server/);
    expect(executed.text("open")).toContain("shop-app-01-copy, as the log knew it after 18,827");
  });

  test("concludes with what stands out", () => {
    expect(executed.text("c22")).toContain("machine_id");
    expect(executed.text("conclusion")).toMatch(
      /shop-app-01-copy is a physical server with .+\n\nWhat stands out: .*1 thing odd, silent/,
    );
  });

  test("is a page with its charts, that says which events it was made from", async () => {
    for (const id of ["use", "c20"]) {
      expect(executed.shown(id).map(([mime]) => mime)).toContain("application/vnd.plotly.v1+json");
    }
    expect(await executed.page()).toContain("18827");
  });

  test("refuses a machine that there is not, by its name", async () => {
    const failed = await run("01-discover", { archive: FLEET, resource: "nowhere" })
      .catch((error) => error);
    expect(failed).toBeInstanceOf(NotebookFailed);
    expect(failed.message).toContain('There is no resource "nowhere" in this log');
  });
});
