/** What the tests of the metrics have in common: the servers, and what is in the series of a job. */
import type { JetStreamLog } from "../../src/log/jetstream.ts";
import type { EventLog } from "../../src/log/log.ts";
import {
  MetricsProjection,
  type MetricsProjectionOptions,
} from "../../src/projections/metrics/projection.ts";
import { MARK } from "../../src/projections/metrics/victoria_metrics.ts";
import type { TestVictoriaMetrics } from "./victoria_metrics_server.ts";

/** The servers of all these tests. */
export interface Servers {
  metrics: TestVictoriaMetrics;
  /** A log whose NATS server keeps the positions. */
  log: JetStreamLog;
}

/** A projection of a log into the series of a job. */
export function projectionOf(
  { metrics, log }: Servers,
  source: Pick<EventLog, "read">,
  job: string,
  options: Partial<MetricsProjectionOptions> = {},
): MetricsProjection {
  return new MetricsProjection(source, log.connection, {
    url: metrics.url,
    authorization: () => undefined,
    job,
    ...options,
  });
}

/** All samples of a job but its mark, whatever the job is called. */
export async function seriesOf(
  { metrics }: Pick<Servers, "metrics">,
  job: string,
): Promise<Record<string, [number, number][]>> {
  const all = await metrics.export(`{job=${JSON.stringify(job)},__name__!="${MARK}"}`);
  const withoutJob = ([labels, samples]: [string, [number, number][]]) => [
    JSON.stringify(JSON.parse(labels).filter(([name]: [string]) => name !== "job")),
    samples,
  ];
  return Object.fromEntries(Object.entries(all).map(withoutJob));
}

/** How many samples that is. */
export function sizeOf(all: Record<string, readonly unknown[]>): number {
  return Object.values(all).reduce((sum, samples) => sum + samples.length, 0);
}
