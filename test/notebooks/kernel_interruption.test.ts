/** A cell that is interrupted, in the real kernel: what it waits for ends, and nothing else does. */
import { describe, expect, test } from "vitest";
import { frontEnds, oneFrontEnd, text } from "./kernel_front.ts";

const START = `
import { Archive, interruption, MemoryLog, openWorkspace, replay } from "@cim/infrastructure";
import { setTimeout as wait } from "node:timers/promises";
const model = await replay(new MemoryLog(() => new Date()));
const fleet = await Archive.open("data/samples/fleet");
const silent = Deno.serve({ port: 0, onListen: () => {} }, () => new Promise(() => {}));
const home = await Deno.makeTempDir();
const workspace = await openWorkspace({ folder: home });
let kept = 0;
`;
const LONG = "SELECT count(*) FROM range(100_000_000_000) AS one WHERE one.range % 7 = 3";

describe("A cell that is interrupted", () => {
  const front = oneFrontEnd(frontEnds());

  /** Runs a cell, interrupts it, and gives back what it says, and how long after that it was over. */
  const interrupted = async (code: string, after = 0.4) => {
    const begin = performance.now();
    const ran = await front().run([code], { interrupt_after: after });
    return { ran, late: performance.now() - begin - 1000 * after };
  };
  const asksNow = async (code: string) => {
    const begin = performance.now();
    const [answer] = text(await front().run([code]), "execute_result");
    return { answer, milliseconds: performance.now() - begin };
  };

  test("while it computes keeps the state", async () => {
    await front().run([START]);
    const { ran } = await interrupted("kept = 41; console.log('begun'); while (true);");
    expect(text(ran)).toEqual(["begun\n"]);
    expect(ran.replies).toMatchObject([{ status: "error", ename: "Interrupted" }]);
    expect((await asksNow("kept + 1")).answer).toBe("42");
  });

  test.each([
    ["a wait", "await wait(60_000, undefined, { signal: interruption() })"],
    [
      "a request",
      "await fetch(`http://localhost:${silent.addr.port}`, { signal: interruption() })",
    ],
    ["a question", `await model.query(${JSON.stringify(LONG)})`],
    ["a replay", "while (true) await replay(fleet, { afresh: true })"],
    ["a discovery", "await workspace.discover()"],
    ["a projection", "await (await workspace.project()).waitFor(1e9)"],
    [
      "several at once",
      `await Promise.all([wait(60_000, undefined, { signal: interruption() }),
      model.query(${JSON.stringify(LONG)})])`,
    ],
  ])(
    "ends %s, says so in a line, keeps the state, and the next cell runs at once",
    async (_, code) => {
      await front().run(["kept = 0"]);
      const { ran, late } = await interrupted(`kept = 7; ${code}`);
      expect(ran.replies).toMatchObject([{ status: "error", ename: "Interrupted" }]);
      expect(text(ran, "error")).toEqual([
        "The cell was interrupted. What it had made by then is kept",
      ]);
      expect(text(ran)).toEqual([]);
      expect(late).toBeLessThan(10_000);
      const { answer, milliseconds } = await asksNow("kept * 6");
      expect(answer).toBe("42");
      expect(milliseconds).toBeLessThan(5_000);
      expect((await asksNow("(await model.sql`SELECT 43 AS x`).rows[0].x")).answer).toBe("43");
    },
  );

  test("does so twenty times in a row, and the same model can be asked each time", async () => {
    await front().run(["kept = 0"]);
    for (let n = 1; n <= 20; n++) {
      const { ran } = await interrupted(`kept++; await model.query(${JSON.stringify(LONG)})`, 0.15);
      expect(ran.replies).toMatchObject([{ status: "error", ename: "Interrupted" }]);
      const { answer } = await asksNow("(await model.sql`SELECT ${kept} AS n`).rows[0].n");
      expect(answer).toBe(String(n));
    }
  });

  test("leaves alone what goes on of cells before it", async () => {
    await front().run(["const own = interruption(); setTimeout(() => kept = 5, 1500); kept = 4"]);
    await interrupted("await wait(60_000, undefined, { signal: interruption() })", 0.2);
    expect((await asksNow("`${own.aborted} ${kept}`")).answer).toBe('"false 4"');
    await front().run(["await wait(1500)"]);
    expect((await asksNow("kept")).answer).toBe("5");
  });

  test("that waits for what cannot be ended is given up, and says what could be", async () => {
    const waits = "await new Promise((r) => setTimeout(r, 5000)); kept = 99; undefined";
    const { ran } = await interrupted(waits, 0.2);
    expect(text(ran, "error")[0]).toContain("signal: interruption()");
    expect(ran.replies).toMatchObject([{ status: "error", ename: "Interrupted" }]);
    const next = await front().run(["`${kept + 1} ${interruption().aborted}`"]);
    expect(text(next)[0]).toContain("still waiting");
    expect(text(next, "execute_result")).toEqual(['"100 false"']);
  });

  test("is not the next one where there is nothing to interrupt", async () => {
    await front().run([], { interrupt_after: 0 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await asksNow("1 + 1")).answer).toBe("2");
    await front().run(["await workspace.close(); await Deno.remove(home, { recursive: true })"]);
  });
});
