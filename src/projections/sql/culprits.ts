/** Which events of many it is that cannot be typed. */
import { type DuckDBConnection, listValue } from "@duckdb/node-api";
import type { ParkedEvent } from "../projection.ts";
import { oneLine } from "../projector_error.ts";
import { isAboutValues, statements } from "./database.ts";
import { dropTyped, readLines } from "./typed.ts";

/**
 * Makes the typed relations of a file with events as far as that can be done, after `typeLines` could not. Behind the
 * first event of an aggregate that cannot be typed the later ones are not tried: they are parked whatever they are, so
 * that each aggregate costs one search, and not each event.
 *
 * @param lines as for `typeLines`
 * @param error what that failed with
 * @param signal ends it between two tries, with its reason
 * @returns the events that cannot be typed and those behind them, in order; they are in none of the relations
 * @throws what it failed with, if that was not about the events
 */
export async function typeWithoutCulprits(
  connection: DuckDBConnection,
  lines: string,
  error: unknown,
  signal?: AbortSignal,
): Promise<ParkedEvent[]> {
  if (!isAboutValues(error)) throw error;
  await dropTyped(connection);
  await readLines(connection, lines);
  await connection.run("CREATE TEMP TABLE every_line AS FROM log; DROP VIEW log");
  const events = await readEvents(connection);
  const aggregates = Map.groupBy(events, ({ aggregate_id }) => aggregate_id);
  const found: ParkedEvent[] = [];
  const isParked = new Set<number>();
  // A half that can be typed is left alone, so that one culprit is found in some twenty steps; the first comes first.
  const parts = [events];
  for (let next = parts.pop(); next; next = parts.pop()) {
    signal?.throwIfAborted();
    const part = next.filter(({ sequence }) => !isParked.has(sequence));
    const [first] = part;
    if (!first) continue;
    const reason = await fault(connection, first.sequence, part.at(-1)!.sequence);
    if (reason === undefined) continue;
    const middle = part.length >> 1;
    if (middle > 0) {
      parts.push(part.slice(middle), part.slice(0, middle));
      continue;
    }
    const why = `event ${first.sequence} of the same aggregate is parked`;
    const later = aggregates.get(first.aggregate_id)!
      .filter(({ sequence }) => sequence > first.sequence);
    found.push({ ...first, reason }, ...later.map((one) => ({ ...one, reason: why })));
    const sequences = [first, ...later].map(({ sequence }) => sequence);
    for (const sequence of sequences) isParked.add(sequence);
    await forget(connection, sequences);
  }
  await connection.run("CREATE TEMP VIEW log AS FROM every_line");
  await connection.run(await statements("typed.sql"));
  await connection.run("DROP VIEW log; DROP TABLE every_line");
  return found.sort((a, b) => a.sequence - b.sequence);
}

/** What is known of an event that cannot be typed. */
type Line = Omit<ParkedEvent, "reason">;

/** Every event, in order. Of one that is no JSON for the database nothing is known but its place. */
async function readEvents(connection: DuckDBConnection): Promise<Line[]> {
  const reader = await connection.runAndReadAll(
    `SELECT
       sequence,
       TRY(coalesce(newest, payload) ->> 'event_type') AS event_type,
       TRY(coalesce(newest, payload) ->> 'aggregate_id') AS aggregate_id
     FROM every_line ORDER BY sequence`,
  );
  return reader.getRowsJS().map(([sequence, event_type, aggregate_id]) => ({
    sequence: Number(sequence),
    event_type: String(event_type),
    aggregate_id: String(aggregate_id),
  }));
}

async function forget(connection: DuckDBConnection, sequences: readonly number[]): Promise<void> {
  await connection.run("DELETE FROM every_line WHERE list_contains($sequences, sequence)", {
    sequences: listValue(sequences.map(BigInt)),
  });
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
