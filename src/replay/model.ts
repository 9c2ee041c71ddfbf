/** A read model to ask: tables in a DuckDB of one's own. */
import type { DuckDBValue } from "@duckdb/node-api";
import { interruption } from "../interruption.ts";
import type { Perception, PerceptionOptions } from "../perception/perception.ts";
import { sayingOnly } from "../progress.ts";
import type { Checkpoint, LogIdentity } from "../projections/projection.ts";
import { closeDatabase, type Database, openDatabase } from "../projections/sql/database.ts";
import { interruptible } from "../projections/sql/interruptible.ts";
import { Table } from "../table/table.ts";
import { compareWith, type Comparison } from "./compare.ts";
import { isInUse, ModelDamaged, ModelInUse, QueryError } from "./model_error.ts";
import { statementsIn, withoutEnd } from "./one_statement.ts";
import { type Provenance, provenanceBundle, readProvenance } from "./provenance.ts";
import { boundValue, columnOf, plainValue } from "./values.ts";

/** The most rows that an answer may have here: more do not fit into the memory that JavaScript has. */
const MOST_ROWS = 1_000_000;

/** What there is in a table. */
export interface TableSummary {
  rows: number;
  /** In hexadecimal digits. */
  hash: string;
}

/** How a model is opened. Nothing is needed. */
export interface OpenOptions {
  /** The moment it was replayed to, where that is known. */
  asOf?: string | Date;
  /** Ends whatever it is asked, with its reason. */
  signal?: AbortSignal;
}

/**
 * The read model as of a moment. It is one's own: what one adds to it or changes in it is gone with it, and the log
 * knows nothing of it.
 */
export class Model implements AsyncDisposable {
  /**
   * @param provenance what of which log it has applied
   * @param signal ends whatever it is asked, with its reason; without it that of the cell that asks does
   */
  constructor(
    private readonly database: Database,
    readonly provenance: Provenance,
    private readonly signal?: AbortSignal,
  ) {}

  /**
   * Opens a model that was kept in a file, to be read only. Any number of processes may do so.
   *
   * @throws {ModelInUse} when another process has it open for writing
   * @throws {ModelDamaged} when there is none, or it is not as it was written
   */
  static async open(path: string, { asOf, signal }: OpenOptions = {}): Promise<Model> {
    let database: Database | undefined;
    try {
      database = await openDatabase(path, { access_mode: "READ_ONLY" });
      return new Model(database, await readProvenance(database.connection, asOf), signal);
    } catch (error) {
      if (database) closeDatabase(database);
      if (isInUse(error)) throw new ModelInUse(path, error);
      throw new ModelDamaged(path, error);
    }
  }

  /** What of the log it has applied: the range, the number of events and their hash. */
  get checkpoint(): Checkpoint {
    const { first_sequence, last_sequence, events, log_hash, skipped, parked } = this.provenance;
    return { first_sequence, last_sequence, events, log_hash, skipped, parked };
  }

  /** Which log it is of. */
  get identity(): LogIdentity {
    const { stream: name, incarnation } = this.provenance;
    return { name, incarnation };
  }

  /**
   * Compares it with a model in a file, row by row.
   *
   * @throws {ModelInUse} when another process has that open for writing
   */
  compareWith(path: string): Promise<Comparison> {
    return compareWith(this.database.connection, path, this.signal ?? interruption());
  }

  /**
   * How many rows a table has, and the sum of the hashes of all of them, in whatever order they are: two models of the
   * same version of this program have the same table exactly if they have the same hash.
   *
   * @param name one of `TABLES`, or any other table or view
   * @throws {QueryError} when there is none of that name
   */
  async summary(name: string): Promise<TableSummary> {
    const quoted = `"${name.replaceAll('"', '""')}"`;
    const { rows: [row] } = await this.query(
      `SELECT count(*) AS rows, coalesce(sum(hash(one)::HUGEINT), 0)::VARCHAR AS hash FROM ${quoted} AS one`,
    );
    return { rows: Number(row?.rows), hash: BigInt(String(row?.hash)).toString(16) };
  }

  /**
   * Asks in SQL. What is put in with `${…}` is a value, never code.
   *
   * @throws {QueryError} with the database's own words
   * @example
   * ```ts
   * import { MemoryLog, replay } from "@cim/infrastructure";
   * import { strictEqual } from "node:assert";
   * await using model = await replay(new MemoryLog(() => new Date()));
   * const hostile = "'; DROP TABLE resources; --";
   * const found = await model.sql`SELECT * FROM resources WHERE hostname = ${hostile}`;
   * strictEqual(found.rows.length, 0);
   * ```
   */
  sql(text: TemplateStringsArray, ...values: unknown[]): Promise<Table> {
    return this.query(text.reduce((before, part, at) => `${before}$${at}${part}`), values);
  }

  /**
   * Asks in SQL, with values for `$1`, `$2` …
   *
   * @throws {QueryError} with the database's own words
   */
  async query(text: string, values: readonly unknown[] = []): Promise<Table> {
    const { connection } = this.database;
    const signal = this.signal ?? interruption();
    try {
      const bound: DuckDBValue[] = values.map(boundValue);
      const reader = await sayingOnly(
        "Asking the model …",
        () =>
          interruptible(
            connection,
            signal,
            () => connection.runAndReadUntil(text, MOST_ROWS + 1, bound),
          ),
      );
      if (!reader.done) {
        throw new Error(
          `The answer has more than ${MOST_ROWS} rows: ask for fewer, or for a Parquet file`,
        );
      }
      const types = reader.columnTypes();
      return new Table(
        reader.columnNames().map((name, at) => columnOf(name, types[at]!)),
        reader.getRows().map((row) => row.map(plainValue)),
      );
    } catch (error) {
      signal?.throwIfAborted();
      if (await statementsIn(connection, text) === 0) {
        throw new QueryError("There is no question: say a SELECT", { cause: error });
      }
      const message = error instanceof Error ? error.message : String(error);
      throw new QueryError(message.replace(/^Failed to extract statements: /, ""), {
        cause: error,
      });
    }
  }

  /**
   * Forgets what was measured before a moment, where there is more of it than can be asked for: all that is computed of
   * measurements, such as courses and positions, then rests on the newer ones alone. Events, versions, and the
   * provenance stay as they are; and the log knows nothing of it.
   *
   * @returns how many values are gone
   * @throws {QueryError} for a model that was opened to be read only
   * @example
   * ```ts
   * import { openHistory } from "@cim/infrastructure";
   * import { strictEqual } from "node:assert";
   * await using history = await openHistory({ archive: "data/samples/fleet" });
   * await using model = await history.replay();
   * await model.forgetMeasurements("2026-10-10T00:00:00Z");
   * const { rows } = await model.sql`SELECT min(observed_at) >= '2026-10-10' AS new FROM measurements`;
   * strictEqual(rows[0]?.new, true);
   * ```
   */
  async forgetMeasurements(before: string | Date): Promise<number> {
    const { rows } = await this.query("DELETE FROM fold.points WHERE observed_at < fold.utc($1)", [
      before,
    ]);
    return Number(rows[0]?.Count);
  }

  /**
   * Asks in SQL, in one statement, and writes the answer to a Parquet file.
   *
   * @param path of the file, which is replaced
   * @throws {QueryError} with the database's own words
   */
  async parquet(text: string, path: string): Promise<void> {
    const { connection } = this.database;
    const question = await withoutEnd(connection, text);
    // The path is no $1: a PIVOT becomes several statements, which take no values.
    const copy = `COPY (${question}\n) TO '${
      path.replaceAll("'", "''")
    }' (FORMAT parquet, COMPRESSION zstd)`;
    if (await statementsIn(connection, copy) === undefined) {
      const count = await statementsIn(connection, question) ?? 1;
      if (count === 0) throw new QueryError("There is no question: say a SELECT");
      if (count > 1) {
        throw new QueryError(
          `There are ${count} statements: Parquet has the answer of one, say one`,
        );
      }
    }
    await this.query(copy);
  }

  /**
   * Its things as points of a conceptual space, with the concepts that were known at its moment.
   *
   * @param name `compute`, `performance`, `capacity`, `reliability`, `software`, `network`, `connection` or `policy`
   * @throws {PerceptionError} when there is no such space, or context
   */
  async space(name: string, options: PerceptionOptions = {}): Promise<Perception> {
    const { Perception } = await import("../perception/perception.ts");
    return await Perception.open(this, name, options);
  }

  /** How a notebook shows it: where it comes from. */
  [Symbol.for("Jupyter.display")](): Record<string, unknown> {
    return provenanceBundle(this.provenance);
  }

  /** Closes the database; one in memory is gone. */
  close(): Promise<void> {
    closeDatabase(this.database);
    return Promise.resolve();
  }

  /** {@linkcode close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
