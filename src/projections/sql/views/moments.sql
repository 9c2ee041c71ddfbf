-- What was at a moment, and what differs between two. A moment is the end of the longest part of the log that was
-- recorded by then, as in a replay up to it: also where the log's clock was set back. It is said as a TIMESTAMP in UTC,
-- or as text with a zone or without.

-- A moment as the log has it, in UTC whatever zone the session is in; text without a zone is in UTC too, and seconds need
-- not be said.
CREATE MACRO fold.utc(moment) AS timezone('UTC', concat(
  regexp_replace(moment::VARCHAR, '^([^:]*:\d\d)(Z|[+-].*)?$', '\1:00\2'),
  CASE
    WHEN NOT contains(moment::VARCHAR, ':') THEN ' 00:00:00+00'
    WHEN NOT regexp_matches(moment::VARCHAR, ':.*(Z|[+-]\d\d(:?\d\d)?)$') THEN '+00'
    ELSE ''
  END
)::TIMESTAMPTZ);

CREATE MACRO sequence_at(moment) AS coalesce(
  (SELECT min(sequence) - 1 FROM events WHERE recorded_at > fold.utc(moment)),
  (SELECT last_sequence FROM fold.checkpoint)
);

CREATE MACRO fold.holds(since, until, place) AS since <= place AND (until IS NULL OR until > place);

CREATE MACRO resources_at(moment) AS TABLE
SELECT * FROM resources_history WHERE fold.holds(valid_from_sequence, valid_to_sequence, sequence_at(moment));

CREATE MACRO networks_at(moment) AS TABLE
SELECT * FROM networks_history WHERE fold.holds(valid_from_sequence, valid_to_sequence, sequence_at(moment));

CREATE MACRO connections_at(moment) AS TABLE
SELECT * FROM connections_history WHERE fold.holds(valid_from_sequence, valid_to_sequence, sequence_at(moment));

CREATE MACRO software_at(moment) AS TABLE
SELECT * FROM software_history WHERE fold.holds(valid_from_sequence, valid_to_sequence, sequence_at(moment));

-- What each resource is called, or was last.
CREATE VIEW fold.hostnames AS
SELECT compute_id, arg_max(hostname, sequence) AS hostname FROM fold.computes GROUP BY compute_id;

-- A map in the order of its names: in which order they were said is no difference.
CREATE MACRO fold.by_name(entries) AS map_from_entries(list_sort(map_entries(entries)));

-- The states of things as JSON, each with the resource that it belongs to. Findings are about a thing, and no part of
-- it.
CREATE VIEW fold.states AS
SELECT
  'resource' AS kind, sequence, compute_id AS host_id, hostname AS name,
  to_json(struct_pack(*COLUMNS(* EXCLUDE (sequence, compute_id, findings)))) AS state
FROM (SELECT * REPLACE (fold.by_name(tags) AS tags) FROM fold.computes)
UNION ALL
SELECT
  'network', sequence, scope_compute_id, coalesce(name, cidr),
  to_json(struct_pack(*COLUMNS(* EXCLUDE (sequence, network_id, findings))))
FROM fold.networks
UNION ALL
SELECT
  'connection', sequence, from_compute_id,
  concat_ws(' ', kind, transport, port, 'to', coalesce(to_address, hostname), to_interface),
  to_json(struct_pack(*COLUMNS(connection.* EXCLUDE (sequence, connection_id, findings))))
FROM fold.connections AS connection LEFT JOIN fold.hostnames AS target ON target.compute_id = to_compute_id
UNION ALL
SELECT
  'software', sequence, compute_id, name,
  to_json(struct_pack(*COLUMNS(* EXCLUDE (sequence, software_id))))
FROM (SELECT * REPLACE (fold.by_name(configuration) AS configuration) FROM fold.software)
UNION ALL
SELECT
  'policy', sequence, NULL, name,
  to_json(struct_pack(*COLUMNS(* EXCLUDE (sequence, policy_id))))
FROM fold.policies
UNION ALL
SELECT
  'concept', sequence, NULL, concat_ws('.', space, name),
  to_json(struct_pack(*COLUMNS(* EXCLUDE (sequence, concept_id))))
FROM (SELECT * REPLACE (fold.by_name(weights) AS weights) FROM fold.concepts)
UNION ALL
SELECT
  'label', sequence, compute_id, space,
  to_json(struct_pack(*COLUMNS(* EXCLUDE (sequence, label_id, compute_id))))
FROM fold.labels;

-- Those of some properties that a state has, as JSON.
CREATE MACRO fold.pick(state, properties) AS
  to_json(map(properties, list_transform(properties, lambda property: json_extract(state, property))));

-- What is not the same behind `to_sequence` as it was behind `from_sequence`: a row for each thing that was added,
-- removed or changed, with those of its properties that differ. What came and went in between is none.
CREATE MACRO drift_by_sequence(from_sequence, to_sequence) AS TABLE
WITH bounds AS MATERIALIZED (SELECT from_sequence AS since, to_sequence AS until),
turned AS (
  SELECT aggregate_id AS id, earlier.sequence AS before_sequence, later.sequence AS after_sequence
  FROM (
    SELECT aggregate_id, sequence FROM fold.versions, bounds WHERE fold.holds(sequence, valid_to_sequence, since)
  ) AS earlier
  FULL JOIN (
    SELECT aggregate_id, sequence FROM fold.versions, bounds WHERE fold.holds(sequence, valid_to_sequence, until)
  ) AS later USING (aggregate_id)
  WHERE before_sequence IS DISTINCT FROM after_sequence
),
states AS (
  SELECT * FROM fold.states
  WHERE sequence IN (SELECT unnest([before_sequence, after_sequence]) FROM turned)
),
differences AS (
  SELECT
    id, before_sequence, after_sequence,
    coalesce(later.kind, earlier.kind) AS kind,
    coalesce(later.name, earlier.name) AS name,
    coalesce(later.host_id, earlier.host_id) AS host_id,
    earlier.state AS before_state,
    later.state AS after_state,
    list_filter(
      json_keys(coalesce(after_state, before_state)),
      lambda property:
        coalesce(json_extract(before_state, property), 'null') <> coalesce(json_extract(after_state, property), 'null')
    ) AS properties
  FROM turned
  LEFT JOIN states AS earlier ON earlier.sequence = before_sequence
  LEFT JOIN states AS later ON later.sequence = after_sequence
)
SELECT
  kind, id, name, hostname,
  CASE
    WHEN before_sequence IS NULL THEN 'added'
    WHEN after_sequence IS NULL THEN 'removed'
    ELSE 'changed'
  END AS change,
  CASE WHEN before_sequence IS NOT NULL THEN fold.pick(before_state, properties) END AS before,
  CASE WHEN after_sequence IS NOT NULL THEN fold.pick(after_state, properties) END AS after,
  before_sequence, after_sequence
FROM differences
LEFT JOIN fold.hostnames ON compute_id = host_id
WHERE len(properties) > 0;

CREATE MACRO drift(from_moment, to_moment) AS TABLE
FROM drift_by_sequence(sequence_at(from_moment), sequence_at(to_moment));
