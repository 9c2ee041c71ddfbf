/** A read model to ask: tables in a DuckDB of one's own. */
import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from "@duckdb/node-api";
import type { Checkpoint } from "../projections/sql/fold.ts";
import { Table } from "../table/table.ts";
import { type Provenance, provenanceBundle } from "./provenance.ts";
import { boundValue, columnOf, plainValue } from "./values.ts";

/** A question that the database cannot answer: wrong SQL, an unknown table, a value of the wrong type. */
export class QueryError extends Error {
  override readonly name = "QueryError";
  /** Stable, for programs. */
  readonly code = "query_error";
}

/**
 * The read model as of a moment. It is one's own: what one adds to it or changes in it is gone with it, and the log
 * knows nothing of it.
 */
export class Model implements AsyncDisposable {
  /** @param provenance what of which log it has applied */
  constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
    readonly provenance: Provenance,
  ) {}

  /** What of the log it has applied: the range, the number of events and their hash. */
  get checkpoint(): Checkpoint {
    const { first_sequence, last_sequence, events, log_hash } = this.provenance;
    return { first_sequence, last_sequence, events, log_hash };
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
      const reader = await this.connection.runAndReadAll(text, bound);
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

  /** How a notebook shows it: where it comes from. */
  [Symbol.for("Jupyter.display")](): Record<string, unknown> {
    return provenanceBundle(this.provenance);
  }

  /** Closes the database; one in memory is gone. */
  close(): Promise<void> {
    this.connection.closeSync();
    this.instance.closeSync();
    return Promise.resolve();
  }

  /** {@linkcode close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
