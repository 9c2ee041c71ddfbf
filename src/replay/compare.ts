/** What two models of the same log say differently. */
import type { DuckDBConnection } from "@duckdb/node-api";
import type { LogIdentity } from "../projections/projection.ts";
import { oneLine } from "../projections/projector_error.ts";
import {
  POSITION_TABLES,
  positionsDefinition,
  withPositions,
} from "../projections/spaces/tables.ts";
import { definition } from "../projections/sql/fold.ts";
import { interruptible } from "../projections/sql/interruptible.ts";
import { TABLES } from "../projections/sql/tables.ts";
import { isInUse, ModelInUse } from "./model_error.ts";

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
  /** The tables that differ, in the order in which people look at them. */
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
 * @throws {ModelInUse} when another process has it open for writing
 */
export async function identityIn(
  connection: DuckDBConnection,
  path: string,
): Promise<ModelIdentity | Unreadable> {
  return await attached(connection, path, () => readIdentity(connection));
}

/**
 * Compares the model that is open in a connection with one in a file, row by row, whatever their order: the tables that
 * people ask, and, of two models of the same sequences that say the same, the tables that those are made of. One that has
 * only positions is compared with those of the open one.
 *
 * @param connection of a model that has all tables
 * @param path of the old model; it is only read
 * @param signal ends it, with its reason
 * @throws {ModelInUse} when another process has it open for writing
 */
export async function compareWith(
  connection: DuckDBConnection,
  path: string,
  signal?: AbortSignal,
): Promise<Comparison> {
  const compared = await attached(connection, path, async (): Promise<Comparison | Unreadable> => {
    const old = await readIdentity(connection);
    switch (old.definition) {
      case await definition():
        return await compareWithOld(connection, old, SQL);
      case await positionsDefinition():
        return await withPositions(
          connection,
          ":memory:",
          () => compareWithOld(connection, old, SPACES),
        );
      default:
        return { unreadable: "another version of this program made it" };
    }
  }, signal);
  return "unreadable" in compared ? { ...compared, rows: 0, differences: [] } : compared;
}

/** Where the tables of the new model are, and which of them people ask. */
interface Ours {
  database?: string;
  asked: readonly string[];
}
const SQL: Ours = { asked: TABLES.map(({ name }) => name) };
const SPACES: Ours = { database: "published", asked: POSITION_TABLES };

async function compareWithOld(
  connection: DuckDBConnection,
  { last_sequence }: ModelIdentity,
  ours: Ours,
): Promise<Comparison> {
  const compared = async (schema: "main" | "fold") =>
    await compareTables(connection, await tables(connection, schema, ours));
  const asked = await compared("main");
  const [now] = await ask(
    connection,
    `SELECT last_sequence FROM ${named("fold.checkpoint", ours)}`,
  );
  if (asked.differences.length > 0 || now !== last_sequence) return { last_sequence, ...asked };
  const { differences } = await compared("fold");
  return { last_sequence, rows: asked.rows, differences };
}

function named(table: string, { database }: Ours): string {
  return database === undefined ? table : `${database}.${table}`;
}

/** What an error says that is not about the file: it was ended, or there is no room for the work. */
const NOT_OF_THE_FILE =
  /^(INTERRUPT|Out of Memory) Error|(failed to|could not) (allocate|pin)|No space left on device|Disk quota exceeded|Too many open files/;

/**
 * Does something while the model in a file can be read as `old_model`.
 *
 * @param signal ends it, with its reason
 * @returns why the file cannot be read, if that is what hinders it
 * @throws {ModelInUse} when another process has it open for writing
 */
export async function attached<T>(
  connection: DuckDBConnection,
  path: string,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T | Unreadable> {
  try {
    await connection.run(`ATTACH '${path.replaceAll("'", "''")}' AS old_model (READ_ONLY)`);
    return await interruptible(connection, signal, work);
  } catch (error) {
    signal?.throwIfAborted();
    if (isInUse(error)) throw new ModelInUse(path, error);
    if (error instanceof Error && NOT_OF_THE_FILE.test(error.message)) throw error;
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

/** A table of a model, under its own name and that in the new one, with the column that says which event brought a row. */
type TableOfRows = { table: string; now: string; sequence: string };

/** Those of a schema: in `main` the tables that people ask, in that order; in `fold` what they are made of. */
async function tables(
  connection: DuckDBConnection,
  schema: "main" | "fold",
  ours: Ours,
): Promise<TableOfRows[]> {
  const reader = await connection.runAndReadAll(
    `SELECT table_name, min(column_name) FROM duckdb_columns()
     WHERE database_name = coalesce($database, current_database()) AND schema_name = $schema
       AND ($schema = 'main' OR table_oid IN (SELECT table_oid FROM duckdb_tables()))
       AND column_name IN ('sequence', 'last_sequence', 'valid_from_sequence')
     GROUP BY table_name ORDER BY table_name`,
    { schema, database: ours.database ?? null },
  );
  const columns = new Map(reader.getRowsJS() as [string, string][]);
  const names = schema === "main" ? ours.asked : [...columns.keys()];
  return names.flatMap((name) => {
    const table = schema === "main" ? name : `fold.${name}`;
    const sequence = columns.get(name);
    return sequence === undefined ? [] : [{ table, now: named(table, ours), sequence }];
  });
}

async function compareTables(
  connection: DuckDBConnection,
  tables: readonly TableOfRows[],
): Promise<Pick<Comparison, "rows" | "differences">> {
  let rows = 0;
  const differences: Difference[] = [];
  for (const table of tables) {
    const compared = await compareTable(connection, table);
    rows += compared.rows;
    if (compared.difference) differences.push(compared.difference);
  }
  return { rows, differences };
}

/** How many rows a table of the old model has, and what differs in it. */
async function compareTable(
  connection: DuckDBConnection,
  { table, now, sequence }: TableOfRows,
): Promise<{ rows: number; difference?: Difference }> {
  const old = `old_model.${table}`;
  const before = await sum(connection, old);
  const rows = Number(before[0]);
  if (String(before) === String(await sum(connection, now))) return { rows };
  const [added, firstAdded] = await onlyIn(connection, sequence, [now, old]);
  const [removed, firstRemoved] = await onlyIn(connection, sequence, [old, now]);
  const first_sequence = Math.min(firstAdded || Infinity, firstRemoved || Infinity);
  return { rows, difference: { table, added: added!, removed: removed!, first_sequence } };
}

/** How many rows a table has, and the sum of their hashes: faster than going through them one by one. */
async function sum(connection: DuckDBConnection, table: string): Promise<unknown[]> {
  const reader = await connection.runAndReadAll(
    `SELECT count(*), coalesce(sum(hash(one)::HUGEINT), 0)::VARCHAR FROM ${table} AS one`,
  );
  return reader.getRowsJS()[0]!;
}

/** How many rows one table has that another has not, and the first sequence of them. */
async function onlyIn(
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
