/** The one place where tests get a real VictoriaMetrics, with data in a fresh temporary folder. */
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "./nats_process.ts";

/** The program; undefined where there is none: then these tests are skipped, and say how to get it. */
export const program: string | undefined = await found("victoria-metrics");

/** A VictoriaMetrics of some tests alone. */
export interface TestVictoriaMetrics {
  /** `http://127.0.0.1:PORT`; after {@link start} the same. */
  url: string;
  pid: number;
  /** What is in it: the samples of every series that matches, by its labels, in the order of their times. */
  export(match: string): Promise<Record<string, [time: number, value: number][]>>;
  /** Asks by PromQL, at a moment in milliseconds since 1970: values by labels. */
  query(promql: string, time: number): Promise<Record<string, number>>;
  /** Writes lines of JSON as anybody could. */
  import(lines: object[]): Promise<void>;
  /** Deletes what matches. */
  remove(match: string): Promise<void>;
  /** Kills the server at once (SIGKILL), as a power failure would. */
  kill9(): Promise<void>;
  /** Starts it again on the same data and port. */
  start(): Promise<void>;
  /** Stops it and removes its folder. */
  stop(): Promise<void>;
}

/**
 * Starts one.
 *
 * @param flags more of them; without any it keeps once what comes twice
 */
export async function startVictoriaMetrics(
  flags: string[] = ["-dedup.minScrapeInterval=1ms"],
): Promise<TestVictoriaMetrics> {
  const folder = await Deno.makeTempDir({ prefix: "cim-metrics-" });
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  let child: Deno.ChildProcess | undefined;
  const ask = async (path: string, parameters: Record<string, string> = {}) => {
    const answer = await fetch(`${url}${path}`, {
      method: "POST",
      body: new URLSearchParams(parameters),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${answer.status} to ${path}: ${text}`);
    return text;
  };
  const server: TestVictoriaMetrics = {
    url,
    pid: 0,
    async export(match) {
      await ask("/internal/force_flush");
      const text = await ask("/api/v1/export", {
        "match[]": match,
        start: "0",
        end: "4102444800",
      });
      const all: Record<string, [number, number][]> = {};
      for (const line of text.split("\n").filter((line) => line !== "")) {
        const { metric, values, timestamps } = JSON.parse(line);
        const labels = JSON.stringify(Object.entries(metric).sort());
        all[labels] = timestamps.map((time: number, at: number) => [time, values[at]]);
      }
      return Object.fromEntries(Object.entries(all).sort());
    },
    async query(promql, time) {
      await ask("/internal/force_flush");
      const text = await ask("/api/v1/query", { query: promql, time: String(time / 1000) });
      const { data } = JSON.parse(text);
      const values = data.result.map(({ metric, value }: { metric: object; value: string[] }) => [
        JSON.stringify(Object.fromEntries(Object.entries(metric).sort())),
        Number(value[1]),
      ]);
      return Object.fromEntries(values);
    },
    async import(lines) {
      const body = lines.map((line) => JSON.stringify(line)).join("\n");
      const answer = await fetch(`${url}/api/v1/import`, { method: "POST", body });
      await answer.text();
    },
    async remove(match) {
      await ask("/internal/force_flush");
      await ask("/api/v1/admin/tsdb/delete_series", { "match[]": match });
    },
    async kill9() {
      child?.kill("SIGKILL");
      await child?.status;
      child = undefined;
    },
    async start() {
      child = new Deno.Command(program!, {
        args: [
          `-storageDataPath=${folder}`,
          `-httpListenAddr=127.0.0.1:${port}`,
          "-retentionPeriod=100y",
          ...flags,
        ],
        stdout: "null",
        stderr: "null",
      }).spawn();
      server.pid = child.pid;
      for (const end = Date.now() + 30_000;; await delay(50)) {
        const answer = await fetch(`${url}/health`).catch(() => undefined);
        await answer?.body?.cancel();
        if (answer) return;
        if (Date.now() > end) throw new Error(`VictoriaMetrics does not answer at ${url}`);
      }
    },
    async stop() {
      await server.kill9();
      await Deno.remove(folder, { recursive: true });
    },
  };
  await server.start();
  return server;
}

async function found(name: string): Promise<string | undefined> {
  const version = new Deno.Command(name, { args: ["-version"], stdout: "null", stderr: "null" });
  if (await version.output().then(({ success }) => success, () => false)) return name;
  const how = `There is no ${name} here: apt-get install ${name}`;
  if (process.env["CI"] === "true") throw new Error(how);
  console.warn(`${how}. The tests with a real one are skipped.`);
  return undefined;
}
