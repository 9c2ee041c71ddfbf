/** The kernel as a front end meets it: several front ends, errors, and that it leaves nothing behind. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { descendants, left, runs } from "./fixture.ts";
import { type FrontEnd, frontEnds, type Ran, text } from "./kernel_front.ts";

const start = frontEnds();

describe("A kernel", () => {
  let front: FrontEnd;
  beforeAll(async () => {
    front = await start();
  });
  afterAll(() => front.kill());

  test("does not run the cells that wait behind one that fails", async () => {
    const ran = await front.run(["1", "throw new Error('here')", "console.log('never')", "3"]);
    expect(ran.replies.map((reply) => reply?.status)).toEqual([
      "ok",
      "error",
      "aborted",
      "aborted",
    ]);
    expect(text(ran)).toEqual([]);
    expect(text(await front.run(["4"]), "execute_result")).toEqual(["4"]);
  });

  test("shows an error that we know as its message, and a fault with its stack", async () => {
    const shown = async (code: string) => {
      const { published } = await front.run([code]);
      return published.find(({ type }) => type === "error")!.content.traceback!;
    };
    await front.run(['import { MemoryLog, replay } from "@cim/infrastructure";']);
    expect(await shown("await replay(new MemoryLog(() => new Date()), { sequence: 12 })")).toEqual([
      "ReplayRange: Cannot replay to sequence 12: the log has 0 to 0; leave it out for all of them",
    ]);
    const [first, ...frames] = await shown("await replay(null as never)");
    expect(first).toMatch(/^TypeError: /);
    expect(frames.join()).toContain("/src/replay/");
    expect(await shown("throw 'no error at all'")).toEqual(["Error: no error at all"]);
  });

  test("shows an error that was thrown behind a cell's back", async () => {
    const ran = await front.run([
      "Promise.reject(new Error('rejected'))\n1",
      "setTimeout(() => { throw new Error('in a timer') })\n2",
    ]);
    expect(text(ran)[0]).toContain("Uncaught (in promise) Error: rejected");
    expect(text(ran)[1]).toContain("Uncaught Error: in a timer");
    expect(ran.published.filter(({ type }) => type === "stream").map(({ cell }) => cell))
      .toEqual([0, 1]);
  });

  test("lets through updates of displays, cleared outputs and comms", async () => {
    const ran = await front.run([
      `await Deno.jupyter.display({ "text/plain": "a" }, { raw: true, display_id: "d" });
       await Deno.jupyter.broadcast("clear_output", { wait: true });
       await Deno.jupyter.display({ "text/plain": "b" }, { raw: true, display_id: "d", update: true });
       await Deno.jupyter.broadcast("comm_open", { comm_id: "c", target_name: "t", data: {} });`,
    ]);
    const kinds = ran.published.map(({ type }) => type).filter((type) => type !== "status");
    expect(kinds).toEqual([
      "execute_input",
      "display_data",
      "clear_output",
      "update_display_data",
      "comm_open",
    ]);
    expect(ran.published.some(({ late }) => late)).toBe(false);
  });

  test("serves two front ends at a time, each in its order and with its own", async () => {
    const both = await front.ask<Ran[]>("two_front_ends", { count: 30 });
    for (const [at, ran] of both.entries()) {
      expect(ran.replies.map((reply) => reply?.status)).toEqual(Array(30).fill("ok"));
      const own = ran.published.filter(({ cell, type }) => cell !== null && type === "stream");
      expect(own.map(({ cell, content }) => `${cell} ${content.text}`))
        .toEqual(Array.from({ length: 30 }, (_, n) => `${n} ${at} ${n}\n`));
      expect(ran.published.some(({ late }) => late)).toBe(false);
    }
  });

  test("answers heartbeats while it computes", async () => {
    const { worst, busy } = await front.ask<{ worst: number; busy: boolean }>("beats", {
      seconds: 1.5,
    });
    expect(busy).toBe(true);
    expect(worst).toBeLessThan(500);
  });

  test("does nothing for who does not have its key", async () => {
    expect(text(await front.ask<Ran>("forged"), "execute_result")).toEqual(["true"]);
  });

  test.each([false, true])("that is restarted (at once: %s) is a new one", async (now) => {
    const before = [front.proxy, ...descendants(front.proxy)];
    await front.run(["globalThis.old = 1"]);
    const proxy = await front.ask<number>("restart", { now });
    expect(await left(before, 3)).toEqual([]);
    expect(text(await front.run(["typeof old"]), "execute_result")).toEqual(['"undefined"']);
    front.proxy = proxy;
  });
});

describe("No process is left", () => {
  const busy = "while (true);";
  const begin = async (code?: string) => {
    const front = await start();
    const processes = [front.proxy, ...descendants(front.proxy)];
    expect(processes.length).toBeGreaterThanOrEqual(2);
    if (code !== undefined) await front.run([code], { seconds: 0.3 });
    expect(processes.filter(runs)).toEqual(processes);
    return { front, processes };
  };

  test("when a kernel is shut down", async () => {
    const { front, processes } = await begin();
    await front.ask("shutdown");
    expect(await left(processes, 1)).toEqual([]);
    await front.kill();
  });

  test.each([[undefined], [busy]])("when the proxy is killed (%s)", async (code) => {
    const { front, processes } = await begin(code);
    Deno.kill(front.proxy, "SIGKILL");
    expect(await left(processes, 2)).toEqual([]);
    await front.kill();
  });

  test.each([[undefined], [busy]])("when the front end is killed (%s)", async (code) => {
    const { front, processes } = await begin(code);
    await front.kill();
    expect(await left(processes, 6)).toEqual([]);
  });
});
