-- From the bytes of events to typed rows: one relation for each table of `fold`, in the order of the log, which DuckDB
-- preserves where nothing is grouped or joined. The staging table `log` has sequence, recorded_at, payload, and its
-- newest form where the payload is of an older version. Every event has been checked
-- against its schema by now: from_json would make NULL of a value that it cannot read. What the schema says nothing of is
-- that a reference is an id; one that is none is an error here, and its event is parked.

CREATE TEMP TABLE typed_events AS
SELECT
  sequence, recorded_at,
  envelope.event_id::UUID AS event_id,
  envelope.event_type, envelope.event_version,
  envelope.aggregate_type, envelope.aggregate_id::UUID AS aggregate_id, envelope.aggregate_version,
  envelope.occurred_at,
  envelope.message_id::UUID AS message_id,
  envelope.correlation_id::UUID AS correlation_id,
  envelope.causation_id::UUID AS causation_id,
  envelope.actor,
  envelope.data,
  (hash & 18_446_744_073_709_551_615)::UBIGINT AS hash_low,
  (hash >> 64)::UBIGINT AS hash_high
FROM (
  SELECT
    *, md5_number(concat_ws('|', sequence, envelope.event_id, payload)) AS hash
  FROM (SELECT sequence, recorded_at, payload, from_json(coalesce(newest, payload), '{
      "event_id": "VARCHAR", "event_type": "VARCHAR", "event_version": "INTEGER",
      "aggregate_type": "VARCHAR", "aggregate_id": "VARCHAR", "aggregate_version": "BIGINT",
      "occurred_at": "TIMESTAMP", "message_id": "VARCHAR", "correlation_id": "VARCHAR",
      "causation_id": "VARCHAR", "actor": "VARCHAR", "data": "JSON"
    }') AS envelope FROM log)
);

CREATE TEMP TABLE typed_computes AS
SELECT
  sequence,
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
  state.host::UUID AS host_compute_id,
  state.location.site, state.location.room, state.location.rack, state.location.position,
  state.owner, state.tags, state.interfaces, state.routes, state.findings
FROM (
  SELECT sequence, aggregate_id AS compute_id, from_json(data, '{
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
    "location": {"site": "VARCHAR", "room": "VARCHAR", "rack": "VARCHAR", "position": "INTEGER"},
    "owner": "VARCHAR", "tags": "MAP(VARCHAR, VARCHAR)",
    "interfaces": [{
      "name": "VARCHAR", "kind": "VARCHAR", "mac_address": "VARCHAR", "mtu": "INTEGER",
      "speed_bps": "BIGINT", "vlan_id": "INTEGER", "addresses": ["VARCHAR"]
    }],
    "routes": [{
      "destination": "VARCHAR", "gateway": "VARCHAR", "interface": "VARCHAR", "metric": "BIGINT"
    }],
    "findings": [{"code": "VARCHAR", "field": "VARCHAR", "message": "VARCHAR"}]
  }') AS state
  FROM typed_events WHERE aggregate_type = 'compute' AND event_type <> 'MeasurementsRecorded'
);

CREATE TEMP TABLE typed_networks AS
SELECT
  sequence,
  network_id,
  state.name, state.cidr, state.kind, state.vlan_id, state.vrf, state.parent, state.gateway,
  state.scope::UUID AS scope_compute_id,
  state.findings
FROM (
  SELECT sequence, aggregate_id AS network_id, from_json(data, '{
    "name": "VARCHAR", "cidr": "VARCHAR", "kind": "VARCHAR", "vlan_id": "INTEGER",
    "vrf": "VARCHAR", "parent": "VARCHAR", "gateway": "VARCHAR", "scope": "VARCHAR",
    "findings": [{"code": "VARCHAR", "field": "VARCHAR", "message": "VARCHAR"}]
  }') AS state
  FROM typed_events WHERE aggregate_type = 'network'
);

CREATE TEMP TABLE typed_connections AS
SELECT
  sequence,
  connection_id,
  state.kind,
  state."from".compute::UUID AS from_compute_id,
  state."from".interface AS from_interface,
  state."to".compute::UUID AS to_compute_id,
  state."to".interface AS to_interface,
  state."to".address AS to_address,
  state."to".mac_address AS to_mac_address,
  state.transport, coalesce(state.port, state."to".port) AS port, state.process, state.speed_bps,
  state.findings
FROM (
  SELECT sequence, aggregate_id AS connection_id, from_json(data, '{
    "kind": "VARCHAR",
    "from": {"compute": "VARCHAR", "interface": "VARCHAR"},
    "to": {"compute": "VARCHAR", "interface": "VARCHAR", "address": "VARCHAR", "port": "INTEGER", "mac_address": "VARCHAR"},
    "transport": "VARCHAR", "port": "INTEGER", "process": "VARCHAR", "speed_bps": "BIGINT",
    "findings": [{"code": "VARCHAR", "field": "VARCHAR", "message": "VARCHAR"}]
  }') AS state
  FROM typed_events WHERE aggregate_type = 'connection'
);

CREATE TEMP TABLE typed_software AS
SELECT
  sequence,
  software_id,
  state.compute::UUID AS compute_id,
  state.kind, state.name, state.version, state.source, state.listening, state.configuration
FROM (
  SELECT sequence, aggregate_id AS software_id, from_json(data, '{
    "compute": "VARCHAR", "kind": "VARCHAR", "name": "VARCHAR", "version": "VARCHAR",
    "source": "VARCHAR", "configuration": "MAP(VARCHAR, VARCHAR)",
    "listening": [{"transport": "VARCHAR", "address": "VARCHAR", "port": "INTEGER"}]
  }') AS state
  FROM typed_events WHERE aggregate_type = 'software'
);

CREATE TEMP TABLE typed_policies AS
SELECT
  sequence,
  policy_id,
  state.name, state.description, state.severity, state.selector, state.rule, state."for" AS alert_after
FROM (
  SELECT sequence, aggregate_id AS policy_id, from_json(data, '{
    "name": "VARCHAR", "description": "VARCHAR", "severity": "VARCHAR",
    "selector": "VARCHAR", "rule": "VARCHAR", "for": "VARCHAR"
  }') AS state
  FROM typed_events WHERE aggregate_type = 'policy'
);

CREATE TEMP TABLE typed_concepts AS
SELECT
  sequence,
  concept_id,
  state.space, state.name, state.prototypes, state.metric, state.weights,
  state.covariance, state.sensitivity, state.threshold,
  state.learned_from.first_sequence AS learned_from_sequence,
  state.learned_from.last_sequence AS learned_to_sequence,
  state.learned_from.method AS learned_by
FROM (
  SELECT sequence, aggregate_id AS concept_id, from_json(data, '{
    "space": "VARCHAR", "name": "VARCHAR", "prototypes": ["MAP(VARCHAR, DOUBLE)"], "metric": "VARCHAR",
    "weights": "MAP(VARCHAR, DOUBLE)", "covariance": {"dimensions": ["VARCHAR"], "rows": [["DOUBLE"]]},
    "sensitivity": "DOUBLE", "threshold": "DOUBLE",
    "learned_from": {"first_sequence": "BIGINT", "last_sequence": "BIGINT", "method": "VARCHAR"}
  }') AS state
  FROM typed_events WHERE aggregate_type = 'concept'
);

CREATE TEMP TABLE typed_labels AS
SELECT
  sequence,
  label_id,
  state.compute::UUID AS compute_id,
  state.space, state.concept, state.note
FROM (
  SELECT sequence, aggregate_id AS label_id, from_json(data, '{
    "compute": "VARCHAR", "space": "VARCHAR", "concept": "VARCHAR", "note": "VARCHAR"
  }') AS state
  FROM typed_events WHERE aggregate_type = 'label'
);

-- What opens or ends a version of an aggregate's state. What belongs to a compute is no more when that is decommissioned.
CREATE TEMP TABLE typed_changes AS
SELECT
  sequence, recorded_at, occurred_at, aggregate_type, aggregate_id,
  event_type IN (
    'ComputeDecommissioned', 'NetworkRemoved', 'ConnectionSevered', 'SoftwareRemoved', 'PolicyRevoked'
  ) AS ends,
  owner_id,
  peer_id
FROM typed_events LEFT JOIN (
  SELECT sequence, scope_compute_id AS owner_id, NULL::UUID AS peer_id FROM typed_networks
  UNION ALL SELECT sequence, from_compute_id, to_compute_id FROM typed_connections
  UNION ALL SELECT sequence, compute_id, NULL FROM typed_software
  UNION ALL SELECT sequence, compute_id, NULL FROM typed_labels
) USING (sequence)
WHERE event_type <> 'MeasurementsRecorded'
ORDER BY sequence;

-- In every point its series still in full, for its id: the attributes by their names, in whatever order they were said.
CREATE TEMP TABLE measured AS
SELECT
  sequence, place, compute_id, observed_at, window_seconds,
  point.name, point.unit, point.value,
  CASE WHEN cardinality(point.attributes) > 0 THEN list_sort(map_entries(point.attributes)) END AS entries,
  md5_number_lower(concat_ws('|', compute_id, point.name, point.unit, to_json(entries))) AS series_id
FROM (
  SELECT
    sequence, compute_id,
    measured.observed_at, measured.window_seconds,
    generate_subscripts(measured.points, 1) AS place,
    unnest(measured.points) AS point
  FROM (
    SELECT sequence, aggregate_id AS compute_id, from_json(data, '{
      "observed_at": "TIMESTAMP", "window_seconds": "DOUBLE",
      "points": [{"name": "VARCHAR", "unit": "VARCHAR", "attributes": "MAP(VARCHAR, VARCHAR)", "value": "DOUBLE"}]
    }') AS measured
    FROM typed_events WHERE event_type = 'MeasurementsRecorded'
  )
);

CREATE TEMP TABLE typed_series AS
SELECT
  series_id,
  min(sequence) AS sequence,
  any_value(compute_id) AS compute_id,
  any_value(name) AS name,
  any_value(unit) AS unit,
  map_from_entries(any_value(entries)) AS attributes
FROM measured GROUP BY series_id
ORDER BY sequence, series_id;

CREATE TEMP TABLE typed_points AS
SELECT sequence, place::USMALLINT AS place, series_id, observed_at, window_seconds, value FROM measured;

DROP TABLE measured;
