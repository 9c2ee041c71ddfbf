/** How the log, its archive, its projections and its handlers of commands are, as metrics. */
import type { ArchiveStatus } from "../log/archive.ts";
import type { LogStatus } from "../log/jetstream_log.ts";
import type { ProjectionStatus } from "../projections/status_file.ts";
import type { Family, Labels } from "./family.ts";
import type { ServiceStatistics } from "./service_statistics.ts";

/** A projection as its process last said it was, and how long it is behind. */
export interface ProjectionHealth extends ProjectionStatus {
  /** Whether its process is at work. */
  alive: boolean;
  /**
   * How long the first event that it does not cover has waited, in seconds; 0 where it covers all of the log, undefined
   * where that event cannot be read.
   */
  lag_seconds: number | undefined;
}

type Samples = Family["samples"];

const gauge = (name: string, help: string, samples: Samples): Family => ({
  name,
  type: "gauge",
  help,
  samples,
});
const one = (value: number): Samples => [[{}, value]];
/** A moment, where there is one, in seconds since 1970. */
const moment = (text: string | null): Samples => text === null ? [] : one(Date.parse(text) / 1e3);

/** What is in the log, as its server says. */
export function logFamilies(status: LogStatus): Family[] {
  return [
    gauge("cim_log_last_sequence", "The last sequence of the log.", one(status.last_sequence)),
    gauge(
      "cim_log_events",
      "Events that are in the stream, by their type; older ones may be in the archive alone.",
      Object.entries(status.events_by_type).map(([event_type, count]) => [{ event_type }, count]),
    ),
    gauge("cim_log_size_bytes", "Bytes of the stream, before compression.", one(status.bytes)),
    gauge("cim_log_replicas", "Servers that the log is on.", one(status.replicas)),
    gauge(
      "cim_log_first_event_timestamp_seconds",
      "When the oldest event that is still in the stream was recorded.",
      moment(status.first_recorded_at),
    ),
    gauge(
      "cim_log_last_event_timestamp_seconds",
      "When the newest event was recorded.",
      moment(status.last_recorded_at),
    ),
  ];
}

/** What is in the archive; undefined where it cannot be read. */
export function archiveFamilies(status: ArchiveStatus | undefined): Family[] {
  const healthy = gauge(
    "cim_archive_healthy",
    "Whether the archive is as it was written: 1 or 0.",
    one(status ? 1 : 0),
  );
  if (!status) return [healthy];
  return [
    healthy,
    gauge(
      "cim_archive_last_sequence",
      "The last sequence that is archived.",
      one(status.last_sequence),
    ),
    gauge("cim_archive_size_bytes", "Bytes of the archive on disk.", one(status.bytes)),
  ];
}

/** How the projections are that were ever kept beside this log. */
export function projectionFamilies(all: readonly ProjectionHealth[], last: number): Family[] {
  type Value = (one: ProjectionHealth) => number | undefined;
  const each = (value: Value): Samples =>
    all.flatMap((one) => {
      const said = value(one);
      return said === undefined ? [] : [[{ projection: one.projection }, said] as const];
    });
  const families: [name: string, help: string, value: Value][] = [
    [
      "position",
      "The last sequence of the log that the read model covers.",
      ({ position }) => position,
    ],
    [
      "lag_events",
      "Sequences of the log that the read model does not cover yet.",
      ({ position }) => Math.max(0, last - position),
    ],
    [
      "lag_seconds",
      "How long the first event that the read model does not cover has waited.",
      ({ lag_seconds }) => lag_seconds,
    ],
    [
      "events_per_second",
      "How fast the read model came forward over the last ten seconds.",
      ({ alive, events_per_second }) => alive ? events_per_second : 0,
    ],
    ["applied_events", "Events that the read model holds.", ({ events }) => events],
    ["parked_events", "Events that could not be applied, and wait.", ({ parked }) => parked],
    ["skipped_messages", "Messages that are no events.", ({ skipped }) => skipped],
    ["running", "Whether a process keeps it in step: 1 or 0.", ({ alive }) => alive ? 1 : 0],
    [
      "healthy",
      "Whether nothing was wrong when its process last said how it is: 1 or 0.",
      ({ healthy }) => healthy ? 1 : 0,
    ],
    [
      "said_timestamp_seconds",
      "When its process last said how it is.",
      ({ written_at }) => Date.parse(written_at) / 1e3,
    ],
  ];
  return families.map(([name, help, value]) => gauge(`cim_projection_${name}`, help, each(value)));
}

/** What came of the commands that were sent to the processes that take them, each a `service`. */
export function commandFamilies(services: readonly ServiceStatistics[]): Family[] {
  const of = ({ id }: ServiceStatistics, labels: Labels = {}) => ({ service: id, ...labels });
  return [
    {
      name: "cim_commands_total",
      type: "counter",
      help: "Commands that were answered, by what came of them: accepted, unchanged or refused.",
      samples: services.flatMap((one) =>
        Object.entries(one.outcomes).map(([outcome, count]) =>
          [of(one, { outcome }), count] as const
        )
      ),
    },
    {
      name: "cim_command_requests_total",
      type: "counter",
      help: "Requests with commands.",
      samples: services.map((one) => [of(one), one.requests]),
    },
    {
      name: "cim_command_request_errors_total",
      type: "counter",
      help: "Requests that could not be answered.",
      samples: services.map((one) => [of(one), one.errors]),
    },
    {
      name: "cim_command_request_duration_seconds_total",
      type: "counter",
      help: "Seconds in which requests were answered.",
      samples: services.map((one) => [of(one), one.seconds]),
    },
  ];
}
