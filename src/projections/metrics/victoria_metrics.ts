/** A VictoriaMetrics server: what is asked of it. */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { setTimeout as delay } from "node:timers/promises";
import { ProjectionUnavailable } from "../projection.ts";
import { oneLine } from "../projector_error.ts";
import { type Answered, ask, type Asked, MetricsRefused } from "./http.ts";
import { type MetricsSettings, MetricsSettingsError } from "./settings.ts";

/** Which log the series of a job are of: one series, whose value is the sequence up to which they go. */
export const MARK = "cim_metrics_last_sequence";

/** How long to wait for what was deleted to be gone, in milliseconds. */
const GONE_MS = 30_000;
const compressed = promisify(gzip);

/** Lines of JSON, compressed. */
export type Body = Uint8Array<ArrayBuffer>;

/** Lines of JSON as they are sent. */
export async function packed(lines: string): Promise<Body> {
  return new Uint8Array(await compressed(lines, { level: 1 }));
}

/** How the server is set up, as it says itself. */
export interface ServerFacts {
  /** Whether a sample that comes twice is kept once; undefined where it does not say. */
  deduplicates: boolean | undefined;
  /** `-dedup.minScrapeInterval` as it was given: `1ms`. */
  interval: string;
  /** `-retentionPeriod` as it was given: `100y`; without a unit it is months. */
  retention: string;
}

/** Which log, as the mark says. */
export interface Marked {
  log: string;
  incarnation: string;
}

/** The server, as a projection sees it. */
export class VictoriaMetrics {
  readonly #projection = "metrics";

  /** Nothing is asked before a method is called. */
  constructor(readonly settings: MetricsSettings) {}

  /** Writes lines; the server has them when this comes back, though not on its disk. */
  async import(body: Body): Promise<void> {
    const headers = { "content-encoding": "gzip", "content-type": "application/stream+json" };
    await this.#ask("/api/v1/import", { body, headers });
  }

  /**
   * Sees to it that all that was written is on the server's disk: of what it has only taken the last seconds are lost when
   * it is killed (1.79: up to ten, also after `/internal/force_flush`). A snapshot writes them; it is removed again.
   *
   * @returns false where it does not let us make one
   */
  async settle(): Promise<boolean> {
    let name: unknown;
    try {
      name = JSON.parse(await this.#ask("/snapshot/create")).snapshot;
    } catch (error) {
      if (isRefusal(error) || error instanceof SyntaxError) return false;
      throw error;
    }
    if (typeof name !== "string") return false;
    await this.#ask(`/snapshot/delete?snapshot=${encodeURIComponent(name)}`);
    return true;
  }

  /** When it was started, in seconds, as it says it; undefined where it does not. */
  async startedAt(): Promise<number | undefined> {
    for (;; await delay(250)) {
      const { text, now } = await this.#metrics();
      const started = Number(/^process_start_time_seconds (\S+)/m.exec(text)?.[1] ?? NaN);
      if (Number.isNaN(started)) return undefined;
      // One that is started again within the same second could not be told from it.
      if (!(now < (started + 2) * 1000)) return started;
    }
  }

  /** How it is set up. */
  async facts(): Promise<ServerFacts> {
    const { text: metrics } = await this.#metrics();
    const flag = (name: string) =>
      new RegExp(`^flag\\{name="${name}", ?value="([^"]*)"`, "m").exec(metrics)?.[1];
    const interval = flag("dedup\\.minScrapeInterval");
    return {
      deduplicates: interval === undefined ? undefined : /[1-9]/.test(interval),
      interval: interval ?? "",
      retention: flag("retentionPeriod") ?? "",
    };
  }

  /** Says which log the series are of, and how far. */
  async mark({ log, incarnation }: Marked, sequence: number): Promise<void> {
    const metric = { __name__: MARK, job: this.settings.job, log, incarnation };
    const line = { metric, values: [sequence], timestamps: [Date.now()] };
    await this.import(await packed(JSON.stringify(line)));
  }

  /** Which logs our series are said to be of; none where there are none. */
  async marks(): Promise<Marked[]> {
    await this.#flush();
    const found = await this.#series(`__name__=${JSON.stringify(MARK)},`);
    return found.map(({ log = "", incarnation = "" }) => ({ log, incarnation }));
  }

  /** Deletes every series of our job, and no other. */
  async clear(): Promise<void> {
    for (const end = performance.now() + GONE_MS;; await delay(100)) {
      await this.#flush(); // what was only just written would not be found
      await this.#ask("/api/v1/admin/tsdb/delete_series", { body: this.#match() });
      if ((await this.#series()).length === 0) return;
      if (performance.now() > end) {
        throw new ProjectionUnavailable(this.#projection, "what was deleted is still there");
      }
    }
  }

  /**
   * Whether it answers.
   *
   * @throws as {@linkcode ask}
   */
  async reach(): Promise<void> {
    await this.#ask("/health");
  }

  /** All of one job, whatever its name is made of, and whenever it was. */
  #match(more = ""): URLSearchParams {
    return new URLSearchParams({
      "match[]": `{${more}job=${JSON.stringify(this.settings.job)}}`,
      start: "0",
    });
  }

  /** Makes what was written findable; where we may not, that takes a second. */
  async #flush(): Promise<void> {
    try {
      await this.#ask("/internal/force_flush");
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await delay(1_000);
    }
  }

  /** The labels of our series, or of those of them that match more. */
  async #series(more = ""): Promise<Record<string, string>[]> {
    const path = "/api/v1/series";
    const text = await this.#ask(path, { body: this.#match(more) });
    try {
      return JSON.parse(text).data ?? [];
    } catch {
      const why = oneLine(text).slice(0, 60);
      throw new MetricsSettingsError(
        "METRICS_URL",
        `does not answer as a VictoriaMetrics does: to ${path} it says "${why}"`,
      );
    }
  }

  async #metrics(): Promise<Answered> {
    try {
      return await ask(this.#projection, this.settings, { path: "/metrics" });
    } catch (error) {
      if (isRefusal(error)) return { text: "", now: NaN };
      throw error;
    }
  }

  async #ask(path: string, how: Omit<Asked, "path"> = {}): Promise<string> {
    return (await ask(this.#projection, this.settings, { path, ...how })).text;
  }
}

/** Whether it answers, but not to this. */
function isRefusal(error: unknown): boolean {
  return error instanceof MetricsSettingsError || error instanceof MetricsRefused;
}
