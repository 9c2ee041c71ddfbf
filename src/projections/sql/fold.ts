/** The SQL read model: the fold of the whole log into tables. */
import type { DuckDBConnection } from "@duckdb/node-api";

/** The tables of the read model, in the order in which people look at them. */
export const TABLES = [
  "resources",
  "interfaces",
  "addresses",
  "routes",
  "networks",
  "connections",
  "software",
  "policies",
  "concepts",
  "labels",
  "findings",
  "measurements",
  "events",
] as const;

/** What of the log a read model has applied, and how to check that. */
export interface Checkpoint {
  /** The first and last sequence applied; 0 when none was. */
  first_sequence: number;
  last_sequence: number;
  /** How many events that are. */
  events: number;
  /**
   * The xor of the 128-bit MD5 of `sequence|event_id|payload` of each, as 32 hexadecimal digits: hashes of two ranges
   * can be put together.
   */
  log_hash: string;
}

/**
 * Folds records into the tables of `fold.sql`, in one transaction.
 *
 * @param connection to an empty database
 * @param spool a file with a line a record: sequence, time, payload and, where that differs, its newest form, a tab apart
 * @param signal stops it, with its reason
 * @returns what was applied
 */
export async function fold(
  connection: DuckDBConnection,
  spool: string,
  signal?: AbortSignal,
): Promise<Checkpoint> {
  const tables = await Deno.readTextFile(new URL("fold.sql", import.meta.url));
  const interrupt = () => connection.interrupt();
  await connection.run("BEGIN");
  signal?.addEventListener("abort", interrupt, { once: true });
  try {
    await connection.run(
      `CREATE TEMP TABLE log AS
       SELECT * FROM read_csv($spool, delim = '\t', quote = '', escape = '', header = false,
         auto_detect = false, new_line = '\\n', max_line_size = 4_000_000,
         columns = {'sequence': 'BIGINT', 'recorded_at': 'TIMESTAMP', 'payload': 'VARCHAR',
           'newest': 'VARCHAR'})`,
      { spool },
    );
    await connection.run(tables);
    await connection.run(
      `CREATE TABLE checkpoint AS
       SELECT
         coalesce(min(sequence), 0) AS first_sequence,
         coalesce(max(sequence), 0) AS last_sequence,
         count(*) AS events,
         coalesce(bit_xor(md5_number(concat_ws('|', sequence, event_id, payload))), 0::UHUGEINT)
           AS log_hash
       FROM log JOIN events USING (sequence)`,
    );
    await connection.run("DROP TABLE log");
    await connection.run("COMMIT");
  } catch (error) {
    await connection.run("ROLLBACK");
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", interrupt);
  }
  return await readCheckpoint(connection);
}

/** What the read model in a database has applied. */
export async function readCheckpoint(connection: DuckDBConnection): Promise<Checkpoint> {
  const [row] = (await connection.runAndReadAll("FROM checkpoint")).getRowObjectsJS();
  // DuckDB reads the 16 bytes of an MD5 as a number from the last to the first.
  const digits = BigInt(String(row?.log_hash)).toString(16).padStart(32, "0");
  return {
    first_sequence: Number(row?.first_sequence),
    last_sequence: Number(row?.last_sequence),
    events: Number(row?.events),
    log_hash: digits.match(/../g)!.reverse().join(""),
  };
}
