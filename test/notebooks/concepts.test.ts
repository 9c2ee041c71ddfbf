/** The notebook about concepts, on logs of every kind: what it says is held by its own assertions, too. */
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

const folder = await Deno.makeTempDir({ prefix: "cim-concepts-" });
afterAll(() => Deno.remove(folder, { recursive: true }));
const NOTEBOOK = "04-concepts";

describe("What are these, and which are not what they are said to be: the notebook, on the sample fleet", () => {
  let executed: Executed;
  beforeAll(async () => {
    executed = await run(NOTEBOOK, { archive: FLEET, as_of: "2026-10-07T10:00:00Z" });
  });

  test("looks at what is like nothing that has a name, and says why", () => {
    expect(executed.text("status")).toContain("members of a concept 58, on a border 0, unknown 1.");
    expect(executed.text("status")).toMatch(
      /search-database-01 +performance +memory-bound +unknown +0\.849 /,
    );
    expect(executed.text("concept")).toMatch(
      /performance\.memory +1 +0\.743 +0\.75 +0\.5 +0\.223\n/,
    );
  });

  test("names the clone, and what else knows of it", () => {
    expect(executed.text("said")).toContain("The clearest is shop-app-01-copy");
    expect(executed.text("witness")).toMatch(/shop-app-01-copy +shared_evidence +machine_id /);
    expect(executed.text("witness")).toContain("Both speak of shop-app-01-copy.");
  });

  test("learns from labels, and judges by the truth", () => {
    expect(executed.text("learned")).toContain("2 concepts, learned from 7 of 59 things.");
    expect(executed.text("judged")).toContain(
      "right on 29 of 35, and the best (prototypes) on 33.",
    );
  });

  test("finds what is like a machine, but smaller, and what goes together without a name", () => {
    expect(executed.text("alike")).toContain(
      "but has less capacity.memory, is billing-database-01.",
    );
    expect(executed.text("candidates")).toMatch(
      /high performance\.memory +7 +1 +search-database-01/,
    );
  });

  test("draws the map and the charts, and is a page that says which events it was made from", async () => {
    expect(executed.shown("map").map(([mime]) => mime)).toContain("image/svg+xml");
    for (const id of ["said", "course"]) {
      expect(executed.shown(id).map(([mime]) => mime)).toContain("application/vnd.plotly.v1+json");
    }
    expect(await executed.page()).toContain("1 to 18827");
  });
});

describe("The notebook about concepts has something true to say", () => {
  test("of a machine that lost its memory: when it became something else", async () => {
    const parameters = { archive: FLEET, as_of: "2026-10-09T10:00:00Z", resource: "shop-app-02" };
    const executed = await run(NOTEBOOK, parameters);
    expect(executed.text("concept")).toContain("shop-app-02 is nearest to memory-bound");
    expect(executed.text("course")).toMatch(/became something else [1-9]/);
  });

  test("of one machine", async () => {
    const executed = await run(NOTEBOOK, { archive: MACHINE });
    expect(executed.text("status")).toContain("Of 1 things in this space");
    expect(executed.text("learned")).toContain("Nobody has labelled anything");
  });

  test("of a log of one event: that nothing is known, and what to do", async () => {
    const executed = await run(NOTEBOOK, { archive: await oneEvent(`${folder}/one`) });
    expect(executed.text("concept")).toContain(
      "Nothing that matters to a concept is known of alone",
    );
    expect(executed.text("map")).toContain("A map needs two qualities");
  });

  test("of a log whose texts are code, none of which runs", async () => {
    const executed = await run(NOTEBOOK, { archive: await hostileLog(`${folder}/hostile`) });
    expect(executed.text("concept")).toContain("nearest to compute-bound");
    expect(await executed.page()).not.toContain(HOSTILE.slice(0, 25));
  });

  test("of a log that is empty", async () => {
    await using own = await OwnProject.make();
    const executed = await run(NOTEBOOK, {}, own);
    expect(executed.text("conclusion")).toContain("Of an empty log nothing can be said yet.");
  });
});
