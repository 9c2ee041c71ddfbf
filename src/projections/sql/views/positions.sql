-- Resources as points of the space `compute`: a column a dimension, in its unit, and NULL where it is not known.

-- When each resource was measured last, and by which event.
CREATE VIEW fold.latest AS
SELECT
  compute_id, max(newest.observed_at) AS observed_at,
  arg_max(newest.sequence, fold.place(newest.observed_at, newest.sequence, 0)) AS sequence
FROM fold.series JOIN (
  SELECT
    series_id, max(point.observed_at) AS observed_at,
    arg_max(point.sequence, fold.place(point.observed_at, point.sequence, 0)) AS sequence
  FROM fold.points AS point GROUP BY series_id
) AS newest USING (series_id)
GROUP BY compute_id;

-- The readings of the window that ends there, and what the resource is connected with now.
CREATE VIEW fold.latest_readings AS
SELECT compute_id, program, dimension, part, amount, weight, reading.sequence, previous_sequence
FROM fold.readings AS reading JOIN fold.latest USING (compute_id)
WHERE since <= observed_at AND until > observed_at
UNION ALL
SELECT compute_id, NULL, dimension, part, amount, weight, sequence, sequence
FROM fold.ties WHERE until = 'infinity';

-- What they come to: the sum over the parts, of `latency_variance` the mean.
CREATE VIEW fold.latest_values AS
SELECT
  compute_id, program, dimension,
  sum(part_value)::DOUBLE / CASE dimension WHEN 'latency_variance' THEN count(part_value) ELSE 1 END AS value
FROM (
  SELECT
    compute_id, program, dimension,
    fold.part_of(
      dimension, sum(fold.exact(weight)), sum(fold.exact(amount)),
      sum(CASE dimension WHEN 'latency_variance' THEN fold.exact(amount * amount) END)
    ) AS part_value
  FROM fold.latest_readings GROUP BY compute_id, program, dimension, part
) GROUP BY compute_id, program, dimension;

-- The dimensions, from what is known of a resource (`state`, a row of `fold.computes`) and of its readings.
CREATE MACRO fold.dimensions(
  state, idle, memory, network, disk, free, "full", uptime, errors, latency_variance, connections, redundancy
) AS struct_pack(
  performance_cpu := round(1 - idle, 9),
  performance_memory := memory,
  performance_network := network,
  performance_disk := disk,
  capacity_cpu := state.cpu_cores::DOUBLE,
  capacity_cpu_available := state.cpu_cores * idle,
  capacity_memory := state.memory_bytes::DOUBLE,
  capacity_memory_available := state.memory_bytes * round(1 - memory, 9),
  capacity_storage := state.storage_bytes::DOUBLE,
  capacity_storage_available := coalesce(free, state.storage_bytes * round(1 - "full", 9)),
  capacity_bandwidth := list_sum(list_transform(
    list_filter(state.interfaces, lambda link: coalesce(link.kind, 'ethernet') IN ('ethernet', 'wireless')),
    lambda link: link.speed_bps
  ))::DOUBLE,
  capacity_connections := connections,
  reliability_uptime := uptime,
  reliability_errors := errors,
  reliability_latency_variance := latency_variance,
  reliability_redundancy := redundancy
);

CREATE VIEW compute_positions AS
SELECT
  state.compute_id, state.hostname, state.resource_type, observed_at,
  greatest(state.sequence, latest.sequence) AS sequence,
  unnest(fold.dimensions(
    state, idle, memory, network, disk, free, "full", uptime, errors, latency_variance, connections, redundancy
  ))
FROM fold.versions AS version
JOIN fold.computes AS state USING (sequence)
LEFT JOIN fold.latest AS latest USING (compute_id)
LEFT JOIN (
  SELECT
    compute_id,
    max(value) FILTER (dimension = 'idle') AS idle,
    max(value) FILTER (dimension = 'memory') AS memory,
    max(value) FILTER (dimension = 'network') AS network,
    max(value) FILTER (dimension = 'disk') AS disk,
    max(value) FILTER (dimension = 'free') AS free,
    max(value) FILTER (dimension = 'full') AS "full",
    max(value) FILTER (dimension = 'uptime') AS uptime,
    max(value) FILTER (dimension = 'errors') AS errors,
    max(value) FILTER (dimension = 'latency_variance') AS latency_variance,
    max(value) FILTER (dimension = 'connections') AS connections,
    max(value) FILTER (dimension = 'redundancy') AS redundancy
  FROM fold.latest_values WHERE program IS NULL GROUP BY compute_id
) AS reading USING (compute_id)
WHERE valid_to_sequence IS NULL;

-- Which events a resource's position rests on: of the event that says what it is, of its connections, and of the
-- measurements in the window, with the points before that growth is counted from.
CREATE MACRO position_evidence(compute) AS TABLE
SELECT sequence, event_id, event_type, aggregate_id
FROM events WHERE sequence IN (
  SELECT sequence FROM fold.versions WHERE aggregate_id = compute::UUID AND valid_to_sequence IS NULL
  UNION ALL
  SELECT unnest([sequence, previous_sequence])
  FROM fold.latest_readings WHERE compute_id = compute::UUID AND program IS NULL
)
ORDER BY sequence;
