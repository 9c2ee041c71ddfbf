/** Typed copies of an archive's segments: checked, led up and taken apart once, and then only read. */
import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { EVENTS } from "../domain/event_types.ts";
import type { Archive, ArchiveSegment } from "../log/archive.ts";
import type { ParkedEvent } from "../projections/projection.ts";
import { typeWithoutCulprits } from "../projections/sql/culprits.ts";
import {
  closeDatabase,
  type Database,
  openDatabase,
  statements,
} from "../projections/sql/database.ts";
import { removePaths } from "../projections/sql/aside.ts";
import { interruptible } from "../projections/sql/interruptible.ts";
import { dropTyped, saveTyped, TYPED, typeLines } from "../projections/sql/typed.ts";
import { segmentLines } from "./segment_lines.ts";

/** The folder of the cache in that of its archive. */
const FOLDER = "typed";
const MANIFEST = "manifest.json";
const PART = ".part-";
/** Held, shared, by whoever reads or makes copies: what is of no use is removed only while nobody does. */
const LOCK = ".lock";
/** Held by the one who puts a copy in the place of a damaged one. */
const REPLACING = ".replacing";

/** A segment as typed Parquet files. */
export interface TypedSegment {
  segment: ArchiveSegment;
  /** Where the files are. */
  folder: string;
  /** The sequences of what is no event. */
  skipped: readonly number[];
  /** The events that cannot be typed. */
  parked: readonly ParkedEvent[];
}

/** What is written beside the files. */
interface TypedManifest {
  skipped: number[];
  parked: ParkedEvent[];
  files: Record<string, string>;
  /** Of all of the above. */
  sha256: string;
}

/** How the making of a cache is followed and ended. */
export interface TypingOptions {
  /** Told how many events are typed by now, of those that were not. */
  onProgress?: (done: number) => void;
  signal?: AbortSignal;
}

/**
 * The cache of an archive. What is in it is kept under the hash of its segment and the version of the typed form; what
 * is missing, or not as it was written, is made anew. It can be deleted at any time.
 */
export class TypedCache {
  private constructor(
    private readonly archive: Archive,
    private readonly folder: string,
    private readonly version: string,
    /** Not there where the folder is only there for now, since the archive's own cannot be written. */
    private readonly lock?: Deno.FsFile,
  ) {}

  /** Opens the cache of an archive: in its folder, or where temporary files are if that cannot be written. */
  static async open(archive: Archive): Promise<TypedCache> {
    const version = await typedVersion();
    const folder = join(archive.folder, FOLDER);
    const lock = await lockIn(folder);
    if (lock) return new TypedCache(archive, folder, version, lock);
    return new TypedCache(archive, await Deno.makeTempDir({ prefix: "cim-typed-" }), version);
  }

  /**
   * Gives the typed form of segments, in their order; those that are not there are made. One with an event that only a
   * newer program can read has none, and it ends before that.
   */
  async typed(
    segments: readonly ArchiveSegment[],
    { onProgress, signal }: TypingOptions = {},
  ): Promise<TypedSegment[]> {
    const found: (TypedSegment | undefined)[] = [];
    for (const segment of segments) found.push(await this.#find(segment));
    const missing = segments.filter((_, at) => found[at] === undefined);
    if (missing.length > 0) {
      const made = await this.#make(missing, {
        ...(onProgress ? { onProgress } : {}),
        ...(signal ? { signal } : {}),
      });
      for (const one of made) found[segments.indexOf(one.segment)] = one;
    }
    const end = found.indexOf(undefined);
    return found.slice(0, end < 0 ? undefined : end) as TypedSegment[];
  }

  /** Lets go of it, and removes what is of no use any more; all of it, if it is only there for now. */
  async close(): Promise<void> {
    if (!this.lock) return await removePaths(this.folder);
    try {
      await this.lock.unlock();
      if (await this.lock.tryLock(true)) await this.#prune();
    } catch {
      // The next one does it.
    } finally {
      this.lock.close();
    }
  }

  #place(segment: ArchiveSegment): string {
    const name = segment.file.split(".")[0]!;
    return join(this.folder, `${name}-${segment.sha256.slice(0, 16)}-${this.version}`);
  }

  /** What is there of a segment, if every byte of it is as it was written. */
  async #find(segment: ArchiveSegment): Promise<TypedSegment | undefined> {
    const folder = this.#place(segment);
    try {
      const { sha256, ...manifest }: TypedManifest = JSON.parse(
        await Deno.readTextFile(join(folder, MANIFEST)),
      );
      if (sha256 !== hashOf(JSON.stringify(manifest))) return undefined;
      const hashes = await Promise.all(TYPED.map((name) => hashOfFile(folder, name)));
      if (TYPED.some((name, at) => manifest.files[name] !== hashes[at])) return undefined;
      return { segment, folder, skipped: manifest.skipped, parked: manifest.parked };
    } catch {
      return undefined; // whatever is there instead
    }
  }

  /**
   * Checks one segment while the database takes the one before it apart.
   *
   * @returns those before the first that has an event of a newer program
   */
  async #make(
    segments: readonly ArchiveSegment[],
    { onProgress, signal }: TypingOptions,
  ): Promise<TypedSegment[]> {
    const work = await Deno.makeTempDir({ dir: this.folder, prefix: PART });
    // The other core checks the next segment meanwhile.
    const database = await openDatabase(":memory:", { threads: "1" });
    const made: TypedSegment[] = [];
    let done = 0;
    let typing: Promise<unknown> = Promise.resolve();
    try {
      for (const [at, segment] of segments.entries()) {
        const lines = join(work, `${at}.tsv`);
        const skipped = await segmentLines(
          this.archive,
          segment,
          lines,
          (events) => onProgress?.(done + events),
          signal,
        );
        if (!skipped) break;
        done += segment.count;
        await typing;
        const place = join(work, String(at));
        typing = interruptible(
          database.connection,
          signal,
          () => this.#type(database, segment, { lines, work: place, skipped }, signal),
        ).then((one) => made.push(one));
        typing.catch(() => {}); // it is awaited in the next round
      }
      await typing;
      signal?.throwIfAborted();
      return made;
    } finally {
      await typing.catch(() => {}); // it is thrown where it was awaited
      closeDatabase(database);
      await removePaths(work).catch(() => {}); // the next one does it
    }
  }

  async #type(
    { connection }: Database,
    segment: ArchiveSegment,
    { lines, work, skipped }: { lines: string; work: string; skipped: number[] },
    signal?: AbortSignal,
  ): Promise<TypedSegment> {
    await Deno.mkdir(work);
    const parked = await typeLines(connection, lines).then(
      () => [],
      (error) => typeWithoutCulprits(connection, lines, error, signal),
    );
    await saveTyped(connection, work);
    await dropTyped(connection);
    await Deno.remove(lines);
    const files: Record<string, string> = {};
    for (const name of TYPED) files[name] = await hashOfFile(work, name);
    const manifest = { skipped, parked, files };
    await Deno.writeTextFile(
      join(work, MANIFEST),
      JSON.stringify(
        { ...manifest, sha256: hashOf(JSON.stringify(manifest)) } satisfies TypedManifest,
      ),
    );
    return await this.#keep(segment, work);
  }

  /**
   * Gives what was made its place, unless another process was faster: what that made is the same, and somebody may be
   * reading it.
   */
  async #keep(segment: ArchiveSegment, work: string): Promise<TypedSegment> {
    const folder = this.#place(segment);
    // It fails where something is.
    const isPlaced = await Deno.rename(work, folder).then(() => true, () => false);
    if (!isPlaced) {
      // What one has replaced no other one may replace again: somebody may be reading it.
      using replacing = await Deno.open(join(this.folder, REPLACING), {
        create: true,
        write: true,
      });
      await replacing.lock(true);
      if (!await this.#find(segment)) {
        await Deno.rename(folder, `${work}.damaged`).catch(() => {});
        await Deno.rename(work, folder).catch(() => {});
      }
    }
    const kept = await this.#find(segment);
    if (kept) return kept;
    throw new Deno.errors.InvalidData(
      `the typed copy of ${segment.file} in ${folder} is not as it was written`,
    );
  }

  /** Removes what belongs to no segment any more, to another version, or to a process that was killed. */
  async #prune(): Promise<void> {
    await this.archive.refresh();
    const wanted = new Set(this.archive.segments.map((segment) => basename(this.#place(segment))));
    for await (const { name } of Deno.readDir(this.folder)) {
      if (!wanted.has(name) && name !== LOCK) await removePaths(join(this.folder, name));
    }
  }
}

/** The lock of a cache, if its folder can be written. */
async function lockIn(folder: string): Promise<Deno.FsFile | undefined> {
  let lock: Deno.FsFile | undefined;
  try {
    await Deno.mkdir(folder, { recursive: true });
    lock = await Deno.open(join(folder, LOCK), { create: true, write: true });
    await lock.lock(false);
    await Deno.remove(await Deno.makeTempDir({ dir: folder, prefix: PART }));
    return lock;
  } catch {
    lock?.close();
    return undefined;
  }
}

/** The version of the typed form: how it is made, and of which versions of events. */
async function typedVersion(): Promise<string> {
  const versions = Object.entries(EVENTS).map(([type, { version }]) => `${type} ${version}`);
  return createHash("sha256").update(await statements("typed.sql")).update(versions.join())
    .digest("hex").slice(0, 8);
}

function hashOf(text: string | Uint8Array): string {
  return createHash("sha256").update(text).digest("hex");
}

async function hashOfFile(folder: string, name: string): Promise<string> {
  return hashOf(await Deno.readFile(join(folder, `${name}.parquet`)));
}
