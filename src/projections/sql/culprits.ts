/** Which events of many it is that cannot be typed. */
import type { DuckDBConnection } from "@duckdb/node-api";
import type { ParkedEvent } from "../projection.ts";
import { oneLine } from "../projector_error.ts";
import { isAboutValues, statements } from "./database.ts";
import { dropTyped, readLines } from "./typed.ts";

/**
 * Makes the typed relations of a file with events as far as that can be done, after `typeLines` could not.
 *
 * @param lines as for `typeLines`
 * @param error what that failed with
 * @returns the events that cannot be typed, in order; they are in none of the relations
 * @throws what it failed with, if that was not about the events
 */
export async function typeWithoutCulprits(
  connection: DuckDBConnection,
  lines: string,
  error: unknown,
): Promise<ParkedEvent[]> {
  if (!isAboutValues(error)) throw error;
  await dropTyped(connection);
  await readLines(connection, lines);
  await connection.run("CREATE TEMP TABLE every_line AS FROM log; DROP VIEW log");
  const reader = await connection.runAndReadAll(
    "SELECT sequence FROM every_line ORDER BY sequence",
  );
  const found: ParkedEvent[] = [];
  // A half that can be typed is left alone, so that one culprit is found in some twenty steps.
  const parts = [reader.getColumnsJS()[0]!.map(Number)];
  for (let part = parts.pop(); part; part = parts.pop()) {
    const reason = await fault(connection, part[0]!, part.at(-1)!);
    if (reason === undefined) continue;
    const middle = part.length >> 1;
    if (middle > 0) parts.push(part.slice(middle), part.slice(0, middle));
    else found.push(await parkedEvent(connection, part[0]!, reason));
  }
  for (const { sequence } of found) {
    await connection.run("DELETE FROM every_line WHERE sequence = $sequence", {
      sequence: BigInt(sequence),
    });
  }
  await connection.run("CREATE TEMP VIEW log AS FROM every_line");
  await connection.run(await statements("typed.sql"));
  await connection.run("DROP VIEW log; DROP TABLE every_line");
  return found;
}

/** Why the events of a range cannot be typed; undefined if they can. */
async function fault(
  connection: DuckDBConnection,
  first: number,
  last: number,
): Promise<string | undefined> {
  await connection.run(
    "CREATE TEMP TABLE some_lines AS FROM every_line WHERE sequence BETWEEN $first AND $last",
    { first: BigInt(first), last: BigInt(last) },
  );
  await connection.run("CREATE TEMP VIEW log AS FROM some_lines");
  try {
    await connection.run(await statements("typed.sql"));
    return undefined;
  } catch (error) {
    if (!isAboutValues(error)) throw error;
    return reasonOf(error);
  } finally {
    await dropTyped(connection);
    await connection.run("DROP TABLE some_lines");
  }
}

async function parkedEvent(
  connection: DuckDBConnection,
  sequence: number,
  reason: string,
): Promise<ParkedEvent> {
  const reader = await connection.runAndReadAll(
    `SELECT
       coalesce(newest, payload) ->> 'event_type' AS event_type,
       coalesce(newest, payload) ->> 'aggregate_id' AS aggregate_id
     FROM every_line WHERE sequence = $sequence`,
    { sequence: BigInt(sequence) },
  );
  const [row] = reader.getRowObjectsJS();
  return {
    sequence,
    event_type: String(row?.event_type),
    aggregate_id: String(row?.aggregate_id),
    reason,
  };
}

/** What an error of the database says in a line. What it says of lines of our SQL is nobody's. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return oneLine(text.split(/\n\s*LINE \d+:/)[0]);
}

/** Events of which one or more cannot be typed. Its message is what the database says first. */
export class UntypableEvent extends Error {
  override readonly name = "UntypableEvent";
  /** Stable, for programs. */
  readonly code = "untypable_event";
  /** @param cause the database's own error */
  constructor(cause: unknown) {
    super(reasonOf(cause), { cause });
  }
}
