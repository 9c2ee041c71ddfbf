/** Moments as numbers and as text. */
import type { Model } from "../replay/model.ts";
import { momentOf } from "../replay/until.ts";

/** RFC 3339 in UTC with microseconds, as the log has it. @param micros microseconds since 1970 */
export function momentText(micros: number): string {
  const millis = Math.floor(micros / 1_000);
  const rest = String(Math.round(micros - millis * 1_000)).padStart(3, "0");
  return `${new Date(millis).toISOString().slice(0, -1)}${rest}Z`;
}

/**
 * Microseconds since 1970.
 *
 * @throws {ReplayRange} for what is no moment
 */
export function momentMicros(moment: string | Date): number {
  const text = momentOf(moment);
  return Date.parse(`${text.slice(0, 23)}Z`) * 1_000 + Number(text.slice(23, 26));
}

/** The moment that a model shows: the one it was replayed to, or else that of its last event. 0 for an empty log. */
export async function momentOfModel(model: Model): Promise<number> {
  const { as_of } = model.provenance;
  if (as_of !== undefined) return momentMicros(as_of);
  const { rows: [row] } = await model.query(
    "SELECT epoch_us(max(recorded_at)) AS last FROM events",
  );
  return Number(row?.last ?? 0);
}

/** The ids of events, by their sequences. */
export async function eventIds(
  model: Model,
  sequences: Iterable<number>,
): Promise<Map<number, string>> {
  const { rows } = await model.query(
    `SELECT sequence, event_id::VARCHAR AS id FROM events
    WHERE sequence IN (SELECT unnest(from_json($1, '["BIGINT"]')))`,
    [JSON.stringify([...new Set(sequences)])],
  );
  return new Map(rows.map(({ sequence, id }) => [sequence as number, String(id)]));
}
