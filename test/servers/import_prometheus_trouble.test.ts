/** `cim import prometheus` where something goes wrong: between it and a real Prometheus, there, or with it itself. */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openWorkspace } from "../../src/workspace.ts";
import { type Line, parsed, Place } from "./cim.ts";
import { BEGIN, END, HISTORY } from "./prometheus_history.ts";
import { type Fault, type FaultProxy, startFaultProxy } from "./fault_proxy.ts";
import { freePort } from "./nats_process.ts";
import { hasPrometheus, startPrometheus, type TestPrometheus } from "./prometheus_server.ts";

const moment = (seconds: number) => new Date(seconds * 1_000).toISOString();
const PERIOD = ["--from", moment(BEGIN), "--to", moment(END)];

describe.runIf(hasPrometheus)("With a real Prometheus", () => {
  let prometheus: TestPrometheus;
  let place: Place;
  let whole: string[];
  beforeAll(async () => {
    prometheus = await startPrometheus({ history: HISTORY });
    place = await Place.make();
    whole = measurements((await dry(prometheus.url, "--step", "15s")).out);
    expect(whole.length).toBeGreaterThan(500);
    const imports = join(place.folder, "data", "local", "imports");
    await expect(Deno.stat(imports)).rejects.toThrow(Deno.errors.NotFound);
  });
  afterAll(async () => {
    await place?.[Symbol.asyncDispose]();
    await prometheus?.[Symbol.asyncDispose]();
  });

  const dry = (url: string, ...args: string[]) =>
    place.run(["import", "prometheus", "--url", url, ...PERIOD, ...args, "--dry-run"]);
  const measurements = (out: string): string[] =>
    parsed(out).filter(({ command }) => command === "RecordMeasurements")
      .map(({ data }) => JSON.stringify(data));

  /** What is in the log of a place, as commands that name hosts. */
  async function logged(at: Place): Promise<string[]> {
    await using workspace = await openWorkspace({ folder: join(at.folder, "data", "local") });
    const names = new Map<string, string>();
    const found: string[] = [];
    for await (const { payload } of workspace.log.read()) {
      const event: Line = JSON.parse(new TextDecoder().decode(payload));
      if (event.event_type === "ComputeRegistered") {
        names.set(event.aggregate_id, event.data.hostname);
      } else if (event.event_type === "MeasurementsRecorded") {
        found.push(JSON.stringify({ ...event.data, compute: names.get(event.data.compute) }));
      }
    }
    return found;
  }

  test("what is killed goes on, and at the end all is there once", async () => {
    await using slow = await startFaultProxy(prometheus.url);
    const args = [
      "import",
      "prometheus",
      "--url",
      slow.url,
      ...PERIOD,
      "--step",
      "15s",
      "--json",
    ];
    for (const count of [1, 2, 3]) {
      const killed = place.start([...args, "--rate", "60"]);
      while (!killed.lines.some(({ command }) => command === "RecordMeasurements")) {
        await delay(20);
      }
      await delay(200 * count);
      killed.kill("SIGKILL");
      expect((await killed.end()).code, `${count}`).toBe(137);
      const soFar = await logged(place);
      expect(soFar.length).toBeGreaterThan(0);
      expect(new Set(soFar).size).toBe(soFar.length);
    }
    const part = (await logged(place)).length;
    expect(part).toBeLessThan(whole.length);
    const last = await place.run(args);
    expect(last, last.err).toMatchObject({ code: 0 });
    expect((await logged(place)).sort()).toEqual([...whole].sort());
  });

  test("an interrupted one says so, and that it can go on", async () => {
    const cim = place.start([
      "import",
      "prometheus",
      "--url",
      prometheus.url,
      ...PERIOD,
      "--step",
      "15s",
      "--rate",
      "20",
      "--json",
    ]);
    while (!/Asking for the machines/.test(cim.err)) await delay(20);
    cim.kill("SIGINT");
    const { code, err } = await cim.end();
    expect(code).toBe(130);
    expect(err).toMatch(/interrupted: what was acknowledged is kept; run it again to go on/);
  });

  test("overload, restarts and half answers are waited out", async () => {
    const part = { status: "success", isPartial: true, data: { resultType: "matrix", result: [] } };
    const faults: Fault[] = [
      { status: 503, body: "busy" },
      { status: 429, body: "slower", headers: { "retry-after": "1" } },
      "cut before",
      "cut half",
      { status: 200, body: JSON.stringify(part) },
    ];
    await using proxy = await startFaultProxy(prometheus.url);
    proxy.fault = ({ number }) => number % 10 === 0 ? faults.shift() : undefined;
    const { code, out, err } = await dry(proxy.url, "--step", "15s");
    expect(code, err).toBe(0);
    expect(faults).toEqual([]);
    expect(measurements(out)).toEqual(whole);
  });

  test.each<[string, FaultProxy["fault"], RegExp]>([
    [
      "a page of something else",
      () => ({ status: 200, body: "<html>" }),
      /is no Prometheus: it answers HTTP 200, and not with what Prometheus says; give the URL/,
    ],
    ["nothing of that path", () => ({ status: 404 }), /is no Prometheus: it answers HTTP 404/],
    [
      "a locked door",
      () => ({ status: 401 }),
      /does not let us in \(HTTP 401\): set PROMETHEUS_TOKEN/,
    ],
    [
      "no whole answer",
      () => "cut half",
      /does not answer: .* \(6 tries\); what was imported is kept/,
    ],
    [
      "no time for any question",
      () => ({
        status: 503,
        body: '{"status":"error","errorType":"timeout","error":"query timed out"}',
      }),
      /cim: \S+ does not even say what time it is: query timed out; try again later\n/,
    ],
    [
      "a refusal",
      ({ number }) =>
        number > 3
          ? { status: 400, body: '{"status":"error","errorType":"bad_data","error":"parse error"}' }
          : undefined,
      /refuses a question \(HTTP 400\): parse error/,
    ],
  ])("%s is told", async (_, fault, message) => {
    await using proxy = await startFaultProxy(prometheus.url);
    proxy.fault = fault;
    const { code, err } = await place.run(
      ["import", "prometheus", "--url", proxy.url, ...PERIOD],
      { env: { PROMETHEUS_TOKEN: "sesame-street" } },
    );
    expect(code).toBe(1);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/sesame/);
  });

  test("a server that takes only small questions is asked those", async () => {
    await using small = await startPrometheus({
      history: HISTORY,
      args: ["--query.max-samples=150"],
    });
    const { code, out, err } = await dry(small.url, "--step", "15s");
    expect(code, err).toBe(0);
    expect(measurements(out)).toEqual(whole);
  });

  test("one that does not even answer which machines there are is told, and what to do", async () => {
    await using small = await startPrometheus({
      history: HISTORY,
      args: ["--query.max-samples=5"],
    });
    const { code, out, err } = await dry(small.url);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/which machines there are is not answered: .*; say a --match for a part/);
  });

  test("a clock that is not ours is told, and moments are those of the server", async () => {
    await using proxy = await startFaultProxy(prometheus.url);
    const there = Date.now() / 1_000 - 7_200;
    const data = { resultType: "vector", result: [{ metric: {}, value: [there, String(there)] }] };
    proxy.fault = ({ number }) =>
      number === 1 ? { status: 200, body: JSON.stringify({ status: "success", data }) } : undefined;
    const url = ["import", "prometheus", "--url", proxy.url, "--dry-run"];
    const { err } = await place.run([...url, "--to", moment(Date.now() / 1_000 - 60)]);
    expect(err).toMatch(/its clock is 7,20\d s behind ours: moments are as it has them/);
    expect(err).toMatch(/--to: that has not been yet/);
  });

  test.each([
    [["--to", "2999-01-01T00:00Z"], 1, /--to: that has not been yet/],
    [
      ["--from", moment(END + 60)],
      1,
      /--from: between that and the end there is no whole step of 60 seconds/,
    ],
    [["--from", "yesterday"], 2, /Say date, time and zone/],
    [["--step", "1"], 2, /Say it like 15s/],
    [["--match", "node_load1"], 2, /is not a selector like/],
    [["--match", '{job="nobody"}'], 1, /there are no host metrics of node_exporter/],
    [["--rate", "0"], 2, /It is more than 0/],
  ])("cim import prometheus %j exits with %s", async (args, code, message) => {
    const ran = await place.run([
      ...["import", "prometheus", "--url", prometheus.url, ...PERIOD, ...args],
    ]);
    expect(ran.err).toMatch(message);
    expect(ran.code).toBe(code);
  });

  test("a URL is needed, and one with nobody behind it is told", async () => {
    const args = ["import", "prometheus"];
    expect((await place.run(args)).err).toMatch(/required option '--url <url>'/);
    const nobody = `http://127.0.0.1:${freePort()}`;
    const { code, err } = await place.run([...args, "--url", nobody]);
    expect(code).toBe(1);
    expect(err).toMatch(/http:\/\/127\.0\.0\.1:\d+ does not answer: .*refused.* \(6 tries\)/i);
  });
});
