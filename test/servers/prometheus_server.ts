/** The one place where tests get a real Prometheus, with a history of their own and, where wanted, a real node_exporter. */
import { join } from "node:path";
import { until } from "./embedded_user.ts";
import { freePort } from "./nats_process.ts";

/** Whether Debian's `prometheus` and `prometheus-node-exporter` are here; without them the tests are skipped. */
export const hasPrometheus: boolean = await Promise.all(
  ["prometheus", "promtool", "prometheus-node-exporter"].map(isThere),
).then((all) => all.every(Boolean));

if (!hasPrometheus) {
  if (Deno.env.get("CI") === "true") throw new Error("prometheus and node_exporter are missing");
  console.warn(
    "The tests with a real Prometheus are skipped: install prometheus and node_exporter.",
  );
}

/** A series of a history: its name and labels, and a value every so many seconds. */
export interface History {
  /** As OpenMetrics has it: `node_load1{instance="a:9100"}`. */
  series: string;
  /** Values by seconds since 1970; a text for what is no number (`NaN`, `+Inf`). */
  values: Iterable<readonly [seconds: number, value: number | string]>;
}

/** What to start. */
export interface TestPrometheusOptions {
  /** What it knows from before. */
  history?: readonly History[];
  /** Whether a node_exporter runs, and is scraped every second as `job="node"`. */
  nodeExporter?: boolean;
  /** How long after a later one it takes a sample of a series: `30m`. */
  outOfOrder?: string;
  /** More arguments: `--query.max-samples=1000`. */
  args?: readonly string[];
}

/** A Prometheus of some tests alone. */
export interface TestPrometheus extends AsyncDisposable {
  url: string;
  /** Where its node_exporter is: `127.0.0.1:…`. */
  instance: string | undefined;
  /** Kills its node_exporter, as a power failure would. */
  killExporter(): Promise<void>;
  /** Asks it directly, without anything of ours between. */
  queryRange(
    query: string,
    from: number,
    to: number,
    step: number,
  ): Promise<{ metric: Record<string, string>; values: [number, string][] }[]>;
}

/** Starts one, which takes a second or two. */
export async function startPrometheus(
  { history = [], nodeExporter = false, outOfOrder, args = [] }: TestPrometheusOptions = {},
): Promise<TestPrometheus> {
  const folder = await Deno.makeTempDir({ prefix: "cim-prometheus-" });
  const children: Deno.ChildProcess[] = [];
  const start = (program: string, ...given: string[]) => {
    const quiet = { stdin: "null", stdout: "null", stderr: "null" } as const;
    const child = new Deno.Command(program, { args: given, cwd: folder, ...quiet }).spawn();
    children.push(child);
    return child;
  };
  const stop = async () => {
    for (const child of children) {
      try {
        child.kill("SIGKILL");
      } catch { /* it has ended */ }
      await child.status;
    }
    await Deno.remove(folder, { recursive: true });
  };
  try {
    if (history.length > 0) await backFill(folder, history);
    const instance = nodeExporter ? `127.0.0.1:${freePort()}` : undefined;
    let exporter: Deno.ChildProcess | undefined;
    if (instance) {
      exporter = start(
        "prometheus-node-exporter",
        `--web.listen-address=${instance}`,
        "--collector.cpu.info",
      );
    }
    const port = freePort();
    const targets = instance
      ? [{ job_name: "node", static_configs: [{ targets: [instance] }] }]
      : [];
    const config = {
      global: { scrape_interval: "1s" },
      scrape_configs: targets,
      ...(outOfOrder ? { storage: { tsdb: { out_of_order_time_window: outOfOrder } } } : {}),
    };
    await Deno.writeTextFile(join(folder, "prometheus.yml"), JSON.stringify(config));
    start(
      "prometheus",
      "--config.file=prometheus.yml",
      "--storage.tsdb.path=data",
      "--storage.tsdb.retention.time=100y",
      `--web.listen-address=127.0.0.1:${port}`,
      ...args,
    );
    const url = `http://127.0.0.1:${port}`;
    await until(async () => {
      const answer = await fetch(`${url}/-/ready`).catch(() => undefined);
      await answer?.body?.cancel();
      return answer?.ok === true;
    });
    return {
      url,
      instance,
      async killExporter() {
        exporter!.kill("SIGKILL");
        await exporter!.status;
      },
      async queryRange(query, from, to, step) {
        const body = new URLSearchParams({
          query,
          start: String(from),
          end: String(to),
          step: String(step),
        });
        const answer = await fetch(`${url}/api/v1/query_range`, { method: "POST", body });
        const { data, error } = await answer.json();
        if (error) throw new Error(error);
        return data.result;
      },
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Writes blocks of a real TSDB. Of each metric its series have to be together, with their values by time. */
async function backFill(folder: string, history: readonly History[]): Promise<void> {
  const byMetric = Map.groupBy(history, ({ series }) => series.replace(/\{.*/s, ""));
  const lines: string[] = [];
  for (const [metric, all] of byMetric) {
    lines.push(`# TYPE ${metric} unknown`);
    for (const { series, values } of all) {
      for (const [seconds, value] of values) lines.push(`${series} ${value} ${seconds}`);
    }
  }
  const file = join(folder, "history.om");
  await Deno.writeTextFile(file, [...lines, "# EOF", ""].join("\n"));
  const { success, stderr } = await new Deno.Command("promtool", {
    args: ["tsdb", "create-blocks-from", "openmetrics", file, join(folder, "data")],
    stdout: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

async function isThere(program: string): Promise<boolean> {
  const asked = new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" });
  return await asked.output().then(({ success }) => success, () => false);
}
