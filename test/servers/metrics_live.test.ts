/** Samples by remote write, into a real Prometheus, and asked back from it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CommandHandler } from "../../src/command/handler.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { type JetStreamLog, openJetStream } from "../../src/log/jetstream.ts";
import { MemoryLog } from "../../src/log/memory.ts";
import {
  type LiveMetricsOptions,
  LiveMetricsProjection,
} from "../../src/projections/metrics/live_projection.ts";
import type { Point } from "../../src/projections/metrics/point.ts";
import { Projector } from "../../src/projections/projector.ts";
import { runToEnd } from "../../src/projections/run_to_end.ts";
import type { Said } from "../replay/history.ts";
import { parsed, Place } from "./cim.ts";
import { until } from "./embedded_user.ts";
import { startNats, type TestNats } from "./nats.ts";
import { hasPrometheus, startPrometheus, type TestPrometheus } from "./prometheus_server.ts";

const RECEIVER = ["--web.enable-remote-write-receiver"];
const MINUTE = 60_000;

/** A log whose clock the test has, and one machine in it. */
class Live {
  readonly log: MemoryLog = new MemoryLog(() => new Date(this.now));
  readonly #messages = new MessageFactory(() => new Date(this.now));

  private constructor(public now: number) {}

  static async make(now: number): Promise<Live> {
    const live = new Live(now);
    await live.submit(["RegisterCompute", {
      hostname: "web-1",
      resource_type: "virtual_machine",
      interfaces: [],
      location: { site: "x" },
    }]);
    return live;
  }

  async submit(...said: Said[]): Promise<void> {
    const handler = await CommandHandler.open(this.log, this.#messages);
    const commands = said.map(([type, data]) =>
      this.#messages.command(type, data as never, { actor: "test", source: "observed" })
    );
    for (const { message } of await handler.submit(commands)) expect(message).toBeUndefined();
  }

  /** Measures the machine at a moment, which is now unless it says otherwise. */
  async measure(value: number, time: number = this.now): Promise<void> {
    const points: Point[] = [
      { name: "system.uptime", unit: "s", value },
      {
        name: "system.disk.io",
        unit: "By",
        value: 2 * value,
        attributes: { Device: "sda", "disk.io.direction": "read" },
      },
    ];
    const observed_at = new Date(time).toISOString();
    await this.submit(["RecordMeasurements", { compute: "web-1", observed_at, points }]);
  }
}

describe.skipIf(!hasPrometheus)("Metrics by remote write", { timeout: 120_000 }, () => {
  let nats: TestNats;
  let position: JetStreamLog;
  let prometheus: TestPrometheus;
  beforeAll(async () => {
    [nats, prometheus] = await Promise.all([startNats(), startPrometheus({ args: RECEIVER })]);
    position = await openJetStream({ ...nats, patience: Infinity });
  });
  afterAll(async () => {
    await position?.close();
    await nats?.stop();
    await prometheus?.[Symbol.asyncDispose]();
  });

  const projectionOf = (
    { log }: Live,
    job: string,
    { url = prometheus.url, ...options }: Partial<LiveMetricsOptions> = {},
  ) =>
    new LiveMetricsProjection(log, position.connection, {
      url: `${url}/api/v1/write`,
      authorization: () => undefined,
      job,
      ...options,
    });

  /** The samples of a series, as it is asked for by PromQL. */
  const samplesOf = async (selector: string) => {
    const query = new URLSearchParams({ query: `${selector}[2h]` });
    const { data } = await (await fetch(`${prometheus.url}/api/v1/query?${query}`)).json();
    return data.result as { metric: Record<string, string>; values: [number, string][] }[];
  };
  const valuesOf = async (selector: string) =>
    (await samplesOf(selector)).flatMap(({ values }) => values.map(([, value]) => Number(value)));

  test("begin at the log's end, and are then written as they come, with all their labels", async () => {
    const live = await Live.make(Date.now() - 30 * MINUTE);
    await live.measure(1);
    const begun: unknown[] = [];
    const onBegin = (...told: unknown[]) => void begun.push(told);
    const first = projectionOf(live, "live", { onBegin });
    const state = await runToEnd(live.log, first);
    expect([state.position, state.events, first.samples]).toEqual([2, 0, 0]);
    expect(begun).toEqual([[3, "nothing was written there yet"]]);

    const second = projectionOf(live, "live", { onBegin });
    const projector = Projector.start(live.log, second);
    for (let minute = 1; minute <= 10; minute++) {
      live.now += MINUTE;
      await live.measure(minute + 1);
    }
    await projector.waitFor(12);
    const uptime = await samplesOf('system_uptime_seconds{job="live"}');
    const times = Array.from({ length: 10 }, (_, at) => live.now - (9 - at) * MINUTE);
    expect(uptime.map(({ values }) => values)).toEqual([
      times.map((time, at) => [time / 1_000, String(at + 2)]),
    ]);
    const [disk] = await samplesOf('system_disk_io_bytes_total{job="live"}');
    expect(disk!.metric).toEqual({
      __name__: "system_disk_io_bytes_total",
      Device: "sda",
      compute_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      disk_io_direction: "read",
      instance: "web-1",
      job: "live",
      resource_type: "virtual_machine",
      site: "x",
    });
    // What was registered before it began is counted as well.
    expect(new Set(await valuesOf('cim_resources{job="live",site="x"}'))).toEqual(new Set([1]));
    await projector.stop();
    const taken = second.samples;
    expect(taken).toBeGreaterThanOrEqual(20);
    expect(Object.values(second.leftOut).every((count) => count === 0)).toBe(true);

    live.now += MINUTE;
    await live.measure(99);
    await runToEnd(live.log, projectionOf(live, "live", { onBegin }));
    expect((await valuesOf('system_uptime_seconds{job="live"}')).at(-1)).toBe(99);
    expect(begun.length).toBe(1);
    const other = projectionOf(live, "live", { onBegin });
    await other.initialize({ name: live.log.name, incarnation: "another" });
    expect((await other.checkpoint()).last_sequence).toBe(13);
    await other.close();
    expect(begun.at(-1)).toEqual([14, "what was written is of another log"]);
  });

  test("what the server does not take is counted, and the rest of it is there", async () => {
    const live = await Live.make(Date.now() - 30 * MINUTE);
    await runToEnd(live.log, projectionOf(live, "refused"));
    live.now += MINUTE;
    await live.measure(1);
    await runToEnd(live.log, projectionOf(live, "refused"));
    live.now += MINUTE;
    await live.measure(2, live.now - 1.5 * MINUTE); // after a later one
    await live.measure(3, live.now - 300 * MINUTE); // too old
    await live.measure(9, live.now + 300 * MINUTE); // by a clock that is wrong
    await live.measure(4);
    const projection = projectionOf(live, "refused");
    await runToEnd(live.log, projection);
    expect(await valuesOf('system_uptime_seconds{job="refused"}')).toEqual([1, 4]);
    expect(await valuesOf('system_disk_io_bytes_total{job="refused"}')).toEqual([2, 8]);
    expect(projection.leftOut).toMatchObject({
      out_of_order: 2,
      too_old: 2,
      too_new: 2,
      other_value: 0,
    });
    expect(projection.reason).toBe("");
  });

  test("a server that takes them out of order gets them all, but for what is too old even then", async () => {
    await using late = await startPrometheus({ args: RECEIVER, outOfOrder: "30m" });
    const live = await Live.make(Date.now() - 30 * MINUTE);
    const run = async () => {
      const projection = projectionOf(live, "late", { url: late.url });
      await runToEnd(live.log, projection);
      return projection;
    };
    await run();
    await live.measure(1);
    await run();
    await live.measure(2, live.now - 5 * MINUTE);
    await live.measure(3, live.now - 300 * MINUTE);
    const { samples, leftOut } = await run();
    expect(samples).toBeGreaterThanOrEqual(2);
    expect(leftOut).toMatchObject({ out_of_order: 0, too_old: 2, refused: 0 });
  });

  test("of hours of samples each is there, or counted as too old", async () => {
    const newest = await Live.make(Date.now() - 20 * MINUTE);
    await runToEnd(newest.log, projectionOf(newest, "newest"));
    await newest.measure(1);
    await runToEnd(newest.log, projectionOf(newest, "newest"));
    const live = await Live.make(Date.now() - 200 * MINUTE);
    await runToEnd(live.log, projectionOf(live, "many"));
    for (let second = 0; second < 200; second++) {
      live.now += MINUTE - 1_000;
      await live.measure(second);
    }
    const projection = projectionOf(live, "many");
    await runToEnd(live.log, projection);
    const values = await valuesOf('{job="many"}');
    expect(values.length).toBe(projection.samples);
    // Beside the newest that it has the first hours are too old; all else is there.
    const { too_old, ...others } = projection.leftOut;
    expect(too_old).toBeGreaterThan(100);
    expect(Object.values(others).every((count) => count === 0)).toBe(true);
    expect((await valuesOf('system_uptime_seconds{job="many"}')).at(-1)).toBe(199);
  });

  test("a server that is away or busy is waited for, and nothing is missing or twice", async () => {
    const live = await Live.make(Date.now() - 20 * MINUTE);
    const answers: number[] = [];
    const unwell: string[] = [];
    // In front of it something that is busy at times, and loses answers.
    const inFront = (port: number) =>
      Deno.serve({ port, hostname: "127.0.0.1", onListen() {} }, async (request) => {
        const body = new Uint8Array(await request.arrayBuffer());
        const status = body.length > 10 ? answers.shift() : undefined; // not where it is only asked whether it is there
        if (status === 429 || status === 503) return new Response("busy", { status });
        const url = `${prometheus.url}/api/v1/write`;
        const answer = await fetch(url, { method: "POST", headers: request.headers, body });
        const text = await answer.text();
        if (status === 502) return new Response("lost", { status }); // it was taken nevertheless
        return new Response(text === "" ? null : text, { status: answer.status });
      });
    let proxy = inFront(0);
    const { port } = proxy.addr;
    const projection = projectionOf(live, "busy", { url: `http://127.0.0.1:${port}` });
    const projector = Projector.start(live.log, projection);
    const reaches = (position: number) =>
      until(async () => {
        const { healthy, because, position: now } = await projector.state();
        if (!healthy) unwell.push(because);
        return healthy && now === position;
      });
    await reaches(1);
    answers.push(429, 503, 502);
    live.now += MINUTE;
    await live.measure(1);
    await reaches(2);
    expect(answers).toEqual([]);
    for (const status of [429, 503, 502]) expect(unwell.join()).toContain(`answers ${status} to`);

    await proxy.shutdown();
    live.now += MINUTE;
    await live.measure(2);
    await until(async () => /does not answer/.test((await projector.state()).because));
    live.now += MINUTE;
    await live.measure(3);
    proxy = inFront(port);
    await reaches(4);
    await projector.stop();
    await proxy.shutdown();
    expect(await valuesOf('system_uptime_seconds{job="busy"}')).toEqual([1, 2, 3]);
    expect(Object.values(projection.leftOut).every((count) => count === 0)).toBe(true);
  });

  test("a server that takes none says how it would, and nothing is made anew by it", async () => {
    const live = await Live.make(Date.now());
    await using without = await startPrometheus();
    const projection = projectionOf(live, "none", { url: without.url });
    await expect(projection.initialize(live.log)).rejects.toMatchObject({
      code: "metrics_settings",
      message: expect.stringContaining("--web.enable-remote-write-receiver"),
    });
    await expect(projection.reset()).rejects.toMatchObject({ code: "metrics_settings" });
    await projection.close();
  });

  test("cim project metrics says from where on samples are written, and refuses --rebuild", async () => {
    const env = { METRICS_URL: `${prometheus.url}/api/v1/write`, METRICS_JOB: "cli" };
    await using place = await Place.make();
    const submit = async (cidr: string) => {
      const stdin = JSON.stringify({ command: "DefineNetwork", data: { name: cidr, cidr } });
      expect((await place.run(["submit", "-"], { stdin })).code).toBe(0);
    };
    await submit("10.1.0.0/16");
    const first = await place.run(["project", "metrics"], { env });
    expect(first.code, first.err).toBe(0);
    expect(first.err).toContain("samples are written from sequence 2 of the log on: nothing");
    await submit("10.2.0.0/16");
    const second = await place.run(["project", "metrics", "--json"], { env });
    expect(second.code, second.err).toBe(0);
    expect(second.err).not.toContain("from sequence");
    expect(parsed(second.out).at(-1)).toMatchObject({ position: 2, samples: 1 });
    expect(await valuesOf('cim_networks{job="cli"}')).toEqual([2]);
    const anew = await place.run(["project", "metrics", "--rebuild"], { env });
    expect([anew.code, anew.out]).toEqual([1, ""]);
    expect(anew.err).toMatch(/^cim: METRICS_URL is a remote write, .*--rebuild/m);
  });
});
