/** Requests to a time-series server, and what it means when one fails. */
import { ProjectionUnavailable } from "../projection.ts";
import { oneLine } from "../projector_error.ts";
import { type MetricsSettings, MetricsSettingsError } from "./settings.ts";

/** How long to wait for an answer, in milliseconds: to delete many series takes its time. */
const ANSWER_MS = 60_000;
/** What a Prometheus 2.42 calls an error of its own (500), and is one of what it was sent. */
const TOO_OLD = "too old sample";

/** The server refuses what it was sent: that is about what was sent, and not about the way. */
export class MetricsRefused extends Error {
  override readonly name = "MetricsRefused";
  /** Stable, for programs. */
  readonly code = "metrics_refused";
  /** @param status of the answer, such as 400 */
  constructor(readonly status: number, path: string, why: string) {
    super(`the time-series server answers ${status} to ${path}${why === "" ? "" : `: ${why}`}`);
  }
}

/** What is asked. */
export interface Asked {
  /** Behind the URL of the settings. */
  path: string;
  /** Posts this; gets where there is none. */
  body?: Uint8Array<ArrayBuffer> | URLSearchParams;
  headers?: Record<string, string>;
}

/** What was answered. */
export interface Answered {
  text: string;
  /** What the server's clock said, in milliseconds since 1970; NaN where it did not say. */
  now: number;
}

/**
 * Asks, and reads the whole answer.
 *
 * @param projection which one asks
 * @throws {ProjectionUnavailable} when the server cannot be reached, has no room, or is busy
 * @throws {MetricsSettingsError} when it does not let us in, or is none
 * @throws {MetricsRefused} when it refuses what it was sent
 */
export async function ask(
  projection: string,
  { url, authorization }: MetricsSettings,
  { path, body, headers = {} }: Asked,
): Promise<Answered> {
  const login = authorization();
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(`${url}${path}`, {
      method: body === undefined ? "GET" : "POST",
      ...(body === undefined ? {} : { body }),
      headers: { ...headers, ...(login === undefined ? {} : { authorization: login }) },
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    text = await answer.text();
  } catch (error) {
    // Deno says "fetch failed", and what failed in the cause.
    const { cause } = error as { cause?: unknown };
    const why = oneLine(cause ?? error).replace(/^.*client error \(\w+\): /, "");
    throw new ProjectionUnavailable(projection, `${url} does not answer: ${why}`, { cause: error });
  }
  const { status } = answer;
  if (answer.ok) return { text, now: Date.parse(answer.headers.get("date") ?? "") };
  if (status === 401 || status === 403) {
    throw new MetricsSettingsError(
      login === undefined ? "METRICS_TOKEN" : "METRICS_URL",
      login === undefined
        ? `is missing, or METRICS_USERNAME and METRICS_PASSWORD: the server answers ${status} to ${path}`
        : `does not let us in by METRICS_TOKEN or METRICS_USERNAME: it answers ${status} to ${path}`,
    );
  }
  const why = oneLine(text);
  if ((status === 429 || status >= 500) && why !== TOO_OLD) {
    throw new ProjectionUnavailable(projection, `${url} answers ${status} to ${path}: ${why}`);
  }
  throw new MetricsRefused(status, path, why);
}
