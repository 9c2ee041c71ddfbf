/** A real Prometheus that scrapes one place, and is asked by PromQL. */
import { join } from "node:path";
import process from "node:process";
import { until } from "./embedded_user.ts";
import { freePort } from "./nats_process.ts";

/** Whether there is no Prometheus here; then these tests are skipped, and say how to get it. */
export const missing = !await succeeds("prometheus", ["--version"]) ||
  !await succeeds("promtool", ["--version"]);
if (missing) {
  const how = 'Prometheus is not here: on Debian and Ubuntu "sudo apt-get install prometheus"';
  if (process.env["CI"] === "true") throw new Error(how);
  console.warn(`${how}. The tests with it are skipped.`);
}

async function succeeds(program: string, args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args, stdout: "null", stderr: "null" }).output())
      .success;
  } catch {
    return false;
  }
}

/** Complaints of promtool about metrics; "" where it has none. */
export async function lint(metrics: string): Promise<string> {
  const child = new Deno.Command("promtool", {
    args: ["check", "metrics"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(metrics));
  await writer.close();
  const { stdout, stderr } = await child.output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

/** One series of an answer. */
export interface Answered {
  metric: Record<string, string>;
  value: number;
}

/** A Prometheus of one test alone, which scrapes once a second. */
export class PrometheusScraper implements AsyncDisposable {
  private constructor(
    readonly url: string,
    readonly folder: string,
    private readonly child: Deno.ChildProcess,
  ) {}

  /**
   * @param target `http://127.0.0.1:PORT/metrics`
   * @param credentials the file with the token
   */
  static async start(target: string, credentials: string): Promise<PrometheusScraper> {
    const folder = await Deno.makeTempDir({ prefix: "cim-prometheus-" });
    const port = freePort();
    // As the help of `cim serve metrics` says, but for how often.
    await Deno.writeTextFile(
      join(folder, "prometheus.yml"),
      `global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - job_name: cim
    authorization:
      credentials_file: ${credentials}
    static_configs:
      - targets: ["${new URL(target).host}"]
`,
    );
    const child = new Deno.Command("prometheus", {
      args: [
        `--config.file=${join(folder, "prometheus.yml")}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      stdout: "null",
      stderr: "null",
    }).spawn();
    const started = new PrometheusScraper(`http://127.0.0.1:${port}`, folder, child);
    await until(async () => {
      const ready = await fetch(`${started.url}/-/ready`).catch(() => undefined);
      await ready?.body?.cancel();
      return ready?.ok ?? false;
    });
    return started;
  }

  /** What it answers now. */
  async ask(query: string): Promise<Answered[]> {
    const response = await fetch(`${this.url}/api/v1/query?${new URLSearchParams({ query })}`);
    const { data, error } = await response.json();
    if (error !== undefined) throw new Error(error);
    return data.result.map((
      { metric, value: [, value] }: { metric: Answered["metric"]; value: [number, string] },
    ) => ({
      metric,
      value: Number(value),
    }));
  }

  /** Waits until a query is answered by one series of this value. */
  async comesTo(query: string, value: number): Promise<void> {
    await until(async () => (await this.ask(query)).some((one) => one.value === value));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGKILL");
    await this.child.status;
    await Deno.remove(this.folder, { recursive: true });
  }
}
