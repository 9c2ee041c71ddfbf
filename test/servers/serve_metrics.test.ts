/** `cim serve metrics` as a process, scraped by a real Prometheus. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RemoteCommands } from "../../src/command/remote.ts";
import { connectTo } from "../../src/log/jetstream.ts";
import { type Cim, Place } from "./cim.ts";
import { until } from "./embedded_user.ts";
import { type NatsProcess, startServer } from "./nats_process.ts";
import { lint, missing, PrometheusScraper } from "./prometheus_scraper.ts";
import { compute, software } from "./service_place.ts";

const SECRET = "of-the-metrics-test";
/** A site whose name would be more than a name, if it were not escaped. */
const HOSTILE = 'fra"1\\", cim_up="0"} 7\n# TYPE x';

let server: NatsProcess;
let place: Place;
let serving: Cim;
let url: string;
let token: string;

beforeAll(async () => {
  server = await startServer({ lines: `authorization { token: "${SECRET}" }` });
  place = await Place.make({ NATS_URL: server.url, NATS_TOKEN: SECRET, CIM_METRICS_TOKEN: "" });
  serving = place.start(["serve", "metrics", "--port", "0"]);
  await until(() => serving.out.includes("Serving metrics at "));
  url = /at (\S+),/.exec(serving.out)![1]!;
  token = await Deno.readTextFile(tokenFile());
});
afterAll(async () => {
  serving?.kill("SIGKILL");
  await serving?.end();
  await place?.[Symbol.asyncDispose]();
  await server?.stop();
});

const tokenFile = () => join(place.folder, "data", "local", "metrics.token");
const scrape = async (): Promise<string> => {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token.trim()}` } });
  return await response.text();
};

/** Sends commands to those who take them, as an agent does. */
async function sent(...commands: Parameters<RemoteCommands["submit"]>[0]) {
  const connection = await connectTo({ url: server.url, token: SECRET });
  try {
    return await new RemoteCommands(connection).submit(commands);
  } finally {
    await connection.close();
  }
}

describe.skipIf(missing)("cim serve metrics", { timeout: 120_000 }, () => {
  test("says where it is and where its token lies, and not what it is", () => {
    expect(serving.out).toContain(`with the token in ${tokenFile()}`);
    expect(serving.out + serving.err).not.toContain(token.trim());
    expect(new URL(url).hostname).toBe("127.0.0.1");
  });

  test("is scraped by Prometheus, and tells of resources, commands and projections", async () => {
    await using prometheus = await PrometheusScraper.start(url, tokenFile());
    const [taking, projecting] = [
      place.start(["serve", "commands"]),
      place.start(["project", "sql", "--watch"]),
    ];
    try {
      await until(() => taking.out.includes("Taking commands"));
      const answers = await sent(
        compute("a", { location: { site: HOSTILE, rack: "r1" } }),
        compute("b", { location: { site: "ber1" } }),
        software("nginx"),
        software("nginx", "nobody"),
      );
      expect(answers.map(({ outcome }) => outcome))
        .toEqual(["accepted", "accepted", "accepted", "refused"]);

      await prometheus.comesTo("sum(cim_resources)", 2);
      await prometheus.comesTo('up{job="cim"}', 1);
      await prometheus.comesTo("cim_up", 1);
      const sites = await prometheus.ask("sum by (site, resource_type) (cim_resources)");
      expect(sites.map(({ metric: { site } }) => site).sort()).toEqual(["ber1", HOSTILE].sort());
      await prometheus.comesTo('cim_software{kind="package"}', 1);
      await prometheus.comesTo('cim_commands_total{outcome="accepted"}', 3);
      await prometheus.comesTo('cim_commands_total{outcome="refused"}', 1);
      await prometheus.comesTo("cim_log_last_sequence - cim_counted_sequence", 0);
      await prometheus.comesTo('cim_log_events{event_type="ComputeRegistered"}', 2);
      await prometheus.comesTo(
        'cim_projection_position{projection="sql"} == on () cim_log_last_sequence',
        3,
      );
      for (
        const [of, value] of [
          ["lag_events", 0],
          ["lag_seconds", 0],
          ["parked_events", 0],
          ["healthy", 1],
          ["running", 1],
        ] as const
      ) await prometheus.comesTo(`cim_projection_${of}{projection="sql"}`, value);
    } finally {
      for (const one of [taking, projecting]) one.kill("SIGTERM");
      for (const one of [taking, projecting]) await one.end();
    }

    // Nobody keeps the model in step any more: from the next event on it is behind, longer and longer.
    const said = await place.run(["submit", "-"], {
      stdin: JSON.stringify({ command: "DefineNetwork", data: { name: "n", cidr: "10.0.0.0/24" } }),
    });
    expect(said.code, said.err).toBe(0);
    await prometheus.comesTo("sum(cim_networks)", 1);
    await prometheus.comesTo('cim_projection_lag_events{projection="sql"}', 1);
    await prometheus.comesTo('cim_projection_running{projection="sql"}', 0);
    await until(async () => {
      const [lag] = await prometheus.ask('cim_projection_lag_seconds{projection="sql"}');
      return (lag?.value ?? 0) > 1;
    });
  });

  test("has metrics that promtool has nothing against", async () => {
    expect(await lint(await scrape())).toBe("");
  });

  test("answers also while the log's server is away, with what it knows, and is up again after", async () => {
    await server.end();
    const [first, ...others] = await Promise.all(Array.from({ length: 10 }, scrape));
    expect(first).toMatch(/^cim_up 0$/m);
    expect(first).toMatch(/^cim_resources\{.*site="ber1"\} 1$/m);
    expect(first).not.toContain("cim_log_last_sequence ");
    expect(new Set(others)).toEqual(new Set([first]));
    await server.start();
    await until(async () => /^cim_up 1$/m.test(await scrape()));
    const { code, err } = await place.run(["submit", "-"], {
      stdin: JSON.stringify({ command: "DefineNetwork", data: { name: "m", cidr: "10.0.1.0/24" } }),
    });
    expect(code, err).toBe(0);
    await until(async () => /^cim_networks(\{.*\})? 2$/m.test(await scrape()));
  });

  test("fails where its port is taken, and says how to choose another", async () => {
    const { port } = new URL(url);
    const { code, out, err } = await place.run(["serve", "metrics", "--port", port]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain(
      `cim: port ${port} of 127.0.0.1 is taken, or not ours to take: choose another by --port`,
    );
  });

  test("takes its token from the environment, and ends with Ctrl-C", async () => {
    const another = place.start(["serve", "metrics", "--port", "0"], {
      env: { CIM_METRICS_TOKEN: "given-by-the-environment" },
    });
    await until(() => another.out.includes("the token of CIM_METRICS_TOKEN"));
    another.kill("SIGINT");
    const { code, err } = await another.end();
    expect(code).toBe(130);
    expect(err).toMatch(/cim: interrupted\n$/);
  });
});
