/** The history of some resources, from the read model, as steps that change what is known of them. */
import type { Model } from "../replay/model.ts";
import { celValue } from "../rule/cel_value.ts";
import type { Facts, Version } from "./facts.ts";
import { PARTS, RESOURCE, type RuleType } from "../rule/types.ts";

/** A change of what is known. */
export interface Step {
  /** When, in microseconds since 1970: recorded, or of a measurement observed, as the order asks. */
  at: number;
  /** The event. */
  sequence: number;
  /** The resource; undefined where it may be about any. */
  resource: string | undefined;
  /** What of it: a name of `PARTS`, or `state`, `networks`, `policy`. */
  part: string;
  apply(facts: Facts): void;
}

/** Resources by their ids, from one to another, both included. */
export interface Range {
  first: string;
  last: string;
}

type Row = Record<string, unknown>;
const RESOURCE_TYPE: RuleType = { kind: "record", name: "resource", fields: RESOURCE };

const VALIDITY = `version.sequence, valid_to_sequence AS ended,
  epoch_us(valid_from) AS since, epoch_us(valid_to) AS until`;

const RESOURCES = `
  SELECT
    compute_id::VARCHAR AS resource, compute_id::VARCHAR AS id, ${VALIDITY},
    state.* EXCLUDE (compute_id, sequence, host_compute_id, site, room, rack, "position"),
    struct_pack(name := os_name, version := os_version, kernel := os_kernel) AS operating_system,
    struct_pack(machine := virtualization_machine, container := virtualization_container) AS virtualization,
    struct_pack(
      serial := serial, dmi_uuid := dmi_uuid, cloud_instance_id := cloud_instance_id,
      container_id := container_id, machine_id := machine_id
    ) AS evidence,
    host_compute_id::VARCHAR AS host_id,
    struct_pack(site := site, room := room, rack := rack, "position" := "position") AS location,
    list_transform(
      flatten(list_transform(interfaces, lambda link: link.addresses)),
      lambda address: split_part(address, '/', 1)
    ) AS addresses,
    epoch_us(first_seen_at) AS first_seen_at, epoch_us(changed_at) AS changed_at
  FROM fold.versions AS version JOIN fold.computes AS state USING (sequence)
  WHERE compute_id BETWEEN $1::UUID AND $2::UUID`;

const SOFTWARE = `
  SELECT
    compute_id::VARCHAR AS resource, software_id::VARCHAR AS id, ${VALIDITY},
    state.* EXCLUDE (compute_id, software_id, sequence), epoch_us(first_seen_at) AS first_seen_at
  FROM fold.versions AS version JOIN fold.software AS state USING (sequence)
  WHERE compute_id BETWEEN $1::UUID AND $2::UUID`;

const CONNECTIONS = `
  SELECT
    resource::VARCHAR AS resource, connection_id::VARCHAR AS id, ${VALIDITY},
    kind, outgoing, interface, coalesce(hostname, to_address) AS peer, peer_interface,
    transport, port, process, speed_bps
  FROM (
    SELECT
      *, from_compute_id AS resource, true AS outgoing, from_interface AS interface,
      to_compute_id AS other_id, to_interface AS peer_interface
    FROM fold.connections
    UNION ALL
    SELECT *, to_compute_id, false, to_interface, from_compute_id, from_interface
    FROM fold.connections WHERE to_compute_id <> from_compute_id
  ) AS state
  JOIN fold.versions AS version USING (sequence)
  LEFT JOIN fold.hostnames AS peer ON peer.compute_id = other_id
  WHERE resource BETWEEN $1::UUID AND $2::UUID`;

const NETWORKS = `
  SELECT
    scope_compute_id::VARCHAR AS resource, network_id::VARCHAR AS id, ${VALIDITY},
    name, cidr, kind, vlan_id, vrf, parent, gateway, scope_compute_id::VARCHAR AS scope
  FROM fold.versions AS version JOIN fold.networks AS state USING (sequence)
  WHERE scope_compute_id IS NULL OR scope_compute_id BETWEEN $1::UUID AND $2::UUID`;

/** How many resources are looked at in one go. */
const RESOURCES_AT_ONCE = 250;

/** All resources that there ever were, in ranges that fit into memory one after the other. */
export async function ranges(model: Model): Promise<Range[]> {
  const { rows } = await model.query(
    `SELECT min(id)::VARCHAR AS first, max(id)::VARCHAR AS last FROM (
      SELECT compute_id AS id, (row_number() OVER (ORDER BY compute_id) - 1) // $1 AS part
      FROM (SELECT DISTINCT compute_id FROM fold.computes)
    ) GROUP BY part ORDER BY part`,
    [RESOURCES_AT_ONCE],
  );
  return rows as unknown as Range[];
}

/** The steps of states, in the order of the log: one query for each table that is read. */
export async function stateSteps(
  model: Model,
  range: Range,
  reads: ReadonlySet<string>,
): Promise<Step[]> {
  const bounds = [range.first, range.last];
  const ask = async (text: string) => (await model.query(text, bounds)).rows;
  const steps = [turns(await ask(RESOURCES), "state", (row, version) => (facts) => {
    facts.setResource(String(row.resource), version);
  }, RESOURCE_TYPE)];
  for (const [part, text] of [["software", SOFTWARE], ["connections", CONNECTIONS]] as const) {
    if (!reads.has(part) && !reads.has("*")) continue;
    const type = (PARTS[part] as { of: RuleType }).of;
    steps.push(turns(await ask(text), part, (row, version) => (facts) => {
      facts.setPart(part, String(row.resource), String(row.id), version);
    }, type));
  }
  if (reads.has("networks") || reads.has("*")) {
    const type = (PARTS.networks as { of: RuleType }).of;
    steps.push(turns(await ask(NETWORKS), "networks", (row, version) => (facts) => {
      const scope = row.scope as string | null;
      facts.setNetwork(String(row.id), version && { ...version, scope });
    }, type));
  }
  return steps.flat();
}

/** The beginning and the end of each version. Where one follows another, there is no end. */
function turns(
  rows: readonly Row[],
  part: string,
  set: (row: Row, version: Version | undefined) => (facts: Facts) => void,
  type: RuleType,
): Step[] {
  const begun = new Set(rows.map(({ resource, id, sequence }) => `${resource} ${id} ${sequence}`));
  return rows.flatMap((row) => {
    const { resource, id, sequence, ended, since, until } = row;
    const fields = celValue(type, row) as Map<string, unknown>;
    const of = { resource: resource === null ? undefined : String(resource), part };
    const begin = {
      ...of,
      at: since as number,
      sequence: sequence as number,
      apply: set(row, { sequence: sequence as number, fields }),
    };
    if (ended === null || begun.has(`${resource} ${id} ${ended}`)) return [begin];
    return [begin, {
      ...of,
      at: until as number,
      sequence: ended as number,
      apply: set(row, undefined),
    }];
  });
}
