/** `cim import prometheus` where something goes wrong: between it and a real Prometheus, there, or with it itself. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openWorkspace } from "../../src/workspace.ts";
import { type Line, parsed, Place } from "./cim.ts";
import { BEGIN, END, HISTORY } from "./prometheus_history.ts";
import { hasPrometheus, startPrometheus, type TestPrometheus } from "./prometheus_server.ts";

const moment = (seconds: number) => new Date(seconds * 1_000).toISOString();
const PERIOD = ["--from", moment(BEGIN), "--to", moment(END)];

/** What stands between, and what it does with the questions: an answer of its own, or undefined to pass them on. */
type Fault = (request: Request, count: number) => Response | undefined;

function between(prometheus: TestPrometheus, fault: Fault) {
  let count = 0;
  const paths: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    paths.push(pathname);
    const own = fault(request, ++count);
    if (own) return own;
    const { method, headers } = request;
    const body = method === "GET" ? null : await request.text();
    return await fetch(`${prometheus.url}${pathname}${search}`, { method, headers, body });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    paths,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** A half answer: more is announced than comes. */
function cut(): Response {
  const half = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"status":"success","data":{"resul'));
      controller.error(new Error("cut"));
    },
  });
  return new Response(half);
}

describe.runIf(hasPrometheus)("With a real Prometheus", () => {
  let prometheus: TestPrometheus;
  let place: Place;
  let whole: string[];
  beforeAll(async () => {
    prometheus = await startPrometheus({ history: HISTORY });
    place = await Place.make();
    whole = await measured("--step", "15s");
  });
  afterAll(async () => {
    await place?.[Symbol.asyncDispose]();
    await prometheus?.[Symbol.asyncDispose]();
  });

  /** What a run that nothing disturbs comes to. */
  async function measured(...args: string[]): Promise<string[]> {
    const dry = await place.run([
      "import",
      "prometheus",
      "--url",
      prometheus.url,
      ...PERIOD,
      ...args,
      "--dry-run",
    ]);
    expect(dry, dry.err).toMatchObject({ code: 0 });
    return parsed(dry.out).filter(({ command }) => command === "RecordMeasurements")
      .map(({ data }) => JSON.stringify({ ...data, compute: data.compute }));
  }

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
    const own = await Place.make();
    try {
      await using slow = between(prometheus, () => undefined);
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
        const killed = own.start([...args, "--rate", "60"]);
        await killed.line(({ command }) => command === "RecordMeasurements");
        killed.kill("SIGKILL");
        expect((await killed.end()).code, `${count}`).toBe(137);
        const soFar = await logged(own);
        expect(soFar.length).toBeGreaterThan(0);
        expect(new Set(soFar).size).toBe(soFar.length);
      }
      const part = (await logged(own)).length;
      expect(part).toBeLessThan(whole.length);
      const last = await own.run(args);
      expect(last, last.err).toMatchObject({ code: 0 });
      expect((await logged(own)).sort()).toEqual([...whole].sort());
    } finally {
      await own[Symbol.asyncDispose]();
    }
  });

  test("an interrupted one says so, and that it can go on", async () => {
    const own = await Place.make();
    try {
      const cim = own.start([
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
      await cim.line(({ command }) => command === "RegisterCompute").catch(() => {});
      cim.kill("SIGINT");
      const { code, err } = await cim.end();
      expect(code).toBe(130);
      expect(err).toMatch(/interrupted: what was acknowledged is kept; run it again to go on/);
    } finally {
      await own[Symbol.asyncDispose]();
    }
  });

  test("overload, restarts and half answers are waited out", async () => {
    const faults: (() => Response)[] = [
      () => new Response("busy", { status: 503 }),
      () => new Response("slower", { status: 429, headers: { "retry-after": "1" } }),
      cut,
      () =>
        Response.json({
          status: "success",
          isPartial: true,
          data: { resultType: "matrix", result: [] },
        }),
    ];
    await using proxy = between(
      prometheus,
      (_, count) => count % 12 === 0 ? faults.shift()?.() : undefined,
    );
    const { code, out, err } = await place.run([
      "import",
      "prometheus",
      "--url",
      proxy.url,
      ...PERIOD,
      "--step",
      "15s",
      "--dry-run",
    ]);
    expect(code, err).toBe(0);
    expect(faults).toEqual([]);
    const lines = parsed(out).filter(({ command }) => command === "RecordMeasurements");
    expect(lines.map(({ data }) => JSON.stringify(data))).toEqual(whole);
  });

  test.each<[string, Fault, RegExp]>([
    [
      "a page of something else",
      () => new Response("<html>"),
      /is no Prometheus: it answers HTTP 200, and not with what Prometheus says; give the URL/,
    ],
    [
      "nothing of that path",
      () => new Response("no", { status: 404 }),
      /is no Prometheus: it answers HTTP 404/,
    ],
    [
      "a locked door",
      () => new Response("", { status: 401 }),
      /does not let us in \(HTTP 401\): set PROMETHEUS_TOKEN/,
    ],
    ["no answer at all", cut, /does not answer: .* \(6 tries\); what was imported is kept/],
    [
      "a refusal",
      (_, count) =>
        count > 3
          ? Response.json({ status: "error", errorType: "bad_data", error: "parse error" }, {
            status: 400,
          })
          : undefined,
      /refuses a question \(HTTP 400\): parse error/,
    ],
  ])("%s is told", async (_, fault, message) => {
    await using proxy = between(prometheus, fault);
    const { code, err } = await place.run(["import", "prometheus", "--url", proxy.url, ...PERIOD], {
      env: { PROMETHEUS_TOKEN: "sesame-street" },
    });
    expect(code).toBe(1);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/sesame/);
  });

  test("who asks is said, and nowhere else than to the server", async () => {
    const tokens = new Set<string | null>();
    await using proxy = between(
      prometheus,
      ({ headers }) => void tokens.add(headers.get("authorization")),
    );
    const { out, err } = await place.run([
      "import",
      "prometheus",
      "--url",
      proxy.url,
      ...PERIOD,
      "--step",
      "30m",
      "--dry-run",
    ], {
      env: { PROMETHEUS_TOKEN: "sesame-street" },
    });
    expect([...tokens]).toEqual(["Bearer sesame-street"]);
    expect(out + err).not.toMatch(/sesame/);
  });

  test("a server that takes only small questions is asked those", async () => {
    await using small = await startPrometheus({
      history: HISTORY,
      args: ["--query.max-samples=150"],
    });
    const { code, out, err } = await place.run([
      "import",
      "prometheus",
      "--url",
      small.url,
      ...PERIOD,
      "--step",
      "15s",
      "--dry-run",
    ]);
    expect(code, err).toBe(0);
    const lines = parsed(out).filter(({ command }) => command === "RecordMeasurements");
    expect(lines.map(({ data }) => JSON.stringify(data))).toEqual(whole);
  });

  test.each([
    [["--to", "2999-01-01T00:00Z"], 1, /--to: that has not been yet/],
    [["--from", "30s"], 1, /--from: between that and the end there is no whole step of 60 seconds/],
    [["--from", "yesterday"], 2, /Say date, time and zone/],
    [["--step", "1"], 2, /Say it like 15s/],
    [["--match", "node_load1"], 2, /is not a selector like/],
    [["--match", '{job="nobody"}'], 1, /there are no host metrics of node_exporter/],
    [["--rate", "0"], 2, /It is more than 0/],
  ])("cim import prometheus %j exits with %s", async (args, code, message) => {
    const to = args[0] === "--to" || args[0] === "--from" ? [] : PERIOD;
    const ran = await place.run(["import", "prometheus", "--url", prometheus.url, ...to, ...args]);
    expect(ran.err).toMatch(message);
    expect(ran.code).toBe(code);
  });
});

test("A URL is needed, and one with nobody behind it is told", async () => {
  const place = await Place.make();
  try {
    expect((await place.run(["import", "prometheus"])).err).toMatch(
      /required option '--url <url>'/,
    );
    const { code, err } = await place.run(["import", "prometheus", "--url", "http://127.0.0.1:1"]);
    expect(code).toBe(1);
    expect(err).toMatch(/http:\/\/127\.0\.0\.1:1 does not answer: .*refused.* \(6 tries\)/i);
  } finally {
    await place[Symbol.asyncDispose]();
  }
});
