/** What two models of the same log say differently. */
import type { DuckDBConnection } from "@duckdb/node-api";
import type { LogIdentity } from "../projections/projection.ts";
import { oneLine } from "../projections/projector_error.ts";
import { definition } from "../projections/sql/fold.ts";
import { TABLES } from "../projections/sql/tables.ts";

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

/** What a model in a file says of itself. */
export interface ModelIdentity extends LogIdentity {
  /** Which version of the fold made it. */
  definition: string;
  last_sequence: number;
}

/** Why a model in a file cannot be read, in a line. */
export interface Unreadable {
  unreadable: string;
}

/**
 * What the model in a file says of itself.
 *
 * @param connection of a database that is open; the file is attached to it for a moment, and only read
 */
export async function identityIn(
  connection: DuckDBConnection,
  path: string,
): Promise<ModelIdentity | Unreadable> {
  return await attached(connection, path, () => readIdentity(connection));
}

/**
 * Compares the model that is open in a connection with one in a file, row by row, whatever their order: the tables that
 * people ask, and, of two models of the same sequences that say the same, the tables that those are made of.
 *
 * @param path of the old model; it is only read
 */
export async function compareWith(connection: DuckDBConnection, path: string): Promise<Comparison> {
  const compared = await attached(connection, path, async () => {
    const old = await readIdentity(connection);
    if (old.definition !== await definition()) {
      return { unreadable: "another version of this program made it" };
    }
    const found: Comparison = { last_sequence: old.last_sequence, rows: 0, differences: [] };
    for (const table of await tables(connection, "main")) {
      await compareTable(connection, table, found);
    }
    const [now] = await ask(connection, "SELECT last_sequence FROM fold.checkpoint");
    if (found.differences.length > 0 || now !== old.last_sequence) return found;
    const behind = { ...found, rows: 0 };
    for (const table of await tables(connection, "fold")) {
      await compareTable(connection, table, behind);
    }
    return found;
  });
  return "unreadable" in compared ? { ...compared, rows: 0, differences: [] } : compared;
}

/** Does something while the model in a file can be read as `old_model`. */
async function attached<T>(
  connection: DuckDBConnection,
  path: string,
  work: () => Promise<T>,
): Promise<T | Unreadable> {
  try {
    await connection.run(`ATTACH '${path.replaceAll("'", "''")}' AS old_model (READ_ONLY)`);
    return await work();
  } catch (error) {
    return { unreadable: oneLine(error) };
  } finally {
    await connection.run("DETACH DATABASE IF EXISTS old_model").catch(() => {}); // it has given up
  }
}

async function readIdentity(connection: DuckDBConnection): Promise<ModelIdentity> {
  const reader = await connection.runAndReadAll("FROM old_model.fold.checkpoint");
  const [row] = reader.getRowObjectsJS();
  if (!row) throw new RangeError("it has no checkpoint");
  return {
    name: String(row.log),
    incarnation: String(row.incarnation),
    definition: String(row.definition),
    last_sequence: Number(row.last_sequence),
  };
}

/** A table of a model, with the column that says which event brought a row. */
type TableOfRows = [name: string, sequence: string];

/** Those of a schema: in `main` the tables of facts, in the order of `TABLES`; in `fold` what they are made of. */
async function tables(
  connection: DuckDBConnection,
  schema: "main" | "fold",
): Promise<TableOfRows[]> {
  const reader = await connection.runAndReadAll(
    `SELECT table_name, min(column_name) FROM duckdb_columns()
     WHERE database_name = current_database() AND schema_name = $schema
       AND column_name IN ('sequence', 'last_sequence', 'valid_from_sequence')
     GROUP BY table_name ORDER BY table_name`,
    { schema },
  );
  const columns = new Map(reader.getRowsJS() as TableOfRows[]);
  if (schema === "fold") return [...columns].map(([name, column]) => [`fold.${name}`, column]);
  return TABLES.flatMap(({ name }) => columns.has(name) ? [[name, columns.get(name)!]] : []);
}

/** Adds to a comparison how many rows one table has, and what differs. */
async function compareTable(
  connection: DuckDBConnection,
  [name, sequence]: TableOfRows,
  found: Pick<Comparison, "rows" | "differences">,
): Promise<void> {
  const old = `old_model.${name}`;
  const [rows, ...hash] = await sum(connection, old);
  found.rows += Number(rows);
  if (String([rows, ...hash]) === String(await sum(connection, name))) return;
  const [added, first] = await behind(connection, sequence, [name, old]);
  const [removed, before] = await behind(connection, sequence, [old, name]);
  const first_sequence = Math.min(first || Infinity, before || Infinity);
  found.differences.push({ table: name, added: added!, removed: removed!, first_sequence });
}

/** How many rows a table has, and the sum of their hashes: faster than going through them one by one. */
async function sum(connection: DuckDBConnection, table: string): Promise<unknown[]> {
  const reader = await connection.runAndReadAll(
    `SELECT count(*), coalesce(sum(hash(one)::HUGEINT), 0)::VARCHAR FROM ${table} AS one`,
  );
  return reader.getRowsJS()[0]!;
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
