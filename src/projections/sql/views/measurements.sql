-- What was measured: OpenTelemetry's names, units and attributes.

CREATE VIEW measurements AS
SELECT
  point.sequence, series.compute_id, point.observed_at, point.window_seconds,
  series.name, series.unit, series.attributes, point.value
FROM fold.points AS point JOIN fold.series AS series USING (series_id);
