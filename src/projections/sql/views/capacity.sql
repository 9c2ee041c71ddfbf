-- What there is, what of it is in use, and what is left: of each site, rack and network. A guest has its part of what its
-- host has, and is not counted again; what passes packets on, or is a device, is there for no work but its own.

-- The resources that bring capacity along, with where they are. Racks of one name are told apart by their rooms only
-- where both are known.
CREATE VIEW fold.capacity_resources AS
SELECT
  compute_id, resource_type, site, rack, "position",
  CASE
    WHEN rack IS NOT NULL AND min(room) OVER of_rack = max(room) OVER of_rack THEN min(room) OVER of_rack
    ELSE room
  END AS room,
  CASE WHEN works THEN cpu_cores END AS cpu_cores,
  CASE WHEN works THEN memory_bytes END AS memory_bytes,
  CASE WHEN works OR resource_type = 'storage' THEN storage_bytes END AS storage_bytes
FROM (
  SELECT *, resource_type IN ('physical_server', 'virtual_machine', 'container', 'unknown') AS works
  FROM resources AS resource
  WHERE host_compute_id IS NULL OR host_compute_id NOT IN (SELECT compute_id FROM resources)
)
WINDOW of_rack AS (PARTITION BY site, rack);

-- What each of them has of a measure, in its unit.
CREATE VIEW fold.capacity_totals AS
SELECT compute_id, site, room, rack, measure, total
FROM fold.capacity_resources, LATERAL (VALUES
  ('cores', cpu_cores::BIGINT),
  ('memory', memory_bytes),
  ('storage', storage_bytes)
) AS part (measure, total)
WHERE total > 0;

-- The end of what was measured, by the log's clock and not by one that is days ahead.
CREATE VIEW fold.capacity_end AS
SELECT max(observed_at) AS until FROM fold.points
WHERE observed_at <= (SELECT max(recorded_at) FROM events) + INTERVAL 1 DAY;

-- The series that say how much of a measure is in use, as `fold.telling` has them.
CREATE VIEW fold.capacity_series AS
SELECT series_id, compute_id, dimension, part
FROM fold.telling WHERE dimension IN ('idle', 'memory', 'free', 'full');

CREATE MACRO fold.as_share(value) AS CASE WHEN value < 0 THEN 0 WHEN value > 1 THEN 1 ELSE value END;

-- The share that is in use, from the means of what was measured in one stretch of time: 1 is all of it.
CREATE MACRO fold.used_share(measure, idle, memory, free, "full", total) AS fold.as_share(CASE measure
  WHEN 'cores' THEN 1 - idle
  WHEN 'memory' THEN memory
  ELSE coalesce(1 - free / total, "full")
END);

-- In the hour that ends with the newest measurement of each resource, as `utilisation` has it.
CREATE VIEW fold.capacity_now AS
WITH newest AS (
  SELECT series_id, max(observed_at) AS observed_at
  FROM fold.points JOIN fold.capacity_series USING (series_id)
  WHERE observed_at <= (SELECT until FROM fold.capacity_end) GROUP BY series_id
),
latest AS (
  SELECT compute_id, dimension, max(observed_at) AS latest_at
  FROM newest JOIN fold.capacity_series USING (series_id) GROUP BY compute_id, dimension
),
parts AS (
  SELECT compute_id, dimension, part, latest_at, avg(fold.exact(value)) AS mean
  FROM fold.points JOIN fold.capacity_series USING (series_id) JOIN latest USING (compute_id, dimension)
  WHERE observed_at > latest_at - INTERVAL 1 HOUR AND observed_at <= latest_at
  GROUP BY compute_id, dimension, part, latest_at
),
means AS (
  SELECT
    compute_id, max(latest_at) AS observed_at,
    sum(fold.exact(mean)) FILTER (dimension = 'idle')::DOUBLE AS idle,
    sum(fold.exact(mean)) FILTER (dimension = 'memory')::DOUBLE AS memory,
    sum(fold.exact(mean)) FILTER (dimension = 'free')::DOUBLE AS free,
    sum(fold.exact(mean)) FILTER (dimension = 'full')::DOUBLE AS "full"
  FROM parts GROUP BY compute_id
)
SELECT
  capacity.*, observed_at,
  total * fold.used_share(measure, idle, memory, free, "full", total) AS used
FROM fold.capacity_totals AS capacity LEFT JOIN means USING (compute_id);

-- The units of racks. How high a rack is, the log does not say, so that it has 42 (EIA-310), or up to the highest that
-- is taken; nor how high a device is: each takes one, also where its unit is not known.
CREATE MACRO fold.unit_taken(compute_id, "position") AS coalesce("position"::VARCHAR, compute_id::VARCHAR);
CREATE VIEW fold.capacity_units AS
SELECT
  site, room, rack, greatest(42, max("position"))::BIGINT AS total,
  least(greatest(42, max("position")), count(DISTINCT fold.unit_taken(compute_id, "position")))::DOUBLE AS used,
  count(*) AS resources, count("position") AS measured
FROM fold.capacity_resources WHERE rack IS NOT NULL GROUP BY site, room, rack;

-- How fast interfaces can be, and how much goes over them: in the hour that ends with their newest measurement, or since
-- the one before, if that is longer ago. Of both directions the busier one counts. A counter that is smaller than before
-- has started again from zero.
CREATE VIEW fold.capacity_links AS
WITH counters AS (
  SELECT
    series_id, compute_id, attributes['network.interface.name'] AS interface, speed_bps
  FROM fold.series JOIN fold.speeds USING (compute_id)
  WHERE series.name = 'system.network.io' AND unit = 'By' AND speeds.name = attributes['network.interface.name']
    AND speed_bps > 0
),
latest AS (
  SELECT series_id, max(observed_at) AS latest_at
  FROM fold.points JOIN counters USING (series_id)
  WHERE observed_at <= (SELECT until FROM fold.capacity_end) GROUP BY series_id
),
earlier AS (
  SELECT series_id, latest_at, max(observed_at) AS begins_at
  FROM fold.points JOIN latest USING (series_id)
  WHERE observed_at <= latest_at - INTERVAL 1 HOUR GROUP BY series_id, latest_at
),
steps AS (
  SELECT
    series_id, latest_at, point.observed_at, value,
    lag(value) OVER places AS before_value, lag(point.observed_at) OVER places AS before_at
  FROM fold.points AS point JOIN latest USING (series_id) LEFT JOIN earlier USING (series_id, latest_at)
  WHERE point.observed_at <= latest_at
    AND point.observed_at >= coalesce(begins_at, latest_at - INTERVAL 1 HOUR)
  WINDOW places AS (PARTITION BY series_id ORDER BY point.observed_at, point.sequence, point.place)
),
rates AS (
  SELECT
    series_id, latest_at,
    8e6 * sum(fold.exact(CASE WHEN value < before_value THEN value ELSE value - before_value END))::DOUBLE
      / nullif(sum(epoch_us(steps.observed_at) - epoch_us(before_at))::DOUBLE, 0) AS bps
  FROM steps GROUP BY series_id, latest_at
)
SELECT
  compute_id, interface, speed_bps AS total,
  speed_bps * fold.as_share(max(bps) / speed_bps) AS used,
  max(latest_at) AS observed_at
FROM counters JOIN rates USING (series_id) GROUP BY compute_id, interface, speed_bps;

-- What a cable or the air ends at, as `capacity_bandwidth` has it: a bond goes over ports, and is not counted again.
CREATE VIEW fold.capacity_ports AS
SELECT compute_id, name FROM interfaces WHERE coalesce(kind, 'ethernet') IN ('ethernet', 'wireless');

-- The networks that people give addresses of, IPv4 alone: of IPv6 prefixes there is no end in sight. The first address of
-- one and the last are not given away, but where there are only two (RFC 3021) or one.
CREATE VIEW fold.capacity_networks AS
SELECT
  network_id, network.scope_compute_id, cidr,
  (CASE WHEN prefix_length >= 31 THEN pow(2, 32 - prefix_length) ELSE pow(2, 32 - prefix_length) - 2 END)::BIGINT AS total,
  number, prefix_length, step, gateway, first_seen_at
FROM fold.prefixes AS prefix JOIN main.networks AS network USING (network_id)
WHERE bits = 32 AND coalesce(kind, 'lan') NOT IN ('loopback', 'link_local');

-- In which of them each address is, of networks that overlap in each; in one that lives on a host only those of that host
-- and of its guests. A gateway has one too, whether it is known or not.
CREATE VIEW fold.capacity_addresses AS
SELECT network_id, compute_id, interface, address
FROM fold.capacity_networks AS network JOIN (
  SELECT compute_id, interface, address, fold.address_number(address) AS number, host_compute_id
  FROM addresses JOIN resources USING (compute_id) WHERE family = 4
) AS taken ON fold.lies_in(taken.number, network)
  AND coalesce(scope_compute_id IN (compute_id, host_compute_id), true)
UNION ALL
SELECT network_id, NULL, NULL, gateway FROM fold.capacity_networks WHERE gateway IS NOT NULL;

CREATE MACRO fold.capacity_unit(measure) AS CASE measure
  WHEN 'cores' THEN '{cpu}'
  WHEN 'rack_units' THEN '{unit}'
  WHEN 'addresses' THEN '{address}'
  WHEN 'bandwidth' THEN 'bit/s'
  ELSE 'By'
END;

-- A row for each site, rack and network, and each measure of it. `total` is what there is, `known` the part of it whose
-- use is known, `used` and `free` are of that part.
CREATE VIEW capacity_headroom AS
WITH measured_now AS MATERIALIZED (FROM fold.capacity_now),
links AS MATERIALIZED (FROM fold.capacity_links),
parts AS (
  SELECT 'site' AS scope, site, NULL AS room, NULL AS rack, NULL AS network_id, measure, total, used, observed_at
  FROM measured_now
  UNION ALL
  SELECT 'rack', site, room, rack, NULL, measure, total, used, observed_at
  FROM measured_now WHERE rack IS NOT NULL
  UNION ALL
  SELECT 'site', site, NULL, NULL, NULL, 'bandwidth', total, used, observed_at
  FROM links JOIN fold.capacity_resources USING (compute_id)
  WHERE (compute_id, interface) IN (FROM fold.capacity_ports)
  UNION ALL
  SELECT 'network', NULL, NULL, NULL, network_id, 'bandwidth', total, used, observed_at
  FROM links JOIN fold.capacity_resources USING (compute_id)
  JOIN (SELECT DISTINCT network_id, compute_id, interface FROM fold.capacity_addresses) USING (compute_id, interface)
),
sums AS (
  SELECT
    scope, site, room, rack, network_id, measure,
    count(*) AS resources, count(used) AS measured,
    sum(total)::DOUBLE AS total,
    coalesce(sum(total) FILTER (used IS NOT NULL), 0)::DOUBLE AS known,
    sum(fold.exact(used))::DOUBLE AS used,
    max(observed_at) AS observed_at
  FROM parts GROUP BY scope, site, room, rack, network_id, measure
  UNION ALL
  SELECT 'rack', site, room, rack, NULL, 'rack_units', resources, measured, total, total, used, NULL
  FROM fold.capacity_units
  UNION ALL
  SELECT
    'site', site, NULL, NULL, NULL, 'rack_units', sum(resources)::BIGINT, sum(measured)::BIGINT,
    sum(total), sum(total), sum(used), NULL
  FROM fold.capacity_units GROUP BY site
  UNION ALL
  SELECT
    'network', NULL, NULL, NULL, network_id, 'addresses', count(DISTINCT compute_id), count(DISTINCT compute_id),
    any_value(total), any_value(total), least(any_value(total), count(DISTINCT address)), NULL
  FROM fold.capacity_networks LEFT JOIN fold.capacity_addresses USING (network_id) GROUP BY network_id
)
SELECT
  scope,
  CASE scope
    WHEN 'site' THEN site
    WHEN 'rack' THEN concat_ws(' ', site, room, rack)
    ELSE cidr
  END AS name,
  sums.site, sums.room, sums.rack, sums.network_id, measure,
  fold.capacity_unit(measure) AS unit,
  resources, measured, total, known, used, known - used AS free, used / nullif(known, 0) AS used_share, observed_at
FROM sums LEFT JOIN networks AS network ON network.network_id = sums.network_id::UUID
ORDER BY scope, name, measure;
