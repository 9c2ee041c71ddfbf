/** A transaction on one graph: statements with their rows, some at a time. */
import type { ManagedTransaction } from "neo4j-driver";

/** So many rows go into one statement: more bring no speed, and take memory. */
const ROWS_AT_ONCE = 1_000;

/** Statements about one graph, in one transaction. */
export class Asking {
  constructor(private readonly transaction: ManagedTransaction, readonly graph: string) {}

  /** Runs a statement. @returns its records, as objects */
  async run<R = Record<string, unknown>>(
    statement: string,
    parameters: Record<string, unknown> = {},
  ): Promise<R[]> {
    const { records } = await this.transaction.run(statement, { graph: this.graph, ...parameters });
    return records.map((record) => record.toObject() as R);
  }

  /** Runs a statement with `$rows`; with none it is not run. */
  async rows<R = Record<string, unknown>>(
    statement: string,
    rows: readonly unknown[],
  ): Promise<R[]> {
    return await this.#parts<R>(statement, "rows", rows);
  }

  /** Runs a statement with `$ids`; with none it is not run. */
  async ids<R = { id: string }>(
    statement: string,
    ids: Iterable<string | bigint>,
  ): Promise<R[]> {
    return await this.#parts<R>(statement, "ids", [...ids]);
  }

  async #parts<R>(statement: string, name: string, all: readonly unknown[]): Promise<R[]> {
    const found: R[] = [];
    for (let at = 0; at < all.length; at += ROWS_AT_ONCE) {
      found.push(...await this.run<R>(statement, { [name]: all.slice(at, at + ROWS_AT_ONCE) }));
    }
    return found;
  }
}
