/** The event log in NATS JetStream: from where a server is to an open log. */
import { jetstreamManager } from "@nats-io/jetstream";
import {
  type Authenticator,
  type NatsConnection,
  type TlsOptions,
  tokenAuthenticator,
} from "@nats-io/nats-core";
import { ANSWER_TIMEOUT } from "./atomic_batch.ts";
import { type Durability, durabilityOf } from "./durability.ts";
import { Incarnation } from "./incarnation.ts";
import { JetStreamLog } from "./jetstream_log.ts";
import { Link } from "./link.ts";
import { LogUnavailable } from "./log.ts";
import { connectNats } from "./nats_connection.ts";
import { natsServers } from "./nats_servers.ts";
import { NatsSettingsError } from "./nats_settings_error.ts";
import { requireVersion, ServerTooOld } from "./server_version.ts";
import { openStream } from "./stream.ts";
import { StreamUnfit } from "./stream_fitness.ts";

export type { Durability } from "./durability.ts";
export { JetStreamLog, type JetStreamParts, type LogStatus } from "./jetstream_log.ts";
export { NatsSettingsError } from "./nats_settings_error.ts";
export { ServerTooOld } from "./server_version.ts";
export { STREAM, StreamUnfit } from "./stream_fitness.ts";

/** For how long a server may be away unless one has more patience, in milliseconds: a killed one is back by then. */
const PATIENCE_MS = 5_000;
/** How long to wait for an answer about the stream, in milliseconds. */
const LOOK_TIMEOUT = 2_000;
/** How often a silent server is asked whether it is there, in milliseconds; after the third time it is not. */
const PING_MS = 10_000;

/** Where a server is, and how it knows us. */
export interface ServerOptions {
  /** `nats://127.0.0.1:4222`; several servers of a cluster with commas between. */
  url: string;
  token?: string;
  /** Any other way to log in. */
  authenticator?: Authenticator;
  /** There when only TLS will do. */
  tls?: TlsOptions;
  /** How this client is named in the server's monitoring. */
  name?: string;
}

/** Where a JetStream server is, how it knows us, and how to go about it. */
export interface JetStreamOptions extends ServerOptions {
  /** On how many servers the stream is to be, 1 to 5; one that is on more stays there. */
  replicas?: number;
  /** The server's monitoring port: `http://127.0.0.1:8222`. */
  monitoringUrl?: string;
  /**
   * For how long a server may be away once the log is open, in milliseconds; Infinity for any time. Then readers go on
   * where they were, and an append fails after 5 seconds and works again when the server is back.
   */
  patience?: number;
  /** What an acknowledgement is worth, where that is known without asking. */
  durability?: Durability;
  /** How many bytes are free on the server's disk, where that can be asked: an append leaves 16 MiB. */
  room?: () => Promise<number>;
}

/**
 * Connects to a server and opens the log there; an empty one is made if there is none.
 *
 * @throws {LogUnavailable} when the server cannot be reached, or refuses us
 * @throws {ServerTooOld} when it is not safe to write to
 * @throws {StreamUnfit} when its stream of that name cannot hold the log
 * @throws {NatsSettingsError} when the URL is none, or there are not as many servers as replicas
 */
export async function openJetStream(options: JetStreamOptions): Promise<JetStreamLog> {
  const { patience = PATIENCE_MS, replicas, monitoringUrl, room } = options;
  const { servers, ...url } = natsServers(options.url, "url");
  let connection: NatsConnection | undefined;
  try {
    connection = await connect(options, servers, url);
    const link = new Link(connection, patience);
    requireVersion(connection.info?.version ?? "", connection.getServer());
    const manager = await jetstreamManager(connection, {
      timeout: ANSWER_TIMEOUT,
      checkAPI: false,
    });
    const stream = await openStream(manager, replicas);
    // A cluster without a leader does not answer at all: asked often, it is found again soon.
    const prompt = await jetstreamManager(connection, { timeout: LOOK_TIMEOUT, checkAPI: false });
    const incarnation = new Incarnation(connection, prompt, stream.created);
    link.onBack = () => incarnation.doubt();
    const serverId = connection.info?.server_id ?? "";
    const durability = options.durability ??
      await durabilityOf({ stream, serverId, monitoringUrl });
    return new JetStreamLog({
      connection,
      manager: prompt,
      link,
      incarnation,
      stream,
      durability,
      room,
    });
  } catch (error) {
    await connection?.close();
    if (
      error instanceof ServerTooOld || error instanceof StreamUnfit ||
      error instanceof NatsSettingsError
    ) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new LogUnavailable(`the log at ${servers.join(", ")} cannot be opened: ${reason}`, {
      cause: error,
    });
  }
}

/**
 * Connects to a server without opening a log there; for those who only send commands. It tries for ever to come back.
 *
 * @throws {LogUnavailable} when the server cannot be reached, or refuses us
 * @throws {NatsSettingsError} when the URL is none
 */
export async function connectTo(options: ServerOptions): Promise<NatsConnection> {
  const { servers, ...url } = natsServers(options.url, "url");
  try {
    return await connect(options, servers, url);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LogUnavailable(`the server at ${servers.join(", ")} cannot be reached: ${reason}`, {
      cause: error,
    });
  }
}

function connect(
  { token, authenticator, tls, name = "cim" }: ServerOptions,
  servers: string[],
  url: { tls: boolean; authenticator?: Authenticator },
): Promise<NatsConnection> {
  const login = authenticator ?? url.authenticator ??
    (token === undefined ? undefined : tokenAuthenticator(token));
  return connectNats({
    servers,
    name,
    timeout: ANSWER_TIMEOUT,
    reconnectTimeWait: 500,
    // For ever: it is the link that loses patience.
    maxReconnectAttempts: -1,
    pingInterval: PING_MS,
    ...(login ? { authenticator: login } : {}),
    ...(tls || url.tls ? { tls: tls ?? {} } : {}),
  });
}
