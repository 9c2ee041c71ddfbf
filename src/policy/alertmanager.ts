/** Alerts on their way to an Alertmanager, or to whatever takes its API: `POST /api/v2/alerts`. */
import { setTimeout as delay } from "node:timers/promises";
import type { Alert } from "./alerts.ts";

/**
 * An alert as Alertmanager's API v2 has it (openapi.yaml, `postableAlert`). Of alerts with the same labels the last
 * says when it ends; one without an end is taken for over if nothing more is heard of it (`resolve_timeout`).
 */
export interface PostableAlert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: string;
  endsAt?: string;
  generatorURL?: string;
}

/** Who takes alerts did not take these. */
export class AlertsNotTaken extends Error {
  override readonly name = "AlertsNotTaken";
  /** Stable, for programs. */
  readonly code = "alerts_not_taken";
}

/** How to send. */
export interface PostOptions {
  /** How often to try, at most; four times unless it says otherwise. */
  attempts?: number;
  /** How long to wait before the second attempt, in milliseconds, and twice as long before each further one: 500. */
  pause?: number;
  /** How long all attempts may take together, in milliseconds: 10,000. */
  patience?: number;
  /** Where people can look at the policies, for `generatorURL`. */
  generatorURL?: string | undefined;
  /** Ends it, with its reason. */
  signal?: AbortSignal | undefined;
}

/** An alert that fires or is over, in the form of Alertmanager's API. */
export function postable(alert: Alert, generatorURL?: string): PostableAlert {
  const { policy, description, severity, hostname, resource } = alert;
  return {
    labels: wellFormed({ alertname: policy, severity, instance: hostname, resource }),
    annotations: wellFormed({
      summary: `${hostname} does not keep to ${policy}`,
      ...(description === undefined ? {} : { description }),
      because: JSON.stringify(alert.because),
      since: alert.since,
      evidence: alert.evidence.join(" "),
    }),
    startsAt: alert.fired_at!,
    ...(alert.resolved_at === undefined ? {} : { endsAt: alert.resolved_at }),
    ...(generatorURL === undefined ? {} : { generatorURL }),
  };
}

/** A label has to be text in UTF-8, which half a surrogate pair is not. */
function wellFormed(texts: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, text.toWellFormed()]),
  );
}

/**
 * Where an Alertmanager takes alerts: what its address has besides, as a `?token=`, stays.
 *
 * @param url of the Alertmanager: `http://127.0.0.1:9093`
 * @throws {AlertsNotTaken} for what is no address
 */
export function alertsTarget(url: string): URL {
  const target = URL.parse(url);
  if (!target || !/^https?:$/.test(target.protocol)) {
    throw new AlertsNotTaken(
      `${JSON.stringify(url)} is no address of an Alertmanager: say it like http://127.0.0.1:9093`,
    );
  }
  target.pathname = `${target.pathname.replace(/\/+$/, "")}/api/v2/alerts`;
  return target;
}

/**
 * Sends alerts, all in one request. What is away is tried again, a few times; what refuses them is not.
 *
 * @param url of the Alertmanager: `http://127.0.0.1:9093`
 * @throws {AlertsNotTaken} when it has not taken them
 */
export async function postAlerts(
  url: string,
  alerts: readonly Alert[],
  options: PostOptions = {},
): Promise<void> {
  const { attempts = 4, pause = 500, patience = 10_000, signal } = options;
  const target = alertsTarget(url);
  const late = AbortSignal.timeout(patience);
  const ended = signal ? AbortSignal.any([signal, late]) : late;
  const body = JSON.stringify(alerts.map((alert) => postable(alert, options.generatorURL)));
  let before = "";
  for (let attempt = 1;; attempt++) {
    signal?.throwIfAborted();
    const failure = await posted(target, body, ended);
    if (!failure) return;
    signal?.throwIfAborted();
    if (failure.isFinal || attempt >= attempts || late.aborted) {
      // Without what may be secret in the address.
      const where = `${target.origin}${target.pathname}`;
      const because = late.aborted
        ? `they were not within ${patience / 1_000} s${before}`
        : failure.because;
      throw new AlertsNotTaken(`The alerts were not taken by ${where}: ${because}`);
    }
    before = `, the last answer was ${failure.because}`;
    await delay(pause * 2 ** (attempt - 1), undefined, { signal: ended }).catch(() => {});
  }
}

/** So much of an answer is read, in characters. */
const MOST_SAID = 300;

/** How an answer begins; one that never ends is left. */
async function beginning({ body }: Response): Promise<string> {
  let text = "";
  if (!body) return text;
  for await (const part of body.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.length >= MOST_SAID) break;
  }
  return text.slice(0, MOST_SAID).toWellFormed();
}

/** One attempt; what went wrong, and whether it would again. */
async function posted(
  target: URL,
  body: string,
  signal: AbortSignal,
): Promise<{ because: string; isFinal: boolean } | undefined> {
  try {
    const response = await fetch(target, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      redirect: "manual",
      signal,
    });
    if (response.ok) {
      await response.body?.cancel(); // whatever it says: it has taken them
      return undefined;
    }
    const { status } = response;
    const isFinal = status < 500 && status !== 429 && status !== 408;
    return { because: `${status} ${await beginning(response)}`.trim(), isFinal };
  } catch (error) {
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? `: ${cause.message}` : "";
    return { because: `${message}${why}`, isFinal: false };
  }
}
