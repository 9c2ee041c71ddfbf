/** The model that an experiment asks: its own, in memory, and out of which nothing can be reached. */
import { Archive } from "../log/archive.ts";
import type { EventLog } from "../log/log.ts";
import type { Checkpoint, LogIdentity, ParkedEvent } from "../projections/projection.ts";
import { closeDatabase, type Database } from "../projections/sql/database.ts";
import { readCheckpoint, readParked } from "../projections/sql/fold.ts";
import { SqlProjection } from "../projections/sql/projection.ts";
import { analyse, type Analyses } from "./experiment_analysis.ts";
import { inCanonicalOrder, type RawTable } from "./experiment_canonical.ts";
import { type Projection, setProjection } from "./experiment_projection.ts";
import { setSeed } from "./experiment_seed.ts";
import type { AnalysisCall, Parameters } from "./experiment_spec.ts";
import { ask, type Asked, checkColumns, checkSql } from "./experiment_sql.ts";
import { Model } from "./model.ts";
import { readProvenance } from "./provenance.ts";
import { replayArchive, type Rest } from "./replay_archive.ts";
import { replayLog } from "./replay_log.ts";
import { archiveOf, ReplayRange } from "./until.ts";

/** How a model is made. */
export interface MakingOptions {
  /** How many threads fold; as many as there are cores without it. What comes of it is the same. */
  threads?: number;
  /** How its views see what was folded. */
  projection?: Projection | undefined;
  onProgress?: (done: number, total: number) => void;
  signal: AbortSignal;
}

/** What a log is called, also where it is only an archive. */
export function identityOf(source: EventLog | Archive): LogIdentity {
  const log = source instanceof Archive ? source.log : source;
  if (log) return { name: log.name, incarnation: log.incarnation };
  throw new ReplayRange("Cannot run an experiment on this archive: there is nothing in it");
}

/** What a query may take of the memory beyond the model itself, in bytes. */
const QUERY_BYTES = 1_000_000_000;

/** What is asked for takes no more than it may, and nothing of the disk. */
async function limitMemory({ connection }: Database): Promise<void> {
  const reader = await connection.runAndReadAll(
    "SELECT coalesce(sum(memory_usage_bytes), 0)::BIGINT FROM duckdb_memory()",
  );
  const bytes = Number(reader.getRows()[0]![0]) + QUERY_BYTES;
  await connection.run(`SET memory_limit = '${bytes}B'`);
  await connection.run("SET temp_directory = ''").catch(() => {}); // it has been needed before
}

/** A read model whose SQL reaches no file, and gives the same on every machine. */
export class ExperimentModel implements Disposable {
  private constructor(private readonly database: Database) {}

  /**
   * Folds a log.
   *
   * @param source typed copies are read where it is an archive, or has one
   * @param last the last sequence to apply; Infinity where only its end tells; 0 gives the empty tables
   */
  static async of(
    source: EventLog | Archive,
    last: number,
    {
      threads = navigator.hardwareConcurrency,
      projection: seen = {},
      onProgress = () => {},
      signal,
    }: MakingOptions,
  ): Promise<ExperimentModel> {
    const projection = new SqlProjection({ settings: { threads: String(threads) } });
    try {
      await projection.initialize(identityOf(source));
      const rest: Rest = { last, onProgress, signal };
      const archive = archiveOf(source);
      if (archive) await replayArchive(projection, archive, rest);
      await replayLog(projection, source, rest);
    } catch (error) {
      await projection.close();
      throw error;
    }
    const database = await projection.detach();
    try {
      const { connection } = database;
      await connection.run("RESET VARIABLE lines");
      await setProjection(connection, seen);
      // Several threads add floating-point numbers in an order that is another one each time.
      await connection.run("SET threads = 1");
      await limitMemory(database);
      await connection.run("SET enable_external_access = false");
      await connection.run("SET lock_configuration = true");
      return new ExperimentModel(database);
    } catch (error) {
      closeDatabase(database);
      throw error;
    }
  }

  /** What of the log it has applied. */
  checkpoint(): Promise<Checkpoint> {
    return readCheckpoint(this.database.connection);
  }

  /** The events that could not be applied. */
  parked(): Promise<ParkedEvent[]> {
    return readParked(this.database.connection);
  }

  /**
   * Checks what is to be asked, without asking it.
   *
   * @throws {ExperimentError} as {@linkcode checkSql}
   */
  async check(asked: Asked, parameters: Parameters): Promise<void> {
    await checkSql(this.database.connection, asked, parameters);
  }

  /**
   * Asks, and gives the rows in the order that was asked for, or in the one that their texts have.
   *
   * @param seed what `random()` gives depends on
   * @throws {ExperimentError} `experiment_query`
   */
  async ask(
    asked: Asked,
    parameters: Parameters,
    seed: number,
    signal: AbortSignal,
  ): Promise<RawTable> {
    const { connection } = this.database;
    const { ordered } = await checkSql(connection, asked, parameters);
    await setSeed(connection, seed);
    const table = await ask(connection, asked, parameters, signal);
    checkColumns(asked, table.columns);
    return inCanonicalOrder({ ...table, ordered });
  }

  /**
   * Makes the table of an analysis.
   *
   * @param moment the one that the model shows; that of its last event without it
   * @throws {ExperimentError} as {@linkcode analyse}
   */
  async analyse(
    call: AnalysisCall,
    position: string,
    known: Analyses,
    { moment, seed, signal }: { moment: string | undefined; seed: number; signal: AbortSignal },
  ): Promise<RawTable> {
    const { connection } = this.database;
    const shown = new Model(this.database, await readProvenance(connection, moment), signal);
    return await analyse(shown, call, position, known, { seed, signal });
  }

  /** Closes it, and it is gone. */
  [Symbol.dispose](): void {
    closeDatabase(this.database);
  }
}
