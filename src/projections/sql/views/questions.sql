-- What people ask of the whole: what there is, what runs where, who talks to whom, how it all grew.

-- The address that a resource is reached at: one of the interface with the default route, else of any; IPv4 before
-- IPv6, and none that only means something on the machine itself or its link, if there is another.
CREATE VIEW fold.primary_addresses AS
SELECT compute_id, address FROM (
  SELECT
    compute_id, address,
    row_number() OVER (
      PARTITION BY compute_id
      ORDER BY
        starts_with(address, '127.') OR address = '::1'
          OR starts_with(address, '169.254.') OR starts_with(lower(address), 'fe80:'),
        least_metric NULLS LAST, family, interface, address
    ) AS rank
  FROM main.addresses LEFT JOIN (
    SELECT compute_id, interface, min(coalesce(metric, 0)) AS least_metric
    FROM main.routes WHERE destination IN ('0.0.0.0/0', '::/0', 'default') GROUP BY compute_id, interface
  ) USING (compute_id, interface)
) WHERE rank = 1;

-- A row a resource, with how much there is of everything that belongs to it.
CREATE VIEW inventory AS
SELECT
  compute_id, hostname, resource_type, status,
  os_name, os_version, architecture, cpu_model, cpu_cores, memory_bytes, storage_bytes,
  site, room, rack, "position", owner, address AS primary_address,
  coalesce(interfaces, 0) AS interfaces,
  coalesce(software, 0) AS software,
  coalesce(connections, 0) AS connections,
  coalesce(findings, 0) AS findings,
  first_seen_at, changed_at, last_measured_at, last_sequence
FROM resources
LEFT JOIN fold.primary_addresses USING (compute_id)
LEFT JOIN (SELECT compute_id, count(*) AS interfaces FROM main.interfaces GROUP BY compute_id) USING (compute_id)
LEFT JOIN (SELECT compute_id, count(*) AS software FROM main.software GROUP BY compute_id) USING (compute_id)
LEFT JOIN (
  SELECT compute_id, count(*) AS connections FROM (
    SELECT connection_id, from_compute_id AS compute_id FROM main.connections
    UNION
    SELECT connection_id, to_compute_id FROM main.connections WHERE to_compute_id IS NOT NULL
  ) GROUP BY compute_id
) USING (compute_id)
LEFT JOIN (
  SELECT aggregate_id AS compute_id, count(*) AS findings FROM main.findings
  WHERE aggregate_type = 'compute' GROUP BY aggregate_id
) USING (compute_id)
LEFT JOIN (
  SELECT compute_id, max(observed_at) AS last_measured_at FROM fold.series JOIN (
    SELECT series_id, max(observed_at) AS observed_at FROM fold.points GROUP BY series_id
  ) USING (series_id) GROUP BY compute_id
) USING (compute_id);

CREATE VIEW software_by_host AS
SELECT
  hostname, software.kind, software.name, software.version, software.source, software.listening,
  software.first_seen_at, software.changed_at, software_id, compute_id, software.last_sequence
FROM software JOIN resources USING (compute_id);

-- Which versions of what there are, and on how many resources.
CREATE VIEW software_versions AS
SELECT name, kind, source, version, count(DISTINCT compute_id) AS hosts, min(first_seen_at) AS first_seen_at
FROM software GROUP BY name, kind, source, version;

-- Who talks to whom, or is connected with. What is no resource of ours is known by its address only.
CREATE VIEW connection_patterns AS
SELECT
  source.resource_type AS from_type, source.hostname AS from_hostname,
  target.resource_type AS to_type, coalesce(target.hostname, to_address) AS "to",
  connection.kind, transport, port,
  count(*) AS connections
FROM connections AS connection
JOIN resources AS source ON source.compute_id = from_compute_id
LEFT JOIN resources AS target ON target.compute_id = to_compute_id
GROUP BY from_type, from_hostname, to_type, "to", connection.kind, transport, port;

-- How many resources of a type and status there were: a row at each change. At any moment it is what the last row
-- before it says.
CREATE VIEW resource_counts AS
SELECT
  recorded_at, sequence, resource_type, status,
  sum(step) OVER (PARTITION BY resource_type, status ORDER BY sequence)::BIGINT AS resources
FROM (
  SELECT sequence, any_value(recorded_at) AS recorded_at, resource_type, status, sum(step) AS step
  FROM (
    SELECT valid_from_sequence AS sequence, valid_from AS recorded_at, resource_type, status, 1 AS step
    FROM resources_history
    UNION ALL
    SELECT valid_to_sequence, valid_to, resource_type, status, -1
    FROM resources_history WHERE valid_to_sequence IS NOT NULL
  ) GROUP BY sequence, resource_type, status
) WHERE step <> 0;
