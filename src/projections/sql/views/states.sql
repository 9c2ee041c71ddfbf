-- What is, and what was: for each kind of thing a table of its present states, and one with all of them (`…_history`),
-- each valid from one event, and its time, to another: `valid_to` is NULL while it lasts. Rows come in the order of the log.

CREATE VIEW resources_history AS
SELECT
  state.* EXCLUDE (sequence, interfaces, routes, findings),
  first_seen_at, changed_at, first_sequence,
  valid_from, valid_to, sequence AS valid_from_sequence, valid_to_sequence
FROM fold.versions AS version JOIN fold.computes AS state USING (sequence)
ORDER BY sequence;

CREATE VIEW resources AS
SELECT
  state.* EXCLUDE (sequence, interfaces, routes, findings),
  first_seen_at, changed_at, first_sequence, sequence AS last_sequence
FROM fold.versions AS version JOIN fold.computes AS state USING (sequence)
WHERE valid_to_sequence IS NULL
ORDER BY sequence;

CREATE VIEW networks_history AS
SELECT
  state.* EXCLUDE (sequence, findings),
  first_seen_at, changed_at, first_sequence,
  valid_from, valid_to, sequence AS valid_from_sequence, valid_to_sequence
FROM fold.versions AS version JOIN fold.networks AS state USING (sequence)
ORDER BY sequence;

CREATE VIEW networks AS
SELECT
  state.* EXCLUDE (sequence, findings),
  first_seen_at, changed_at, first_sequence, sequence AS last_sequence
FROM fold.versions AS version JOIN fold.networks AS state USING (sequence)
WHERE valid_to_sequence IS NULL
ORDER BY sequence;

CREATE VIEW connections_history AS
SELECT
  state.* EXCLUDE (sequence, findings),
  first_seen_at, changed_at, first_sequence,
  valid_from, valid_to, sequence AS valid_from_sequence, valid_to_sequence
FROM fold.versions AS version JOIN fold.connections AS state USING (sequence)
ORDER BY sequence;

CREATE VIEW connections AS
SELECT
  state.* EXCLUDE (sequence, findings),
  first_seen_at, changed_at, first_sequence, sequence AS last_sequence
FROM fold.versions AS version JOIN fold.connections AS state USING (sequence)
WHERE valid_to_sequence IS NULL
ORDER BY sequence;

CREATE VIEW software_history AS
SELECT
  state.* EXCLUDE (sequence),
  first_seen_at, changed_at, first_sequence,
  valid_from, valid_to, sequence AS valid_from_sequence, valid_to_sequence
FROM fold.versions AS version JOIN fold.software AS state USING (sequence)
ORDER BY sequence;

CREATE VIEW software AS
SELECT
  state.* EXCLUDE (sequence),
  first_seen_at, changed_at, first_sequence, sequence AS last_sequence
FROM fold.versions AS version JOIN fold.software AS state USING (sequence)
WHERE valid_to_sequence IS NULL
ORDER BY sequence;

CREATE VIEW policies_history AS
SELECT
  state.* EXCLUDE (sequence),
  first_seen_at, changed_at, first_sequence,
  valid_from, valid_to, sequence AS valid_from_sequence, valid_to_sequence
FROM fold.versions AS version JOIN fold.policies AS state USING (sequence)
ORDER BY sequence;

CREATE VIEW policies AS
SELECT
  state.* EXCLUDE (sequence),
  first_seen_at, changed_at, first_sequence, sequence AS last_sequence
FROM fold.versions AS version JOIN fold.policies AS state USING (sequence)
WHERE valid_to_sequence IS NULL
ORDER BY sequence;

CREATE VIEW concepts_history AS
SELECT
  state.* EXCLUDE (sequence),
  first_seen_at, changed_at, first_sequence,
  valid_from, valid_to, sequence AS valid_from_sequence, valid_to_sequence
FROM fold.versions AS version JOIN fold.concepts AS state USING (sequence)
ORDER BY sequence;

CREATE VIEW concepts AS
SELECT
  state.* EXCLUDE (sequence),
  first_seen_at, changed_at, first_sequence, sequence AS last_sequence
FROM fold.versions AS version JOIN fold.concepts AS state USING (sequence)
WHERE valid_to_sequence IS NULL
ORDER BY sequence;

CREATE VIEW labels_history AS
SELECT
  state.* EXCLUDE (sequence, label_id),
  first_seen_at, changed_at, first_sequence,
  valid_from, valid_to, sequence AS valid_from_sequence, valid_to_sequence
FROM fold.versions AS version JOIN fold.labels AS state USING (sequence)
ORDER BY sequence;

CREATE VIEW labels AS
SELECT
  state.* EXCLUDE (sequence, label_id),
  first_seen_at, changed_at, first_sequence, sequence AS last_sequence
FROM fold.versions AS version JOIN fold.labels AS state USING (sequence)
WHERE valid_to_sequence IS NULL
ORDER BY sequence;
