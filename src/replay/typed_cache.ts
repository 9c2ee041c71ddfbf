/** Typed copies of an archive's segments: checked, led up and taken apart once, and then only read. */
import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { EVENTS } from "../domain/event_types.ts";
import { decodeEvent, UnreadableEvent } from "../domain/event.ts";
import type { Archive, ArchiveSegment } from "../log/archive.ts";
import type { ParkedEvent, ProjectedEvent } from "../projections/projection.ts";
import { typeWithoutCulprits } from "../projections/sql/culprits.ts";
import {
  closeDatabase,
  type Database,
  openDatabase,
  statements,
} from "../projections/sql/database.ts";
import { dropTyped, LinesFile, saveTyped, TYPED, typeLines } from "../projections/sql/typed.ts";

/** The folder of the cache in that of its archive. */
const FOLDER = "typed";
const MANIFEST = "manifest.json";
const PART = ".part-";

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
    /** Whether the folder is only there for now, since the archive's own cannot be written. */
    private readonly isTemporary: boolean,
  ) {}

  /** Opens the cache of an archive: in its folder, or where temporary files are if that cannot be written. */
  static async open(archive: Archive): Promise<TypedCache> {
    const version = await typedVersion();
    const folder = join(archive.folder, FOLDER);
    try {
      await Deno.mkdir(folder, { recursive: true });
      await Deno.remove(await Deno.makeTempDir({ dir: folder, prefix: PART }));
      return new TypedCache(archive, folder, version, false);
    } catch {
      const temporary = await Deno.makeTempDir({ prefix: "cim-typed-" });
      return new TypedCache(archive, temporary, version, true);
    }
  }

  /** Gives the typed form of segments, in their order; those that are not there are made. */
  async typed(
    segments: readonly ArchiveSegment[],
    { onProgress, signal }: TypingOptions = {},
  ): Promise<TypedSegment[]> {
    const found = await Promise.all(segments.map((segment) => this.#find(segment)));
    const missing = segments.filter((_, at) => found[at] === undefined);
    if (missing.length > 0) {
      const made = await this.#make(missing, {
        ...(onProgress ? { onProgress } : {}),
        ...(signal ? { signal } : {}),
      });
      for (const one of made) found[segments.indexOf(one.segment)] = one;
      await this.#prune();
    }
    return found as TypedSegment[];
  }

  /** Removes a cache that is only there for now. */
  async close(): Promise<void> {
    if (this.isTemporary) await Deno.remove(this.folder, { recursive: true });
  }

  #place(segment: ArchiveSegment): string {
    const name = segment.file.split(".")[0]!;
    return join(this.folder, `${name}-${segment.sha256.slice(0, 16)}-${this.version}`);
  }

  /** What is there of a segment, if every byte of it is as it was written. */
  async #find(segment: ArchiveSegment): Promise<TypedSegment | undefined> {
    const folder = this.#place(segment);
    try {
      const manifest: TypedManifest = JSON.parse(await Deno.readTextFile(join(folder, MANIFEST)));
      for (const name of TYPED) {
        if (await hashOf(folder, name) !== manifest.files[name]) return undefined;
      }
      return { segment, folder, skipped: manifest.skipped, parked: manifest.parked };
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  /** Checks one segment while the database takes the one before it apart. */
  async #make(
    segments: readonly ArchiveSegment[],
    { onProgress, signal }: TypingOptions,
  ): Promise<TypedSegment[]> {
    const work = await Deno.makeTempDir({ dir: this.folder, prefix: PART });
    const database = await openDatabase(":memory:");
    const made: TypedSegment[] = [];
    let done = 0;
    try {
      let typing: Promise<unknown> = Promise.resolve();
      for (const [at, segment] of segments.entries()) {
        const lines = join(work, `${at}.tsv`);
        const skipped = await this.#check(
          segment,
          lines,
          (events) => onProgress?.(done + events),
          signal,
        );
        done += segment.count;
        await typing;
        typing = this.#type(database, segment, lines, join(work, String(at)), skipped)
          .then((one) => made.push(one));
        typing.catch(() => {}); // it is awaited in the next round
      }
      await typing;
      signal?.throwIfAborted();
      return made;
    } finally {
      closeDatabase(database);
      await Deno.remove(work, { recursive: true });
    }
  }

  /** @returns the sequences of what is no event */
  async #check(
    { first_sequence, last_sequence }: ArchiveSegment,
    path: string,
    onProgress: (events: number) => void,
    signal?: AbortSignal,
  ): Promise<number[]> {
    const lines = new LinesFile(path);
    const skipped: number[] = [];
    let done = 0;
    try {
      const range = { from: first_sequence, to: last_sequence, ...(signal ? { signal } : {}) };
      for await (const records of this.archive.blocks(range)) {
        for (const record of records) {
          const event = decoded(record);
          if (event) lines.write(event);
          else skipped.push(record.sequence);
        }
        onProgress(done += records.length);
      }
      return skipped;
    } finally {
      lines.close();
    }
  }

  async #type(
    { connection }: Database,
    segment: ArchiveSegment,
    lines: string,
    work: string,
    skipped: number[],
  ): Promise<TypedSegment> {
    await Deno.mkdir(work);
    const parked = await typeLines(connection, lines).then(
      () => [],
      (error) => typeWithoutCulprits(connection, lines, error),
    );
    await saveTyped(connection, work);
    await dropTyped(connection);
    await Deno.remove(lines);
    const files: Record<string, string> = {};
    for (const name of TYPED) files[name] = await hashOf(work, name);
    await Deno.writeTextFile(
      join(work, MANIFEST),
      JSON.stringify({ skipped, parked, files } satisfies TypedManifest),
    );
    const folder = this.#place(segment);
    await Deno.remove(folder, { recursive: true }).catch(() => {}); // one that is not as it was written
    await Deno.rename(work, folder).catch(async (error) => {
      // Another process was faster: what it made is the same.
      if (await this.#find(segment) === undefined) throw error;
    });
    return { segment, folder, skipped, parked };
  }

  /** Removes what belongs to no segment any more, or to another version. */
  async #prune(): Promise<void> {
    await this.archive.refresh();
    const wanted = new Set(this.archive.segments.map((segment) => basename(this.#place(segment))));
    for await (const { name } of Deno.readDir(this.folder)) {
      if (wanted.has(name) || name.startsWith(PART)) continue;
      await Deno.remove(join(this.folder, name), { recursive: true }).catch(() => {}); // somebody reads it
    }
  }
}

function decoded(record: ProjectedEvent["record"]): ProjectedEvent | undefined {
  try {
    return { record, event: decodeEvent(record) };
  } catch (error) {
    if (error instanceof UnreadableEvent) return undefined;
    throw error;
  }
}

/** The version of the typed form: how it is made, and of which versions of events. */
async function typedVersion(): Promise<string> {
  const versions = Object.entries(EVENTS).map(([type, { version }]) => `${type} ${version}`);
  return createHash("sha256").update(await statements("typed.sql")).update(versions.join())
    .digest("hex").slice(0, 8);
}

async function hashOf(folder: string, name: string): Promise<string> {
  return createHash("sha256").update(await Deno.readFile(join(folder, `${name}.parquet`)))
    .digest("hex");
}
