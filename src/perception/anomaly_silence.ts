/** Resources of which nothing is heard. */
import type { Anomaly } from "./anomaly.ts";
import type { Asked } from "./thing.ts";

/** Nothing for so many times as long as usual is silence, as of series (the read model's `gaps`). */
const TIMES = 3;
/** What is usual takes so many measurements to know. */
const LEAST = 12;

/**
 * Silences: longer than three times as long as the median time between all measurements of the resource before. One that
 * still lasts when the newest measurement of all was made has no end. Who is in maintenance, or gone, may be silent.
 *
 * @param ids of the resources that are looked at
 */
export async function silencesOf(model: Asked, ids: readonly string[]): Promise<Anomaly[]> {
  const { values } = await model.query(
    `WITH moments AS (
      SELECT
        compute_id, observed_at, max(sequence) AS sequence,
        epoch(observed_at) - epoch(lag(observed_at) OVER of_resource) AS seconds,
        lead(observed_at) OVER of_resource AS next_at,
        lead(max(sequence)) OVER of_resource AS next_sequence
      FROM measurements WHERE compute_id IN (SELECT unnest(from_json($1, '["UUID"]')))
      GROUP BY compute_id, observed_at
      WINDOW of_resource AS (PARTITION BY compute_id ORDER BY observed_at)
    ),
    waits AS (
      SELECT
        *,
        count(seconds) OVER so_far AS known,
        observed_at + to_microseconds((1e6 * ${TIMES} * median(seconds) OVER so_far)::BIGINT) AS found_at
      FROM moments
      WINDOW so_far AS (
        PARTITION BY compute_id ORDER BY observed_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      )
    )
    SELECT
      compute_id::VARCHAR, hostname, resource_type, epoch_ms(observed_at), epoch_ms(next_at), epoch_ms(found_at),
      sequence, next_sequence
    FROM waits JOIN resources_history AS there USING (compute_id)
    WHERE known >= ${LEAST}
      AND found_at < coalesce(next_at, (SELECT max(observed_at) FROM measurements))
      AND valid_from <= found_at AND coalesce(valid_to > found_at, true)
      AND status <> 'maintenance'
    ORDER BY observed_at, compute_id`,
    [JSON.stringify(ids)],
  );
  return values.map(([id, name, kind, from, to, found, sequence, next]) => ({
    id: String(id),
    name: String(name),
    sign: "silent",
    from: Number(from),
    to: to === null ? null : Number(to),
    found: Number(found),
    peak: Number(found),
    p: null,
    calibratedOn: null,
    hasDrifted: false,
    shares: [],
    concept: String(kind),
    sequences: [sequence, next].filter((one) => one !== null).map(Number),
    text: "nothing is heard of it",
  }));
}
