/** The notebook about the topology, on logs of every kind: what it says is held by its own assertions, too. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  archived,
  type Executed,
  FLEET,
  HOSTILE,
  hostileLog,
  MACHINE,
  oneEvent,
  OwnProject,
  run,
} from "./logs.ts";

const NOTEBOOK = "07-topology";
const WHAT_TO_DO = "run `deno task cim discover` on more machines";
let folder: string;
beforeAll(async () => {
  folder = await Deno.makeTempDir({ prefix: "cim-topology-" });
});
afterAll(async () => {
  await Deno.remove(folder, { recursive: true });
});

describe("How is it joined, and what does it hang on: the notebook, on the sample fleet", () => {
  let executed: Executed;
  beforeAll(async () => {
    executed = await run(NOTEBOOK, { archive: FLEET });
  });

  test("draws what is joined to what, and that it is all in one piece", () => {
    for (const id of ["map", "way", "cuts", "blast", "without", "racks"]) {
      expect(executed.shown(id).map(([mime]) => mime)).toContain("image/svg+xml");
    }
    expect(executed.text("islands")).toContain("1 island, of which the largest has 58 resources");
  });

  test("follows two that talk to each other, on layer 2 and on layer 3", () => {
    expect(executed.text("way")).toContain(
      "shop-app-01 and shop-database-01 are 6 hops apart, by 4 equally short paths",
    );
    expect(executed.text("route")).toMatch(/shop-app-01 +10\.1\.48\.0\/20 +ens3 /);
    expect(executed.text("route")).toContain("arrives at shop-database-01 after 1 hop");
  });

  test("says where packets stop, and at which gateways nobody is known", () => {
    expect(executed.text("explained")).toMatch(/stops at \S+, which has no route for it/);
    expect(executed.text("explained")).toMatch(/10\.1\.48\.1 +23 +0\.0\.0\.0\/0/);
    expect(executed.text("explained")).toContain("Of 69 flows the routing tables explain 33.");
  });

  test("finds the switch on which most hangs, what it would take with it, and the rack as well", () => {
    expect(executed.text("cuts")).toMatch(/resource +switch-03 +23\n/);
    expect(executed.text("blast")).toContain("23 other resources would be down or cut off");
    expect(executed.text("without")).toContain("The way from above would be cut.");
    expect(executed.text("without")).toContain("without it 57 resources in 8 islands.");
    expect(executed.text("conclusion")).toContain(
      "What most hangs on: switch-03 (23), server-03 (7) and server-02 (6).",
    );
    expect(executed.text("conclusion")).toContain("The rack berlin r01 would take most with it");
  });

  test("is a page with its pictures", async () => {
    expect(await executed.page()).toContain("How is it joined, and what does it hang on?");
  });
});

describe("The notebook about the topology has something true to say", () => {
  test("of the ends and the failure that it is asked for", async () => {
    const parameters = { from: "shop-web-01", to: "router-01", lost: "switch-01" };
    const executed = await run(NOTEBOOK, { archive: FLEET, ...parameters });
    expect(executed.text("way")).toContain("3 hops apart, by 2 equally short paths");
    expect(executed.text("without")).toContain(
      "The way from above would have 3 hops; now it has 3",
    );
    expect(executed.text("conclusion")).toContain("If switch-01 failed, 3 other resources");
  });

  test("of one machine, and of one event: that nothing is joined, and what to do", async () => {
    for (const archive of [MACHINE, await oneEvent(`${folder}/one`)]) {
      const executed = await run(NOTEBOOK, { archive });
      expect(executed.text("conclusion")).toContain("Nothing is known to be joined to anything");
      expect(executed.text("conclusion")).toContain(WHAT_TO_DO);
      expect(executed.whole).not.toMatch(/undefined|NaN|\[object/);
    }
  });

  test("of two that are joined by one cable", async () => {
    const archive = await archived(
      `${folder}/two`,
      ["RegisterCompute", { hostname: "a", resource_type: "physical_server", interfaces: [] }],
      ["RegisterCompute", { hostname: "b", resource_type: "switch", interfaces: [] }],
      ["EstablishConnection", { kind: "cable", from: { compute: "a" }, to: { compute: "b" } }],
    );
    const executed = await run(NOTEBOOK, { archive });
    expect(executed.text("way")).toContain("a and b are 1 hop apart, by one shortest path");
    expect(executed.text("route")).toContain("No packet can be sent: b has no address");
    expect(executed.text("conclusion")).toContain("There is a way around every single resource.");
  });

  test("of a log whose texts are code, none of which runs", async () => {
    const executed = await run(NOTEBOOK, { archive: await hostileLog(`${folder}/hostile`) });
    expect(executed.text("fate")).toContain("The site <script>alert(1)</script> ");
    const page = await executed.page();
    expect(page).toContain("&lt;script&gt;alert(1)");
    expect(page).not.toContain(HOSTILE.slice(0, 25));
    expect(page).not.toContain("\u202e");
  });

  test(
    "of a log of one's own: when it is empty, and after a discovery",
    { timeout: 90_000 },
    async () => {
      await using own = await OwnProject.make();
      const empty = await run(NOTEBOOK, {}, own);
      expect(empty.text("open")).toContain("The log is empty");
      expect(empty.text("conclusion")).toContain(WHAT_TO_DO);
      {
        await using workspace = await own.open();
        await workspace.discover();
      }
      const executed = await run(NOTEBOOK, {}, own);
      expect(executed.text("open")).toMatch(/the log knows [1-9]\d* resources?/);
      expect(executed.text("conclusion")).not.toContain("Of an empty log");
    },
  );
});
