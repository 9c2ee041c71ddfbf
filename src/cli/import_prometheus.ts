/** `cim import prometheus`: machines and measurements that a Prometheus, or whoever speaks like one, has. */
import { hostname } from "node:os";
import { join } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { lockKept } from "../importers/kept_file.ts";
import { PrometheusClient } from "../importers/prometheus/client.ts";
import { PrometheusError } from "../importers/prometheus/error.ts";
import {
  type ImportedPeriod,
  pages,
  record,
  register,
  survey,
} from "../importers/prometheus/import.ts";
import { ImportedTime, type Part, pathOf } from "../importers/prometheus/imported.ts";
import { type Machine, machinesOf } from "../importers/prometheus/machines.ts";
import type { ImportedMoment, Page } from "../importers/prometheus/page.ts";
import { matchersOf, prometheusSettings } from "../importers/prometheus/settings.ts";
import { type Registration, Subjects } from "../importers/prometheus/subjects.ts";
import { momentOf } from "../replay/until.ts";
import { counted, whole } from "../table/text.ts";
import { openWorkspace, type Workspace } from "../workspace.ts";
import { PrometheusTotal } from "./import_prometheus_total.ts";
import { warnOfSkipped } from "./skipped.ts";
import { EXIT, KEPT, run, type Terminal } from "./terminal.ts";
import { wholeNumber } from "./whole_number.ts";

/** What a minute ago was, has been scraped, sent and stored by now. */
const SETTLED_MS = 60_000;
/** Clocks that differ by so much are spoken of, in milliseconds. */
const SKEW_MS = 5_000;
const UNITS: Record<string, number> = { s: 1e3, m: 60e3, h: 3_600e3, d: 86_400e3 };

interface Options {
  url: string;
  from: number | { before: number };
  to?: number;
  step: number;
  match: string;
  rate?: number;
  actor: string;
  dryRun?: boolean;
  json?: boolean;
}

/** Adds the command to the command line. */
export function addImportPrometheus(group: Command): void {
  group.command("prometheus")
    .summary("machines and measurements of a Prometheus or VictoriaMetrics, from when on one likes")
    .description(
      "Asks a Prometheus, or what answers like one, for what node_exporter, cAdvisor and OpenTelemetry say of hosts and " +
        "containers. Registers those that are not known, and records what was measured, under OpenTelemetry's names. What is " +
        "known by a discovery, or by people, stays as it is. What was imported before is not imported again.",
    )
    .requiredOption("--url <url>", "where it is: http://127.0.0.1:9090, without /api/v1")
    .addOption(
      new Option("--from <moment>", "the begin: 2026-11-01T00:00Z, or so long before the end: 7d")
        .argParser(since).default({ before: UNITS["h"]! }, "1h"),
    )
    .addOption(
      new Option("--to <moment>", "the end; a minute ago unless it says otherwise").argParser(
        moment,
      ),
    )
    .addOption(
      new Option("--step <duration>", "how far measurements are apart: 15s, 1m, 1h")
        .argParser(duration).default(UNITS["m"]!, "1m"),
    )
    .addOption(
      new Option("--match <selector>", `only of these series: {job="node"}`).argParser(selector)
        .default("", "all"),
    )
    .addOption(
      new Option("--rate <number>", "at most so many questions a second").argParser(positive),
    )
    .option("--actor <name>", "who says so", `cim@${hostname()}`)
    .option("--dry-run", "print the commands, as cim submit takes them, and write nothing")
    .option("--json", "print one JSON object a line: what became of each command")
    .addHelpText(
      "after",
      `
PROMETHEUS_TOKEN, or PROMETHEUS_USERNAME and PROMETHEUS_PASSWORD, say who asks. Moments are whole steps in UTC, by the
clock of the server. A measurement is the newest sample in the step that ends with it, so that gaps stay gaps; it is as it
was scraped, counters too, and shares of processor time are over the step. Left out, and counted, is what is no number,
and what a target said last before it was down. Which time has been imported is kept in data/local/imports, for each URL,
selector and step; what a machine whose registration was refused measured in it is brought by the same import later.

Examples:
  deno task cim import prometheus --url http://127.0.0.1:9090
  deno task cim import prometheus --url http://victoria:8428 --from 30d --step 5m --match '{env="prod"}'
  deno task cim import prometheus --url http://127.0.0.1:9090 --from 10m --dry-run | grep RegisterCompute`,
    )
    .action((options: Options) =>
      run(async (terminal) => {
        const settings = prometheusSettings(options.url);
        const { signal } = terminal;
        const client = new PrometheusClient(settings, {
          signal,
          warn: terminal.warn,
          ...options.rate === undefined ? {} : { rate: options.rate },
        });
        terminal.progress(`Asking ${settings.url} …`);
        const period = periodOf(options, await client.now(), terminal);
        await using workspace = await openWorkspace(terminal);
        const source = { url: settings.url, matchers: options.match, step: options.step };
        const folder = join(workspace.folder, "imports");
        using _ = options.dryRun ? null : await lockKept(pathOf(folder, source), terminal);
        const imported = await ImportedTime.open(folder, workspace.log, source);
        return await new Import(workspace, client, period, options, terminal).into(imported);
      }, KEPT)
    );
}

/** One run of the command. */
class Import {
  readonly #total: PrometheusTotal;
  readonly #subjects = new Subjects();

  constructor(
    private readonly workspace: Workspace,
    private readonly client: PrometheusClient,
    private readonly period: ImportedPeriod,
    private readonly options: Options,
    private readonly terminal: Terminal,
  ) {
    const { json = false, dryRun = false } = options;
    this.#total = new PrometheusTotal(terminal, json, dryRun);
  }

  async into(imported: ImportedTime): Promise<number> {
    const handler = await this.workspace.handler();
    warnOfSkipped(this.terminal, handler);
    const wanted: Part = [this.period.from, this.period.to];
    const parts = imported.missing(wanted);
    this.terminal.progress("Asking for the machines …");
    const { targets, metrics } = await survey(this.client, this.period);
    const found = machinesOf(targets);
    this.#total.addMachines(found);
    await this.#register(found.machines);
    // Of these nothing is recorded: they are tried again.
    const refused = this.#total.refused;
    const isWritten = await imported.unfinished(wanted, this.terminal.signal);
    const { step } = this.period;
    const count = (from: number, to: number) => (to - from) / step + 1;
    const of = parts.reduce((sum, [from, to]) => sum + count(from, to), 0);
    let done = 0;
    for (const [from, to] of parts) {
      const period = { ...this.period, from, to };
      for await (const page of pages(this.client, metrics, this.#subjects, period)) {
        const part: Part = [page.moments.from, page.moments.to];
        if (!this.options.dryRun) await imported.begin(part);
        const progress = (at: number) => this.#total.progress(at, (done + count(part[0], at)) / of);
        await this.#record(page, isWritten, progress);
        if (!this.options.dryRun && refused === 0) await imported.finish(part);
        this.#total.addPage(page);
        this.terminal.flush();
        done += count(...part);
      }
    }
    this.#total.end();
    if (refused > 0 && parts.length > 0) {
      this.terminal.warn(
        `nothing is recorded of the ${
          counted(refused, "resource")
        } whose registration was refused: ` +
          "once that is mended, the same import, with the same --from and --to, brings what is missing",
      );
    }
    return this.#total.refused > 0 ? EXIT.refused : EXIT.done;
  }

  async #register(machines: readonly Machine[]): Promise<void> {
    const { inventory } = await this.workspace.handler();
    await this.#submitAll(this.#subjects.machines(machines, inventory));
    const before = this.#subjects.size;
    await this.#submitAll(this.#subjects.containers(machines, inventory));
    this.#total.addContainers(this.#subjects.size - before);
  }

  async #submitAll(registrations: readonly Registration[]): Promise<void> {
    if (this.options.dryRun) {
      for (const { subject, data } of registrations) {
        subject.compute = data.hostname;
        this.#total.addSaid("RegisterCompute", data);
      }
      return;
    }
    for await (const { said, answer } of register(registrations, await this.#submission())) {
      const { hostname } = said.subject;
      this.#total.add({ hostname, command: "RegisterCompute", answer });
    }
  }

  async #record(
    page: Page,
    isWritten: (compute: string, observedAt: string) => boolean,
    progress: (at: number) => void,
  ): Promise<void> {
    if (this.options.dryRun) {
      for (const { data } of page.measurements()) {
        this.terminal.signal.throwIfAborted();
        this.#total.addSaid("RecordMeasurements", data);
      }
      return;
    }
    const total = this.#total;
    const missing = function* (): Generator<ImportedMoment> {
      for (const one of page.measurements()) {
        if (isWritten(one.data.compute, one.data.observed_at)) total.addBefore(1);
        else yield one;
      }
    };
    for await (const { said, answer } of record(missing(), await this.#submission())) {
      const { subject: { hostname }, data: { observed_at: observedAt, points } } = said;
      total.add({ hostname, observedAt, command: "RecordMeasurements", answer }, points.length);
      progress(Date.parse(observedAt));
    }
  }

  async #submission() {
    const { messages } = this.workspace;
    const { actor } = this.options;
    return { port: await this.workspace.handler(), messages, actor, signal: this.terminal.signal };
  }
}

/** The moments that are wanted, by the clock of the server. */
function periodOf(
  { from, to, step, match }: Options,
  now: number,
  terminal: Terminal,
): ImportedPeriod {
  const skew = now - Date.now();
  if (Math.abs(skew) > SKEW_MS) {
    const how = `${whole(Math.round(Math.abs(skew) / 1_000))} s ${
      skew > 0 ? "ahead of" : "behind"
    }`;
    terminal.warn(`its clock is ${how} ours: moments are as it has them`);
  }
  if (to !== undefined && to > now) {
    throw new PrometheusError("prometheus_settings", "--to: that has not been yet: leave it out");
  }
  const end = Math.floor((to ?? now - SETTLED_MS) / step) * step;
  const begin = typeof from === "number" ? from : end - from.before;
  const period = { from: Math.ceil(begin / step) * step, to: end, step, matchers: match };
  if (period.from > period.to) {
    const message = `--from: between that and the end there is no whole step of ${
      counted(step / 1_000, "second")
    }`;
    throw new PrometheusError("prometheus_settings", message);
  }
  return period;
}

function since(text: string): Options["from"] {
  return /^\d+[a-z]$/.test(text) ? { before: duration(text) } : moment(text);
}

function moment(text: string): number {
  try {
    return Date.parse(momentOf(text));
  } catch {
    throw new InvalidArgumentError("Say date, time and zone, like 2026-11-01T00:00Z.");
  }
}

function duration(text: string): number {
  const [, count = "0", unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const milliseconds = Number(count) * (UNITS[unit] ?? 0);
  if (milliseconds === 0) throw new InvalidArgumentError("Say it like 15s, 5m, 2h or 7d.");
  return milliseconds;
}

function selector(text: string): string {
  try {
    return matchersOf(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message.replace(/^--match: /, ""));
  }
}

function positive(text: string): number {
  const number = wholeNumber(text);
  if (number === 0) throw new InvalidArgumentError("It is more than 0.");
  return number;
}
