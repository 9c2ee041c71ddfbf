/** One scrape: what is counted, and how everything is at this moment. */
import project from "../../deno.json" with { type: "json" };
import type { ArchivedLog } from "../log/archived_log.ts";
import { ArchiveError } from "../log/archive_error.ts";
import type { JetStreamLog, LogStatus } from "../log/jetstream_log.ts";
import { readStatus } from "../projections/status_file.ts";
import type { CountedLog } from "./counted_log.ts";
import { exposition, type Family } from "./family.ts";
import {
  archiveFamilies,
  commandFamilies,
  logFamilies,
  projectionFamilies,
  type ProjectionHealth,
} from "./health.ts";
import { serviceStatistics } from "./service_statistics.ts";

/** For how long a scrape waits for the log's server, in milliseconds: Prometheus gives up after ten seconds. */
const PATIENCE_MS = 2_000;

/** What is scraped. */
export interface Scraped {
  log: JetStreamLog;
  history: ArchivedLog;
  counted: CountedLog;
  /** Where projections say how they are. */
  models: string;
  clock: () => Date;
}

/**
 * All metrics as text. Where the log is out of reach `cim_up` is 0, counts are those of when it was there, and of what
 * only its server knows nothing is said.
 */
export async function scrape(scraped: Scraped): Promise<string> {
  const status = await within(scraped.log.status());
  const families: Family[] = [
    {
      name: "cim_up",
      type: "gauge",
      help: "Whether the event log's server answers: 1 or 0.",
      samples: [[{}, status ? 1 : 0]],
    },
    {
      name: "cim_build_info",
      type: "gauge",
      help: "The versions of this program and of the log's server.",
      samples: [[{ version: project.version, server_version: status?.server_version ?? "" }, 1]],
    },
    ...scraped.counted.families(),
    ...archiveFamilies(await archiveStatus(scraped.history)),
  ];
  if (status) {
    const [projections, services] = await Promise.all([
      projectionHealth(scraped, status),
      serviceStatistics(scraped.log.connection),
    ]);
    families.push(
      ...logFamilies(status),
      ...projectionFamilies(projections, status.last_sequence),
      ...commandFamilies(services),
    );
  }
  return exposition(families);
}

/** What comes of it in time; undefined where it fails. */
async function within<T>(work: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
  });
  try {
    return await Promise.race([work.catch(() => undefined), patience]);
  } finally {
    clearTimeout(timer);
  }
}

async function archiveStatus({ archive }: ArchivedLog) {
  try {
    await archive.refresh();
    return archive.status();
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
  }
}

async function projectionHealth(
  { history, models, clock }: Scraped,
  { last_sequence }: LogStatus,
): Promise<ProjectionHealth[]> {
  return await Promise.all(
    (await readStatus(models)).map(async (one) => {
      if (one.position >= last_sequence) return { ...one, lag_seconds: 0 };
      const waiting = await within(recordedAt(history, one.position + 1));
      const lag_seconds = waiting === undefined
        ? undefined
        : Math.max(0, clock().getTime() - Date.parse(waiting)) / 1e3;
      return { ...one, lag_seconds };
    }),
  );
}

async function recordedAt(log: ArchivedLog, sequence: number): Promise<string | undefined> {
  for await (const { recorded_at } of log.read({ from: sequence, to: sequence })) {
    return recorded_at;
  }
}
