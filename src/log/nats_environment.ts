/**
 * The NATS server or cluster that the environment names, in the words of the `nats` command line:
 *
 * | variable                      | says                                                                            |
 * | ----------------------------- | ------------------------------------------------------------------------------- |
 * | `NATS_URL`                    | where: `nats://host:port` or `tls://host:port`, several with commas between     |
 * | `NATS_CREDS`                  | who we are: path of a `.creds` file                                             |
 * | `NATS_NKEY`                   | or: path of a file with an nkey's seed                                          |
 * | `NATS_TOKEN`                  | or: a token                                                                     |
 * | `NATS_USER`, `NATS_PASSWORD`  | or: a user; `user:password@` in the URL is the same                             |
 * | `NATS_CA`                     | path of the certificates (PEM) that a TLS server may be signed by               |
 * | `NATS_CERT`, `NATS_KEY`       | paths of our own certificate and its key (PEM)                                  |
 * | `NATS_REPLICAS`               | how many servers of a cluster hold the log, 1 to 5                              |
 * | `NATS_MONITORING_URL`         | `http://host:8222` of that server: there it says when it syncs to disk          |
 *
 * An empty variable is as if it were not there. Without `NATS_URL` the others mean nothing, and the embedded server is
 * used. What is secret is kept in functions, so that nothing prints it by accident.
 */
import type { Authenticator, TlsOptions } from "@nats-io/nats-core";
import { type Environment, natsAuthenticator, readable } from "./nats_credentials.ts";
import { natsServers } from "./nats_servers.ts";
import { NatsSettingsError } from "./nats_settings_error.ts";

/** Which server to use, and how. */
export interface NatsSettings {
  /** `nats://host:port` of each, with commas between and without credentials. */
  url: string;
  authenticator?: Authenticator;
  /** There when only TLS will do. */
  tls?: TlsOptions;
  /** How many servers are to hold the log; undefined leaves it as it is. */
  replicas?: number;
  /** Where to ask how the server syncs. */
  monitoringUrl?: string;
}

/**
 * What the environment says about the server; undefined without `NATS_URL`.
 *
 * @param get reads one variable; the process's own unless it says otherwise
 * @throws {NatsSettingsError} for a value that makes no sense, or two that contradict each other
 */
export function natsEnvironment(
  get: Environment = (name) => Deno.env.get(name),
): NatsSettings | undefined {
  const read: Environment = (name) => get(name)?.trim() ? get(name) : undefined;
  const url = read("NATS_URL");
  if (url === undefined) return undefined;
  const found = natsServers(url);
  const authenticator = natsAuthenticator(read, found.authenticator);
  const tls = tlsOf(read, found.tls);
  const replicas = replicasOf(read("NATS_REPLICAS")?.trim());
  const monitoringUrl = monitoringOf(read("NATS_MONITORING_URL")?.trim());
  return {
    url: found.servers.map((server) => `nats://${server}`).join(","),
    ...(authenticator ? { authenticator } : {}),
    ...(tls ? { tls } : {}),
    ...(replicas ? { replicas } : {}),
    ...(monitoringUrl ? { monitoringUrl } : {}),
  };
}

function tlsOf(read: Environment, wanted: boolean): TlsOptions | undefined {
  const [caFile, certFile, keyFile] = ["NATS_CA", "NATS_CERT", "NATS_KEY"].map((variable) => {
    const path = read(variable);
    if (path !== undefined) readable(variable, path);
    return path;
  });
  if (certFile !== undefined && keyFile === undefined) {
    throw new NatsSettingsError("NATS_CERT", "is of no use without NATS_KEY: set both or neither");
  }
  if (keyFile !== undefined && certFile === undefined) {
    throw new NatsSettingsError("NATS_KEY", "is of no use without NATS_CERT: set both or neither");
  }
  if (!wanted && caFile === undefined && certFile === undefined) return undefined;
  return {
    ...(caFile === undefined ? {} : { caFile }),
    ...(certFile === undefined ? {} : { certFile }),
    ...(keyFile === undefined ? {} : { keyFile }),
  };
}

function replicasOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-5]$/.test(text)) {
    throw new NatsSettingsError("NATS_REPLICAS", "is not a number from 1 to 5: 3 is usual");
  }
  return Number(text);
}

function monitoringOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  // Not by what `URL` throws, which repeats the text.
  if (!/^https?:\/\/[^/\s]+/i.test(text) || !URL.canParse(text)) {
    throw new NatsSettingsError("NATS_MONITORING_URL", "is not a URL like http://127.0.0.1:8222");
  }
  return text;
}
