/** Resources that have lost a cable. */
import type { Anomaly } from "./anomaly.ts";
import type { Asked } from "./thing.ts";

/** A cable that is moved is somewhere else within so many minutes. */
const MOVED_MINUTES = 60;

/**
 * Cables that were severed and of which neither end has got another one within an hour, while what was at both ends is
 * there; from then until one of the ends has a cable again, or what was there is gone. An anomaly for each end.
 */
export async function lostLinksOf(model: Asked): Promise<Anomaly[]> {
  const { values } = await model.query(
    `WITH cables AS (
      SELECT
        connection_id, from_compute_id, from_interface, to_compute_id, to_interface, valid_from, valid_to,
        valid_from_sequence, valid_to_sequence
      FROM connections_history WHERE kind = 'cable' AND to_compute_id IS NOT NULL
    ),
    severed AS (
      SELECT
        lost.*, valid_to + INTERVAL ${MOVED_MINUTES} MINUTE AS found_at,
        (
          SELECT min(struct_pack(at := again.valid_from, sequence := again.valid_from_sequence)) FROM cables AS again
          WHERE again.valid_from_sequence > lost.valid_to_sequence AND (
            (again.from_compute_id, again.from_interface) IN (
              (lost.from_compute_id, lost.from_interface), (lost.to_compute_id, lost.to_interface)
            )
            OR (again.to_compute_id, again.to_interface) IN (
              (lost.from_compute_id, lost.from_interface), (lost.to_compute_id, lost.to_interface)
            )
          )
        ) AS again
      FROM cables AS lost WHERE valid_to IS NOT NULL
        AND NOT EXISTS (
          FROM cables AS next
          WHERE next.connection_id = lost.connection_id AND next.valid_from_sequence = lost.valid_to_sequence
        )
    ),
    gone AS (
      SELECT compute_id, max(valid_to) AS at FROM resources_history
      GROUP BY compute_id HAVING count(*) = count(valid_to)
    ),
    ends AS (
      SELECT *, from_compute_id AS compute_id, from_interface AS interface, to_compute_id AS other_id FROM severed
      UNION ALL
      SELECT *, to_compute_id, to_interface, from_compute_id FROM severed
    )
    SELECT
      ends.compute_id::VARCHAR, there.hostname, there.resource_type, interface, other.hostname,
      epoch_ms(ends.valid_to), epoch_ms(least(again.at, gone.at)), epoch_ms(found_at), ends.valid_to_sequence,
      again.sequence
    FROM ends
    LEFT JOIN gone ON gone.compute_id = other_id
    JOIN resources_history AS there ON there.compute_id = ends.compute_id
      AND there.valid_from <= found_at AND coalesce(there.valid_to > found_at, true)
    JOIN resources_history AS other ON other.compute_id = other_id
      AND other.valid_from <= found_at AND coalesce(other.valid_to > found_at, true)
    WHERE coalesce(again.at > found_at, true)
      AND found_at <= (SELECT max(recorded_at) FROM events)
    ORDER BY ends.valid_to, 1`,
  );
  return values.map(([id, name, kind, link, other, from, to, found, severed, again]) => ({
    id: String(id),
    name: String(name),
    sign: "unlinked",
    from: Number(from),
    to: to === null ? null : Number(to),
    found: Number(found),
    peak: Number(from),
    p: null,
    calibratedOn: null,
    hasDrifted: false,
    shares: [
      { dimension: "capacity.connections", share: 0.5 },
      { dimension: "reliability.redundancy", share: 0.5 },
    ],
    concept: String(kind),
    sequences: [severed, again].filter((one) => one !== null).map(Number),
    text: `its cable ${link === null ? "" : `at ${link} `}to ${other} is gone`,
  }));
}
