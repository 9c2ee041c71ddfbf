/** What two models of the same log say differently. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { TABLES } from "../projections/sql/tables.ts";
import { oneLine } from "../projections/projector_error.ts";

/** One table in which two models differ. */
export interface Difference {
  table: string;
  /** How many rows the new model has that the old one has not. */
  added: number;
  /** How many rows the old model has that the new one has not. */
  removed: number;
  /** The first of the events that brought those rows. */
  first_sequence: number;
}

/** What a model says differently from another one. */
export interface Comparison {
  /** Up to which sequence the old model was; undefined where it could not be read. */
  last_sequence?: number;
  /** Why it could not be read, in a line. */
  unreadable?: string;
  /** How many rows of it were compared, over all tables. */
  rows: number;
  /** The tables that differ, in the order of `TABLES`. */
  differences: Difference[];
}

/**
 * Compares the model that is open in a connection with one in a file, row by row, whatever their order.
 *
 * @param path of the old model; it is only read
 */
export async function compareWith(connection: DuckDBConnection, path: string): Promise<Comparison> {
  const differences: Difference[] = [];
  let rows = 0;
  try {
    await connection.run(`ATTACH '${path.replaceAll("'", "''")}' AS old_model (READ_ONLY)`);
  } catch (error) {
    return { unreadable: oneLine(error), rows, differences };
  }
  try {
    const [last_sequence] = await ask(
      connection,
      "SELECT last_sequence FROM old_model.fold.checkpoint",
    );
    for (const [name, sequence] of await sequenceColumns(connection)) {
      const [all] = await ask(connection, `SELECT count(*) FROM old_model.${name}`);
      rows += all!;
      const [added, first] = await behind(connection, sequence, [name, `old_model.${name}`]);
      const [removed, before] = await behind(connection, sequence, [`old_model.${name}`, name]);
      if (added === 0 && removed === 0) continue;
      const first_sequence = Math.min(first || Infinity, before || Infinity);
      differences.push({ table: name, added: added!, removed: removed!, first_sequence });
    }
    return { last_sequence: last_sequence!, rows, differences };
  } catch (error) {
    return { unreadable: oneLine(error), rows, differences };
  } finally {
    await connection.run("DETACH old_model");
  }
}

/** The tables of facts, in the order of `TABLES`, each with the column that says which event brought a row. */
async function sequenceColumns(connection: DuckDBConnection): Promise<[string, string][]> {
  const reader = await connection.runAndReadAll(
    `SELECT table_name, min(column_name) FROM duckdb_columns()
     WHERE database_name = current_database() AND schema_name = 'main'
       AND column_name IN ('sequence', 'last_sequence', 'valid_from_sequence')
     GROUP BY table_name`,
  );
  const columns = new Map(reader.getRowsJS() as [string, string][]);
  return TABLES.flatMap(({ name }) => columns.has(name) ? [[name, columns.get(name)!]] : []);
}

/** How many rows one table has that another has not, and the first sequence of them. */
async function behind(
  connection: DuckDBConnection,
  sequence: string,
  [table, other]: [string, string],
): Promise<number[]> {
  return await ask(
    connection,
    `SELECT count(*), min(sequence) FROM (
       SELECT hash(one), one.${sequence} AS sequence FROM ${table} AS one
       EXCEPT ALL
       SELECT hash(one), one.${sequence} FROM ${other} AS one
     )`,
  );
}

async function ask(connection: DuckDBConnection, query: string): Promise<number[]> {
  return (await connection.runAndReadAll(query)).getRowsJS()[0]!.map(Number);
}
