-- What the read model is made of, in the schema `fold`; what people ask are the views of `views/`, and `events`.
-- Of what was applied, only the end of a version is ever changed.

CREATE SCHEMA fold;

-- Where the read model stands: one row.
CREATE TABLE fold.checkpoint (
  log VARCHAR NOT NULL,
  incarnation VARCHAR NOT NULL,
  definition VARCHAR NOT NULL, -- which version of these files it is made by
  last_sequence BIGINT NOT NULL,
  events BIGINT NOT NULL,
  hash_low UBIGINT NOT NULL,
  hash_high UBIGINT NOT NULL,
  skipped BIGINT NOT NULL
);

-- What could not be applied, and what of the same aggregates came after it.
CREATE TABLE fold.parked (
  sequence BIGINT NOT NULL,
  event_type VARCHAR NOT NULL,
  aggregate_id UUID NOT NULL,
  reason VARCHAR NOT NULL
);

-- The events, as they are audited. `log_hash` is the MD5 of `sequence|event_id|payload`.
CREATE TABLE events (
  sequence BIGINT NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id UUID NOT NULL,
  event_type VARCHAR NOT NULL,
  event_version INTEGER NOT NULL,
  aggregate_type VARCHAR NOT NULL,
  aggregate_id UUID NOT NULL,
  aggregate_version BIGINT NOT NULL,
  occurred_at TIMESTAMP NOT NULL,
  message_id UUID NOT NULL,
  correlation_id UUID NOT NULL,
  causation_id UUID NOT NULL,
  actor VARCHAR NOT NULL,
  data JSON NOT NULL,
  hash_low UBIGINT NOT NULL,
  hash_high UBIGINT NOT NULL
);

-- From when to when each state of each aggregate was the valid one; `sequence` is the event that brought it.
-- `owner_id` and `peer_id` are the computes that it is a part of, or between: it ends with them.
CREATE TABLE fold.versions (
  sequence BIGINT NOT NULL,
  aggregate_id UUID NOT NULL,
  owner_id UUID,
  peer_id UUID,
  valid_from TIMESTAMP NOT NULL,
  valid_to TIMESTAMP,
  valid_to_sequence BIGINT,
  changed_at TIMESTAMP NOT NULL, -- by the clock of whoever saw it
  first_seen_at TIMESTAMP NOT NULL,
  first_sequence BIGINT NOT NULL
);

CREATE TABLE fold.decommissioned (
  compute_id UUID NOT NULL,
  sequence BIGINT NOT NULL,
  recorded_at TIMESTAMP NOT NULL
);

CREATE TABLE fold.computes (
  sequence BIGINT NOT NULL,
  compute_id UUID NOT NULL,
  hostname VARCHAR, resource_type VARCHAR, status VARCHAR, status_reason VARCHAR,
  manufacturer VARCHAR, model VARCHAR, architecture VARCHAR, cpu_model VARCHAR, cpu_cores INTEGER,
  memory_bytes BIGINT, storage_bytes BIGINT,
  os_name VARCHAR, os_version VARCHAR, os_kernel VARCHAR,
  virtualization_machine VARCHAR, virtualization_container VARCHAR,
  serial VARCHAR, dmi_uuid VARCHAR, cloud_instance_id VARCHAR, container_id VARCHAR, machine_id VARCHAR,
  host_compute_id UUID,
  site VARCHAR, room VARCHAR, rack VARCHAR, "position" INTEGER,
  owner VARCHAR, tags MAP(VARCHAR, VARCHAR),
  interfaces STRUCT(
    name VARCHAR, kind VARCHAR, mac_address VARCHAR, mtu INTEGER, speed_bps BIGINT, vlan_id INTEGER, addresses VARCHAR[]
  )[],
  routes STRUCT(destination VARCHAR, gateway VARCHAR, interface VARCHAR, metric BIGINT)[],
  findings STRUCT(code VARCHAR, field VARCHAR, message VARCHAR)[]
);

CREATE TABLE fold.networks (
  sequence BIGINT NOT NULL,
  network_id UUID NOT NULL,
  name VARCHAR, cidr VARCHAR, kind VARCHAR, vlan_id INTEGER, vrf VARCHAR, parent VARCHAR, gateway VARCHAR,
  scope_compute_id UUID,
  findings STRUCT(code VARCHAR, field VARCHAR, message VARCHAR)[]
);

CREATE TABLE fold.connections (
  sequence BIGINT NOT NULL,
  connection_id UUID NOT NULL,
  kind VARCHAR,
  from_compute_id UUID, from_interface VARCHAR,
  to_compute_id UUID, to_interface VARCHAR, to_address VARCHAR, to_mac_address VARCHAR,
  transport VARCHAR, port INTEGER, process VARCHAR, speed_bps BIGINT,
  findings STRUCT(code VARCHAR, field VARCHAR, message VARCHAR)[]
);

CREATE TABLE fold.software (
  sequence BIGINT NOT NULL,
  software_id UUID NOT NULL,
  compute_id UUID,
  kind VARCHAR, name VARCHAR, version VARCHAR, source VARCHAR,
  listening STRUCT(transport VARCHAR, address VARCHAR, port INTEGER)[],
  configuration MAP(VARCHAR, VARCHAR)
);

CREATE TABLE fold.policies (
  sequence BIGINT NOT NULL,
  policy_id UUID NOT NULL,
  name VARCHAR, description VARCHAR, severity VARCHAR, selector VARCHAR, rule VARCHAR, alert_after VARCHAR
);

CREATE TABLE fold.concepts (
  sequence BIGINT NOT NULL,
  concept_id UUID NOT NULL,
  space VARCHAR, name VARCHAR, prototypes MAP(VARCHAR, DOUBLE)[], metric VARCHAR, weights MAP(VARCHAR, DOUBLE),
  covariance STRUCT(dimensions VARCHAR[], "rows" DOUBLE[][]), sensitivity DOUBLE, threshold DOUBLE,
  learned_from_sequence BIGINT, learned_to_sequence BIGINT, learned_by VARCHAR
);

CREATE TABLE fold.labels (
  sequence BIGINT NOT NULL,
  label_id UUID NOT NULL,
  compute_id UUID,
  space VARCHAR, concept VARCHAR, note VARCHAR
);

-- What is measured: a name, with its attributes, of a resource. The id is the lower half of the MD5 of all of them, so
-- that the same series has the same id in every model.
CREATE TABLE fold.series (
  series_id UBIGINT NOT NULL,
  sequence BIGINT NOT NULL, -- of its first point
  compute_id UUID NOT NULL,
  name VARCHAR NOT NULL,
  unit VARCHAR NOT NULL,
  attributes MAP(VARCHAR, VARCHAR)
);

CREATE TABLE fold.points (
  sequence BIGINT NOT NULL,
  place USMALLINT NOT NULL, -- among the points of its event
  series_id UBIGINT NOT NULL,
  observed_at TIMESTAMP NOT NULL,
  window_seconds DOUBLE,
  value DOUBLE NOT NULL
);

-- What the views are asked with: one row. Only an experiment sets it to anything else.
CREATE TABLE fold.settings (
  position_window INTERVAL NOT NULL -- over which a position is measured
);
INSERT INTO fold.settings VALUES (INTERVAL 1 HOUR);
