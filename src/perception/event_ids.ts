/** Which events are meant by places in the log. */
import type { Asked } from "./thing.ts";

/** The ids of events by their sequences; those that the model does not have are left out. */
export async function eventIdsOf(
  model: Asked,
  sequences: Iterable<number>,
): Promise<Map<number, string>> {
  const { values } = await model.query(
    `SELECT sequence, event_id::VARCHAR FROM events
     WHERE sequence IN (SELECT unnest(from_json($1, '["BIGINT"]')))`,
    [JSON.stringify([...new Set(sequences)])],
  );
  return new Map(values.map(([sequence, id]) => [Number(sequence), String(id)]));
}
