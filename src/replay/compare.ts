/** What two models of the same log say differently. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { TABLES } from "../projections/sql/tables.ts";

/** One table in which two models differ. */
export interface Difference {
  table: string;
  /** How many rows the new model has that the old one has not. */
  added: number;
  /** How many rows the old model has that the new one has not. */
  removed: number;
}

/** What a model that takes the place of another one says differently. */
export interface Comparison {
  /** Up to which sequence the old model was; undefined where it could not be read. */
  last_sequence?: number;
  /** Why it could not be read, in a line. */
  unreadable?: string;
  /** The tables that differ, in the order of `TABLES`. */
  differences: Difference[];
}

/**
 * Compares the model that is open in a connection with one in a file, row by row, whatever their order.
 *
 * @param path of the old model; it is only read
 */
export async function compareWith(connection: DuckDBConnection, path: string): Promise<Comparison> {
  try {
    await connection.run(`ATTACH '${path.replaceAll("'", "''")}' AS old_model (READ_ONLY)`);
  } catch (error) {
    return { unreadable: firstLine(error), differences: [] };
  }
  try {
    const last_sequence = await one(
      connection,
      "SELECT last_sequence FROM old_model.fold.checkpoint",
    );
    const differences: Difference[] = [];
    for (const { name } of TABLES) {
      const added = await behind(connection, name, `old_model.${name}`);
      const removed = await behind(connection, `old_model.${name}`, name);
      if (added > 0 || removed > 0) differences.push({ table: name, added, removed });
    }
    return { last_sequence, differences };
  } catch (error) {
    return { unreadable: firstLine(error), differences: [] };
  } finally {
    await connection.run("DETACH old_model");
  }
}

/** How many rows one table has that another has not. */
async function behind(connection: DuckDBConnection, table: string, other: string): Promise<number> {
  return await one(
    connection,
    `SELECT count(*) FROM (
       SELECT hash(one) FROM ${table} AS one EXCEPT ALL SELECT hash(one) FROM ${other} AS one
     )`,
  );
}

async function one(connection: DuckDBConnection, query: string): Promise<number> {
  return Number((await connection.runAndReadAll(query)).getRowsJS()[0]![0]);
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
}
