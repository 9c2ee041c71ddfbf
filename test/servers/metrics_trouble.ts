/** Trouble: servers that are killed or away, projectors that are, and series that are somebody else's. */
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { definition } from "../../src/projections/metrics/definition.ts";
import { NatsPosition } from "../../src/projections/nats_position.ts";
import { Projector } from "../../src/projections/projector.ts";
import { runToEnd } from "../../src/projections/run_to_end.ts";
import { sameLog } from "../projections/sql_log.ts";
import { fleetLog } from "../projections/sample_log.ts";
import { until } from "./embedded_user.ts";
import { projectionOf, seriesOf, type Servers, sizeOf } from "./metrics_place.ts";
import type { TestNats } from "./nats.ts";
import { startVictoriaMetrics, type TestVictoriaMetrics } from "./victoria_metrics_server.ts";

const END = 6_000;

/** What the projection is put through. */
export function trouble(servers: () => Servers, nats: () => TestNats): void {
  let clean: Promise<Record<string, [number, number][]>>;
  const cleanSeries = () =>
    clean ??= (async () => {
      const log = await fleetLog();
      await runToEnd(log, projectionOf(servers(), log, "clean"), { through: END });
      return await seriesOf(servers(), "clean");
    })();

  test(
    "a server that is killed in the middle, again and again, and is away for a while, loses nothing",
    async () => {
      const log = await fleetLog();
      const { metrics } = servers();
      const expected = await cleanSeries();
      const projection = projectionOf(servers(), log, "killed", { watch: true });
      const projector = Projector.start(log, projection, { stepEvents: 400 });
      for (const position of [800, 2_400, 4_400]) {
        await projector.waitFor(position, { timeout: 60_000 });
        await metrics.kill9();
        await until(async () => !(await projector.state()).healthy);
        expect((await projector.state()).because).toMatch(/does not answer/);
        await delay(500);
        await metrics.start();
        await until(async () => (await projector.state()).healthy);
      }
      await projector.waitFor(END, { timeout: 60_000 });
      await projector.stop();
      const all = await seriesOf(servers(), "killed");
      const { log: other } = servers();
      expect(other.connection.isClosed()).toBe(false);
      for (const [labels, samples] of Object.entries(expected)) {
        expect(all[labels]?.slice(0, samples.length), labels).toEqual(samples);
      }
    },
    300_000,
  );

  test(
    "what a server only had in memory when it was killed is written again, also where nothing comes any more",
    async () => {
      const { log, end } = await sameLog();
      await runToEnd(log, projectionOf(servers(), log, "memory clean"));
      const projector = Projector.start(log, projectionOf(servers(), log, "memory"));
      await projector.waitFor(end);
      const before = await seriesOf(servers(), "memory");
      expect(sizeOf(before)).toBeGreaterThan(50);
      await servers().metrics.kill9();
      await delay(1_100); // it tells its start in seconds
      await servers().metrics.start();
      expect(sizeOf(await seriesOf(servers(), "memory"))).toBe(0);
      await until(async () => sizeOf(await seriesOf(servers(), "memory")) > 0);
      await projector.stop();
      expect(await seriesOf(servers(), "memory")).toEqual(
        await seriesOf(servers(), "memory clean"),
      );
    },
    60_000,
  );

  test(
    "a projector that is killed is followed by another, to the same series",
    async () => {
      const expected = await cleanSeries();
      const { url, token } = nats();
      const program = new URL("metrics_child.ts", import.meta.url).pathname;
      for (const position of [1, 2_000, 4_000]) {
        const child = new Deno.Command(Deno.execPath(), {
          args: ["run", "-A", program, url, token, servers().metrics.url, "child"],
          stdout: "piped",
        }).spawn();
        let text = "";
        for await (const some of child.stdout.pipeThrough(new TextDecoderStream())) {
          text += some;
          if (Number(text.trim().split("\n").at(-1)) >= position) break;
        }
        child.kill("SIGKILL");
        await child.status;
      }
      const log = await fleetLog();
      const last = projectionOf(servers(), log, "child");
      await runToEnd(log, last, { through: 36_000 });
      const all = await seriesOf(servers(), "child");
      for (const [labels, samples] of Object.entries(expected)) {
        expect(all[labels]?.slice(0, samples.length), labels).toEqual(samples);
      }
      const once = projectionOf(servers(), log, "once");
      await runToEnd(log, once);
      expect(all).toEqual(await seriesOf(servers(), "once"));
    },
    300_000,
  );

  test("made anew they are as they were, and those of others stay", async () => {
    const { log, end } = await sameLog();
    const others = {
      metric: { __name__: "up", job: "others" },
      values: [1],
      timestamps: [1_790_000_000_000],
    };
    await servers().metrics.import([others]);
    await runToEnd(log, projectionOf(servers(), log, "anew"));
    const before = await seriesOf(servers(), "anew");
    const reasons: string[] = [];
    const onAnew = (reason: string) => void reasons.push(reason);
    const state = await runToEnd(
      log,
      projectionOf(servers(), log, "anew", { discard: true, onAnew }),
    );
    expect(state.position).toBe(end);
    expect(await seriesOf(servers(), "anew")).toEqual(before);
    const projection = projectionOf(servers(), log, "anew");
    await projection.initialize(log);
    await projection.reset();
    await projection.close();
    expect(await seriesOf(servers(), "anew")).toEqual({});
    expect(await seriesOf(servers(), "others")).toEqual({
      '[["__name__","up"]]': [[1_790_000_000_000, 1]],
    });
    expect(reasons).toEqual([]);
  });

  test("they are made anew where the server has lost them, where emptying them was broken off, or by another version", async () => {
    const { log } = await sameLog();
    const reasons: string[] = [];
    const onAnew = (reason: string) => void reasons.push(reason);
    const run = () => runToEnd(log, projectionOf(servers(), log, "lost", { onAnew }));
    const keep = async (more: object) => {
      const { metrics: { url }, log: { connection } } = servers();
      const position = new NatsPosition(connection, "metrics", `metrics lost ${url}`);
      await position.keep({ ...(await position.open())!, ...more });
      await position.close();
    };
    await run();
    const whole = await seriesOf(servers(), "lost");
    await servers().metrics.remove(`{job="lost"}`);
    await run();
    expect(await seriesOf(servers(), "lost")).toEqual(whole);
    await keep({ unfinished: true });
    await run();
    expect(await seriesOf(servers(), "lost")).toEqual(whole);
    await keep({ definition: "older" });
    await run();
    await keep({ definition: await definition() });
    await run();
    expect(await seriesOf(servers(), "lost")).toEqual(whole);
    expect(reasons).toEqual([
      "the server has lost them",
      "making them was broken off",
      "another version of this program made them",
    ]);
  });

  test("series of another installation are not touched, but where that is asked for", async () => {
    const { log } = await sameLog();
    await runToEnd(log, projectionOf(servers(), log, "theirs"));
    const theirs = await seriesOf(servers(), "theirs");
    const { metrics: { url }, log: { connection } } = servers();
    const position = new NatsPosition(connection, "metrics", `metrics theirs ${url}`);
    await position.open();
    await position.forget(); // as if their position were in a NATS server of theirs
    await position.close();
    const other = { name: "log", incarnation: "of another" };
    const ours = projectionOf(servers(), log, "theirs");
    await expect(ours.initialize(other)).rejects.toMatchObject({
      code: "metrics_settings",
      variable: "METRICS_JOB",
      message: expect.stringContaining("--rebuild"),
    });
    await ours.close();
    expect(await seriesOf(servers(), "theirs")).toEqual(theirs);
    const asked = projectionOf(servers(), log, "theirs", { discard: true });
    await asked.initialize(other);
    await asked.close();
    expect(await seriesOf(servers(), "theirs")).toEqual({});
  });

  test("a server that makes no snapshots is written to as well, and that is told once", async () => {
    const metrics = await startVictoriaMetrics([
      "-dedup.minScrapeInterval=1ms",
      "-snapshotAuthKey=k",
    ]);
    try {
      const { log, end } = await sameLog();
      let told = 0;
      const place = { ...servers(), metrics };
      const projection = projectionOf(place, log, "unsettled", { onUnsettled: () => told++ });
      await projection.initialize(log);
      await runToEnd(log, projection, { through: Math.floor(end / 2), stepEvents: 10 });
      await runToEnd(log, projection);
      expect(told).toBe(1);
      expect(sizeOf(await seriesOf(place, "unsettled"))).toBeGreaterThan(50);
    } finally {
      await metrics.stop();
    }
  });

  describe("a server that keeps twice what comes twice, and wants a password,", () => {
    let metrics: TestVictoriaMetrics;
    const login = { authorization: () => `Basic ${btoa("u:p")}` };
    beforeAll(async () => {
      metrics = await startVictoriaMetrics(["-httpAuth.username=u", "-httpAuth.password=p"]);
    });
    afterAll(() => metrics?.stop());

    test("is not watched for, and is told which flag it needs", async () => {
      const { log } = await sameLog();
      const projection = projectionOf({ ...servers(), metrics }, log, "cim", {
        ...login,
        watch: true,
      });
      await expect(projection.initialize(log)).rejects.toMatchObject({
        variable: "METRICS_URL",
        message: expect.stringContaining("-dedup.minScrapeInterval=1ms"),
      });
      await projection.close();
    });

    test("has each sample once nevertheless, also after a step that was broken off", async () => {
      const { log, end } = await sameLog();
      const all = { ...servers(), metrics };
      await runToEnd(log, projectionOf(servers(), log, "twice"));
      const expected = await seriesOf(servers(), "twice");
      const reasons: string[] = [];
      const onAnew = (reason: string) => void reasons.push(reason);
      const open = () => projectionOf(all, log, "twice", { ...login, onAnew });
      await runToEnd(log, open(), { through: 100, stepEvents: 40 });
      const broken = new AbortController();
      const aborted = open();
      const step = Projector.start(log, aborted, {
        through: end,
        stepEvents: 40,
        signal: broken.signal,
      });
      const fetched = globalThis.fetch;
      let imports = 0;
      globalThis.fetch = async (...given) => {
        const answer = await fetched(...given);
        if (String(given[0]).endsWith("/import") && ++imports === 3) {
          await metrics.kill9(); // the answer never comes
          throw new TypeError("connection lost");
        }
        return answer;
      };
      await until(async () => !(await step.state()).healthy);
      globalThis.fetch = fetched;
      await metrics.start();
      await step.waitFor(end);
      await step.stop();
      expect(reasons).toEqual(["making them was broken off"]);
      const found = await withLogin(() => seriesOf({ metrics }, "twice"));
      expect(found).toEqual(expected);
    }, 60_000);

    test("says so where the password is wrong, and does not say which it was", async () => {
      const { log } = await sameLog();
      const projection = projectionOf({ ...servers(), metrics }, log, "cim", {
        authorization: () => "Bearer hunter2",
      });
      const error = await projection.initialize(log).catch((error) => error);
      expect(error).toMatchObject({ code: "metrics_settings", variable: "METRICS_URL" });
      expect((await projection.healthCheck()).healthy).toBe(true); // it is there
      await projection.close();
      expect(Deno.inspect([error, projection], { depth: 9 })).not.toContain("hunter2");
      const nobody = projectionOf({ ...servers(), metrics }, log, "cim");
      await expect(nobody.initialize(log)).rejects.toMatchObject({ variable: "METRICS_TOKEN" });
      await nobody.close();
    });

    /** What the test itself asks needs the password as well. */
    async function withLogin<T>(work: () => Promise<T>): Promise<T> {
      const fetched = globalThis.fetch;
      globalThis.fetch = (input, init) =>
        fetched(input, { ...init, headers: { authorization: login.authorization() } });
      try {
        return await work();
      } finally {
        globalThis.fetch = fetched;
      }
    }
  });
}
