/** Where things of a model have been. */
import { dimensionsOf, type Space } from "../spaces/space.ts";
import type { Reading } from "../spaces/prediction/even_series.ts";
import { type Asked, columnOf } from "./thing.ts";

/** What is looked back on at most, in steps: two months of hours. */
const MOST_STEPS = 1_500;

/** Where a thing has been. */
export interface History {
  /** For each dimension of the space, in its unit: the newest reading of each step; NaN where it was not known. */
  readonly readings: readonly (readonly Reading[])[];
  /** When it was seen first, as far as one looks back, and last: seconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** The events from which that is known. */
  readonly first_sequence: number;
  readonly last_sequence: number;
}

/**
 * Where things have been, by their ids; of a space through which a model does not follow its things, none. Steps count back
 * from the moment when a thing was seen last.
 *
 * @param step in seconds
 * @param among the ids of some things; all without it
 */
export async function historiesOf(
  model: Asked,
  space: Space,
  step: number,
  among?: readonly string[],
): Promise<Map<string, History>> {
  if (!space.domains.every(({ name }) => FOLLOWED.has(name)) || among?.length === 0) {
    return new Map();
  }
  const dimensions = dimensionsOf(space);
  const columns = dimensions.map(({ name }) => `"${columnOf(name)}"`).join(", ");
  const places = among?.map((_, at) => `$${at + 3}::UUID`).join(", ");
  // Nothing of this is anybody's text: names of columns, which the project brings.
  const { values } = await model.query(
    `SELECT DISTINCT ON (compute_id, back)
       compute_id::VARCHAR, epoch(observed_at), epoch(first_at), first_sequence, last_sequence, ${columns}
     FROM (
       SELECT
         *,
         floor((epoch_us(last_at) - epoch_us(observed_at)) / (1e6 * $1::DOUBLE)) AS back,
         min(observed_at) OVER (PARTITION BY compute_id) AS first_at,
         min(sequence) OVER (PARTITION BY compute_id) AS first_sequence,
         max(sequence) OVER (PARTITION BY compute_id) AS last_sequence
       FROM (
         SELECT *, max(observed_at) OVER (PARTITION BY compute_id) AS last_at
         FROM compute_positions_history
         ${among ? `WHERE compute_id IN (${places})` : ""}
       )
       WHERE epoch_us(last_at) - epoch_us(observed_at) <= 1e6 * $1::DOUBLE * $2::DOUBLE
     )
     ORDER BY compute_id, back DESC, observed_at DESC`,
    [step, MOST_STEPS, ...among ?? []],
  );
  const rows = Map.groupBy(values, ([own]) => String(own));
  return new Map(
    [...rows].map(([own, rows]) => [own, historyOf(rows, dimensions.length)]),
  );
}

/** The domains through which a model follows its things. */
const FOLLOWED: ReadonlySet<string> = new Set(["performance", "capacity", "reliability"]);

function historyOf(rows: readonly unknown[][], width: number): History {
  const [, , from, first, last] = rows[0]!;
  const readings = Array.from({ length: width }, (_, at): Reading[] =>
    rows.map((row) => ({
      at: Number(row[1]),
      value: row[5 + at] === null ? NaN : Number(row[5 + at]),
    })));
  return {
    readings,
    from: Number(from),
    to: Number(rows.at(-1)![1]),
    first_sequence: Number(first),
    last_sequence: Number(last),
  };
}
