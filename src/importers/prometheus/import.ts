/** A Prometheus → commands, and these → whoever takes commands. */
import type { Answer } from "../../command/answer.ts";
import type { CommandPort } from "../../command/port.ts";
import type { Command } from "../../domain/command.ts";
import type { MessageFactory } from "../../domain/message.ts";
import { type Moments, type PrometheusClient, TooMuch } from "./client.ts";
import { CONTAINER_METRICS } from "./container_metrics.ts";
import { PrometheusError } from "./error.ts";
import { FACT_METRICS } from "./facts.ts";
import type { ImportedMetric } from "./metric.ts";
import { NODE_METRICS } from "./node_metrics.ts";
import { OTEL_METRICS } from "./otel_metrics.ts";
import { type ImportedMoment, Page } from "./page.ts";
import { metricsOf, promQl } from "./query.ts";
import type { Registration, Subjects } from "./subjects.ts";
import { type Target, targetsOf } from "./targets.ts";

/** What is asked for, in the order in which it counts. */
export const IMPORTED_METRICS: readonly ImportedMetric[] = [
  ...NODE_METRICS,
  ...OTEL_METRICS,
  ...CONTAINER_METRICS,
];

/** How many values a page is to have, how many measurements, and how many moments at most: so much is in memory. */
const PAGE_VALUES = 500_000;
const PAGE_MEASUREMENTS = 5_000;
const PAGE_MOMENTS = 1_000;
/** The first page shows how much there is. */
const FIRST_MOMENTS = 5;
/** How many commands are on their way at once. */
const LOT = 250;

/** Of which series, and when. */
export interface ImportedPeriod extends Moments {
  matchers: string;
}

/** What a Prometheus has that can be imported. */
export interface Survey {
  targets: Target[];
  /** What is worth asking for: metrics that are there. */
  metrics: ImportedMetric[];
}

/**
 * Asks a Prometheus what there is.
 *
 * @throws {PrometheusError} `prometheus_empty` where there is nothing, `prometheus_too_much` where there is more than is
 *   answered, and as `PrometheusClient`
 */
export async function survey(client: PrometheusClient, period: ImportedPeriod): Promise<Survey> {
  try {
    return await surveyed(client, period);
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    throw tooMuch("which machines there are is not answered", error);
  }
}

async function surveyed(client: PrometheusClient, period: ImportedPeriod): Promise<Survey> {
  const all = [...IMPORTED_METRICS.flatMap(({ query }) => metricsOf(query))];
  const wanted = [...new Set([...all, ...FACT_METRICS.map(({ metric }) => metric), "up"])];
  const families = `__name__=~"${wanted.join("|")}"`;
  const matchers = [families, period.matchers].filter((one) => one !== "").join(",");
  const names = await client.names(matchers, period);
  const metrics = IMPORTED_METRICS.filter(({ query }) =>
    metricsOf(query).every((name) => names.has(name))
  );
  const targets = metrics.length > 0 ? await targetsOf(client, names, period) : [];
  if (targets.length === 0) {
    const what = "no host metrics of node_exporter, cAdvisor or OpenTelemetry";
    const message = `there are ${what} in that time: say other --from, --to or --match`;
    throw new PrometheusError("prometheus_empty", message);
  }
  return { targets, metrics };
}

/**
 * Asks for all metrics, a page of time after the other. Pages are as long as what they hold lets them be, and shorter
 * where the server says that it is too much.
 *
 * @throws {PrometheusError} as `PrometheusClient`, and `prometheus_too_much` where even one moment is
 */
export async function* pages(
  client: PrometheusClient,
  metrics: readonly ImportedMetric[],
  subjects: Subjects,
  { from, to, step, matchers }: ImportedPeriod,
): AsyncGenerator<Page> {
  let count = FIRST_MOMENTS;
  for (let at = from; at <= to;) {
    const moments = { from: at, to: Math.min(to, at + (count - 1) * step), step };
    const page = new Page(moments, subjects);
    try {
      page.addUp(await client.queryRange(promQl("last(up)", { matchers, step }), moments));
      for (const metric of metrics) {
        const query = promQl(metric.query, { matchers, step });
        page.add(metric, await client.queryRange(query, moments));
      }
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      if (count === 1) throw tooMuch("not even one moment is answered", error);
      count = Math.ceil(count / 2);
      continue;
    }
    yield page;
    at = moments.to + step;
    const most = Math.min(
      PAGE_VALUES / Math.max(page.size, 1),
      PAGE_MEASUREMENTS / Math.max(subjects.size, 1),
      PAGE_MOMENTS,
      // Twice at most: where it was too much before, it is found out carefully.
      2 * count,
    );
    count = Math.max(1, Math.floor(most));
  }
}

function tooMuch(what: string, cause: TooMuch): PrometheusError {
  const message = `${what}: ${cause.message}; say a --match for a part of the targets`;
  return new PrometheusError("prometheus_too_much", message, { cause });
}

/** Who submits, and to whom. */
export interface PrometheusSubmission {
  port: CommandPort;
  messages: MessageFactory;
  actor: string;
  signal?: AbortSignal;
}

/** Registers machines or containers (`observed`), which are known by their ids from then on. */
export async function* register(
  registrations: readonly Registration[],
  submission: PrometheusSubmission,
): AsyncGenerator<{ said: Registration; answer: Answer }> {
  const command = "RegisterCompute" as const;
  for await (const one of submitted(command, registrations, submission)) {
    if (one.answer.aggregate_id !== undefined) one.said.subject.compute = one.answer.aggregate_id;
    yield one;
  }
}

/** Records measurements (`observed`). One that is refused does not hold up the others. */
export function record(
  measurements: Iterable<ImportedMoment>,
  submission: PrometheusSubmission,
): AsyncGenerator<{ said: ImportedMoment; answer: Answer }> {
  return submitted("RecordMeasurements", measurements, submission);
}

async function* submitted<
  T extends "RegisterCompute" | "RecordMeasurements",
  S extends { data: Command<T>["data"] },
>(
  type: T,
  all: Iterable<S>,
  { port, messages, actor, signal }: PrometheusSubmission,
): AsyncGenerator<{ said: S; answer: Answer }> {
  let correlationId: string | undefined;
  for (const lot of lots(all)) {
    const commands = lot.map(({ data }) => {
      const cause = correlationId === undefined ? {} : { correlationId };
      const one = messages.command(type, data as never, { actor, source: "observed", ...cause });
      correlationId = one.correlation_id;
      return one as Command;
    });
    const answers = await port.submit(commands, signal);
    for (const [index, answer] of answers.entries()) yield { said: lot[index]!, answer };
  }
}

function* lots<T>(all: Iterable<T>): Generator<T[]> {
  let lot: T[] = [];
  for (const one of all) {
    if (lot.push(one) < LOT) continue;
    yield lot;
    lot = [];
  }
  if (lot.length > 0) yield lot;
}
