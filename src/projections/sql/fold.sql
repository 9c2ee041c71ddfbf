-- The read model: every table from the events, at once. The staging table `log` has sequence, recorded_at, payload, and its
-- newest form where the payload is of an older version.
-- An event carries its aggregate's whole state, so the one with the highest sequence is the aggregate as it is now.
-- Rows are in the order of their keys, so that the same log gives the same table to the byte.
-- Every event has been checked against its schema by now: from_json would make NULL of a value that it cannot read.

CREATE TABLE events AS
WITH envelopes AS (
  SELECT
    sequence,
    recorded_at,
    from_json(coalesce(newest, payload), '{
      "event_id": "VARCHAR", "event_type": "VARCHAR", "event_version": "INTEGER",
      "aggregate_type": "VARCHAR", "aggregate_id": "VARCHAR", "aggregate_version": "BIGINT",
      "occurred_at": "TIMESTAMP", "message_id": "VARCHAR", "correlation_id": "VARCHAR",
      "causation_id": "VARCHAR", "actor": "VARCHAR", "data": "JSON"
    }') AS envelope
  FROM log
)
SELECT sequence, recorded_at, unnest(envelope) FROM envelopes ORDER BY sequence;

-- What was removed and is defined again has a new life, which begins after the end of the last one.
CREATE TEMP TABLE endings AS
SELECT aggregate_id, max(sequence) AS ended_at
FROM events
WHERE event_type IN (
  'ComputeDecommissioned', 'NetworkRemoved', 'ConnectionSevered', 'SoftwareRemoved', 'PolicyRevoked'
)
GROUP BY aggregate_id;

-- What belongs to a resource is no more when that is decommissioned. Its id is never used again.
CREATE TEMP TABLE decommissioned AS
SELECT aggregate_id AS compute_id FROM events WHERE event_type = 'ComputeDecommissioned';

CREATE TEMP TABLE latest AS
SELECT
  aggregate_type,
  aggregate_id,
  arg_max(data, sequence) AS data,
  min(occurred_at) AS first_seen_at,
  arg_max(occurred_at, sequence) AS changed_at,
  min(sequence) AS first_sequence,
  max(sequence) AS last_sequence
FROM events LEFT JOIN endings USING (aggregate_id)
WHERE event_type <> 'MeasurementsRecorded' AND sequence > coalesce(ended_at, 0)
GROUP BY aggregate_type, aggregate_id;

CREATE TEMP TABLE computes AS
SELECT
  aggregate_id AS compute_id,
  from_json(data, '{
    "hostname": "VARCHAR", "resource_type": "VARCHAR", "status": "VARCHAR", "status_reason": "VARCHAR",
    "manufacturer": "VARCHAR", "model": "VARCHAR", "architecture": "VARCHAR",
    "cpu_model": "VARCHAR", "cpu_cores": "INTEGER",
    "memory_bytes": "BIGINT", "storage_bytes": "BIGINT",
    "operating_system": {"name": "VARCHAR", "version": "VARCHAR", "kernel": "VARCHAR"},
    "virtualization": {"machine": "VARCHAR", "container": "VARCHAR"},
    "evidence": {
      "serial": "VARCHAR", "dmi_uuid": "VARCHAR", "cloud_instance_id": "VARCHAR",
      "container_id": "VARCHAR", "machine_id": "VARCHAR"
    },
    "host": "VARCHAR",
    "location": {"site": "VARCHAR", "rack": "VARCHAR", "position": "INTEGER"},
    "owner": "VARCHAR", "tags": "MAP(VARCHAR, VARCHAR)",
    "interfaces": [{
      "name": "VARCHAR", "kind": "VARCHAR", "mac_address": "VARCHAR", "mtu": "INTEGER",
      "speed_bps": "BIGINT", "vlan_id": "INTEGER", "addresses": ["VARCHAR"]
    }],
    "routes": [{
      "destination": "VARCHAR", "gateway": "VARCHAR", "interface": "VARCHAR", "metric": "BIGINT"
    }]
  }') AS state,
  first_seen_at, changed_at, first_sequence, last_sequence
FROM latest WHERE aggregate_type = 'compute';

CREATE TABLE resources AS
SELECT
  compute_id,
  state.hostname, state.resource_type, state.status, state.status_reason,
  state.manufacturer, state.model, state.architecture, state.cpu_model, state.cpu_cores,
  state.memory_bytes, state.storage_bytes,
  state.operating_system.name AS os_name,
  state.operating_system.version AS os_version,
  state.operating_system.kernel AS os_kernel,
  state.virtualization.machine AS virtualization_machine,
  state.virtualization.container AS virtualization_container,
  state.evidence.serial, state.evidence.dmi_uuid,
  state.evidence.cloud_instance_id, state.evidence.container_id, state.evidence.machine_id,
  state.host AS host_compute_id,
  state.location.site, state.location.rack, state.location.position,
  state.owner, state.tags,
  first_seen_at, changed_at, first_sequence, last_sequence
FROM computes ORDER BY compute_id;

CREATE TEMP TABLE links AS
SELECT compute_id, last_sequence, unnest(state.interfaces) AS link FROM computes;

CREATE TABLE interfaces AS
SELECT
  compute_id,
  link.name, link.kind, link.mac_address, link.mtu, link.speed_bps, link.vlan_id,
  last_sequence
FROM links ORDER BY compute_id, link.name;

CREATE TABLE addresses AS
SELECT
  compute_id,
  interface,
  split_part(cidr, '/', 1) AS address,
  split_part(cidr, '/', 2)::INTEGER AS prefix_length,
  CASE WHEN contains(cidr, ':') THEN 6 ELSE 4 END AS family,
  last_sequence
FROM (SELECT compute_id, link.name AS interface, unnest(link.addresses) AS cidr, last_sequence FROM links)
ORDER BY compute_id, interface, cidr;

CREATE TABLE routes AS
SELECT compute_id, route.destination, route.gateway, route.interface, route.metric, last_sequence
FROM (SELECT compute_id, unnest(state.routes) AS route, last_sequence FROM computes)
ORDER BY compute_id, route.destination, route.interface, route.metric, route.gateway;

CREATE TABLE networks AS
SELECT
  aggregate_id AS network_id,
  state.name, state.cidr, state.kind, state.vlan_id, state.vrf, state.parent, state.gateway,
  state.scope AS scope_compute_id,
  first_seen_at, changed_at, first_sequence, last_sequence
FROM (
  SELECT * EXCLUDE (data), from_json(data, '{
    "name": "VARCHAR", "cidr": "VARCHAR", "kind": "VARCHAR", "vlan_id": "INTEGER",
    "vrf": "VARCHAR", "parent": "VARCHAR", "gateway": "VARCHAR", "scope": "VARCHAR"
  }') AS state
  FROM latest WHERE aggregate_type = 'network'
)
WHERE state.scope IS NULL OR state.scope NOT IN (FROM decommissioned)
 ORDER BY network_id;

CREATE TABLE connections AS
SELECT
  aggregate_id AS connection_id,
  state.kind,
  state."from".compute AS from_compute_id,
  state."from".interface AS from_interface,
  state."to".compute AS to_compute_id,
  state."to".interface AS to_interface,
  state."to".address AS to_address,
  state."to".mac_address AS to_mac_address,
  state.transport, coalesce(state.port, state."to".port) AS port, state.process, state.speed_bps,
  first_seen_at, changed_at, first_sequence, last_sequence
FROM (
  SELECT * EXCLUDE (data), from_json(data, '{
    "kind": "VARCHAR",
    "from": {"compute": "VARCHAR", "interface": "VARCHAR"},
    "to": {"compute": "VARCHAR", "interface": "VARCHAR", "address": "VARCHAR", "port": "INTEGER", "mac_address": "VARCHAR"},
    "transport": "VARCHAR", "port": "INTEGER", "process": "VARCHAR", "speed_bps": "BIGINT"
  }') AS state
  FROM latest WHERE aggregate_type = 'connection'
)
WHERE state."from".compute NOT IN (FROM decommissioned)
  AND (state."to".compute IS NULL OR state."to".compute NOT IN (FROM decommissioned))
 ORDER BY connection_id;

CREATE TABLE software AS
SELECT
  aggregate_id AS software_id,
  state.compute AS compute_id,
  state.kind, state.name, state.version, state.source, state.listening, state.configuration,
  first_seen_at, changed_at, first_sequence, last_sequence
FROM (
  SELECT * EXCLUDE (data), from_json(data, '{
    "compute": "VARCHAR", "kind": "VARCHAR", "name": "VARCHAR", "version": "VARCHAR",
    "source": "VARCHAR", "configuration": "MAP(VARCHAR, VARCHAR)",
    "listening": [{"transport": "VARCHAR", "address": "VARCHAR", "port": "INTEGER"}]
  }') AS state
  FROM latest WHERE aggregate_type = 'software'
)
WHERE state.compute NOT IN (FROM decommissioned)
 ORDER BY software_id;

CREATE TABLE policies AS
SELECT
  aggregate_id AS policy_id,
  state.name, state.description, state.severity, state.selector, state.rule,
  state."for" AS alert_after,
  first_seen_at, changed_at, first_sequence, last_sequence
FROM (
  SELECT * EXCLUDE (data), from_json(data, '{
    "name": "VARCHAR", "description": "VARCHAR", "severity": "VARCHAR",
    "selector": "VARCHAR", "rule": "VARCHAR", "for": "VARCHAR"
  }') AS state
  FROM latest WHERE aggregate_type = 'policy'
) ORDER BY policy_id;

CREATE TABLE concepts AS
SELECT
  aggregate_id AS concept_id,
  state.space, state.name, state.prototypes, state.metric, state.weights, state.sensitivity, state.threshold,
  state.learned_from.first_sequence AS learned_from_sequence,
  state.learned_from.last_sequence AS learned_to_sequence,
  state.learned_from.method AS learned_by,
  first_seen_at, changed_at, first_sequence, last_sequence
FROM (
  SELECT * EXCLUDE (data), from_json(data, '{
    "space": "VARCHAR", "name": "VARCHAR", "prototypes": ["MAP(VARCHAR, DOUBLE)"], "metric": "VARCHAR",
    "weights": "MAP(VARCHAR, DOUBLE)", "sensitivity": "DOUBLE", "threshold": "DOUBLE",
    "learned_from": {"first_sequence": "BIGINT", "last_sequence": "BIGINT", "method": "VARCHAR"}
  }') AS state
  FROM latest WHERE aggregate_type = 'concept'
) ORDER BY concept_id;

CREATE TABLE labels AS
SELECT
  state.compute AS compute_id,
  state.space, state.concept, state.note,
  first_seen_at, changed_at, first_sequence, last_sequence
FROM (
  SELECT * EXCLUDE (data), from_json(data, '{
    "compute": "VARCHAR", "space": "VARCHAR", "concept": "VARCHAR", "note": "VARCHAR"
  }') AS state
  FROM latest WHERE aggregate_type = 'label'
)
WHERE state.compute NOT IN (FROM decommissioned)
ORDER BY compute_id, state.space;

-- What is odd and not settled. A finding is of its aggregate: it goes with it.
CREATE TABLE findings AS
SELECT
  aggregate_type,
  aggregate_id,
  finding.code, finding.field, finding.message,
  last_sequence
FROM (
  SELECT
    aggregate_type, aggregate_id, last_sequence,
    unnest(from_json((data -> '$.findings'), '[{"code": "VARCHAR", "field": "VARCHAR", "message": "VARCHAR"}]'))
      AS finding
  FROM latest WHERE (data -> '$.findings') IS NOT NULL
)
WHERE aggregate_type = 'compute'
  OR (aggregate_type = 'network' AND aggregate_id IN (SELECT network_id FROM networks))
  OR (aggregate_type = 'connection' AND aggregate_id IN (SELECT connection_id FROM connections))
ORDER BY aggregate_type, aggregate_id, finding.code, finding.field, finding.message;

CREATE TABLE measurements AS
SELECT
  sequence,
  compute_id,
  observed_at,
  window_seconds,
  point.name, point.unit, point.attributes, point.value
FROM (
  SELECT
    sequence,
    aggregate_id AS compute_id,
    measured.observed_at,
    measured.window_seconds,
    generate_subscripts(measured.points, 1) AS position,
    unnest(measured.points) AS point
  FROM (
    SELECT sequence, aggregate_id, from_json(data, '{
      "observed_at": "TIMESTAMP", "window_seconds": "DOUBLE",
      "points": [{
        "name": "VARCHAR", "unit": "VARCHAR", "attributes": "MAP(VARCHAR, VARCHAR)", "value": "DOUBLE"
      }]
    }') AS measured
    FROM events WHERE event_type = 'MeasurementsRecorded'
  )
) ORDER BY sequence, position;

DROP TABLE endings;
DROP TABLE decommissioned;
DROP TABLE latest;
DROP TABLE computes;
DROP TABLE links;
