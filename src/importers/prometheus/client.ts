/** The HTTP API of Prometheus (https://prometheus.io/docs/prometheus/latest/querying/api/), which VictoriaMetrics has too. */
import { setTimeout as delay } from "node:timers/promises";
import { PrometheusError } from "./error.ts";
import type { PrometheusSettings } from "./settings.ts";

/** How long one answer may take, in milliseconds: what Prometheus allows a query. */
const TIMEOUT_MS = 120_000;
/** How often a question is asked, and how long is waited after the first time, in milliseconds; then twice as long. */
const TRIES = 6;
const BACKOFF_MS = 250;
/** A server may ask for more patience, but not for any, in milliseconds. */
const MOST_PATIENCE_MS = 60_000;
/** The most bytes of an answer; a larger one is asked for in smaller parts. */
const MOST_BYTES = 64 * 1024 * 1024;
/** What is worth another try: overload, and a proxy whose server restarts. */
const PASSING = new Set([408, 429, 500, 502, 503, 504]);

/** What is asked for is more than the server, or we, can take at once: ask for less. */
export class TooMuch extends Error {
  override readonly name = "TooMuch";
}

/** Evenly spaced moments, both ends included, in milliseconds. */
export interface Moments {
  from: number;
  to: number;
  step: number;
}

/** A time series as it is answered. */
export interface AnsweredSeries {
  labels: Readonly<Record<string, string>>;
  /** Seconds since 1970, and a number as Go prints it: `NaN` and `+Inf` too. */
  values: readonly (readonly [number, string])[];
}

/** How to ask. */
export interface PrometheusClientOptions {
  /** At most so many questions a second; any number unless it says otherwise. */
  rate?: number;
  /** Told of what the server warns of, each once. */
  warn?: (line: string) => void;
  signal?: AbortSignal;
}

/** Asks one server. Answers are whole or not at all: a cluster of which a part is down shall say so. */
export class PrometheusClient {
  #free = 0;
  readonly #warned = new Set<string>();

  constructor(
    private readonly settings: PrometheusSettings,
    private readonly options: PrometheusClientOptions = {},
  ) {}

  /**
   * What time it is there, in milliseconds since 1970.
   *
   * @throws {PrometheusError} where it is no Prometheus, or does not answer; `prometheus_too_much` where even that is
   */
  async now(): Promise<number> {
    const data = await this.#ask("/api/v1/query", { query: "vector(time())" }).catch((error) => {
      if (!(error instanceof TooMuch)) throw error;
      const message =
        `${this.settings.url} does not even say what time it is: ${error.message}; try again later`;
      throw new PrometheusError("prometheus_too_much", message, { cause: error });
    });
    const [one] = (data as { result?: { value?: [number, string] }[] }).result ?? [];
    const seconds = Number(one?.value?.[1] ?? NaN);
    if (!Number.isFinite(seconds)) throw this.#alien("it does not know what time it is");
    return seconds * 1_000;
  }

  /** The names of metrics that there are between two moments, of series with these matchers, of which there is one. */
  async names(matchers: string, { from, to }: Moments): Promise<Set<string>> {
    const data = await this.#ask("/api/v1/label/__name__/values", {
      "match[]": `{${matchers}}`,
      start: String(from / 1_000),
      end: String(to / 1_000),
    }, "GET");
    if (!Array.isArray(data)) throw this.#alien("its names of metrics are no list");
    return new Set(data.filter((name) => typeof name === "string"));
  }

  /**
   * The values of an expression at each of the moments.
   *
   * @throws {TooMuch} where there are too many
   * @throws {PrometheusError} where it is not answered
   */
  async queryRange(query: string, { from, to, step }: Moments): Promise<AnsweredSeries[]> {
    const data = await this.#ask("/api/v1/query_range", {
      query,
      start: String(from / 1_000),
      end: String(to / 1_000),
      step: String(step / 1_000),
    });
    const { resultType, result } = data as { resultType?: string; result?: unknown };
    if (resultType !== "matrix" || !Array.isArray(result)) {
      throw this.#alien(`its answer is no matrix but ${resultType}`);
    }
    return result.map(({ metric, values }) => ({ labels: metric ?? {}, values: values ?? [] }));
  }

  async #ask(path: string, fields: Record<string, string>, method = "POST"): Promise<unknown> {
    // Thanos and VictoriaMetrics: rather an error than a part. Without the cache, what came late is there.
    const all = { ...fields, partial_response: "false", deny_partial_response: "1", nocache: "1" };
    const body = new URLSearchParams(all);
    for (let tried = 1;; tried++) {
      await this.#turn();
      const answer = await this.#once(path, body, method);
      if (!("retry" in answer)) return answer.data;
      if (tried === TRIES) {
        const message = `${this.settings.url} does not answer: ${answer.retry} (${TRIES} tries)`;
        const then = "what was imported is kept; run it again to go on";
        throw new PrometheusError("prometheus_unreachable", `${message}; ${then}`);
      }
      const patience = Math.max(answer.after, BACKOFF_MS * 2 ** (tried - 1));
      await delay(patience, undefined, { signal: this.options.signal }).catch(() => {});
      this.options.signal?.throwIfAborted();
    }
  }

  async #turn(): Promise<void> {
    const { rate, signal } = this.options;
    if (rate !== undefined) {
      const now = performance.now();
      const at = Math.max(now, this.#free);
      this.#free = at + 1_000 / rate;
      await delay(at - now, undefined, { signal }).catch(() => {});
    }
    signal?.throwIfAborted();
  }

  async #once(
    path: string,
    body: URLSearchParams,
    method: string,
  ): Promise<{ data: unknown } | { retry: string; after: number }> {
    const { signal } = this.options;
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const authorization = this.settings.authorization();
    let response: Response, text: string;
    try {
      response = await fetch(`${this.settings.url}${path}${method === "GET" ? `?${body}` : ""}`, {
        method,
        ...(method === "GET" ? {} : { body }),
        headers: authorization === undefined ? {} : { authorization },
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      text = await limited(response);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof TooMuch) throw error;
      const why = timeout.aborted ? `nothing for ${TIMEOUT_MS / 1_000} s` : reasonOf(error);
      return { retry: why, after: 0 };
    }
    return this.#read(response, text);
  }

  #read(
    response: Response,
    text: string,
  ): { data: unknown } | { retry: string; after: number } {
    const { status } = response;
    if (status === 401 || status === 403) {
      const remedy = "set PROMETHEUS_TOKEN, or PROMETHEUS_USERNAME and PROMETHEUS_PASSWORD";
      const message = `${this.settings.url} does not let us in (HTTP ${status}): ${remedy}`;
      throw new PrometheusError("prometheus_unauthorized", message);
    }
    const answer = parsed(text);
    const { error = "", errorType = "" } = answer ?? {};
    const why = String(error || `HTTP ${status}`).slice(0, 500);
    if (answer?.status === "error" && isTooMuch(status, String(errorType), why)) {
      throw new TooMuch(why);
    }
    if (PASSING.has(status)) {
      const seconds = Number(response.headers.get("retry-after") ?? 0) || 0;
      return { retry: why, after: Math.min(seconds * 1_000, MOST_PATIENCE_MS) };
    }
    if (answer?.status === "error") {
      const message = `${this.settings.url} refuses a question (HTTP ${status}): ${why}`;
      throw new PrometheusError("prometheus_refused", message);
    }
    if (!response.ok || answer?.status !== "success") {
      throw this.#alien(
        `it answers HTTP ${status}${answer ? "" : ", and not with what Prometheus says"}`,
      );
    }
    if (answer.isPartial === true) return { retry: "it answers a part only", after: 0 };
    for (const warning of Array.isArray(answer.warnings) ? answer.warnings : []) {
      const line = `the server warns: ${String(warning).slice(0, 500)}`;
      if (this.#warned.size < this.#warned.add(line).size) this.options.warn?.(line);
    }
    return { data: answer.data };
  }

  #alien(why: string): PrometheusError {
    const remedy = "give the URL under which /api/v1/query is, without that";
    const message = `${this.settings.url} is no Prometheus: ${why}; ${remedy}`;
    return new PrometheusError("not_a_prometheus", message);
  }
}

interface Envelope {
  status?: unknown;
  data?: unknown;
  error?: unknown;
  errorType?: unknown;
  warnings?: unknown;
  isPartial?: unknown;
}

function parsed(text: string): Envelope | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Limits of Prometheus (samples in memory, time, 11,000 points of a series), and of VictoriaMetrics (`-search.max…`). */
function isTooMuch(status: number, type: string, why: string): boolean {
  return type === "timeout" || (status === 400 || status === 422 || status === 503) &&
      /too many (?:samples|points|timeseries|time series)|maximum resolution|-search\.max|exceed.*limit|timed? ?out/i
        .test(why);
}

async function limited(response: Response): Promise<string> {
  const parts: string[] = [];
  let bytes = 0;
  const decoder = new TextDecoder();
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new TooMuch(`an answer of more than ${MOST_BYTES} bytes`);
    parts.push(decoder.decode(part, { stream: true }));
  }
  return parts.join("") + decoder.decode();
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message : message;
}
