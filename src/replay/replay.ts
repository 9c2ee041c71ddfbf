/** Replay: the log, up to a moment, into a fresh database. */
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { interruption } from "../interruption.ts";
import { Archive } from "../log/archive.ts";
import type { EventLog } from "../log/log.ts";
import { saying, told } from "../progress.ts";
import type { LogIdentity } from "../projections/projection.ts";
import { isThere } from "../projections/sql/aside.ts";
import { interruptible } from "../projections/sql/interruptible.ts";
import { SqlProjection } from "../projections/sql/projection.ts";
import { compareWith, type Comparison } from "./compare.ts";
import { noteLogRead } from "./log_read.ts";
import { Model } from "./model.ts";
import { readProvenance } from "./provenance.ts";
import { publishFile } from "./publish.ts";
import { requireReplaceable } from "./replaceable.ts";
import { replayArchive } from "./replay_archive.ts";
import { replayLog } from "./replay_log.ts";
import { shownPath } from "./shown_path.ts";
import { archiveOf, lastOf, ReplayRange, type Until } from "./until.ts";
import { modelToBuild } from "./work_folder.ts";

/** How to replay. Nothing is needed: then it is all there is, into memory. */
export interface ReplayOptions extends Until {
  /** A file to keep the model in; a model that is there is replaced once the new one is whole. In memory without it. */
  into?: string;
  /** Reads each event from its own bytes, and nothing from typed copies: slower, and a proof of them. */
  afresh?: boolean;
  /** Told how far it is: events done, and how many there are to do. A notebook in our kernel shows it without that. */
  onProgress?: (done: number, total: number) => void;
  /** Told, before a model in `into` is replaced, what the new one says differently. */
  onReplace?: (comparison: Comparison) => void;
  /** Ends the replay, and then whatever the model is asked, with its reason; without it that of each cell does. */
  signal?: AbortSignal;
}

/** Whole segments at a time are many rows, and whoever asks the model later wants all that there is. */
const ALL_THREADS = { threads: String(navigator.hardwareConcurrency) };
/** What DuckDB may take of the memory while it builds a file, so that ten million events need no more than 2 GiB. */
const MEMORY_LIMIT = "1200MB";
/** What a model in memory may take of it: what is beyond that lies in a temporary folder, and goes with the model. */
const IN_MEMORY = { memory_limit: "4GB" };

/**
 * Folds the log into the tables of the read model. The same log and the same moment always give the same tables. What
 * is archived is read from the typed copies beside the archive, which are made where they are missing.
 *
 * @param source a log, with its archive or without; or an archive alone, which needs no server
 * @returns the model; close it, or declare it with `await using`
 * @throws {ReplayRange} for a moment that is none, a sequence that the log does not have, or a file that is no model
 * @throws {ModelInUse} when another process has the file open for writing
 * @throws {LogBroken} when the log does not have each sequence to there
 * @throws {NewerEvent} when a newer version of this program wrote to the log
 * @throws {ArchiveError} when the archive is not as it was written
 * @throws {LogUnavailable} when the log goes away
 */
export async function replay(
  source: EventLog | Archive,
  options: ReplayOptions = {},
): Promise<Model> {
  const model = await replayed(source, options);
  const { stream: name, incarnation, as_of, ...read } = model.provenance;
  noteLogRead({ name, incarnation }, {
    first_sequence: read.first_sequence,
    last_sequence: read.last_sequence,
    events: read.events,
    log_hash: read.log_hash,
    ...(as_of === undefined ? {} : { as_of }),
    ...(source instanceof Archive ? { archive: shownPath(source.folder) } : {}),
  });
  return model;
}

async function replayed(source: EventLog | Archive, options: ReplayOptions): Promise<Model> {
  const { into, asOf } = options;
  const signal = options.signal ?? interruption();
  if (into !== undefined) await requireReplaceable(into);
  const last = await lastOf(source, options, signal);
  const identity = identityOf(source);
  const build = (projection: SqlProjection) =>
    saying(undefined, (say) => {
      const onProgress = (done: number, of: number) => say?.(told("Replaying", done, of));
      onProgress(0, last);
      const how = { onProgress, ...options, ...(signal ? { signal } : {}) };
      return built(projection, source, identity, last, how);
    });
  if (into === undefined) {
    const temp_directory = join(tmpdir(), `cim-model-${crypto.randomUUID()}`);
    const projection = new SqlProjection({
      settings: { ...ALL_THREADS, ...IN_MEMORY, temp_directory },
    });
    await build(projection);
    const database = await projection.detach();
    return new Model(database, await readProvenance(database.connection, asOf), options.signal);
  }
  const path = await modelToBuild(into);
  try {
    const settings = { ...ALL_THREADS, memory_limit: MEMORY_LIMIT };
    const projection = new SqlProjection({ path, settings });
    await build(projection);
    try {
      const { connection } = projection.database;
      if (options.onReplace && await isThere(into)) {
        options.onReplace(await compareWith(connection, into, signal));
      }
      await connection.run("CHECKPOINT");
    } finally {
      await projection.close();
    }
    signal?.throwIfAborted();
    await publishFile(path, into);
    return await Model.open(into, {
      ...(asOf === undefined ? {} : { asOf }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } finally {
    await Deno.remove(dirname(path), { recursive: true });
  }
}

/** Applies to an empty projection what the log has up to a sequence. */
async function built(
  projection: SqlProjection,
  source: EventLog | Archive,
  identity: LogIdentity,
  last: number,
  { onProgress, signal, afresh = false }: ReplayOptions,
): Promise<void> {
  const archive = archiveOf(source);
  try {
    await projection.initialize(identity);
    const rest = { last, onProgress: onProgress ?? (() => {}), ...(signal ? { signal } : {}) };
    // What is at work is nobody else's, so that it need not come to an end.
    await interruptible(projection.database.connection, signal, async () => {
      if (archive && !afresh) await replayArchive(projection, archive, rest);
      await replayLog(projection, source, rest);
    });
  } catch (error) {
    await projection.close();
    throw error;
  }
}

function identityOf(source: EventLog | Archive): LogIdentity {
  if (!(source instanceof Archive)) return source;
  if (source.log) return source.log;
  throw new ReplayRange(`Cannot replay the archive in ${source.folder}: there is nothing in it`);
}
