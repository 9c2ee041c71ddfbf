-- What happened because of what. A correlation is all that one root caused, as a discovery; an event's direct cause is
-- the command with its `causation_id`. Commands themselves are not in the log: one that led to no event is in none of
-- this.

CREATE VIEW correlations AS
SELECT
  correlation_id,
  min(first_sequence) AS first_sequence,
  max(last_sequence) AS last_sequence,
  arg_min(first_at, first_sequence) AS first_at,
  arg_max(last_at, last_sequence) AS last_at,
  arg_min(actor, first_sequence) AS actor,
  count(DISTINCT causation_id) AS commands,
  sum(events)::BIGINT AS events,
  list_sort(list_distinct(list(event_type))) AS event_types
FROM (
  SELECT
    correlation_id, causation_id, event_type,
    count(*) AS events,
    min(sequence) AS first_sequence,
    max(sequence) AS last_sequence,
    arg_min(recorded_at, sequence) AS first_at,
    arg_max(recorded_at, sequence) AS last_at,
    arg_min(actor, sequence) AS actor
  FROM events GROUP BY correlation_id, causation_id, event_type
) GROUP BY correlation_id;

-- How many events of each type were recorded on each day, in UTC.
CREATE VIEW events_by_day AS
SELECT recorded_at::DATE AS day, event_type, count(*) AS events
FROM events GROUP BY day, event_type;

CREATE MACRO fold.counted(number, noun) AS concat(number, ' ', noun, CASE WHEN number <> 1 THEN 's' END);

-- What an event is about, for people to read.
CREATE MACRO fold.subject(event_type, data) AS CASE
  WHEN event_type = 'MeasurementsRecorded' THEN fold.counted(json_array_length(data, '$.points'), 'value')
  WHEN event_type LIKE 'Compute%' THEN data->>'$.hostname'
  WHEN event_type LIKE 'Network%' THEN concat_ws(' ', data->>'$.cidr', nullif(data->>'$.name', data->>'$.cidr'))
  WHEN event_type LIKE 'Connection%' THEN concat_ws(
    ' ', data->>'$.kind', data->>'$.transport', data->>'$.port', 'to',
    coalesce(data->>'$.to.address', data->>'$.to.compute'), data->>'$.to.interface'
  )
  WHEN event_type = 'ConceptDefined' THEN concat_ws(' ', data->>'$.space', data->>'$.name')
  WHEN event_type = 'ResourceLabelled' THEN concat_ws(' ', data->>'$.space', data->>'$.concept')
  ELSE concat_ws(' ', data->>'$.name', data->>'$.version')
END;

-- The tree of a correlation: itself, its commands, their events. `path` is the ids from the root down; by it the rows
-- are in order.
CREATE MACRO correlation_tree(correlation) AS TABLE
WITH leaves AS (
  SELECT sequence, recorded_at, event_id, event_type, correlation_id, causation_id, actor, data
  FROM events WHERE correlation_id = correlation::UUID
)
SELECT
  0 AS depth, 'correlation' AS kind, correlation_id AS id, NULL::UUID AS parent_id, [correlation_id] AS path,
  concat(arg_min(actor, sequence), ': ', fold.counted(count(*), 'event')) AS label,
  min(sequence) AS first_sequence, max(sequence) AS last_sequence, count(*) AS events
FROM leaves GROUP BY correlation_id
UNION ALL
SELECT
  1, 'command', causation_id, correlation_id, [correlation_id, causation_id],
  concat('command: ', string_agg(DISTINCT event_type, ', ' ORDER BY event_type)),
  min(sequence), max(sequence), count(*)
FROM leaves GROUP BY correlation_id, causation_id
UNION ALL
SELECT
  2, 'event', event_id, causation_id, [correlation_id, causation_id, event_id],
  concat_ws(' ', event_type, fold.subject(event_type, data)),
  sequence, sequence, 1
FROM leaves
ORDER BY path;
