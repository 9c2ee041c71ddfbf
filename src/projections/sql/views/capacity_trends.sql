-- Where the use of what there is goes: by the day, with an interval, and until it is all used. The line is that of
-- ordinary least squares through the means of whole days in UTC, at most the newest 60; its interval of 80 % takes what is
-- off it for independent from day to day (Draper and Smith, *Applied Regression Analysis*, 3rd edition, 1998, chapters 1
-- and 3). All sums are of whole numbers, a billionth of all there is, so that none depends on an order.

-- How much each resource used of each measure that it has now, hour by hour. What is measured more seldom counts until the
-- next time, for six hours at most: otherwise each hour would be that of other resources.
CREATE VIEW fold.capacity_hours AS
WITH parts AS (
  SELECT
    compute_id, dimension, part, date_trunc('hour', observed_at) AS hour, avg(fold.exact(value)) AS mean
  FROM fold.points JOIN fold.capacity_series USING (series_id)
  WHERE observed_at <= (SELECT until FROM fold.capacity_end)
    AND observed_at >= (SELECT date_trunc('day', until) FROM fold.capacity_end) - INTERVAL 61 DAY
  GROUP BY compute_id, dimension, part, hour
),
means AS (
  SELECT
    compute_id, hour,
    sum(fold.exact(mean)) FILTER (dimension = 'idle')::DOUBLE AS idle,
    sum(fold.exact(mean)) FILTER (dimension = 'memory')::DOUBLE AS memory,
    sum(fold.exact(mean)) FILTER (dimension = 'free')::DOUBLE AS free,
    sum(fold.exact(mean)) FILTER (dimension = 'full')::DOUBLE AS "full"
  FROM parts GROUP BY compute_id, hour
)
SELECT site, room, rack, measure, unnest(generate_series(hour, until, INTERVAL 1 HOUR)) AS hour, total, share
FROM (
  SELECT
    *,
    least(
      coalesce(
        lead(hour) OVER (PARTITION BY compute_id, measure ORDER BY hour) - INTERVAL 1 HOUR,
        (SELECT date_trunc('hour', until) FROM fold.capacity_end)
      ),
      hour + INTERVAL 5 HOUR
    ) AS until
  FROM (
    SELECT
      compute_id, site, room, rack, measure, hour, total,
      round(1e9 * fold.used_share(measure, idle, memory, free, "full", total))::BIGINT AS share
    FROM fold.capacity_totals JOIN means USING (compute_id)
  ) WHERE share IS NOT NULL
);

-- What a row is about.
CREATE MACRO fold.place_of(site, room, rack, network_id) AS struct_pack(
  site := site::VARCHAR, room := room::VARCHAR, rack := rack::VARCHAR, network_id := network_id::UUID
);

-- The same of sites and racks: of those that were measured in the hour, by what each has.
CREATE VIEW fold.capacity_course AS
WITH hours AS (FROM fold.capacity_hours),
places AS (
  SELECT 'site' AS scope, fold.place_of(site, NULL, NULL, NULL) AS place, measure, hour, total, share FROM hours
  UNION ALL
  SELECT 'rack', fold.place_of(site, room, rack, NULL), measure, hour, total, share FROM hours WHERE rack IS NOT NULL
)
SELECT
  scope, place, measure, hour,
  round(sum(share::HUGEINT * total)::DOUBLE / sum(total)::DOUBLE)::BIGINT AS share
FROM places GROUP BY scope, place, measure, hour;

CREATE VIEW capacity_course AS
SELECT
  scope, nullif(concat_ws(' ', place.site, place.room, place.rack), '') AS name,
  place.site, place.room, place.rack, measure, hour, share / 1e9 AS used_share
FROM fold.capacity_course
ORDER BY scope, name, measure, hour;

-- The last days by the log's clock, each at its end.
CREATE VIEW fold.capacity_ends AS
SELECT unnest(generate_series(until - INTERVAL 60 DAY, until - INTERVAL 1 DAY, INTERVAL 1 DAY)) AS day
FROM (SELECT date_trunc('day', max(recorded_at)) AS until FROM events);

-- What is counted and not measured, from when to when: addresses that were taken, and units of racks.
CREATE VIEW fold.capacity_spans AS
SELECT
  'network' AS scope, fold.place_of(NULL, NULL, NULL, network_id) AS place, 'addresses' AS measure, total,
  gateway AS taken, first_seen_at AS valid_from, NULL AS valid_to
FROM fold.capacity_networks WHERE gateway IS NOT NULL
UNION ALL
SELECT
  'network', fold.place_of(NULL, NULL, NULL, network_id), 'addresses', total, address, valid_from, valid_to
FROM fold.capacity_networks AS network JOIN (
  SELECT
    compute_id, host_compute_id, address, fold.address_number(address) AS number,
    addresses_history.valid_from, addresses_history.valid_to
  FROM addresses_history LEFT JOIN resources USING (compute_id) WHERE family = 4
) AS history ON fold.lies_in(history.number, network)
  AND coalesce(scope_compute_id IN (compute_id, host_compute_id), true)
UNION ALL
SELECT
  'rack', fold.place_of(rack.site, rack.room, rack.rack, NULL), 'rack_units', total,
  fold.unit_taken(compute_id, resource.position), valid_from, valid_to
FROM fold.capacity_units AS rack JOIN resources_history AS resource
  ON resource.site = rack.site AND resource.rack = rack.rack
  AND (resource.room IS NULL OR rack.room IS NULL OR resource.room = rack.room)
WHERE host_compute_id IS NULL;

-- The share of variance that groups explain, as it would be of all there is and not of a sample (Kelley, *PNAS* 21, 1935):
-- from the sum of squares about the mean, which is 0, that among the kinds, and how many values and kinds there are.
CREATE MACRO fold.explained(squares, among, size, kinds) AS CASE
  WHEN squares > 0 AND size > kinds
  THEN greatest(0, 1 - (squares - among) / (size - kinds) / (squares / (size - 1)))
END;

-- Student's t, above which a tenth lies: of 3 degrees of freedom and more to within 0.02 % (Abramowitz and Stegun, 26.7.5).
CREATE MACRO fold.t_of(freedom) AS 1.28155157
  + (0.84658477 + (0.57089063 + (0.25851711 + 0.05439584 / freedom) / freedom) / freedom) / freedom;

-- A moment so many days after the middle of the line's last day, of one that is in sight: within a year.
CREATE MACRO fold.in_sight(last_day, x) AS CASE
  WHEN x <= 365 THEN last_day + INTERVAL 12 HOUR + to_microseconds(round(864e8 * greatest(0, x))::BIGINT)
END;

-- What there is of each measure, as `capacity_headroom` has it.
CREATE VIEW fold.capacity_sizes AS
SELECT 'site' AS scope, fold.place_of(site, NULL, NULL, NULL) AS place, measure, sum(total)::DOUBLE AS total
FROM fold.capacity_totals GROUP BY site, measure
UNION ALL
SELECT 'rack', fold.place_of(site, room, rack, NULL), measure, sum(total)::DOUBLE
FROM fold.capacity_totals WHERE rack IS NOT NULL GROUP BY site, room, rack, measure
UNION ALL
SELECT 'rack', fold.place_of(site, room, rack, NULL), 'rack_units', total::DOUBLE FROM fold.capacity_units
UNION ALL
SELECT 'network', fold.place_of(NULL, NULL, NULL, network_id), 'addresses', total::DOUBLE FROM fold.capacity_networks;

-- A row for each course of at least five whole days. `used_share` is that of the last of them; slopes are in the unit of
-- the measure; what runs out does so if all goes on along the line, and only where that is within a year.
CREATE VIEW capacity_trends AS
WITH course AS MATERIALIZED (FROM fold.capacity_course),
-- Days that are whole: not the one on which measuring began, nor the one that is not over. `x` counts them, and is 0 on
-- the last.
days AS MATERIALIZED (
  SELECT *, date_diff('day', max(day) OVER (PARTITION BY scope, place, measure), day) AS x
  FROM (
    SELECT scope, place, measure, day, round(avg(share))::BIGINT AS share
    FROM (
      SELECT *, date_trunc('day', hour) AS day, min(hour) OVER of_course AS begins, max(hour) OVER of_course AS ends
      FROM course
      WINDOW of_course AS (PARTITION BY scope, place, measure)
    ) WHERE day > begins AND day < date_trunc('day', ends)
    GROUP BY scope, place, measure, day
    UNION ALL
    SELECT scope, place, measure, day, round(1e9 * least(1, count(DISTINCT taken) / any_value(total)))::BIGINT
    FROM fold.capacity_spans JOIN fold.capacity_ends
      ON valid_from < day + INTERVAL 1 DAY AND (valid_to IS NULL OR valid_to >= day + INTERVAL 1 DAY)
    GROUP BY scope, place, measure, day
  )
),
-- The line through the days: `mean_x` and `mean_y` lie on it; `spread` is the sum of squares of x about its mean, and
-- `error` the standard deviation of what is off the line.
lines AS MATERIALIZED (
  SELECT
    *, sqrt(greatest(0, (squares - slope * slope * spread) / (days - 2))) AS error
  FROM (
    SELECT
      scope, place, measure, count(*) AS days, min(day) AS first_day, max(day) AS last_day,
      arg_max(share, day) AS last_share,
      sum(x)::DOUBLE / count(*) AS mean_x, sum(share)::DOUBLE / count(*) AS mean_y,
      (count(*) * sum(x * x) - sum(x) * sum(x))::DOUBLE / count(*) AS spread,
      (count(*) * sum(x * share::HUGEINT) - sum(x) * sum(share::HUGEINT))::DOUBLE
        / (count(*) * sum(x * x) - sum(x) * sum(x))::DOUBLE AS slope,
      (count(*) * sum(share::HUGEINT * share) - sum(share::HUGEINT) * sum(share::HUGEINT))::DOUBLE / count(*) AS squares
    FROM days GROUP BY scope, place, measure
    HAVING count(*) >= 5
  )
),
-- Of what is off the mean of its day and the slope of the line, how much goes by the hour.
hourly AS (
  SELECT
    scope, place, measure,
    fold.explained(
      sum(squares)::DOUBLE, list_sum(list(total::DOUBLE * total::DOUBLE / "count" ORDER BY of_day)), sum("count"), count(*)
    ) AS hour_share
  FROM (
    SELECT
      scope, place, measure, of_day, count(*) AS "count", sum(off)::HUGEINT AS total,
      sum(off::HUGEINT * off) AS squares
    FROM (
      SELECT
        scope, place, measure, hour(hour) AS of_day,
        round(course.share - day.share - slope * (hour(hour) - 11.5) / 24)::BIGINT AS off
      FROM (SELECT *, date_trunc('day', hour) AS day FROM course) AS course
      JOIN days AS day USING (scope, place, measure, day)
      JOIN lines USING (scope, place, measure)
    ) GROUP BY scope, place, measure, of_day
  ) GROUP BY scope, place, measure
),
-- Of what is off the line, how much goes by the day of the week: of two weeks at least.
weekly AS (
  SELECT
    scope, place, measure,
    fold.explained(
      sum(squares)::DOUBLE, list_sum(list(total::DOUBLE * total::DOUBLE / "count" ORDER BY weekday)), sum("count"), count(*)
    ) AS weekday_share
  FROM (
    SELECT
      scope, place, measure, isodow(day) AS weekday, count(*) AS "count", sum(off)::HUGEINT AS total,
      sum(off::HUGEINT * off) AS squares
    FROM (
      SELECT scope, place, measure, day, round(share - mean_y - slope * (x - mean_x))::BIGINT AS off
      FROM days JOIN lines USING (scope, place, measure) WHERE days >= 14
    ) GROUP BY scope, place, measure, isodow(day)
  ) GROUP BY scope, place, measure
),
-- Where the line comes to all there is, in days from its middle, `left_over` above it: `crosses`; and where the ends of its
-- interval do, by Fieller's theorem. That is nowhere where it goes down, and what may happen need not have an end; where all
-- was in use every day, it is there already.
crossings AS (
  SELECT
    *,
    CASE WHEN left_over = 0 THEN 0 WHEN slope > 0 THEN left_over / slope END AS crosses,
    CASE
      WHEN left_over * left_over <= off * off / days THEN 0
      WHEN slope * left_over + root > 0 THEN (left_over * left_over - off * off / days) / (slope * left_over + root)
    END AS earliest,
    CASE
      WHEN left_over = 0 THEN 0
      WHEN slope > 0 AND sure > 0 THEN (slope * left_over + root) / sure
    END AS latest
  FROM (
    SELECT *, sqrt(greatest(0, off * off * (left_over * left_over / spread + sure / days))) AS root
    FROM (
      SELECT *, slope * slope - off * off / spread AS sure
      FROM (
        SELECT *, fold.t_of(days - 2) * error AS off, 1e9 - mean_y AS left_over FROM lines
      )
    )
  )
)
SELECT
  scope,
  CASE scope
    WHEN 'site' THEN place.site
    WHEN 'rack' THEN concat_ws(' ', place.site, place.room, place.rack)
    ELSE cidr
  END AS name,
  place.site, place.room, place.rack, place.network_id, measure, fold.capacity_unit(measure) AS unit,
  total, last_share / 1e9 AS used_share,
  total * slope / 1e9 AS slope_per_day,
  total * (slope - off / sqrt(spread)) / 1e9 AS slope_low,
  total * (slope + off / sqrt(spread)) / 1e9 AS slope_high,
  days, first_day::DATE AS first_day, last_day::DATE AS last_day, hour_share, weekday_share,
  fold.in_sight(last_day, mean_x + crosses) AS runs_out_at,
  fold.in_sight(last_day, mean_x + earliest) AS runs_out_from,
  fold.in_sight(last_day, mean_x + latest) AS runs_out_to
FROM crossings
JOIN fold.capacity_sizes USING (scope, place, measure)
LEFT JOIN hourly USING (scope, place, measure)
LEFT JOIN weekly USING (scope, place, measure)
LEFT JOIN networks AS network ON network.network_id = place.network_id
ORDER BY scope, name, measure;
