-- What a resource consists of: its interfaces, their addresses, its routes, its place. A part lasts over the versions of
-- its resource in which it is the same: it began when it came, and not when something else of the resource changed.

CREATE VIEW fold.compute_versions AS
SELECT
  state.*, first_sequence, valid_from, valid_to, valid_to_sequence,
  row_number() OVER (PARTITION BY compute_id ORDER BY sequence) AS turn
FROM fold.versions JOIN fold.computes AS state USING (sequence);

CREATE VIEW interfaces AS
SELECT
  compute_id, part.name, part.kind, part.mac_address, part.mtu, part.speed_bps, part.vlan_id, last_sequence
FROM (
  SELECT compute_id, unnest(interfaces) AS part, sequence AS last_sequence
  FROM fold.versions JOIN fold.computes USING (sequence) WHERE valid_to_sequence IS NULL
);

CREATE VIEW addresses AS
SELECT
  compute_id, interface,
  split_part(cidr, '/', 1) AS address,
  split_part(cidr, '/', 2)::INTEGER AS prefix_length,
  CASE WHEN contains(cidr, ':') THEN 6 ELSE 4 END AS family,
  last_sequence
FROM (
  SELECT compute_id, part.name AS interface, unnest(part.addresses) AS cidr, last_sequence
  FROM (
    SELECT compute_id, unnest(interfaces) AS part, sequence AS last_sequence
    FROM fold.versions JOIN fold.computes USING (sequence) WHERE valid_to_sequence IS NULL
  )
);

CREATE VIEW routes AS
SELECT compute_id, part.destination, part.gateway, part.interface, part.metric, last_sequence
FROM (
  SELECT compute_id, unnest(routes) AS part, sequence AS last_sequence
  FROM fold.versions JOIN fold.computes USING (sequence) WHERE valid_to_sequence IS NULL
);

CREATE VIEW locations AS
SELECT compute_id, site, room, rack, "position", sequence AS last_sequence
FROM fold.versions JOIN fold.computes USING (sequence)
WHERE valid_to_sequence IS NULL AND site IS NOT NULL;

CREATE VIEW interfaces_history AS
WITH parts AS (
  SELECT
    * EXCLUDE (link),
    struct_pack(
      name := link.name, kind := link.kind, mac_address := link.mac_address, mtu := link.mtu,
      speed_bps := link.speed_bps, vlan_id := link.vlan_id
    ) AS part
  FROM (
    SELECT
      compute_id, first_sequence, turn, sequence, valid_from, valid_to, valid_to_sequence,
      unnest(list_distinct(interfaces)) AS link
    FROM fold.compute_versions
  )
)
SELECT
  compute_id, part.name, part.kind, part.mac_address, part.mtu, part.speed_bps, part.vlan_id,
  arg_min(valid_from, turn) AS valid_from,
  arg_max_null(valid_to, turn) AS valid_to,
  min(sequence) AS valid_from_sequence,
  arg_max_null(valid_to_sequence, turn) AS valid_to_sequence
FROM (
  SELECT *, turn - row_number() OVER (PARTITION BY compute_id, first_sequence, part ORDER BY turn) AS stretch
  FROM parts
) GROUP BY compute_id, first_sequence, part, stretch
ORDER BY valid_from_sequence, compute_id, part;

CREATE VIEW addresses_history AS
WITH parts AS (
  SELECT
    compute_id, first_sequence, turn, sequence, valid_from, valid_to, valid_to_sequence,
    struct_pack(interface := link.name, cidr := unnest(list_distinct(link.addresses))) AS part
  FROM (
    SELECT
      compute_id, first_sequence, turn, sequence, valid_from, valid_to, valid_to_sequence,
      unnest(list_distinct(interfaces)) AS link
    FROM fold.compute_versions
  )
)
SELECT
  compute_id, part.interface,
  split_part(part.cidr, '/', 1) AS address,
  split_part(part.cidr, '/', 2)::INTEGER AS prefix_length,
  CASE WHEN contains(part.cidr, ':') THEN 6 ELSE 4 END AS family,
  arg_min(valid_from, turn) AS valid_from,
  arg_max_null(valid_to, turn) AS valid_to,
  min(sequence) AS valid_from_sequence,
  arg_max_null(valid_to_sequence, turn) AS valid_to_sequence
FROM (
  SELECT *, turn - row_number() OVER (PARTITION BY compute_id, first_sequence, part ORDER BY turn) AS stretch
  FROM parts
) GROUP BY compute_id, first_sequence, part, stretch
ORDER BY valid_from_sequence, compute_id, part;

CREATE VIEW routes_history AS
WITH parts AS (
  SELECT
    compute_id, first_sequence, turn, sequence, valid_from, valid_to, valid_to_sequence,
    unnest(list_distinct(routes)) AS part
  FROM fold.compute_versions
)
SELECT
  compute_id, part.destination, part.gateway, part.interface, part.metric,
  arg_min(valid_from, turn) AS valid_from,
  arg_max_null(valid_to, turn) AS valid_to,
  min(sequence) AS valid_from_sequence,
  arg_max_null(valid_to_sequence, turn) AS valid_to_sequence
FROM (
  SELECT *, turn - row_number() OVER (PARTITION BY compute_id, first_sequence, part ORDER BY turn) AS stretch
  FROM parts
) GROUP BY compute_id, first_sequence, part, stretch
ORDER BY valid_from_sequence, compute_id, part;

CREATE VIEW locations_history AS
WITH parts AS (
  SELECT
    compute_id, first_sequence, turn, sequence, valid_from, valid_to, valid_to_sequence,
    struct_pack(site := site, room := room, rack := rack, "position" := "position") AS part
  FROM fold.compute_versions WHERE site IS NOT NULL
)
SELECT
  compute_id, part.site, part.room, part.rack, part.position,
  arg_min(valid_from, turn) AS valid_from,
  arg_max_null(valid_to, turn) AS valid_to,
  min(sequence) AS valid_from_sequence,
  arg_max_null(valid_to_sequence, turn) AS valid_to_sequence
FROM (
  SELECT *, turn - row_number() OVER (PARTITION BY compute_id, first_sequence, part ORDER BY turn) AS stretch
  FROM parts
) GROUP BY compute_id, first_sequence, part, stretch
ORDER BY valid_from_sequence, compute_id, part;

-- What is odd and not settled. A finding is of its aggregate: it goes with it.
CREATE VIEW findings AS
SELECT aggregate_type, aggregate_id, finding.code, finding.field, finding.message, last_sequence
FROM (
  SELECT 'compute' AS aggregate_type, compute_id AS aggregate_id, unnest(findings) AS finding, sequence AS last_sequence
  FROM fold.versions JOIN fold.computes USING (sequence) WHERE valid_to_sequence IS NULL
  UNION ALL
  SELECT 'network', network_id, unnest(findings), sequence
  FROM fold.versions JOIN fold.networks USING (sequence) WHERE valid_to_sequence IS NULL
  UNION ALL
  SELECT 'connection', connection_id, unnest(findings), sequence
  FROM fold.versions JOIN fold.connections USING (sequence) WHERE valid_to_sequence IS NULL
);
