/** Notebooks on logs in which there is little to see, or much to be afraid of: they say so, and do not fail. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hostileLog, MACHINE, oneEvent, OwnProject, run } from "./logs.ts";

const WHAT_TO_DO = "run `deno task cim discover --watch` for an hour";
const TWO_RUNS = { timeout: 120_000 };
let folder: string;
let own: OwnProject;
beforeAll(async () => {
  folder = await Deno.makeTempDir({ prefix: "cim-logs-" });
  own = await OwnProject.make();
});
afterAll(async () => {
  await own?.[Symbol.asyncDispose]();
  await Deno.remove(folder, { recursive: true });
});

describe("A log of one's own,", () => {
  test.each(["02-replay", "08-compliance"])("which is empty: %s says what to do", async (name) => {
    const executed = await run(name, {}, own);
    expect(executed.text("open")).toContain("The log is empty");
    expect(executed.text("conclusion")).toContain(WHAT_TO_DO);
  });

  test(
    "to which 01-discover brings this machine, and then only what is new",
    TWO_RUNS,
    async () => {
      const first = await run("01-discover", {}, own);
      expect(first.text("conclusion")).toMatch(
        / is a (physical server|virtual machine|container) with /,
      );
      expect(first.text("use")).toContain("memory: ");
      const again = await run("01-discover", {}, own);
      const eventsOf = (text: string) =>
        Number(/after ([\d,]+) events/.exec(text)![1]!.replaceAll(",", ""));
      expect(eventsOf(again.text("open"))).toBeGreaterThan(eventsOf(first.text("open")));
      expect(eventsOf(again.text("open"))).toBeLessThan(2 * eventsOf(first.text("open")));
    },
  );

  test("which then has a past, and policies to be tried", TWO_RUNS, async () => {
    const [past, judged] = [await run("02-replay", {}, own), await run("08-compliance", {}, own)];
    expect(past.text("conclusion")).toMatch(/the log grew by [\d,]+ events?/);
    expect(judged.text("policies")).toContain("Nobody has set a policy in this log");
    expect(judged.text("conclusion")).toContain("by policies that are tried only");
  });
});

describe.each(["01-discover", "02-replay", "08-compliance"])("%s", (name) => {
  test("says of one event what there is to say", async () => {
    const executed = await run(name, { archive: await oneEvent(join(folder, `one-${name}`)) });
    expect(executed.text("conclusion")).not.toBe("");
    expect(executed.text("conclusion")).not.toMatch(/undefined|NaN|\[object/);
  });

  test("says of one machine that was watched what it is, was, or should be", async () => {
    const executed = await run(name, { archive: MACHINE });
    const said = {
      "01-discover": /vm is a container with 2 processors, 25\.3 GB of memory/,
      "02-replay": /what is known differs in /,
      "08-compliance": /processors-have-room of vm/,
    };
    expect(executed.text("conclusion")).toMatch(said[name as keyof typeof said]);
  });

  test("takes text for text, whatever it says", async () => {
    const executed = await run(name, {
      archive: await hostileLog(join(folder, `hostile-${name}`)),
    });
    const html = executed.notebook.cells.flatMap(({ outputs = [] }) =>
      outputs.flatMap((output) =>
        "data" in output ? [output.data["text/html"], output.data["image/svg+xml"]] : []
      )
    ).flat().join("");
    expect(html).toContain("&lt;script&gt;alert(1)");
    expect(html).not.toContain("<script>alert(1)");
    expect(html).not.toContain("\u202e");
    expect(await executed.page()).not.toContain("<script>alert(1)");
  });
});
