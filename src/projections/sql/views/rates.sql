-- How fast counters grow, and where nothing was measured.

-- Each point beside the one that follows it in its series, in the order of their times; points of one time follow one
-- another in the order of the log. A LATERAL join asks for the points of those series only that a filter has left.
CREATE VIEW fold.steps AS
SELECT series.*, step.*
FROM fold.series, LATERAL (
  SELECT *, median(nullif(seconds, 0)) OVER () AS usual_seconds
  FROM (
    SELECT
      observed_at, value, point.sequence AS previous_sequence,
      lead(point.sequence) OVER places AS next_sequence,
      lead(observed_at) OVER places AS next_at,
      lead(observed_at, 2) OVER places AS later_at,
      lead(value) OVER places AS next_value,
      (epoch_us(lead(observed_at) OVER places) - epoch_us(observed_at)) / 1e6 AS seconds
    FROM fold.points AS point
    WHERE point.series_id = series.series_id
    WINDOW places AS (ORDER BY observed_at, point.sequence, point.place)
  )
) AS step;

-- A distance of more than three usual ones, which is the median of the series, is a gap.
CREATE MACRO fold.is_gap(seconds, usual_seconds) AS seconds > 3 * usual_seconds;

-- What each counter grew by per second, from the point before to this one. One that is smaller than before has started
-- from zero again (`is_reset`). Over a gap (`is_gap`) nothing is known: there is no rate, and none is made up.
CREATE VIEW rates AS
SELECT
  compute_id, name, unit || '/s' AS unit, attributes,
  step.observed_at AS previous_at, next_at AS observed_at, seconds,
  CASE
    WHEN fold.is_gap(seconds, usual_seconds) THEN NULL
    WHEN next_value < value THEN next_value / seconds
    ELSE (next_value - value) / seconds
  END AS rate,
  next_value < value AS is_reset,
  fold.is_gap(seconds, usual_seconds) AS is_gap,
  next_sequence AS sequence
FROM fold.steps AS step
WHERE fold.instrument(name) = 'counter' AND seconds > 0;

-- Where a series was silent: for more than three times as long as usual. One that still is, at the time of the last
-- event, has no `silent_to`; of a decommissioned resource no more is expected.
CREATE VIEW gaps AS
SELECT
  compute_id, name, unit, attributes,
  observed_at AS silent_from, next_at AS silent_to, silent_seconds AS seconds, usual_seconds
FROM (
  SELECT
    *,
    coalesce(
      seconds, (epoch_us((SELECT max(recorded_at) FROM events)) - epoch_us(observed_at)) / 1e6
    ) AS silent_seconds
  FROM fold.steps
)
WHERE fold.is_gap(silent_seconds, usual_seconds)
  AND (next_at IS NOT NULL OR compute_id NOT IN (SELECT compute_id FROM fold.decommissioned));
