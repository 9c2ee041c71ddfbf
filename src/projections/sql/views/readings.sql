-- What is known of things as points in the conceptual spaces (src/spaces/catalogue), each reading with the moments whose
-- window holds it. `positions.sql` and the like sum them up: in decimals (`fold.exact`), so that no sum depends on an
-- order; what is beyond 10^18 is taken for no measurement.

-- Which series tell of which dimension, and how: the `mean` of all their points in the window, the `sum` of each one's
-- mean or of each one's `growth` per second (`errors`: per hour), or the `newest` point.
CREATE VIEW fold.indicators AS
FROM (VALUES
  ('system.cpu.utilization', '1', 'cpu.mode', 'idle', 'idle', 'mean'),
  ('system.memory.utilization', '1', 'system.memory.state', 'used', 'memory', 'mean'),
  ('system.network.io', 'By', NULL, NULL, 'network', 'growth'),
  ('system.disk.operation_time', 's', NULL, NULL, 'disk', 'growth'),
  ('system.filesystem.usage', 'By', 'system.filesystem.state', 'free', 'free', 'sum'),
  ('system.filesystem.utilization', '1', 'system.filesystem.state', 'used', 'full', 'mean'),
  ('system.uptime', 's', NULL, NULL, 'uptime', 'newest'),
  ('system.network.errors', '{error}', NULL, NULL, 'errors', 'growth'),
  ('hw.errors', '{error}', NULL, NULL, 'errors', 'growth'),
  ('process.cpu.utilization', '1', NULL, NULL, 'software_cpu', 'mean'),
  ('process.memory.usage', 'By', NULL, NULL, 'software_memory', 'mean'),
  ('process.thread.count', '{thread}', NULL, NULL, 'software_threads', 'mean'),
  ('process.unix.file_descriptor.count', '{file_descriptor}', NULL, NULL, 'software_descriptors', 'mean'),
  ('process.disk.io', 'By', NULL, NULL, 'software_disk', 'growth'),
  ('process.uptime', 's', NULL, NULL, 'software_uptime', 'newest'),
  ('cim.process.count', '{process}', NULL, NULL, 'software_processes', 'mean')
) AS indicator (name, unit, attribute, state, dimension, taken);

-- The series of resources, and of their programs (`program`), that tell of a dimension. What goes through the loopback
-- interface goes nowhere.
CREATE VIEW fold.telling AS
SELECT
  series_id, compute_id, dimension, taken, attributes,
  CASE WHEN dimension LIKE 'software_%' THEN coalesce(attributes['process.executable.name'], '') END AS program,
  CASE WHEN taken IN ('sum', 'growth') THEN series_id ELSE 0 END AS part
FROM fold.series JOIN fold.indicators USING (name, unit)
WHERE (attribute IS NULL OR attributes[attribute] = state)
  AND (name <> 'system.network.io' OR coalesce(attributes['network.interface.name'], '') NOT IN ('lo', 'lo0'));

CREATE MACRO fold.is_countable(value) AS abs(value) < 1e18;

-- Until when a reading is in the window: for its length, and also until the next one, if that is later and the series is
-- not silent meanwhile. So of what is measured more seldom the newest reading counts, and one before a gap ends with it.
CREATE MACRO fold.silent_from(observed_at, usual_seconds) AS
  observed_at + to_microseconds((3e6 * usual_seconds)::BIGINT);
CREATE MACRO fold.window_from(observed_at) AS observed_at + (SELECT position_window FROM fold.settings);
CREATE MACRO fold.held_until(observed_at, next_at, usual_seconds) AS
  greatest(fold.window_from(observed_at), least(next_at, fold.silent_from(observed_at, usual_seconds)));

-- What counters grew by from one point to the next, by the rules of `rates`.
CREATE VIEW fold.growth AS
SELECT
  series_id, compute_id, name, attributes, observed_at AS previous_at, next_at, seconds,
  CASE WHEN next_value < value THEN next_value ELSE next_value - value END AS growth,
  next_value < value AS is_reset,
  fold.held_until(next_at, later_at, usual_seconds) AS until,
  next_sequence AS sequence, previous_sequence
FROM fold.steps
WHERE fold.instrument(name) = 'counter'
  AND seconds > 0 AND NOT fold.is_gap(seconds, usual_seconds) AND fold.is_countable(growth);

-- What is said of a dimension, and the moments whose windows hold it. What has the same `part` is one thing, and comes to
-- Σ amount / Σ weight; of `latency_variance` it is the squared coefficient of variation of the amounts, of which there are
-- Σ weight. When a process ends, its program's counters go down: then nothing is known of their growth.
CREATE VIEW fold.readings AS
SELECT
  step.compute_id, program, dimension, part, observed_at AS since,
  CASE
    WHEN taken = 'newest' THEN least(
      next_at, greatest(fold.window_from(observed_at), fold.silent_from(observed_at, usual_seconds))
    )
    ELSE fold.held_until(observed_at, next_at, usual_seconds)
  END AS until,
  value AS amount, 1::DOUBLE AS weight, previous_sequence AS sequence, previous_sequence
FROM fold.steps AS step JOIN fold.telling USING (series_id)
WHERE fold.instrument(step.name) <> 'counter' AND taken <> 'growth' AND fold.is_countable(value)
UNION ALL
SELECT
  step.compute_id, program, dimension, part, next_at, until,
  growth, CASE dimension WHEN 'errors' THEN seconds / 3600 ELSE seconds END, sequence, previous_sequence
FROM fold.growth AS step JOIN fold.telling USING (series_id)
WHERE taken = 'growth' AND NOT (is_reset AND program IS NOT NULL)
UNION ALL
SELECT
  compute_id, NULL, 'latency_variance', times.series_id, next_at, times.until,
  times.growth / bytes.growth * 1e9, 1, times.sequence, times.previous_sequence
FROM fold.growth AS times JOIN fold.growth AS bytes USING (compute_id, previous_at, next_at)
WHERE times.name = 'system.disk.operation_time' AND bytes.name = 'system.disk.io'
  AND times.attributes IS NOT DISTINCT FROM bytes.attributes
  AND bytes.growth > 0 AND times.growth / bytes.growth < 1;

-- From when to when a version was the valid one, in the order of the log also where its clock was set back. What is first
-- known of a thing is taken to have been so before, for what was measured earlier and came late.
CREATE VIEW fold.periods AS
SELECT
  sequence, aggregate_id, turned_at, valid_to_sequence,
  CASE
    WHEN sequence = min(sequence) OVER (PARTITION BY aggregate_id) THEN '-infinity'::TIMESTAMP
    ELSE turned_at
  END AS since,
  greatest(coalesce(valid_to, 'infinity'::TIMESTAMP), turned_at) AS until
FROM (
  SELECT *, max(valid_from) OVER (PARTITION BY aggregate_id ORDER BY sequence) AS turned_at FROM fold.versions
);

-- What each resource is connected with, from when to when: readings too, in which each connection, and each neighbour on
-- a cable, is a part that comes to 1.
CREATE VIEW fold.ties AS
WITH ends AS (
  SELECT
    sequence, connection_id, kind, from_compute_id AS compute_id,
    coalesce(to_compute_id::VARCHAR, to_mac_address, to_address) AS peer
  FROM fold.connections
  UNION ALL
  SELECT sequence, connection_id, kind, to_compute_id, from_compute_id::VARCHAR
  FROM fold.connections WHERE to_compute_id <> from_compute_id
)
SELECT
  compute_id, 'connections' AS dimension, hash(connection_id) AS part, turned_at AS since, until,
  1::DOUBLE AS amount, 1::DOUBLE AS weight, sequence, valid_to_sequence
FROM ends JOIN fold.periods USING (sequence)
UNION ALL
SELECT compute_id, 'redundancy', hash(peer), turned_at, until, 1, 1, sequence, valid_to_sequence
FROM ends JOIN fold.periods USING (sequence)
WHERE kind = 'cable' AND peer <> compute_id::VARCHAR;

-- What a part comes to.
CREATE MACRO fold.part_of(dimension, weight, amount, square) AS fold.exact(CASE
  WHEN weight <= 0 THEN NULL
  WHEN dimension <> 'latency_variance' THEN amount / weight
  WHEN weight >= 2 AND amount > 0 THEN weight * square::DOUBLE / (amount::DOUBLE * amount::DOUBLE) - 1
END);
