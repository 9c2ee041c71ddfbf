/** What osquery logs: its tables' rows as they are in the end, and what they mean. */
import type { DuckDBConnection } from "@duckdb/node-api";
import type { FileColumn } from "./file_columns.ts";
import type { FileMapping } from "./file_mapping.ts";

/**
 * The tables that are known, longest names first. A query is called as its pack likes; which table it asks, its name says if
 * that of a table is in it, and otherwise its columns do.
 */
const TABLES = [
  "interface_addresses",
  "interface_details",
  "docker_containers",
  "homebrew_packages",
  "python_packages",
  "listening_ports",
  "systemd_units",
  "deb_packages",
  "npm_packages",
  "rpm_packages",
  "kernel_info",
  "system_info",
  "os_version",
  "processes",
  "routes",
];
const BY_COLUMNS: [table: string, ...columns: string[]][] = [
  ["system_info", "hardware_vendor", "physical_memory"],
  ["os_version", "codename", "major"],
  ["interface_details", "mac", "mtu"],
  ["interface_addresses", "interface", "mask"],
  ["routes", "destination", "netmask"],
  ["listening_ports", "port", "protocol", "address"],
  ["docker_containers", "image_id", "state"],
  ["systemd_units", "sub_state", "active_state"],
  ["rpm_packages", "release", "sha1"],
  ["deb_packages", "version", "revision"],
];

/**
 * Makes of the table `lines` the table `file`: a row for each row that a query gave last, and for each software that is no
 * longer among them. Of a snapshot the last one counts; of differences (batches too) the last thing that was done with a row.
 */
export async function osqueryTable(connection: DuckDBConnection): Promise<FileColumn[]> {
  const has = (name: string) => `json_exists(c, '$.${name}')`;
  const byColumns = BY_COLUMNS.map(([table, ...columns]) =>
    `WHEN ${columns.map(has).join(" AND ")} THEN '${table}'`
  ).join("\n");
  await connection.run(`
CREATE TABLE file AS
WITH logged AS (
  SELECT _line, said::JSON AS j, said::JSON->>'hostIdentifier' AS identifier, said::JSON->>'name' AS query,
    coalesce(
      to_timestamp(TRY_CAST(said::JSON->>'unixTime' AS BIGINT)),
      try_strptime(said::JSON->>'calendarTime', '%a %b %d %H:%M:%S %Y UTC')::TIMESTAMPTZ
    ) AS time
  FROM lines
),
rows AS (
  SELECT _line, identifier, query, time, j->>'action' AS action, j->'columns' AS c, j FROM logged
  WHERE (j->>'action') IN ('added', 'removed')
  UNION ALL
  SELECT _line, identifier, query, time, 'snapshot', unnest(CAST(j->'snapshot' AS JSON[])), j FROM logged
  WHERE json_type(j->'snapshot') = 'ARRAY'
  UNION ALL
  SELECT _line, identifier, query, time, action, unnest(CAST(j->'diffResults'->action AS JSON[])), j
  FROM logged, (VALUES ('removed'), ('added')) AS a(action)
  WHERE json_type(j->'diffResults'->action) = 'ARRAY'
),
asked AS (
  SELECT *, coalesce(
    nullif(regexp_extract(query, '${TABLES.join("|")}'), ''),
    CASE ${byColumns} END
  ) AS "table"
  FROM rows WHERE json_type(c) = 'OBJECT' AND identifier IS NOT NULL
),
judged AS (
  SELECT *,
    max(_line) FILTER (action = 'snapshot') OVER (PARTITION BY identifier, query) AS last_snapshot,
    max(time) FILTER (action = 'snapshot') OVER (PARTITION BY identifier, query) AS last_time,
    row_number() OVER (
      PARTITION BY identifier, query, action = 'snapshot', c::VARCHAR ORDER BY _line DESC, action
    ) AS back
  FROM asked
),
known AS (
  SELECT *, CASE action WHEN 'snapshot' THEN _line = last_snapshot ELSE back = 1 AND action = 'added' END AS is_so
  FROM judged WHERE action = 'snapshot' OR back = 1
),
hosts AS (
  SELECT identifier, lower(coalesce(
      arg_max(nullif(c->>'hostname', ''), _line) FILTER ("table" = 'system_info'),
      arg_max(j->'decorations'->>'hostname', _line), identifier
    )) AS host,
    arg_max(c->>'version', _line) FILTER ("table" = 'kernel_info') AS kernel,
    CASE
      WHEN bool_or(regexp_matches(concat_ws(' ', c->>'hardware_vendor', c->>'hardware_model'),
          'qemu|kvm|vmware|virtualbox|innotek|xen|bochs|parallels|amazon ec2|google compute|virtual machine|openstack', 'i'))
        FILTER ("table" = 'system_info') THEN 'virtual_machine'
      WHEN bool_or(coalesce(c->>'hardware_vendor', '') <> '') FILTER ("table" = 'system_info') THEN 'physical_server'
      ELSE 'unknown'
    END AS resource_type
  FROM known WHERE is_so GROUP BY identifier
),
processes AS (
  SELECT identifier, c->>'pid' AS pid, any_value(c->>'name') AS process
  FROM known WHERE is_so AND "table" = 'processes' GROUP BY ALL
)
SELECT _line, host, "table", CASE WHEN action = 'snapshot' AND NOT is_so THEN last_time ELSE time END AS time,
  c, is_so, resource_type, kernel, name, array_to_string(
    list_sort(list_distinct(list(nullif(concat_ws('-', c->>'version', c->>'release'), '')) OVER (
      PARTITION BY host, "table", name, is_so
    ))), ', ') AS versions
FROM (
  SELECT known._line, host, "table", action, time, last_time, c, is_so, resource_type, kernel,
    CASE
      WHEN "table" = 'listening_ports' THEN coalesce(c->>'name', process)
      WHEN "table" = 'systemd_units' THEN regexp_replace(c->>'id', '\\.service$', '')
      WHEN arch IN ('', 'all', 'noarch') OR arch IS NULL OR arch = common_arch THEN c->>'name'
      ELSE concat_ws(':', c->>'name', arch)
    END AS name
  FROM (
    SELECT *, c->>'arch' AS arch, mode(nullif(nullif(c->>'arch', 'all'), 'noarch')) OVER (
      PARTITION BY identifier, "table"
    ) AS common_arch FROM known
  ) AS known JOIN hosts USING (identifier)
    LEFT JOIN processes ON processes.identifier = known.identifier AND pid = (c->>'pid') AND "table" = 'listening_ports'
  WHERE "table" IS NOT NULL
)`);
  // What is gone is what was there, and in no row is any more: a new version is no removal.
  await connection.run(`
DELETE FROM file WHERE NOT is_so AND (
  name IS NULL OR (host, "table", name) IN (SELECT (host, "table", name) FROM file WHERE is_so AND name IS NOT NULL)
)`);
  const described = (await connection.runAndReadAll("DESCRIBE file")).getRows().slice(1);
  return described.map(([name]) => ({ name: String(name) }));
}

/** A field of the table's row; what osquery does not know is empty. */
const c = (name: string) => `nullif(c->>'${name}', '')`;
const of = (table: string, expression: string) =>
  `CASE WHEN "table" = '${table}' THEN ${expression} END`;
const positive = (name: string) =>
  `CASE WHEN TRY_CAST(c->>'${name}' AS BIGINT) > 0 THEN CAST(c->>'${name}' AS BIGINT) END`;

/** The bits of a netmask, IPv4 or IPv6. */
const BITS = `list_sum(list_transform(
  CASE WHEN (c->>'mask') LIKE '%:%' THEN list_transform(list_filter(string_split(c->>'mask', ':'), lambda x: x <> ''), lambda x: '0x' || x)
  ELSE string_split(c->>'mask', '.') END, lambda x: bit_count(CAST(x AS INTEGER))))::INTEGER`;
const ROUTE_TYPES =
  `"table" = 'routes' AND coalesce(c->>'type', '') IN ('', 'gateway', 'static', 'other', 'unicast')`;

const MANAGERS = `CASE "table" WHEN 'deb_packages' THEN 'dpkg' WHEN 'rpm_packages' THEN 'rpm'
  WHEN 'npm_packages' THEN 'npm' WHEN 'python_packages' THEN 'pip' WHEN 'homebrew_packages' THEN 'homebrew' END`;
const PACKAGES = `regexp_matches("table", '_packages$')`;

/**
 * What osquery's tables mean: the resource, with interfaces, addresses and routes; containers; packages, services, and
 * programs with the ports that they listen at.
 */
export const OSQUERY_MAPPING: FileMapping = {
  commands: [
    {
      command: "RegisterCompute",
      source: "observed",
      occurred_at: "time",
      where:
        `is_so AND "table" IN ('system_info', 'os_version', 'interface_details', 'interface_addresses', 'routes')`,
      data: {
        hostname: "host",
        resource_type: "resource_type",
        evidence: {
          dmi_uuid: of("system_info", c("uuid")),
          serial: of("system_info", c("hardware_serial")),
        },
        manufacturer: of("system_info", c("hardware_vendor")),
        model: of("system_info", c("hardware_model")),
        architecture: of("system_info", c("cpu_type")),
        cpu_model: of("system_info", c("cpu_brand")),
        cpu_cores: of("system_info", positive("cpu_logical_cores")),
        memory_bytes: of("system_info", positive("physical_memory")),
        operating_system: {
          name: of("os_version", c("name")),
          version: of("os_version", c("version")),
          kernel: of("os_version", "kernel"),
        },
        interfaces: [{
          name: c("interface").replace(
            /^/,
            `CASE WHEN "table" IN ('interface_details', 'interface_addresses') THEN `,
          ) + " END",
          mac_address: of("interface_details", `nullif(${c("mac")}, '00:00:00:00:00:00')`),
          mtu: of("interface_details", positive("mtu")),
          kind: of(
            "interface_details",
            `CASE c->>'type' WHEN '24' THEN 'loopback' WHEN '772' THEN 'loopback' END`,
          ),
          speed_bps: of("interface_details", `${positive("link_speed")} * 1000000`),
          addresses: [
            of(
              "interface_addresses",
              `regexp_replace(c->>'address', '%.*$', '') || '/' || ${BITS}`,
            ),
          ],
        }],
        routes: [{
          destination:
            `CASE WHEN ${ROUTE_TYPES} THEN (c->>'destination') || '/' || (c->>'netmask') END`,
          gateway:
            `CASE WHEN ${ROUTE_TYPES} AND (c->>'gateway') NOT IN ('', '0.0.0.0', '::') AND (c->>'gateway') NOT LIKE 'link#%' THEN c->>'gateway' END`,
          interface: of("routes", c("interface")),
          metric: of("routes", positive("metric")),
        }],
      },
    },
    {
      command: "RegisterCompute",
      source: "observed",
      occurred_at: "time",
      where: `is_so AND "table" = 'docker_containers' AND (c->>'state') = 'running'`,
      data: {
        hostname: `ltrim(c->>'name', '/')`,
        resource_type: "container",
        evidence: { container_id: c("id") },
        host: "host",
        virtualization: { container: "'docker'" },
        tags: { image: c("image") },
      },
    },
    {
      command: "ConfigureSoftware",
      source: "observed",
      occurred_at: "time",
      where: `is_so AND ${PACKAGES}`,
      data: {
        compute: "host",
        name: "name",
        kind: "package",
        source: MANAGERS,
        version: "nullif(versions, '')",
      },
    },
    {
      command: "ConfigureSoftware",
      source: "observed",
      occurred_at: "time",
      where:
        `is_so AND "table" = 'systemd_units' AND (c->>'id') LIKE '%.service' AND (c->>'active_state') = 'active'`,
      data: {
        compute: "host",
        name: "name",
        kind: "service",
        source: "'systemd'",
        configuration: { active_state: c("active_state"), sub_state: c("sub_state") },
      },
    },
    {
      command: "ConfigureSoftware",
      source: "observed",
      occurred_at: "time",
      where:
        `is_so AND "table" = 'listening_ports' AND name IS NOT NULL AND (c->>'protocol') IN ('6', '17') AND (c->>'port') <> '0'`,
      data: {
        compute: "host",
        name: "name",
        kind: "process",
        listening: [{
          transport: `CASE c->>'protocol' WHEN '6' THEN 'tcp' ELSE 'udp' END`,
          address: c("address"),
          port: "c->>'port'",
        }],
      },
    },
    {
      command: "RemoveSoftware",
      source: "observed",
      occurred_at: "time",
      where: `NOT is_so AND (${PACKAGES} OR "table" IN ('systemd_units'))`,
      data: {
        compute: "host",
        name: "name",
        kind: `CASE WHEN ${PACKAGES} THEN 'package' ELSE 'service' END`,
        source: `coalesce(${MANAGERS}, 'systemd')`,
      },
    },
  ],
};
