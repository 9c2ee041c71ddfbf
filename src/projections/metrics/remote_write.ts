/** Prometheus' remote write: how samples come to a server that takes only what is new. */
import { ask, MetricsRefused } from "./http.ts";
import { type MetricsSettings, MetricsSettingsError } from "./settings.ts";
import { requestsOf, type Sample, writeRequest } from "./write_request.ts";

/** What a URL ends in that is a remote write's. */
const PATH = /\/api\/v1\/(?:write|push)$/;
/** The answers that say that there is no remote write. */
const NO_REMOTE_WRITE: ReadonlySet<number> = new Set([404, 405, 415, 501]);

/** How far a sample may be ahead of the clock, in milliseconds: what comes after one of tomorrow is too old to a server. */
const AHEAD_MS = 600_000;

/** Whether samples go there by remote write; otherwise it is a VictoriaMetrics. */
export function isRemoteWrite({ url }: Pick<MetricsSettings, "url">): boolean {
  return PATH.test(url);
}

/** How many samples the server did not take, and why. */
export interface NotTaken {
  /** Older than it takes any: a Prometheus, than an hour before the newest that it has. */
  too_old: number;
  /** More than ten minutes ahead of this machine's clock: not sent, as a Prometheus would find all others too old then. */
  too_new: number;
  /** Of a series of which it has a later one; perhaps because it has this one already. */
  out_of_order: number;
  /** Of a series and a moment of which it has another value. */
  other_value: number;
  /** For a reason of its own, of which {@linkcode RemoteWrite.reason} is the last. */
  refused: number;
}

/** A server that takes remote write, as a projection sees it. */
export class RemoteWrite {
  /** How many samples it has taken, and did not take, since this was made. */
  taken = 0;
  readonly notTaken: NotTaken = {
    too_old: 0,
    too_new: 0,
    out_of_order: 0,
    other_value: 0,
    refused: 0,
  };
  /** Why it refused the last one of `notTaken.refused`, in its own words. */
  reason = "";
  readonly #path: string;
  readonly #settings: MetricsSettings;

  /** Nothing is asked before a method is called. */
  constructor(private readonly projection: string, settings: MetricsSettings) {
    this.#path = PATH.exec(settings.url)?.[0] ?? "";
    this.#settings = { ...settings, url: settings.url.replace(PATH, "") };
  }

  /**
   * Whether it answers, and takes remote write.
   *
   * @throws as {@linkcode ask}
   */
  async reach(): Promise<void> {
    await this.#post([]);
  }

  /**
   * Writes samples. What the server does not take is counted, and not sent again: it would not be taken then either.
   *
   * @param requireLease is called before each request
   * @throws {ProjectionUnavailable} when it cannot be reached, or is busy: then some may be written
   */
  async write(samples: readonly Sample[], requireLease: () => void): Promise<void> {
    let tooOld = -Infinity;
    const send = async (some: readonly Sample[]): Promise<void> => {
      const request = some.filter(({ time }) => time > tooOld);
      this.notTaken.too_old += some.length - request.length;
      if (request.length === 0) return;
      requireLease();
      const why = await this.#post(request);
      if (why === undefined) this.taken += request.length;
      else if (request.length === 1) {
        const reason = reasonOf(why);
        this.notTaken[reason]++;
        if (reason === "refused") this.reason = why;
        // What is ahead of its clock is out of its bounds as well.
        if (reason === "too_old" && request[0]!.time < Date.now()) tooOld = request[0]!.time;
      } else {
        // The newer half comes first: where even the newest is too old, nothing else needs to be tried.
        const middle = request.length >> 1;
        await send(request.slice(middle));
        await send(request.slice(0, middle));
      }
    };
    const newest = Date.now() + AHEAD_MS;
    const sent = samples.filter(({ time }) => time <= newest);
    this.notTaken.too_new += samples.length - sent.length;
    for (const request of requestsOf(sent)) await send(request);
  }

  /** @returns why it does not take something of this; undefined where it took all */
  async #post(samples: readonly Sample[]): Promise<string | undefined> {
    const headers = {
      "content-encoding": "snappy",
      "content-type": "application/x-protobuf",
      "user-agent": "cim",
      "x-prometheus-remote-write-version": "0.1.0",
    };
    try {
      const body = writeRequest(samples);
      await ask(this.projection, this.#settings, { path: this.#path, body, headers });
      return undefined;
    } catch (error) {
      if (!(error instanceof MetricsRefused)) throw error;
      if (!NO_REMOTE_WRITE.has(error.status) && samples.length > 0) return error.message;
      throw new MetricsSettingsError(
        "METRICS_URL",
        `is of no remote write: ${error.message}. A Prometheus takes it with --web.enable-remote-write-receiver`,
        { cause: error },
      );
    }
  }
}

/** By what Prometheus, and what is made from it, say. */
function reasonOf(why: string): keyof NotTaken {
  if (/out of bounds|too old|too far in the past/i.test(why)) return "too_old";
  if (/out of order/i.test(why)) return "out_of_order";
  return /duplicate/i.test(why) ? "other_value" : "refused";
}
