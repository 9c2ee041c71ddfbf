-- What was measured: OpenTelemetry's names, units and attributes.

CREATE VIEW measurements AS
SELECT
  point.sequence, series.compute_id, point.observed_at, point.window_seconds,
  series.name, series.unit, series.attributes, point.value
FROM fold.points AS point JOIN fold.series AS series USING (series_id);

-- What kind of instrument a metric is of, by OpenTelemetry's names (semantic conventions 1.44) and our own. A counter
-- only grows, until it starts from zero again; an updowncounter can be added up over attributes and resources; a gauge
-- can not, and what is not known is taken for one.
CREATE MACRO fold.instrument(name) AS CASE
  WHEN name IN (
    'system.cpu.time',
    'system.disk.io', 'system.disk.operations', 'system.disk.io_time', 'system.disk.operation_time',
    'system.disk.merged',
    'system.network.io', 'system.network.packet.count', 'system.network.packet.dropped', 'system.network.errors',
    'system.paging.faults', 'system.paging.operations', 'system.process.created',
    'process.cpu.time', 'process.disk.io', 'process.network.io', 'process.context_switches', 'process.paging.faults',
    'container.cpu.time', 'container.disk.io', 'container.network.io',
    'hw.energy', 'hw.errors'
  ) THEN 'counter'
  WHEN name IN (
    'system.cpu.logical.count', 'system.cpu.physical.count',
    'system.memory.usage', 'system.memory.limit', 'system.paging.usage',
    'system.disk.limit', 'system.filesystem.usage', 'system.filesystem.limit',
    'system.network.connection.count', 'system.process.count',
    'process.memory.usage', 'process.memory.virtual', 'process.thread.count', 'process.unix.file_descriptor.count',
    'container.memory.usage', 'container.memory.available',
    'cim.process.count'
  ) THEN 'updowncounter'
  ELSE 'gauge'
END;

-- What is measured here: a row for each name and unit.
CREATE VIEW metrics AS
SELECT
  name, unit, fold.instrument(name) AS instrument,
  count(*) AS series, count(DISTINCT compute_id) AS resources
FROM fold.series GROUP BY name, unit;

-- Where a point stands among those of its series: by its time, of several of one time by sequence, which is less than
-- 2^53, and of several in one event by their order there.
CREATE MACRO fold.place(observed_at, sequence, place) AS
  (epoch_us(observed_at)::HUGEINT * 9_007_199_254_740_992 + sequence) * 32_768 + place;

-- A value to be summed up. A sum of doubles depends on their order, and so on the number of threads; one of decimals
-- does not. They have nine digits behind the point; of what is beyond 10^18 there is none.
CREATE MACRO fold.exact(value) AS TRY_CAST(value AS DECIMAL(27, 9));

-- Each series in buckets of time, in UTC. `mean` and `sum` are NULL where a value is too large to be summed up exactly.
-- A LATERAL join reads the points of those series only that a filter has left.
CREATE MACRO fold.roll_up(part) AS TABLE
SELECT compute_id, name, unit, attributes, bucket.*
FROM fold.series, LATERAL (
  SELECT
    date_trunc(part, observed_at) AS bucket_start,
    count(*) AS "count",
    min(value) AS "min",
    max(value) AS "max",
    CASE WHEN count(fold.exact(value)) = count(*) THEN avg(fold.exact(value)) END AS mean,
    CASE WHEN count(fold.exact(value)) = count(*) THEN sum(fold.exact(value))::DOUBLE END AS "sum",
    arg_min(value, fold.place(observed_at, point.sequence, point.place)) AS "first",
    arg_max(value, fold.place(observed_at, point.sequence, point.place)) AS "last"
  FROM fold.points AS point
  WHERE point.series_id = series.series_id
  GROUP BY bucket_start
) AS bucket;

CREATE VIEW measurements_1min AS FROM fold.roll_up('minute');
CREATE VIEW measurements_1h AS FROM fold.roll_up('hour');
CREATE VIEW measurements_1d AS FROM fold.roll_up('day');

-- How busy each resource is, as shares of 1: the last value, and the mean of the hour that ends with it. What is said of
-- each processor by itself is the mean of all of them.
CREATE VIEW utilisation AS
WITH meters AS (
  SELECT
    series_id, compute_id,
    split_part(name, '.', 2) AS what,
    coalesce(attributes['system.filesystem.mountpoint'], '') AS mountpoint
  FROM fold.series
  WHERE (name = 'system.cpu.utilization' AND attributes['cpu.mode'] = 'idle')
    OR (name = 'system.memory.utilization' AND attributes['system.memory.state'] = 'used')
    OR (name = 'system.filesystem.utilization' AND attributes['system.filesystem.state'] = 'used')
),
shares AS (
  SELECT
    compute_id, what, mountpoint, observed_at, "sequence",
    CASE WHEN count(*) = 1 THEN any_value(share) ELSE avg(fold.exact(share)) END AS share
  FROM (
    SELECT
      compute_id, what, mountpoint, observed_at, point.sequence,
      CASE what WHEN 'cpu' THEN round(1 - value, 9) ELSE value END AS share
    FROM fold.points AS point JOIN meters USING (series_id)
  )
  GROUP BY compute_id, what, mountpoint, observed_at, "sequence"
),
latest AS (
  SELECT
    compute_id, what, mountpoint,
    max(observed_at) AS latest_at,
    arg_max(share, fold.place(observed_at, "sequence", 0)) AS latest
  FROM shares GROUP BY compute_id, what, mountpoint
)
SELECT
  compute_id, hostname, what, nullif(mountpoint, '') AS mountpoint, latest_at AS observed_at, latest,
  CASE WHEN count(fold.exact(share)) = count(*) THEN avg(fold.exact(share)) END AS mean_1h
FROM latest
JOIN shares USING (compute_id, what, mountpoint)
JOIN resources USING (compute_id)
WHERE observed_at > latest_at - INTERVAL 1 HOUR
GROUP BY compute_id, hostname, what, mountpoint, latest_at, latest;
