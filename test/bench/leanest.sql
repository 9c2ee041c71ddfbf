-- The least that can be done with the typed Parquet files of a million events: what is now, and what was measured.
-- No history, no checkpoint, no audit of what was applied, nothing that can go on from here.

CREATE TABLE events AS
SELECT * EXCLUDE (hash_low, hash_high) FROM read_parquet(getvariable('typed_events'));

CREATE TEMP TABLE latest AS
SELECT arg_max(sequence, sequence) AS sequence
FROM read_parquet(getvariable('typed_changes'))
GROUP BY aggregate_id
HAVING NOT arg_max(ends, sequence);

CREATE TABLE computes AS FROM read_parquet(getvariable('typed_computes')) SEMI JOIN latest USING (sequence);
CREATE TABLE networks AS FROM read_parquet(getvariable('typed_networks')) SEMI JOIN latest USING (sequence);
CREATE TABLE connections AS FROM read_parquet(getvariable('typed_connections')) SEMI JOIN latest USING (sequence);
CREATE TABLE software AS FROM read_parquet(getvariable('typed_software')) SEMI JOIN latest USING (sequence);
CREATE TABLE policies AS FROM read_parquet(getvariable('typed_policies')) SEMI JOIN latest USING (sequence);
CREATE TABLE concepts AS FROM read_parquet(getvariable('typed_concepts')) SEMI JOIN latest USING (sequence);
CREATE TABLE labels AS FROM read_parquet(getvariable('typed_labels')) SEMI JOIN latest USING (sequence);

CREATE TABLE series AS
SELECT DISTINCT ON (series_id) * FROM read_parquet(getvariable('typed_series'));
CREATE TABLE points AS FROM read_parquet(getvariable('typed_points'));
