/** What a stream must be to hold the log: nothing in it may vanish, and everything in it be ours. */
import type { StreamConfig } from "@nats-io/jetstream";

/** The stream that is the source of truth. */
export const STREAM = "INFRASTRUCTURE_EVENTS";
/** What is published into it: `infrastructure.compute.registered`. */
export const SUBJECTS = "infrastructure.*.*";

/** The stream of that name on the server cannot hold the log. */
export class StreamUnfit extends Error {
  override readonly name = "StreamUnfit";
  /** Stable, for programs. */
  readonly code = "stream_unfit";
  /**
   * @param fault what about it is wrong
   * @param remedy the command that puts it right
   */
  constructor(fault: string, remedy: string) {
    super(`the stream ${STREAM} cannot hold the event log: ${fault}; put it right with: ${remedy}`);
  }
}

/** Settings of a stream, with those that the client's types do not know. */
type Config = Partial<
  StreamConfig & { no_ack: boolean; persist_mode: string; allow_msg_counter: boolean }
>;

const EDIT = `nats stream edit ${STREAM}`;
/** For what cannot be changed once a stream is there. */
const ANEW = "a new stream: copy its events, remove it, and run this again, which makes it";

/** The first thing that is wrong with a stream's settings, if something is, and what to do about it. */
export function unfitness(config: Config): { fault: string; remedy: string } | undefined {
  const checks: [boolean | undefined, string, string][] = [
    [!!config.mirror, "it is a mirror, which nobody can write to", "cim on the mirrored one"],
    [
      !!config.sources?.length,
      "it takes in other streams, so that sequences are not its own",
      `${EDIT} with an empty list of sources`,
    ],
    [
      !config.subjects?.some((subject) => subject === SUBJECTS || subject === "infrastructure.>"),
      `it has the subjects ${config.subjects?.join(", ") || "none"}, not ${SUBJECTS}`,
      `${EDIT} --subjects='${SUBJECTS}'`,
    ],
    [config.storage !== "file", "it is kept in memory and gone with its server", ANEW],
    [
      config.retention !== "limits",
      `its retention is ${config.retention}, which removes what was read`,
      `${EDIT} --retention=limits, or ${ANEW}`,
    ],
    [
      !!config.max_age,
      `its max_age of ${days(config.max_age)} lets events expire, also ones that are in no archive`,
      `${EDIT} --max-age=0s`,
    ],
    [
      limited(config.max_msgs) && config.discard !== "new",
      "its max_msgs drops the oldest events when it is reached",
      `${EDIT} --max-msgs=-1, or --discard=new`,
    ],
    [
      limited(config.max_bytes) && config.discard !== "new",
      "its max_bytes drops the oldest events when it is reached",
      `${EDIT} --max-bytes=-1, or --discard=new`,
    ],
    [
      limited(config.max_msgs_per_subject),
      "its max_msgs_per_subject drops all but the newest events of a kind",
      `${EDIT} --max-msgs-per-subject=-1`,
    ],
    [config.allow_msg_ttl, "its allow_msg_ttl lets single events expire", ANEW],
    [config.allow_msg_counter, "its allow_msg_counter takes numbers only", ANEW],
    [!!config.subject_transform, "it changes the subjects of events", `${EDIT} without transform`],
    [config.no_ack, "its no_ack acknowledges nothing", `${EDIT} --ack`],
    [
      config.persist_mode === "async",
      "its persist_mode acknowledges events before they are written",
      ANEW,
    ],
    [config.sealed, "it is sealed", ANEW],
  ];
  const [, fault, remedy] = checks.find(([wrong]) => wrong) ?? [];
  return fault === undefined || remedy === undefined ? undefined : { fault, remedy };
}

function limited(limit: number | undefined): boolean {
  return limit !== undefined && limit > 0;
}

function days(nanoseconds = 0): string {
  const hours = nanoseconds / 3_600_000_000_000;
  return hours >= 48 ? `${Math.round(hours / 24)} days` : `${Number(hours.toPrecision(2))} hours`;
}
