/** Keeps an archive up with its log, beside the work of those who write. */
import { ArchiveError } from "./archive_error.ts";
import type { ArchivedLog } from "./archived_log.ts";
import { LogReplaced, LogUnavailable } from "./log.ts";

/** How often it is asked how far the log is, in milliseconds. */
const LOOK_MS = 60_000;
/** When the rest of the log is archived while others work: it is this long ago, in milliseconds, or so many events. */
const WORTH_MS = 300_000;
const WORTH_EVENTS = 5_000;
/** How long another process that archives is waited for, in milliseconds: it does the work. */
const LOCK_MS = 300;
/** After how long without a single step it is given up, in milliseconds. */
const STILL_MS = 3_000;

/** How a keeper goes about it. */
export interface KeeperOptions {
  /** Told in a line what kept the archive from being extended; the same line once. */
  warn: (line: string) => void;
  /** Ends what is under way. */
  signal?: AbortSignal | undefined;
  /** How often it is asked how far the log is, in milliseconds. */
  lookEvery?: number;
}

/**
 * Extends the archive of a log now and then, and a last time at the end. It never fails and never lasts: what is not
 * archived this time is by the next who writes, and until then it is in the log.
 */
export class ArchiveKeeper {
  #timer: ReturnType<typeof setInterval> | undefined;
  #working: Promise<void> | undefined;
  #extended = performance.now();
  #warned = "";

  /** @param open gives the log and its archive, and is asked only when there is something to do */
  constructor(
    private readonly open: () => Promise<ArchivedLog>,
    private readonly options: KeeperOptions,
  ) {}

  /** Whether {@linkcode start} was called. */
  get isStarted(): boolean {
    return this.#timer !== undefined;
  }

  /** From now on the archive is extended every few minutes, or every few thousand events. */
  start(): void {
    if (this.isStarted) return;
    this.#timer = setInterval(() => {
      this.#working ??= this.#look().finally(() => this.#working = undefined);
    }, this.options.lookEvery ?? LOOK_MS);
    this.#timer.unref(); // it is no reason for a process to go on
  }

  /**
   * Ends what was started, and extends the archive a last time.
   *
   * @param signal ends that
   * @param onProgress told how far it is: events archived, and how many there are to archive
   */
  async end(
    signal: AbortSignal | undefined,
    onProgress?: (done: number, total: number) => void,
  ): Promise<void> {
    clearInterval(this.#timer);
    await this.#working;
    await this.#guarded(signal, (tools) => this.#extend(tools, onProgress));
  }

  #look(): Promise<void> {
    return this.#guarded(this.options.signal, async (tools) => {
      const { log, archive } = await this.open();
      await archive.refresh();
      const behind = await log.lastSequence() - archive.lastSequence;
      const since = performance.now() - this.#extended;
      if (behind > 0 && (behind >= WORTH_EVENTS || since >= WORTH_MS)) await this.#extend(tools);
    });
  }

  async #extend(
    { signal, moved }: Tools,
    onProgress?: (done: number, total: number) => void,
  ): Promise<void> {
    const { log, archive } = await this.open();
    await archive.extend(log, {
      signal,
      patience: LOCK_MS,
      onProgress(done, total) {
        moved();
        onProgress?.(done, total);
      },
    });
    this.#extended = performance.now();
    this.#warned = "";
  }

  /** Does something that may fail, or wait for a server or a disk that does not answer. */
  async #guarded(
    outer: AbortSignal | undefined,
    work: (tools: Tools) => Promise<void>,
  ): Promise<void> {
    if (outer?.aborted) return;
    const still = new AbortController();
    const signal = outer ? AbortSignal.any([outer, still.signal]) : still.signal;
    const giveUp = () => still.abort(new Error(`nothing has moved for ${STILL_MS / 1_000} s`));
    let timer = setTimeout(giveUp, STILL_MS);
    const moved = () => {
      if (signal.aborted) return;
      clearTimeout(timer);
      timer = setTimeout(giveUp, STILL_MS);
    };
    // Not everything that is waited for knows the signal.
    const ended = Promise.withResolvers<never>();
    const end = () => ended.reject(signal.reason);
    signal.addEventListener("abort", end, { once: true });
    const working = work({ signal, moved });
    working.catch(() => {}); // late errors are nobody's
    try {
      await Promise.race([working, ended.promise]);
    } catch (error) {
      if (!outer?.aborted) await this.#explain(error);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
    }
  }

  /** That the log is away is no news to those who work on it, and of two that archive one is enough. */
  async #explain(error: unknown): Promise<void> {
    if (error instanceof LogUnavailable || error instanceof LogReplaced) return;
    if (error instanceof ArchiveError && error.code === "archive_busy") return;
    const where = await this.open().then(({ archive }) => ` in ${archive.folder}`, () => "");
    const remedy = error instanceof ArchiveError ? "" : "; deno task cim archive archives the rest";
    const reason = error instanceof Error ? error.message : String(error);
    const line = `not every event is archived${where}: ${reason}${remedy}`;
    if (line !== this.#warned) this.options.warn(line);
    this.#warned = line;
  }
}

/** What work that may last is given. */
interface Tools {
  signal: AbortSignal;
  /** To be called at every step. */
  moved: () => void;
}
