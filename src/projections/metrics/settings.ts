/**
 * The time-series server that the environment names:
 *
 * | variable | says |
 * | --- | --- |
 * | `METRICS_URL` | where: `http://127.0.0.1:8428`, a VictoriaMetrics; or a remote write, which ends in `/api/v1/write` |
 * | `METRICS_TOKEN`, or `METRICS_USERNAME` and `METRICS_PASSWORD` | how to log in, where that is needed |
 * | `METRICS_JOB` | the label `job` of all our series, by which they are told from others'; `cim` unless it says otherwise |
 *
 * An empty variable is as if it were not there.
 */

/** Which time-series server to use. */
export interface MetricsSettings {
  /** Without what stands behind it, and without a slash at its end. */
  url: string;
  /** The header `Authorization`, if any; a function, so that nothing prints a secret by accident. */
  authorization: () => string | undefined;
  /** The label `job` of all our series. */
  job: string;
}

/** A setting of the time-series server makes no sense, or the server does not take it. Never says what a secret is. */
export class MetricsSettingsError extends Error {
  override readonly name = "MetricsSettingsError";
  /** Stable, for programs. */
  readonly code = "metrics_settings";
  /**
   * @param variable the environment variable: `METRICS_URL`
   * @param reason what is wrong with it and what to do
   */
  constructor(readonly variable: string, reason: string, options?: ErrorOptions) {
    super(`${variable} ${reason}`, options);
  }
}

/**
 * What the environment says; undefined without `METRICS_URL`.
 *
 * @param get reads one variable; the process's own unless it says otherwise
 * @throws {MetricsSettingsError} for a value that makes no sense
 * @example
 * ```ts
 * import { metricsEnvironment } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const variables: Record<string, string> = { METRICS_URL: "http://metrics:8428/", METRICS_TOKEN: "secret" };
 * strictEqual(metricsEnvironment((name) => variables[name])?.url, "http://metrics:8428");
 * ```
 */
export function metricsEnvironment(
  get: (name: string) => string | undefined = (name) => Deno.env.get(name),
): MetricsSettings | undefined {
  const read = (name: string) => get(name)?.trim() || undefined;
  const given = read("METRICS_URL");
  if (given === undefined) return undefined;
  const [token, username, password] = [
    read("METRICS_TOKEN"),
    read("METRICS_USERNAME"),
    read("METRICS_PASSWORD"),
  ];
  if (token !== undefined && (username ?? password) !== undefined) {
    throw new MetricsSettingsError(
      "METRICS_TOKEN",
      "and METRICS_USERNAME or METRICS_PASSWORD each say who we are: unset one of them",
    );
  }
  if ((username === undefined) !== (password === undefined)) {
    const missing = username === undefined ? "METRICS_USERNAME" : "METRICS_PASSWORD";
    throw new MetricsSettingsError(missing, "is missing: the two of them belong together");
  }
  const job = read("METRICS_JOB") ?? "cim";
  return metricsSettings({ url: given, token, username, password, job });
}

/**
 * Settings of a server that is known otherwise.
 *
 * @throws {MetricsSettingsError} when the URL is none
 */
export function metricsSettings(
  { url, token, username, password, job = "cim" }: {
    url: string;
    token?: string | undefined;
    username?: string | undefined;
    password?: string | undefined;
    job?: string;
  },
): MetricsSettings {
  // Not by what `URL` throws, and not with its text: it may have a password in it.
  if (!URL.canParse(url) || !/^https?:\/\/[^/\s@?#]+(\/[^\s@?#]*)?$/i.test(url)) {
    throw new MetricsSettingsError(
      "METRICS_URL",
      "is not a URL like http://127.0.0.1:8428, without a user in it: those have variables of their own",
    );
  }
  const basic = username === undefined
    ? undefined
    : `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(`${username}:${password}`)))}`;
  const header = token === undefined ? basic : `Bearer ${token}`;
  return { url: url.replace(/\/+$/, ""), authorization: () => header, job };
}
