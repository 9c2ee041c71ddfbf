/** The fold of the SQL read model: one definition, for replay and for what happens now. */
import { createHash } from "node:crypto";
import { type DuckDBConnection, listValue } from "@duckdb/node-api";
import { EVENTS } from "../../domain/event_types.ts";
import {
  type Checkpoint,
  type LogIdentity,
  type ParkedEvent,
  ProjectionMoved,
  type Step,
} from "../projection.ts";
import { statements } from "./database.ts";

const FILES = [
  "tables.sql",
  "views/states.sql",
  "views/parts.sql",
  "views/measurements.sql",
  "views/rates.sql",
  "views/audit.sql",
  "views/questions.sql",
  "views/moments.sql",
  "views/readings.sql",
  "views/positions.sql",
  "views/position_history.sql",
  "views/other_positions.sql",
  "views/capacity.sql",
  "views/capacity_trends.sql",
] as const;

/** Names the version of the fold, and of the events that it reads: a model that another one made is made anew. */
export async function definition(): Promise<string> {
  const hash = createHash("sha256");
  for (const name of [...FILES, "typed.sql", "fold.sql"] as const) {
    hash.update(await statements(name));
  }
  hash.update(JSON.stringify(Object.entries(EVENTS).map(([type, { version }]) => [type, version])));
  return hash.digest("hex").slice(0, 16);
}

/** Makes the tables and views of the read model, with nothing applied yet, in an empty database. */
export async function createModel(
  connection: DuckDBConnection,
  { name, incarnation }: LogIdentity,
): Promise<void> {
  await connection.run("BEGIN");
  for (const file of FILES) await connection.run(await statements(file));
  await connection.run(
    "INSERT INTO fold.checkpoint VALUES ($name, $incarnation, $definition, 0, 0, 0, 0, 0)",
    { name, incarnation, definition: await definition() },
  );
  await connection.run("COMMIT");
}

interface Staging {
  projection: string;
  stage(connection: DuckDBConnection): Promise<void>;
  unstage(connection: DuckDBConnection): Promise<void>;
}

/**
 * Applies a step in one transaction.
 *
 * @param projection whose it is
 * @param stage makes the typed relations of the step's events in the connection
 * @param unstage drops them
 * @param signal stops it, with its reason; nothing is applied then
 * @throws {ProjectionMoved} when the checkpoint is not where the step begins
 */
export async function foldStep(
  connection: DuckDBConnection,
  { after, through, skipped, park, unpark }: Omit<Step, "events">,
  { projection, stage, unstage }: Staging,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  const interrupt = () => connection.interrupt();
  signal?.addEventListener("abort", interrupt, { once: true });
  await connection.run("BEGIN");
  try {
    const before = await readCheckpoint(connection);
    const moved = await connection.run(
      `UPDATE fold.checkpoint SET last_sequence = $through, skipped = skipped + $skipped
       WHERE last_sequence = $after`,
      { after: BigInt(after), through: BigInt(through), skipped: BigInt(skipped) },
    );
    if (moved.rowsChanged !== 1) throw new ProjectionMoved(projection, after, before.last_sequence);
    await changeParked(connection, { park, unpark });
    await stage(connection);
    await connection.run(await statements("fold.sql"));
    await unstage(connection);
    await requireEvery(connection, before, { after, through, skipped, unpark });
    await connection.run("COMMIT");
  } catch (error) {
    await connection.run("ROLLBACK").catch(() => {}); // what went wrong is said by the error
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", interrupt);
  }
}

async function changeParked(
  connection: DuckDBConnection,
  { park, unpark }: Pick<Step, "park" | "unpark">,
): Promise<void> {
  const sequences = (all: readonly number[]) => listValue(all.map(BigInt));
  const texts = (name: keyof ParkedEvent) => listValue(park.map((event) => String(event[name])));
  if (unpark.length > 0) {
    await connection.run(
      "DELETE FROM fold.parked WHERE sequence IN (SELECT unnest($sequences))",
      { sequences: sequences(unpark) },
    );
  }
  if (park.length > 0) {
    await connection.run(
      `INSERT INTO fold.parked
       SELECT unnest($sequences), unnest($types), unnest($aggregates)::UUID, unnest($reasons)`,
      {
        sequences: sequences(park.map(({ sequence }) => sequence)),
        types: texts("event_type"),
        aggregates: texts("aggregate_id"),
        reasons: texts("reason"),
      },
    );
  }
}

/** Each sequence of a step is an event that was applied, one that is parked, or was passed over: nothing else may be. */
async function requireEvery(
  connection: DuckDBConnection,
  before: Checkpoint,
  { after, through, skipped, unpark }: Pick<Step, "after" | "through" | "skipped" | "unpark">,
): Promise<void> {
  const { events, parked } = await readCheckpoint(connection);
  const settled = events - before.events + parked - before.parked + skipped;
  if (settled === through - after) return;
  throw new Error(
    `of the sequences ${after + 1} to ${through} ${settled} were found` +
      (unpark.length > 0 ? `, with ${unpark.length} that were parked` : ""),
  );
}

/** What the read model in a database has applied. */
export async function readCheckpoint(connection: DuckDBConnection): Promise<Checkpoint> {
  const [row] = (await connection.runAndReadAll(
    "SELECT *, (SELECT count(*) FROM fold.parked) AS parked FROM fold.checkpoint",
  )).getRowObjectsJS();
  const last = Number(row?.last_sequence);
  return {
    first_sequence: Math.min(last, 1),
    last_sequence: last,
    events: Number(row?.events),
    log_hash: logHash(row?.hash_low as bigint, row?.hash_high as bigint),
    skipped: Number(row?.skipped),
    parked: Number(row?.parked),
  };
}

/** Which log the read model in a database is of, and which version of the fold made it. */
export async function readIdentity(
  connection: DuckDBConnection,
): Promise<LogIdentity & { definition: string }> {
  const [row] = (await connection.runAndReadAll("FROM fold.checkpoint")).getRowObjectsJS();
  return {
    name: String(row?.log),
    incarnation: String(row?.incarnation),
    definition: String(row?.definition),
  };
}

/**
 * Whether a read model holds the events that its checkpoint says, and every block of it can be read: the database checks
 * a block when it reads it.
 *
 * @throws what the database says of a block that is not as it was written
 */
export async function isWhole(connection: DuckDBConnection): Promise<boolean> {
  const tables = await connection.runAndReadAll(
    "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE NOT temporary",
  );
  for (const [table] of tables.getRowsJS()) {
    await connection.run(`SELECT bit_xor(hash(one)) FROM ${table} AS one`);
  }
  const reader = await connection.runAndReadAll(
    `SELECT
       count(events.sequence) = any_value(checkpoint.events)
         AND coalesce(bit_xor(events.hash_low), 0) = any_value(checkpoint.hash_low)
         AND coalesce(bit_xor(events.hash_high), 0) = any_value(checkpoint.hash_high)
     FROM fold.checkpoint LEFT JOIN events ON true`,
  );
  return reader.getRowsJS()[0]?.[0] === true;
}

/** The events that are parked in a database. */
export async function readParked(connection: DuckDBConnection): Promise<ParkedEvent[]> {
  const reader = await connection.runAndReadAll("FROM fold.parked ORDER BY sequence");
  return reader.getRowObjectsJS().map((row) => ({
    sequence: Number(row.sequence),
    event_type: String(row.event_type),
    aggregate_id: String(row.aggregate_id),
    reason: String(row.reason),
  }));
}

/** A hash as hexadecimal digits. DuckDB reads the 16 bytes of an MD5 as a number, from the last byte on. */
function logHash(low: bigint, high: bigint): string {
  const bytes = new DataView(new ArrayBuffer(16));
  bytes.setBigUint64(0, low, true);
  bytes.setBigUint64(8, high, true);
  return Array.from(new Uint8Array(bytes.buffer), (byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
