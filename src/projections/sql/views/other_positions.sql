-- Software, networks, connections and policies as points of their spaces, as they are now.

-- What was measured of the programs of the software's name, in the window that ends with the newest measurement of the
-- resource.
CREATE VIEW software_positions AS
SELECT
  software_id, compute_id, hostname, software.name, software.kind, observed_at,
  greatest(software.last_sequence, CASE WHEN program IS NOT NULL THEN latest.sequence END) AS sequence,
  software_cpu, software_memory, software_threads, software_descriptors, software_disk, software_uptime,
  software_processes, len(listening)::DOUBLE AS software_listening
FROM software
JOIN resources USING (compute_id)
LEFT JOIN (
  SELECT
    compute_id, program,
    max(value) FILTER (dimension = 'software_cpu') AS software_cpu,
    max(value) FILTER (dimension = 'software_memory') AS software_memory,
    max(value) FILTER (dimension = 'software_threads') AS software_threads,
    max(value) FILTER (dimension = 'software_descriptors') AS software_descriptors,
    max(value) FILTER (dimension = 'software_disk') AS software_disk,
    max(value) FILTER (dimension = 'software_uptime') AS software_uptime,
    max(value) FILTER (dimension = 'software_processes') AS software_processes
  FROM fold.latest_values WHERE program IS NOT NULL GROUP BY compute_id, program
) AS reading ON reading.compute_id = software.compute_id AND program = software.name
LEFT JOIN fold.latest AS latest ON latest.compute_id = software.compute_id AND program IS NOT NULL;

CREATE MACRO fold.groups(part) AS list_filter(string_split(part, ':'), lambda each: each <> '');

-- An address as a number, from the canonical form that the log has it in; NULL for another text.
CREATE MACRO fold.address_number(address) AS CASE
  WHEN contains(address, ':') THEN list_reduce(
    list_transform(
      list_resize(
        fold.groups(split_part(address, '::', 1)), 8 - len(fold.groups(split_part(address, '::', 2))), '0'
      ) || fold.groups(split_part(address, '::', 2)),
      lambda each: TRY_CAST('0x' || each AS INTEGER)::UHUGEINT
    ),
    lambda high, low: high * 65_536 + low
  )
  ELSE list_reduce(
    list_transform(string_split(address, '.'), lambda each: TRY_CAST(each AS UHUGEINT)), lambda high, low: high * 256 + low
  )
END;

-- Networks by their numbers: an address is in one if both are the same multiple of `step`.
CREATE VIEW fold.prefixes AS
SELECT *, CASE WHEN prefix_length > 0 THEN pow(2, bits - prefix_length)::UHUGEINT END AS step
FROM (
  SELECT
    network_id, vrf, scope_compute_id,
    fold.address_number(split_part(cidr, '/', 1)) AS number,
    split_part(cidr, '/', 2)::INTEGER AS prefix_length,
    CASE WHEN contains(cidr, ':') THEN 128 ELSE 32 END AS bits
  FROM main.networks -- and not all of their states, which are `fold.networks`
);

CREATE MACRO fold.lies_in(number, network) AS network.step IS NULL OR number // network.step = network.number // network.step;

CREATE VIEW network_positions AS
SELECT
  network_id, name, cidr, last_sequence AS sequence,
  pow(2, bits - prefix_length) AS network_size,
  coalesce(addresses, 0) / pow(2, bits - prefix_length) AS network_occupancy,
  coalesce(resources, 0)::DOUBLE AS network_resources,
  coalesce(outer_networks, 0)::DOUBLE AS network_depth
FROM networks
JOIN fold.prefixes USING (network_id)
LEFT JOIN (
  SELECT network_id, count(DISTINCT address) AS addresses, count(DISTINCT compute_id) AS resources
  FROM fold.prefixes AS network JOIN (
    SELECT
      compute_id, address, fold.address_number(address) AS number, CASE family WHEN 6 THEN 128 ELSE 32 END AS bits
    FROM addresses
  ) AS used ON used.bits = network.bits AND fold.lies_in(used.number, network)
    AND coalesce(scope_compute_id = compute_id, true)
  GROUP BY network_id
) USING (network_id)
LEFT JOIN (
  SELECT inner_one.network_id, count(*) AS outer_networks
  FROM fold.prefixes AS inner_one JOIN fold.prefixes AS network
    ON inner_one.bits = network.bits AND inner_one.prefix_length > network.prefix_length
    AND fold.lies_in(inner_one.number, network)
    AND inner_one.vrf IS NOT DISTINCT FROM network.vrf
    AND inner_one.scope_compute_id IS NOT DISTINCT FROM network.scope_compute_id
  GROUP BY inner_one.network_id
) USING (network_id);

-- How fast an interface is; of several of one name in a resource the slowest.
CREATE VIEW fold.speeds AS
SELECT compute_id, name, min(speed_bps) AS speed_bps FROM interfaces GROUP BY compute_id, name;

CREATE VIEW connection_positions AS
SELECT
  connection_id, connection.kind, connection.last_sequence AS sequence,
  coalesce(connection.speed_bps, least(source.speed_bps, target.speed_bps))::DOUBLE AS connection_speed,
  port::DOUBLE AS connection_port,
  (count(*) OVER (PARTITION BY least(from_end, to_end), greatest(from_end, to_end)))::DOUBLE AS connection_parallel
FROM (
  SELECT
    *, from_compute_id::VARCHAR AS from_end,
    coalesce(to_compute_id::VARCHAR, to_mac_address, to_address) AS to_end
  FROM connections
) AS connection
LEFT JOIN fold.speeds AS source ON source.compute_id = from_compute_id AND source.name = from_interface
LEFT JOIN fold.speeds AS target ON target.compute_id = to_compute_id AND target.name = to_interface;

CREATE VIEW policy_positions AS
SELECT
  policy_id, name, last_sequence AS sequence,
  (CASE severity WHEN 'info' THEN 1 WHEN 'warning' THEN 2 WHEN 'critical' THEN 3 END)::DOUBLE AS policy_severity,
  alert_after[:-2]::DOUBLE
    * CASE alert_after[-1] WHEN 's' THEN 1 WHEN 'm' THEN 60 WHEN 'h' THEN 3_600 WHEN 'd' THEN 86_400 END
    AS policy_delay
FROM policies;
