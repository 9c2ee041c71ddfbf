-- How fast counters grow, and where nothing was measured.

-- Each point beside the one that follows it in its series, in the order of their times. Points of one time follow one
-- another in the order of the log. What the windows are split by is what filters reach the points through.
CREATE VIEW fold.steps AS
SELECT
  *,
  median(nullif(seconds, 0)) OVER (PARTITION BY series_id, compute_id, name, is_counter) AS usual_seconds
FROM (
  SELECT
    series_id, compute_id, name, is_counter, observed_at, value,
    lead(point.sequence) OVER series AS next_sequence,
    lead(observed_at) OVER series AS next_at,
    lead(value) OVER series AS next_value,
    (epoch_us(lead(observed_at) OVER series) - epoch_us(observed_at)) / 1e6 AS seconds
  FROM fold.points AS point JOIN (
    SELECT series_id, compute_id, name, coalesce(instrument = 'counter', false) AS is_counter
    FROM fold.series LEFT JOIN fold.instruments USING (name)
  ) USING (series_id)
  WINDOW series AS (PARTITION BY series_id, compute_id, name, is_counter ORDER BY observed_at, point.sequence)
);

-- A distance of more than three usual ones, which is the median of the series, is a gap.
CREATE MACRO fold.is_gap(seconds, usual_seconds) AS seconds > 3 * usual_seconds;

-- What each counter grew by per second, from the point before to this one. One that is smaller than before has started
-- from zero again (`is_reset`). Over a gap (`is_gap`) nothing is known: there is no rate, and none is made up.
CREATE VIEW rates AS
SELECT
  compute_id, name, series.unit || '/s' AS unit, series.attributes,
  step.observed_at AS previous_at, next_at AS observed_at, seconds,
  CASE
    WHEN fold.is_gap(seconds, usual_seconds) THEN NULL
    WHEN next_value < value THEN next_value / seconds
    ELSE (next_value - value) / seconds
  END AS rate,
  next_value < value AS is_reset,
  fold.is_gap(seconds, usual_seconds) AS is_gap,
  next_sequence AS sequence
FROM fold.steps AS step JOIN (SELECT series_id, unit, attributes FROM fold.series) AS series USING (series_id)
WHERE is_counter AND seconds > 0;

-- Where a series was silent: for more than three times as long as usual. One that still is, at the time of the last
-- event, has no `silent_to`; of a decommissioned resource no more is expected.
CREATE VIEW gaps AS
SELECT
  compute_id, name, series.unit, series.attributes,
  observed_at AS silent_from, next_at AS silent_to, silent.seconds, usual_seconds
FROM (
  SELECT
    * REPLACE (
      coalesce(seconds, (epoch_us((SELECT max(recorded_at) FROM events)) - epoch_us(observed_at)) / 1e6) AS seconds
    )
  FROM fold.steps
) AS silent
JOIN (SELECT series_id, unit, attributes FROM fold.series) AS series USING (series_id)
WHERE fold.is_gap(silent.seconds, usual_seconds)
  AND (next_at IS NOT NULL OR compute_id NOT IN (SELECT compute_id FROM fold.decommissioned));
