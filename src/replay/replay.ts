/** Replay: the log, up to a moment, into a fresh database. */
import { dirname, join } from "node:path";
import { type DuckDBConnection, DuckDBInstance, version as duckdb } from "@duckdb/node-api";
import project from "../../deno.json" with { type: "json" };
import type { EventLog } from "../log/log.ts";
import { type Checkpoint, fold } from "../projections/sql/fold.ts";
import { Model } from "./model.ts";
import type { Provenance } from "./provenance.ts";
import { ReplayRange, spool, type Until } from "./spool.ts";

/** How to replay. Nothing is needed: then it is all there is, into memory. */
export interface ReplayOptions extends Until {
  /** A file to keep the model in; a model that is there is replaced once the new one is whole. In memory without it. */
  into?: string;
  /** Told how far it is: events done, and how many there are to do at most. */
  onProgress?: (done: number, total: number) => void;
  /** Ends the replay, with its reason. */
  signal?: AbortSignal;
}

/**
 * Folds the log into the tables of the read model. The same log and the same moment always give the same tables.
 *
 * @returns the model; close it, or declare it with `await using`
 * @throws {ReplayRange} for a moment that is none, a sequence that the log does not have, or a file that is no model
 * @throws {NewerEvent} when a newer version of this program wrote to the log
 * @throws {LogUnavailable} when the log goes away
 */
export async function replay(log: EventLog, options: ReplayOptions = {}): Promise<Model> {
  const { into, onProgress, signal } = options;
  if (into !== undefined) await mustBeModel(into);
  // The spool lies where the model will lie, where there is room for it; else where temporary files do.
  const folder = await workFolder(into);
  try {
    const lines = join(folder, "log.tsv");
    const skipped = await spool(log, lines, options, onProgress, signal);
    signal?.throwIfAborted();
    const path = into === undefined ? ":memory:" : join(folder, "model.duckdb");
    const { instance, connection } = await open(path);
    const { asOf } = options;
    const provenance: Provenance = {
      stream: log.name,
      ...await folded(instance, connection, lines, signal),
      ...(skipped > 0 ? { skipped } : {}),
      ...(asOf === undefined
        ? {}
        : { as_of: typeof asOf === "string" ? asOf : asOf.toISOString() }),
      versions: { [project.name]: project.version, deno: Deno.version.deno, duckdb: duckdb() },
    };
    if (into === undefined) return new Model(instance, connection, provenance);
    await connection.run("CHECKPOINT");
    connection.closeSync();
    instance.closeSync();
    await publish(path, into);
    const published = await open(into, { access_mode: "READ_ONLY" });
    return new Model(published.instance, published.connection, provenance);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A file that something else than a database is in is nobody's to replace. */
async function mustBeModel(path: string): Promise<void> {
  let head = "";
  try {
    using file = await Deno.open(path);
    const bytes = new Uint8Array(12);
    await file.read(bytes);
    head = new TextDecoder().decode(bytes.subarray(8)); // behind a checksum
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw new ReplayRange(`Cannot keep a model in ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  if (head !== "DUCK") {
    throw new ReplayRange(
      `Cannot keep a model in ${path}: it is there and is no DuckDB database; name another file`,
    );
  }
}

async function workFolder(into: string | undefined): Promise<string> {
  if (into === undefined) return await Deno.makeTempDir({ prefix: "cim-replay-" });
  try {
    return await Deno.makeTempDir({ prefix: ".cim-replay-", dir: dirname(into) });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ReplayRange(`Cannot keep a model in ${into}: its folder cannot be written (${why})`, {
      cause: error,
    });
  }
}

async function open(path: string, settings: Record<string, string> = {}) {
  const instance = await DuckDBInstance.create(path, settings);
  const connection = await instance.connect();
  return { instance, connection };
}

async function folded(
  instance: DuckDBInstance,
  connection: DuckDBConnection,
  lines: string,
  signal?: AbortSignal,
): Promise<Checkpoint> {
  try {
    return await fold(connection, lines, signal);
  } catch (error) {
    connection.closeSync();
    instance.closeSync();
    throw error;
  }
}

/** Whoever opens `target` finds the old model or the new one, and each is whole, also after a power failure. */
async function publish(built: string, target: string): Promise<void> {
  const file = await Deno.open(built, { read: true, write: true });
  await file.sync();
  file.close();
  // What a writer of the old model left unfinished must not be applied to the new one.
  await Deno.remove(`${target}.wal`).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.rename(built, target);
}
