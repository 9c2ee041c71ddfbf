/** A read model to ask: tables in a DuckDB of one's own. */
import type { DuckDBValue } from "@duckdb/node-api";
import type { Checkpoint, LogIdentity } from "../projections/projection.ts";
import { closeDatabase, type Database, openDatabase } from "../projections/sql/database.ts";
import { Table } from "../table/table.ts";
import { compareWith, type Comparison } from "./compare.ts";
import { ModelDamaged, QueryError } from "./model_error.ts";
import { type Provenance, provenanceBundle, readProvenance } from "./provenance.ts";
import { boundValue, columnOf, plainValue } from "./values.ts";

/** What there is in a table. */
export interface TableSummary {
  rows: number;
  /** In hexadecimal digits. */
  hash: string;
}

/**
 * The read model as of a moment. It is one's own: what one adds to it or changes in it is gone with it, and the log
 * knows nothing of it.
 */
export class Model implements AsyncDisposable {
  /** @param provenance what of which log it has applied */
  constructor(private readonly database: Database, readonly provenance: Provenance) {}

  /**
   * Opens a model that was kept in a file, to be read only. Any number of processes may do so.
   *
   * @param asOf the moment it was replayed to, where that is known
   * @throws {ModelDamaged} when there is none, or it is not as it was written
   */
  static async open(path: string, asOf?: string | Date): Promise<Model> {
    let database: Database | undefined;
    try {
      database = await openDatabase(path, { access_mode: "READ_ONLY" });
      return new Model(database, await readProvenance(database.connection, asOf));
    } catch (error) {
      if (database) closeDatabase(database);
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

  /** Compares it with a model in a file, row by row. */
  compareWith(path: string): Promise<Comparison> {
    return compareWith(this.database.connection, path);
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
    try {
      const bound: DuckDBValue[] = values.map(boundValue);
      const reader = await this.database.connection.runAndReadAll(text, bound);
      const types = reader.columnTypes();
      return new Table(
        reader.columnNames().map((name, at) => columnOf(name, types[at]!)),
        reader.getRows().map((row) => row.map(plainValue)),
      );
    } catch (error) {
      throw new QueryError(error instanceof Error ? error.message : String(error), {
        cause: error,
      });
    }
  }

  /**
   * Asks in SQL, and writes the answer to a Parquet file.
   *
   * @param path of the file, which is replaced
   * @throws {QueryError} with the database's own words
   */
  async parquet(text: string, path: string): Promise<void> {
    const question = text.trim().replace(/;+$/, "");
    await this.query(`COPY (${question}\n) TO $1 (FORMAT parquet, COMPRESSION zstd)`, [path]);
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
