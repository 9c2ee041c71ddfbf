-- Resources as points of the space `compute`, through time.

-- What each part of a dimension comes to, from one moment to the next: readings come into the window and go out of it.
CREATE VIEW fold.part_courses AS
SELECT
  compute_id, dimension, part, moment,
  fold.part_of(dimension, sum(weight) OVER of_part, sum(amount) OVER of_part, sum(square) OVER of_part) AS part_value
FROM (
  SELECT
    compute_id, dimension, part, moment,
    sum(fold.exact(weight)) AS weight,
    sum(fold.exact(amount)) AS amount,
    CASE dimension WHEN 'latency_variance' THEN sum(fold.exact(weight * amount * amount)) END AS square
  FROM (
    SELECT
      compute_id, dimension, part,
      unnest([since, until]) AS moment, unnest([weight, -weight]) AS weight, unnest([amount, -amount]) AS amount
    FROM (
      SELECT compute_id, dimension, part, since, until, weight, amount FROM fold.readings WHERE program IS NULL
      UNION ALL
      SELECT compute_id, dimension, part, since, until, weight, amount FROM fold.ties
    ) WHERE since < until
  ) GROUP BY compute_id, dimension, part, moment
)
WINDOW of_part AS (PARTITION BY compute_id, dimension, part ORDER BY moment);

-- What each dimension comes to, from one moment to the next; NaN where nothing is known any more. Part 0 is all of it.
CREATE VIEW fold.courses AS
WITH parts AS (FROM fold.part_courses)
SELECT compute_id, dimension, moment, coalesce(part_value::DOUBLE, 'nan') AS value FROM parts WHERE part = 0
UNION ALL
SELECT
  compute_id, dimension, moment,
  CASE
    WHEN sum(known) OVER of_dimension = 0 THEN 'nan'
    WHEN dimension = 'latency_variance' THEN (sum(change) OVER of_dimension)::DOUBLE / sum(known) OVER of_dimension
    ELSE (sum(change) OVER of_dimension)::DOUBLE
  END
FROM (
  SELECT compute_id, dimension, moment, sum(change) AS change, sum(known) AS known
  FROM (
    SELECT
      compute_id, dimension, moment,
      coalesce(part_value, 0) - coalesce(lag(part_value) OVER places, 0) AS change,
      (part_value IS NOT NULL)::INTEGER - (lag(part_value) OVER places IS NOT NULL)::INTEGER AS known
    FROM parts WHERE part <> 0
    WINDOW places AS (PARTITION BY compute_id, dimension, part ORDER BY moment)
  ) GROUP BY compute_id, dimension, moment
)
WINDOW of_dimension AS (PARTITION BY compute_id, dimension ORDER BY moment);

-- When something was measured of a resource, or became otherwise.
CREATE VIEW fold.position_moments AS
SELECT compute_id, observed_at AS moment, max(point.sequence) AS sequence
FROM fold.points AS point JOIN fold.series USING (series_id)
GROUP BY compute_id, observed_at
UNION ALL
SELECT compute_id, turned_at, sequence FROM fold.periods JOIN fold.computes USING (sequence)
UNION ALL
SELECT compute_id, since, sequence FROM fold.ties
UNION ALL
SELECT compute_id, until, valid_to_sequence FROM fold.ties WHERE valid_to_sequence IS NOT NULL;

-- A row at each of these moments, while there was the resource: what was measured is that of the window that ends there.
CREATE VIEW compute_positions_history AS
SELECT
  compute_id, state.hostname, state.resource_type, moment AS observed_at, course.sequence,
  unnest(fold.dimensions(
    state, idle, memory, network, disk, free, "full", uptime, errors, latency_variance, connections, redundancy
  ))
FROM (
  SELECT
    compute_id, moment, sequence,
    nullif(last_value(idle IGNORE NULLS) OVER of_resource, 'nan') AS idle,
    nullif(last_value(memory IGNORE NULLS) OVER of_resource, 'nan') AS memory,
    nullif(last_value(network IGNORE NULLS) OVER of_resource, 'nan') AS network,
    nullif(last_value(disk IGNORE NULLS) OVER of_resource, 'nan') AS disk,
    nullif(last_value(free IGNORE NULLS) OVER of_resource, 'nan') AS free,
    nullif(last_value("full" IGNORE NULLS) OVER of_resource, 'nan') AS "full",
    nullif(last_value(uptime IGNORE NULLS) OVER of_resource, 'nan') AS uptime,
    nullif(last_value(errors IGNORE NULLS) OVER of_resource, 'nan') AS errors,
    nullif(last_value(latency_variance IGNORE NULLS) OVER of_resource, 'nan') AS latency_variance,
    nullif(last_value(connections IGNORE NULLS) OVER of_resource, 'nan') AS connections,
    nullif(last_value(redundancy IGNORE NULLS) OVER of_resource, 'nan') AS redundancy
  FROM (
    SELECT
      compute_id, moment, max(sequence) AS sequence,
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
    FROM (
      SELECT compute_id, moment, NULL AS sequence, dimension, value FROM fold.courses
      UNION ALL
      SELECT compute_id, moment, sequence, NULL, NULL FROM fold.position_moments
    ) GROUP BY compute_id, moment
  )
  WINDOW of_resource AS (PARTITION BY compute_id ORDER BY moment)
) AS course
JOIN (
  SELECT state, compute_id, since, until FROM fold.periods JOIN fold.computes AS state USING (sequence)
) USING (compute_id)
WHERE course.sequence IS NOT NULL AND since <= moment AND moment < until;

-- Where each resource was by one moment, and by another: a row for each dimension that is known of either, from the last
-- row of those above. Of a resource that was not there at a moment nothing is known then.
CREATE MACRO position_drift(from_moment, to_moment) AS TABLE
SELECT
  compute_id,
  arg_max(hostname, is_later) AS hostname,
  arg_max(resource_type, is_later) AS resource_type,
  regexp_replace(dimension, '_', '.') AS dimension,
  max(value) FILTER (NOT is_later) AS before,
  max(value) FILTER (is_later) AS after,
  max(observed_at) FILTER (NOT is_later) AS before_at,
  max(observed_at) FILTER (is_later) AS after_at
FROM (
  UNPIVOT (
    SELECT DISTINCT ON (compute_id, is_later) course.* EXCLUDE (sequence), is_later
    FROM compute_positions_history AS course
    JOIN (
      SELECT compute_id, false AS is_later, fold.utc(from_moment) AS last_at FROM resources_at(from_moment)
      UNION ALL
      SELECT compute_id, true, fold.utc(to_moment) FROM resources_at(to_moment)
    ) AS there USING (compute_id)
    WHERE observed_at <= last_at
    ORDER BY compute_id, is_later, observed_at DESC
  ) ON COLUMNS('^(performance|capacity|reliability)_') INTO NAME dimension VALUE value
)
GROUP BY compute_id, dimension
ORDER BY compute_id, dimension;
