-- What is published of the spaces, in the database `published`: plain tables, which any DuckDB client reads without our
-- views and macros. Each has its rows in one order, so that the same log gives the same tables, wherever it was cut.

CREATE TABLE published.compute_positions AS FROM compute_positions ORDER BY compute_id;

CREATE TABLE published.compute_positions_history AS
FROM compute_positions_history ORDER BY compute_id, observed_at;

CREATE TABLE published.software_positions AS FROM software_positions ORDER BY software_id;

CREATE TABLE published.network_positions AS FROM network_positions ORDER BY network_id;

CREATE TABLE published.connection_positions AS FROM connection_positions ORDER BY connection_id;

CREATE TABLE published.policy_positions AS FROM policy_positions ORDER BY policy_id;

CREATE TABLE published.concepts AS FROM concepts ORDER BY last_sequence;

CREATE TABLE published.labels AS FROM labels ORDER BY last_sequence;

-- The events that the position of each resource rests on: `position_evidence` of all that there are.
CREATE TABLE published.position_events AS
SELECT compute_id, event.sequence, event_id, event_type
FROM (
  SELECT aggregate_id AS compute_id, sequence FROM fold.versions WHERE valid_to_sequence IS NULL
  UNION
  SELECT compute_id, unnest([sequence, previous_sequence]) FROM fold.latest_readings WHERE program IS NULL
) AS evidence
JOIN events AS event USING (sequence)
WHERE compute_id IN (SELECT compute_id FROM published.compute_positions)
ORDER BY compute_id, event.sequence;

-- Where each resource is by the end of the log, and where it was a day before: `position_drift` of these moments, from
-- the history above, so that it is not made twice more.
CREATE TABLE published.position_drift AS
WITH ends AS (
  SELECT compute_id, true AS is_later, (SELECT max(recorded_at) FROM events) AS last_at FROM resources
  UNION ALL
  SELECT compute_id, false, day_before
  FROM resources_history, (SELECT max(recorded_at) - INTERVAL 1 DAY AS day_before FROM events)
  WHERE fold.holds(valid_from_sequence, valid_to_sequence, sequence_at(day_before))
),
course AS (
  SELECT DISTINCT ON (compute_id, is_later) history.*, is_later
  FROM published.compute_positions_history AS history JOIN ends USING (compute_id)
  WHERE observed_at <= last_at
  ORDER BY compute_id, is_later, observed_at DESC
)
SELECT
  compute_id,
  arg_max(hostname, is_later) AS hostname,
  arg_max(resource_type, is_later) AS resource_type,
  regexp_replace(dimension, '_', '.') AS dimension,
  max(value) FILTER (NOT is_later) AS before,
  max(value) FILTER (is_later) AS after,
  max(observed_at) FILTER (NOT is_later) AS before_at,
  max(observed_at) FILTER (is_later) AS after_at,
  max(sequence) AS sequence
FROM (UNPIVOT course ON COLUMNS('^(performance|capacity|reliability)_') INTO NAME dimension VALUE value)
GROUP BY compute_id, dimension
ORDER BY compute_id, dimension;

-- What of which log this is made of, as in every model.
CREATE SCHEMA published.fold;
CREATE TABLE published.fold.checkpoint AS FROM fold.checkpoint;
CREATE TABLE published.fold.parked AS FROM fold.parked ORDER BY sequence;
