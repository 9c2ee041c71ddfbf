/** `cim project metrics`: keeps time series of the log on a server. */
import { LiveMetricsProjection, nothingAnew } from "../projections/metrics/live_projection.ts";
import type { LeftOut } from "../projections/metrics/measured.ts";
import { MetricsProjection } from "../projections/metrics/projection.ts";
import { isRemoteWrite, type NotTaken } from "../projections/metrics/remote_write.ts";
import {
  metricsEnvironment,
  type MetricsSettings,
  MetricsSettingsError,
} from "../projections/metrics/settings.ts";
import type { ServerFacts } from "../projections/metrics/victoria_metrics.ts";
import { counted } from "../table/text.ts";
import type { Workspace } from "../workspace.ts";
import type { KeptElsewhere } from "./project_told.ts";
import type { Terminal } from "./terminal.ts";

/** Why values are in no series, in words. */
const REASONS: Readonly<Record<keyof (LeftOut & NotTaken), string>> = {
  before_1970: "measured before 1970",
  ahead: "measured more than a day after they were recorded",
  repeated: "of a series that has another value of the same moment",
  labels: "with more labels, or longer ones, than servers keep",
  series: "of a metric that a resource has more than 1,000 series of at a time",
  too_old: "that is older than the server takes",
  too_new: "more than ten minutes ahead of the clock",
  out_of_order: "of a series of which the server has a later one, or this one already",
  other_value: "of a series of which the server has another value of the same moment",
  refused: "that the server refused",
};

/** How to see what is parked. */
const PARKED = "nats kv get CIM_PROJECTIONS, with the position of metrics";

/**
 * The server that the environment names.
 *
 * @throws {MetricsSettingsError} where it names none
 */
export function metricsToUse(): MetricsSettings {
  const settings = metricsEnvironment();
  if (settings) return settings;
  throw new MetricsSettingsError(
    "METRICS_URL",
    "is not set: set it to that of a VictoriaMetrics, such as http://127.0.0.1:8428, which " +
      "victoria-metrics -dedup.minScrapeInterval=1ms -retentionPeriod=100y starts",
  );
}

/** The projection of a server. */
export async function metricsKept(
  settings: MetricsSettings,
  { watch = false, rebuild = false }: { watch?: boolean; rebuild?: boolean },
  workspace: Workspace,
  terminal: Terminal,
): Promise<KeptElsewhere> {
  if (isRemoteWrite(settings)) {
    if (rebuild) throw nothingAnew();
    return await liveKept(settings, workspace, terminal);
  }
  const projection = new MetricsProjection(await workspace.history(), workspace.log.connection, {
    ...settings,
    watch,
    discard: rebuild,
    onAnew: (reason) => terminal.warn(`the series are made anew: ${reason}`),
    onUnsettled: () =>
      terminal.warn(
        "the server lets us make no snapshot (/snapshot/create): what it took in its last seconds is missing " +
          "if it is killed, until the series are made anew with --rebuild",
      ),
  });
  return {
    projection,
    told() {
      const { samples, leftOut, facts } = projection;
      return Promise.resolve({
        json: { url: settings.url, job: settings.job, samples, left_out: leftOut, server: facts },
        place: ["Series", `${settings.url} {job=${JSON.stringify(settings.job)}}`],
        parked: PARKED,
        rows: [["Written", counted(samples, "sample")], ...leftOutRows(leftOut)],
        lines: factLines(facts),
      });
    },
  };
}

/** By remote write: what is new. */
async function liveKept(
  settings: MetricsSettings,
  workspace: Workspace,
  terminal: Terminal,
): Promise<KeptElsewhere> {
  const projection = new LiveMetricsProjection(
    await workspace.history(),
    workspace.log.connection,
    {
      ...settings,
      onBegin: (sequence, reason) =>
        terminal.warn(`samples are written from sequence ${sequence} of the log on: ${reason}`),
    },
  );
  return {
    projection,
    told() {
      const { samples, leftOut, reason } = projection;
      return Promise.resolve({
        json: { url: settings.url, job: settings.job, samples, left_out: leftOut },
        place: ["Series", `${settings.url} {job=${JSON.stringify(settings.job)}}`],
        parked: PARKED,
        rows: [["Written", counted(samples, "sample")], ...leftOutRows(leftOut)],
        lines: reason === "" ? [] : [`The last was refused because ${reason}`],
      });
    },
  };
}

function leftOutRows(leftOut: Readonly<LeftOut & Partial<NotTaken>>): [string, string][] {
  return Object.entries(leftOut).filter(([, count]) => count > 0).map(([reason, count]) => [
    "Left out",
    `${counted(count, "value")} ${REASONS[reason as keyof typeof REASONS]}`,
  ]);
}

/** What of the server's settings is worth knowing. */
function factLines(facts: ServerFacts | undefined): string[] {
  if (!facts) return [];
  const { deduplicates, interval, retention } = facts;
  const lines: string[] = [];
  if (!deduplicates) {
    lines.push(
      "The server keeps a sample twice which comes twice; after a run that is broken off the series are made anew. " +
        "It would not with -dedup.minScrapeInterval=1ms",
    );
  } else if (interval !== "1ms") {
    lines.push(
      `The server keeps one sample for each ${interval}, and of ours the others are lost: 1ms would keep them all`,
    );
  }
  if (retention !== "" && !/^\d{2,}y$/.test(retention)) {
    const period = /^\d+$/.test(retention) ? `${counted(Number(retention), "month")}` : retention;
    lines.push(`The server forgets what is older than ${period}; -retentionPeriod=100y keeps all`);
  }
  return lines;
}
