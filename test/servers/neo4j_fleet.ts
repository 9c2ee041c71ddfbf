/** The graph of the sample fleet: the same as the tables say, in whatever steps. */
import { expect, test } from "vitest";
import { compliance } from "../../src/policy/compliance.ts";
import { runToEnd } from "../../src/projections/run_to_end.ts";
import type { Model } from "../../src/replay/model.ts";
import { replay } from "../../src/replay/replay.ts";
import { dumpGraph } from "../projections/neo4j_dump.ts";
import { fleetLog } from "../projections/sample_log.ts";
import type { TestNeo4j } from "./neo4j_server.ts";

/** What is told in both, by the same names: a question for the tables, and one for the graph. */
const SAME: Record<string, [sql: string, cypher: string]> = {
  resources: [
    `SELECT compute_id::VARCHAR AS id, hostname, resource_type, status, cpu_cores, memory_bytes, site, rack,
     last_sequence AS sequence FROM resources`,
    `MATCH (n:ComputeResource) WHERE n.graph = $graph RETURN n.id AS id, n.hostname AS hostname,
     n.resource_type AS resource_type, n.status AS status, n.cpu_cores AS cpu_cores,
     n.memory_bytes AS memory_bytes, n.site AS site, n.rack AS rack, n.sequence AS sequence`,
  ],
  moments: [
    `SELECT compute_id::VARCHAR AS id, strftime(first_seen_at, '%Y-%m-%dT%H:%M:%S.%fZ') AS first_seen_at,
     strftime(changed_at, '%Y-%m-%dT%H:%M:%S.%fZ') AS changed_at FROM resources`,
    `MATCH (n:ComputeResource) WHERE n.graph = $graph
     RETURN n.id AS id, n.first_seen_at AS first_seen_at, n.changed_at AS changed_at`,
  ],
  interfaces: [
    "SELECT compute_id::VARCHAR AS id, name, kind, mac_address, mtu, speed_bps FROM interfaces",
    `MATCH (c:ComputeResource)-[:HAS_INTERFACE]->(n:Interface) WHERE c.graph = $graph
     RETURN c.id AS id, n.name AS name, n.kind AS kind, n.mac_address AS mac_address, n.mtu AS mtu,
     n.speed_bps AS speed_bps`,
  ],
  networks: [
    "SELECT network_id::VARCHAR AS id, name, cidr, vlan_id, gateway FROM networks",
    `MATCH (n:Network) WHERE n.graph = $graph
     RETURN n.id AS id, n.name AS name, n.cidr AS cidr, n.vlan_id AS vlan_id, n.gateway AS gateway`,
  ],
  software: [
    "SELECT compute_id::VARCHAR AS host, software_id::VARCHAR AS id, kind, name, version FROM software",
    `MATCH (c:ComputeResource)-[:RUNS]->(n:Software) WHERE c.graph = $graph
     RETURN c.id AS host, n.id AS id, n.kind AS kind, n.name AS name, n.version AS version`,
  ],
  policies: [
    "SELECT policy_id::VARCHAR AS id, name, severity, selector, rule, alert_after FROM policies",
    `MATCH (n:Policy) WHERE n.graph = $graph RETURN n.id AS id, n.name AS name,
     n.severity AS severity, n.selector AS selector, n.rule AS rule, n.alert_after AS alert_after`,
  ],
  connections: [
    `SELECT connection_id::VARCHAR AS id, kind, from_compute_id::VARCHAR AS from_id, from_interface,
     to_compute_id::VARCHAR AS to_id, to_interface, to_address, port FROM connections`,
    `MATCH (a:Cim)-[r:CONNECTED_TO]->(b:Cim) WHERE a.graph = $graph
     RETURN r.id AS id, r.kind AS kind, a.id AS from_id, r.from_interface AS from_interface,
     CASE WHEN b:Address THEN null ELSE b.id END AS to_id, r.to_interface AS to_interface,
     b.address AS to_address, r.port AS port`,
  ],
  routes: [
    "SELECT compute_id::VARCHAR AS id, destination, gateway, interface, metric FROM routes",
    `MATCH (c:ComputeResource)-[r:ROUTES_TO]->() WHERE c.graph = $graph
     RETURN c.id AS id, r.destination AS destination, r.via AS gateway, r.interface AS interface,
     r.metric AS metric`,
  ],
  hosts: [
    `SELECT compute_id::VARCHAR AS id, host_compute_id::VARCHAR AS host FROM resources
     WHERE host_compute_id IN (SELECT compute_id FROM resources)`,
    `MATCH (c:ComputeResource)-[:HOSTED_ON]->(h:ComputeResource) WHERE c.graph = $graph
     RETURN c.id AS id, h.id AS host`,
  ],
};

/** Rows in an order that only they decide. */
function sorted(rows: readonly Record<string, unknown>[]): string[] {
  const text = (row: Record<string, unknown>) =>
    JSON.stringify(
      Object.entries(row).sort(([a], [b]) => a < b ? -1 : 1),
      (_, value) => typeof value === "bigint" ? Number(value) : value,
    );
  return rows.map(text).sort();
}

/** Which policies are about which hosts, by `cim compliance`. */
async function applied(model: Model): Promise<string[]> {
  return (await compliance(model)).rows.filter(({ verdict }) => verdict !== "not_applicable")
    .map(({ policy, hostname }) => `${policy} ${hostname}`).sort();
}

/** What the graph of the fleet is held against. */
export function fleet(neo4j: () => TestNeo4j): void {
  test("its graph says what its tables say, and enforces what compliance judges", async () => {
    const log = await fleetLog();
    const state = await runToEnd(log, neo4j().projection("whole"));
    expect(state).toMatchObject({ position: 36_000, events: 36_000, parked: 0 });
    await using model = await replay(log);
    for (const [name, [sql, cypher]] of Object.entries(SAME)) {
      const rows = sorted((await model.query(sql)).rows);
      expect(rows.length, name).toBeGreaterThan(0);
      expect(sorted(await neo4j().ask("whole", cypher)), name).toEqual(rows);
    }
    const enforced = await neo4j().ask(
      "whole",
      `MATCH (p:Policy)-[:ENFORCES]->(c:ComputeResource) WHERE p.graph = $graph
       RETURN p.name + ' ' + c.hostname AS pair ORDER BY pair`,
    );
    expect(enforced.map(({ pair }) => pair)).toEqual(await applied(model));
  });

  test("followed in small steps it is the same as made at once, node by node", async () => {
    await runToEnd(await fleetLog(), neo4j().projection("stepwise"), { stepEvents: 700 });
    const dumps = [];
    for (const graph of ["whole", "stepwise"]) {
      const projection = neo4j().projection(graph);
      dumps.push(await dumpGraph(projection));
      await projection.close();
    }
    expect(Object.keys(dumps[0]!.nodes).length).toBeGreaterThan(300);
    expect(dumps[1]).toEqual(dumps[0]);
  });
}
