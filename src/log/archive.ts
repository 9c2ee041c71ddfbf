/** The archive of an event log: immutable segments on disk, beside the stream, which may then forget them. */
import { join } from "node:path";
import type { LogRecord } from "../domain/event.ts";
import { lockedFile } from "../setup/file_lock.ts";
import { ArchiveError, fileFault, PUT_BACK } from "./archive_error.ts";
import {
  type ArchiveLimits,
  extendArchive,
  type ExtendOptions,
  requireContinuation,
  requireSameLog,
} from "./archive_extend.ts";
import {
  type ArchiveManifest,
  type ArchiveSegment,
  loadManifest,
  MANIFEST,
} from "./archive_manifest.ts";
import { checkSize, recordsOf, segmentBytes } from "./archive_segment.ts";
import type { EventLog, ReadOptions } from "./log.ts";

export { ArchiveError, type ArchiveErrorCode } from "./archive_error.ts";
export type { ArchiveLimits, ExtendOptions } from "./archive_extend.ts";
export type { ArchiveSegment } from "./archive_manifest.ts";

const LOCK = "archive.lock";
const LIMITS: ArchiveLimits = { records: 100_000, bytes: 64_000_000, small: 8 };

/** What is in an archive. */
export interface ArchiveStatus {
  /** How many files its events are in. */
  segments: number;
  events: number;
  /** 0 for an empty archive. */
  first_sequence: number;
  last_sequence: number;
  /** When the first and the last event were recorded; null for an empty archive. */
  first_recorded_at: string | null;
  last_recorded_at: string | null;
  /** On disk. */
  bytes: number;
}

/**
 * The archive in a folder. Any number of processes may read it while one extends it; whatever happens to that one,
 * there is the archive from before or the one after it, whole. Nothing is read from it that is not as it was written.
 *
 * @example
 * ```ts
 * import { Archive, MemoryLog } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const archive = await Archive.open(await Deno.makeTempDir());
 * const log = new MemoryLog(() => new Date());
 * const payload = new TextEncoder().encode("{}");
 * await log.append([{ subject: "infrastructure.policy.set", payload }], 0);
 * strictEqual(await archive.extend(log), 1);
 * strictEqual((await archive.verify()).events, 1);
 * ```
 */
export class Archive {
  #manifest: ArchiveManifest | undefined;
  /** Which file the manifest was read from: it is never changed, only replaced. */
  #seen = "";

  private constructor(readonly folder: string, private readonly limits: ArchiveLimits) {}

  /**
   * Opens the archive of a folder, which is made when something is archived.
   *
   * @param limits other than the usual ones: segments of 100,000 events or 64 MB, eight small ones merged
   * @throws {ArchiveError} when the manifest is not as it was written, or the files are not those that it names
   */
  static async open(folder: string, limits: Partial<ArchiveLimits> = {}): Promise<Archive> {
    const archive = new Archive(folder, { ...LIMITS, ...limits });
    await archive.refresh();
    await archive.#withFiles(async () => {
      for (const segment of archive.segments) await checkSize(folder, segment);
    });
    return archive;
  }

  /** The last sequence that is archived; 0 for none. What other processes archive counts after {@linkcode refresh}. */
  get lastSequence(): number {
    return this.segments.at(-1)?.last_sequence ?? 0;
  }

  /** Which log is archived here; undefined while there is nothing in it. */
  get log(): Pick<EventLog, "name" | "incarnation"> | undefined {
    return this.#manifest && { name: this.#manifest.log, incarnation: this.#manifest.incarnation };
  }

  /** The segments, in their order: what typed copies of them are kept under. */
  get segments(): readonly ArchiveSegment[] {
    return this.#manifest?.segments ?? [];
  }

  /** What is in it. */
  status(): ArchiveStatus {
    const { segments } = this;
    const [first, last] = [segments[0], segments.at(-1)];
    return {
      segments: segments.length,
      events: segments.reduce((sum, { count }) => sum + count, 0),
      first_sequence: first?.first_sequence ?? 0,
      last_sequence: last?.last_sequence ?? 0,
      first_recorded_at: first?.first_recorded_at ?? null,
      last_recorded_at: last?.last_recorded_at ?? null,
      bytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  }

  /**
   * Takes notice of what other processes have archived.
   *
   * @throws {ArchiveError} when the manifest is not as it was written
   */
  async refresh(): Promise<void> {
    const path = join(this.folder, MANIFEST);
    const info = await Deno.stat(path).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
    const seen = info ? `${info.dev}:${info.ino}:${info.size}:${info.mtime?.getTime()}` : "";
    if (seen !== "" && seen === this.#seen) return;
    const manifest = await loadManifest(this.folder);
    if (manifest === undefined && this.#manifest !== undefined) {
      throw new ArchiveError("archive_missing", `${path} is missing, and was there`, PUT_BACK);
    }
    this.#manifest = manifest;
    this.#seen = seen;
  }

  /** Whether there is something in it, and of this log. */
  isOf({ name, incarnation }: Pick<EventLog, "name" | "incarnation">): boolean {
    return this.#manifest?.log === name && this.#manifest.incarnation === incarnation;
  }

  /**
   * Fails unless the archive, if there is something in it, is of this log.
   *
   * @throws {ArchiveError} `archive_other_log`
   */
  requireSameLog(log: Pick<EventLog, "name" | "incarnation">): void {
    if (this.#manifest) requireSameLog(log, this.#manifest);
  }

  /**
   * Archives everything that the log has behind the archive's end. One process does so at a time, others wait for it.
   *
   * @returns how many events were archived
   * @throws {ArchiveError} when this log does not go on where the archive ends, or the disk is full
   * @throws {LogUnavailable} and the other errors of the log
   */
  async extend(log: EventLog, options: ExtendOptions = {}): Promise<number> {
    return await this.locked(options, async () => {
      const before = this.lastSequence;
      this.#manifest = await extendArchive(this.folder, this.#manifest, log, this.limits, options)
        .catch((error) => {
          this.#seen = ""; // part of it may be archived
          throw error;
        });
      return this.lastSequence - before;
    });
  }

  /**
   * Does something while no other process changes the archive, which is looked at anew before.
   *
   * @throws {ArchiveError} when there is no room for the lock, another process has it for longer than one has
   *   patience, or the manifest is not as it was written
   */
  async locked<T>(
    options: Pick<ExtendOptions, "signal" | "onWaiting" | "patience">,
    work: () => Promise<T>,
  ): Promise<T> {
    options.signal?.throwIfAborted();
    try {
      await Deno.mkdir(this.folder, { recursive: true, mode: 0o700 });
      using _lock = await this.#lock(options);
      await this.refresh();
      return await work();
    } catch (error) {
      throw fileFault(error, this.folder);
    }
  }

  async #lock(
    { signal, onWaiting, patience }: Pick<ExtendOptions, "signal" | "onWaiting" | "patience">,
  ): Promise<Disposable> {
    const late = patience === undefined ? [] : [AbortSignal.timeout(patience)];
    try {
      return await lockedFile(join(this.folder, LOCK), {
        signal: AbortSignal.any([...late, ...(signal ? [signal] : [])]),
        ...(onWaiting ? { waiting: onWaiting } : {}),
      });
    } catch (error) {
      if (error !== late[0]?.reason) throw error;
      throw new ArchiveError(
        "archive_busy",
        `another process archives in ${this.folder}`,
        "wait until it has ended",
      );
    }
  }

  /**
   * Fails unless this log goes on where the archive ends: it has the same last event there, or begins behind it.
   *
   * @throws {ArchiveError} `archive_other_log`
   */
  async requireContinuation(log: EventLog): Promise<void> {
    const last = await log.lastSequence();
    if (this.#manifest) await requireContinuation(log, last, this.#manifest);
  }

  /**
   * Reads what is archived, in order, and ends. Each segment is compared with its hash before anything of it is given
   * out. Memory: one segment compressed, and a block of it. Payloads share the memory of their block.
   *
   * @throws {ArchiveError} when it is not as it was written; what was given out by then is
   */
  async *read(
    { from = 1, to = Infinity, signal }: Omit<ReadOptions, "subjects"> = {},
  ): AsyncGenerator<LogRecord> {
    for await (const records of this.blocks({ from, to, ...(signal ? { signal } : {}) })) {
      for (const record of records) yield record;
    }
  }

  /** As {@linkcode read}, many records at a time: for those who have a million to go through. */
  async *blocks(
    { from = 1, to = Infinity, signal }: Omit<ReadOptions, "subjects"> = {},
  ): AsyncGenerator<LogRecord[]> {
    signal?.throwIfAborted();
    for (let next = Math.max(from, 1); next <= Math.min(to, this.lastSequence);) {
      const [segment, bytes] = await this.#withFiles(async () => {
        const segment = this.segments.find(({ last_sequence }) => last_sequence >= next)!;
        return [segment, await segmentBytes(this.folder, segment)] as const;
      });
      for await (const records of recordsOf(this.folder, segment, bytes, next)) {
        signal?.throwIfAborted();
        const first = records[0]!.sequence;
        if (first + records.length <= next) continue;
        const wanted = records.slice(Math.max(0, next - first), Math.max(0, to - first + 1));
        if (wanted.length > 0) yield wanted;
        next = first + records.length;
        if (next > to) return;
      }
    }
  }

  /**
   * Reads every byte and compares it with what was written: hashes, chain, sequences, the shape of each line.
   *
   * @returns what is in it
   * @throws {ArchiveError} for the first fault, which it names
   */
  async verify(
    { signal, onProgress }: Pick<ExtendOptions, "signal" | "onProgress"> = {},
  ): Promise<ArchiveStatus> {
    this.#seen = "";
    await this.refresh();
    let done = 0;
    for await (const records of this.blocks(signal ? { signal } : {})) {
      done += records.length;
      onProgress?.(done, this.lastSequence);
    }
    return this.status();
  }

  /** Segments that were merged meanwhile are gone: then the new manifest tells where their events are. */
  async #withFiles<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      const before = this.#manifest;
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof ArchiveError && error.code === "archive_missing")) throw error;
        await this.refresh();
        if (this.#manifest === before) throw error;
      }
    }
  }
}
