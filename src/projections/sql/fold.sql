-- One step of the fold: typed rows (`typed.sql`, or Parquet that was made of it) into the tables of `fold`.
-- Rows come and stay in the order of the log, so that wherever it is cut into steps the tables are the same to the byte.
-- DuckDB keeps that order where rows are only read, and not where they go through a join: what is held back is taken out
-- again behind that.

-- What is held back: events of aggregates of which one is parked, from that one on.
CREATE TEMP TABLE held AS
SELECT sequence, event_type, aggregate_id, concat('event ', parked_at, ' of the same aggregate is parked') AS reason
FROM typed_events
JOIN (SELECT aggregate_id, min(sequence) AS parked_at FROM fold.parked GROUP BY aggregate_id) USING (aggregate_id)
WHERE sequence > parked_at;

INSERT INTO fold.parked SELECT sequence, event_type, aggregate_id, reason FROM held ORDER BY sequence;

-- NULL where nothing is, and then nothing has to be looked for.
SET VARIABLE held_from = (SELECT min(sequence) FROM held);

INSERT INTO events BY NAME FROM typed_events;
DELETE FROM events
WHERE sequence >= getvariable('held_from') AND sequence IN (SELECT sequence FROM held);

UPDATE fold.checkpoint SET
  events = events + step.applied,
  hash_low = xor(hash_low, step.low),
  hash_high = xor(hash_high, step.high)
FROM (
  SELECT count(*) AS applied, coalesce(bit_xor(hash_low), 0) AS low, coalesce(bit_xor(hash_high), 0) AS high
  FROM typed_events WHERE sequence NOT IN (SELECT sequence FROM held)
) AS step;

INSERT INTO fold.computes BY NAME FROM typed_computes;
DELETE FROM fold.computes
WHERE sequence >= getvariable('held_from') AND sequence IN (SELECT sequence FROM held);

INSERT INTO fold.networks BY NAME FROM typed_networks;
DELETE FROM fold.networks
WHERE sequence >= getvariable('held_from') AND sequence IN (SELECT sequence FROM held);

INSERT INTO fold.connections BY NAME FROM typed_connections;
DELETE FROM fold.connections
WHERE sequence >= getvariable('held_from') AND sequence IN (SELECT sequence FROM held);

INSERT INTO fold.software BY NAME FROM typed_software;
DELETE FROM fold.software
WHERE sequence >= getvariable('held_from') AND sequence IN (SELECT sequence FROM held);

INSERT INTO fold.policies BY NAME FROM typed_policies;
DELETE FROM fold.policies
WHERE sequence >= getvariable('held_from') AND sequence IN (SELECT sequence FROM held);

INSERT INTO fold.concepts BY NAME FROM typed_concepts;
DELETE FROM fold.concepts
WHERE sequence >= getvariable('held_from') AND sequence IN (SELECT sequence FROM held);

INSERT INTO fold.labels BY NAME FROM typed_labels;
DELETE FROM fold.labels
WHERE sequence >= getvariable('held_from') AND sequence IN (SELECT sequence FROM held);

INSERT INTO fold.points BY NAME FROM typed_points;
DELETE FROM fold.points
WHERE sequence >= getvariable('held_from') AND sequence IN (SELECT sequence FROM held);

-- Of several segments each names the series that it has points of.
INSERT INTO fold.series BY NAME
FROM (
  SELECT DISTINCT ON (series_id) *
  FROM typed_series
  WHERE sequence NOT IN (SELECT sequence FROM held) AND series_id NOT IN (SELECT series_id FROM fold.series)
  ORDER BY series_id, sequence
) ORDER BY sequence, series_id;

-- A compute is decommissioned once: its id is never used again.
INSERT INTO fold.decommissioned
SELECT aggregate_id, min(sequence), min(recorded_at)
FROM typed_changes
WHERE ends AND aggregate_type = 'compute'
  AND sequence NOT IN (SELECT sequence FROM held)
  AND aggregate_id NOT IN (SELECT compute_id FROM fold.decommissioned)
GROUP BY aggregate_id
ORDER BY min(sequence);

-- The changes of this step, each behind the version that it may end: one that lasts, or, for what is un-parked, one that
-- was taken to last longer.
CREATE TEMP TABLE turns AS
SELECT turn.*, least(of_owner.sequence, of_peer.sequence) AS gone_sequence,
  least(of_owner.recorded_at, of_peer.recorded_at) AS gone_at
FROM (
  SELECT
    sequence, aggregate_id, owner_id, peer_id, recorded_at AS valid_from, ends, occurred_at AS changed_at,
    occurred_at AS first_seen_at, sequence AS first_sequence, false AS known
  FROM typed_changes WHERE sequence NOT IN (SELECT sequence FROM held)
  UNION ALL
  SELECT
    sequence, aggregate_id, owner_id, peer_id, valid_from, false, changed_at,
    first_seen_at, first_sequence, true
  FROM fold.versions
  WHERE (valid_to_sequence IS NULL OR valid_to_sequence > (SELECT min(sequence) FROM typed_changes)) AND (
    aggregate_id IN (SELECT aggregate_id FROM typed_changes)
    OR owner_id IN (SELECT aggregate_id FROM typed_changes WHERE ends)
    OR peer_id IN (SELECT aggregate_id FROM typed_changes WHERE ends)
  )
) AS turn
LEFT JOIN fold.decommissioned AS of_owner ON of_owner.compute_id = turn.owner_id
LEFT JOIN fold.decommissioned AS of_peer ON of_peer.compute_id = turn.peer_id
WHERE gone_sequence IS NULL OR gone_sequence > turn.sequence;

-- What was removed and is defined again has a new life, which begins after the end of the last one.
CREATE TEMP TABLE spans AS
WITH lives AS (
  SELECT
    *,
    least(lead(sequence) OVER turn, gone_sequence) AS valid_to_sequence,
    least(lead(valid_from) OVER turn, gone_at) AS valid_to,
    coalesce(sum(ends::INTEGER) OVER (turn ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS life
  FROM turns
  WINDOW turn AS (PARTITION BY aggregate_id ORDER BY sequence)
)
SELECT
  * EXCLUDE (first_seen_at, first_sequence),
  min(first_seen_at) OVER life AS first_seen_at,
  min(first_sequence) OVER life AS first_sequence
FROM lives
WINDOW life AS (PARTITION BY aggregate_id, life ORDER BY sequence);

UPDATE fold.versions AS version
SET
  valid_to_sequence = least(version.valid_to_sequence, span.valid_to_sequence),
  valid_to = least(version.valid_to, span.valid_to)
FROM spans AS span
WHERE version.sequence = span.sequence AND span.known AND span.valid_to_sequence IS NOT NULL;

INSERT INTO fold.versions BY NAME
SELECT * EXCLUDE (ends, known, gone_sequence, gone_at, life)
FROM spans WHERE NOT known AND NOT ends
ORDER BY sequence;

DROP TABLE held;
DROP TABLE turns;
DROP TABLE spans;
