/** The stream that holds the log: made if it is absent, looked at if it is there. */
import {
  JetStreamApiError,
  type JetStreamManager,
  type StreamConfig,
  type StreamInfo,
} from "@nats-io/jetstream";
import { NatsSettingsError } from "./nats_settings_error.ts";
import { STREAM, StreamUnfit, SUBJECTS, unfitness } from "./stream_fitness.ts";

/** The server's codes: there is no such stream; one with other settings has that name. */
export const STREAM_NOT_FOUND = 10059;
const STREAM_NAME_IN_USE = 10058;
/** The server's codes for more replicas than there are servers. */
const TOO_MANY_REPLICAS = new Set([10005, 10074]);

/** What the client's types do not know yet. */
type Config = StreamConfig & { allow_atomic?: boolean };

/**
 * A third of the disk for a stream on one server; none for one on several: a replica of nats-server 2.15.1 that was
 * killed stops for good while it catches up on a compressed stream ("s2: unsupported input", in 3 of 3 runs with s2, in
 * none of 3 without).
 */
const compression = (replicas: number) => replicas > 1 ? "none" : "s2";

const WANTED: Partial<Config> & { name: string } = {
  name: STREAM,
  subjects: [SUBJECTS],
  storage: "file",
  allow_atomic: true,
  allow_direct: true,
  // Single facts are never taken out; old ones are purged from the front, by the archiver alone.
  deny_delete: true,
};

/**
 * The stream, which is made if there is none. One that is there is left as it is but for what makes it safer.
 *
 * @param replicas on how many servers it is to be; a stream that is on more stays there
 * @throws {StreamUnfit} when it could lose events, or is not ours to write to
 * @throws {NatsSettingsError} when there are not as many servers
 */
export async function openStream(
  manager: JetStreamManager,
  replicas?: number,
): Promise<StreamInfo> {
  const there = await infoOf(manager) ?? await make(manager, replicas);
  const config: Config = there.config;
  const reason = unfitness(config);
  if (reason) throw new StreamUnfit(reason.fault, reason.remedy);
  const wanted = Math.max(replicas ?? 1, config.num_replicas);
  const better: Partial<Config> = {
    ...(config.allow_atomic ? {} : { allow_atomic: true }),
    ...(config.deny_delete ? {} : { deny_delete: true }),
    ...(config.allow_rollup_hdrs ? { allow_rollup_hdrs: false } : {}),
    ...(config.compression === compression(wanted) ? {} : { compression: compression(wanted) }),
    ...(wanted > config.num_replicas ? { num_replicas: wanted } : {}),
  };
  if (Object.keys(better).length === 0) return there;
  try {
    return await manager.streams.update(STREAM, better);
  } catch (error) {
    if (!(error instanceof JetStreamApiError)) throw error;
    if (TOO_MANY_REPLICAS.has(error.code)) throw tooMany(error);
    throw new StreamUnfit(
      `${Object.keys(better).join(", ")} cannot be set (${error.message})`,
      `nats stream edit ${STREAM}, as someone who may`,
    );
  }
}

/** The stream's state and settings; undefined if there is none. */
export async function infoOf(
  manager: JetStreamManager,
  options: { subjects_filter?: string } = {},
): Promise<StreamInfo | undefined> {
  try {
    return await manager.streams.info(STREAM, options);
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND) return undefined;
    throw error;
  }
}

async function make(manager: JetStreamManager, replicas = 1): Promise<StreamInfo> {
  try {
    return await manager.streams.add({
      ...WANTED,
      num_replicas: replicas,
      compression: compression(replicas),
    });
  } catch (error) {
    if (!(error instanceof JetStreamApiError)) throw error;
    // Somebody else was faster.
    const there = error.code === STREAM_NAME_IN_USE ? await infoOf(manager) : undefined;
    if (there) return there;
    if (TOO_MANY_REPLICAS.has(error.code)) throw tooMany(error);
    throw new StreamUnfit(
      `it cannot be made (${error.message})`,
      `let someone who may make it, with the subjects ${SUBJECTS}`,
    );
  }
}

function tooMany(error: Error): NatsSettingsError {
  return new NatsSettingsError(
    "NATS_REPLICAS",
    `asks for more servers than there are with JetStream and room (${error.message}): ` +
      `start more of them, or ask for fewer`,
  );
}
