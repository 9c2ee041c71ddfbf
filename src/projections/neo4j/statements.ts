/**
 * What is asked of the graph, and written into it. Every value is a parameter: `$graph` whose graph it is, `$rows` or
 * `$ids` what to work on. `schema.ts` says what comes of it.
 */

/** Takes the checkpoint's lock, which whoever writes has to have until it has committed, and reads it. */
export const LOCK = `
  MATCH (c:CimCheckpoint {graph: $graph}) SET c.locked = true
  RETURN c {.*} AS checkpoint`;

/** A checkpoint where there is none; whoever comes first makes it. */
export const BEGIN = `
  MERGE (c:CimCheckpoint {graph: $graph}) ON CREATE SET c += $checkpoint
  RETURN c {.*} AS checkpoint`;

/** Reads the checkpoint. */
export const CHECKPOINT = "MATCH (c:CimCheckpoint {graph: $graph}) RETURN c {.*} AS checkpoint";

/** Writes the checkpoint. */
export const ADVANCE = "MATCH (c:CimCheckpoint {graph: $graph}) SET c += $checkpoint";

/** Reads which events are parked. */
export const PARKED = `
  MATCH (p:CimParked) WHERE p.graph = $graph AND p.sequence IS NOT NULL
  RETURN p {.sequence, .event_type, .aggregate_id, .reason} AS parked ORDER BY p.sequence`;

/** Parks events. */
export const PARK = "UNWIND $rows AS row CREATE (p:CimParked) SET p = row";

/** Parks events no more. */
export const UNPARK = `
  UNWIND $ids AS sequence MATCH (p:CimParked {graph: $graph, sequence: sequence}) DELETE p`;

/** Some relationships of the graph; `$most` at a time, for a transaction is kept in memory. */
export const EMPTY_RELATIONSHIPS = `
  MATCH (n:Cim)-[r]->() WHERE n.graph = $graph AND n.id IS NOT NULL
  WITH r LIMIT $most DELETE r RETURN count(*) AS deleted`;

/** Some nodes of the graph. */
export const EMPTY_NODES = `
  MATCH (n:Cim) WHERE n.graph = $graph AND n.id IS NOT NULL
  WITH n LIMIT $most DETACH DELETE n RETURN count(*) AS deleted`;

/** Some of what is parked. */
export const EMPTY_PARKED = `
  MATCH (n:CimParked) WHERE n.graph = $graph AND n.sequence IS NOT NULL
  WITH n LIMIT $most DELETE n RETURN count(*) AS deleted`;

/** Nodes that are there for others only: ids of those that may have lost the last one. */
const LOOSE = "n:Address OR n:Prefix OR size(labels(n)) = 1";

/** Removes those of some nodes that are there for others only, and have none any more. */
export const SWEEP = `
  UNWIND $ids AS id MATCH (n:Cim {graph: $graph, id: id})
  WHERE (${LOOSE}) AND NOT (n)--() DELETE n`;

/** Which of the ends of some connections may be swept. */
export const LOOSE_ENDS = `
  UNWIND $ids AS id MATCH (from)-[r:CONNECTED_TO {graph: $graph, id: id}]->(to)
  UNWIND [from, to] AS n WITH DISTINCT n WHERE ${LOOSE} RETURN n.id AS id`;

/** Removes connections. */
export const SEVER = `
  UNWIND $ids AS id MATCH ()-[r:CONNECTED_TO {graph: $graph, id: id}]->() DELETE r`;

/** Which of the neighbours of some nodes may be swept, once those are gone. */
export const LOOSE_NEIGHBOURS = `
  UNWIND $ids AS id MATCH (:Cim {graph: $graph, id: id})--(n)
  WITH DISTINCT n WHERE ${LOOSE} RETURN n.id AS id`;

/** Removes nodes. */
export const REMOVE = `
  UNWIND $ids AS id MATCH (n:Cim {graph: $graph, id: id}) DETACH DELETE n`;

/** Removes networks, and says of which prefixes they were. */
export const REMOVE_NETWORKS = `
  UNWIND $ids AS wanted MATCH (n:Cim {graph: $graph, id: wanted}) WHERE n:Network
  WITH n, n.cidr AS id DETACH DELETE n RETURN DISTINCT id`;

/** Removes what belongs to resources that are decommissioned. */
export const DISOWN: readonly string[] = [
  `UNWIND $ids AS id MATCH (:Cim {graph: $graph, id: id})-[:RUNS|HAS_INTERFACE]->(owned)
   DETACH DELETE owned`,
  `UNWIND $ids AS id MATCH (n:Network {graph: $graph, scope_compute_id: id}) DETACH DELETE n`,
  REMOVE,
  "UNWIND $ids AS id CREATE (:Cim:Decommissioned {graph: $graph, id: id})",
];

/** The state of a node whose earlier one is `n`, or that is new. */
const STATE = `
  WITH *, CASE WHEN n.first_seen_at < row.properties.first_seen_at
    THEN n.first_seen_at ELSE row.properties.first_seen_at END AS first
  SET n = row.properties, n.first_seen_at = first`;

/** Resources. */
export const COMPUTES = `
  UNWIND $rows AS row
  MERGE (n:Cim {graph: $graph, id: row.id})
  WITH n, row WHERE NOT n:Decommissioned ${STATE}, n:ComputeResource`;

/** Networks of all hosts; those that are new are told by their prefixes. */
export const NETWORKS = `
  UNWIND $rows AS row
  MERGE (n:Cim {graph: $graph, id: row.id})
  WITH n, row, n.sequence IS NULL AS is_new ${STATE}, n:Network
  WITH n, is_new WHERE is_new RETURN DISTINCT n.cidr AS id`;

/** Networks of one host each. */
export const SCOPED_NETWORKS = `
  UNWIND $rows AS row
  OPTIONAL MATCH (scope:Cim {graph: $graph, id: row.scope})
  WITH row, scope WHERE scope IS NULL OR NOT scope:Decommissioned
  MERGE (n:Cim {graph: $graph, id: row.id})
  WITH n, row, n.sequence IS NULL AS is_new ${STATE}, n:Network
  WITH n, is_new WHERE is_new RETURN DISTINCT n.cidr AS id`;

/** Software, on its resource. */
export const SOFTWARE = `
  UNWIND $rows AS row
  MERGE (c:Cim {graph: $graph, id: row.compute})
  WITH c, row WHERE NOT c:Decommissioned
  MERGE (n:Cim {graph: $graph, id: row.id})
  WITH c, n, row, n.sequence IS NULL AS is_new ${STATE}, n:Software
  WITH c, n, is_new WHERE is_new CREATE (c)-[:RUNS]->(n)`;

/** Policies. */
export const POLICIES = `
  UNWIND $rows AS row MERGE (n:Cim {graph: $graph, id: row.id}) WITH n, row ${STATE}, n:Policy`;

/** Connections between resources. */
export const CONNECTIONS = `
  UNWIND $rows AS row
  MERGE (from:Cim {graph: $graph, id: row.from})
  MERGE (to:Cim {graph: $graph, id: row.to})
  WITH from, to, row WHERE NOT from:Decommissioned AND NOT to:Decommissioned
  MERGE (from)-[n:CONNECTED_TO {graph: $graph, id: row.id}]->(to)
  WITH n, row ${STATE}`;

/** Connections of a resource to an address. */
export const ADDRESS_CONNECTIONS = `
  UNWIND $rows AS row
  MERGE (from:Cim {graph: $graph, id: row.from})
  WITH from, row WHERE NOT from:Decommissioned
  MERGE (to:Cim {graph: $graph, id: row.to})
  SET to:Address, to.address = row.address
  MERGE (from)-[n:CONNECTED_TO {graph: $graph, id: row.id}]->(to)
  WITH n, row ${STATE}`;

/** The resources for which networks of these prefixes matter. */
export const RESOURCES_OF_PREFIXES = `
  MATCH (c:ComputeResource)
  WHERE c.graph = $graph AND c.id IS NOT NULL AND any(prefix IN c.prefixes WHERE prefix IN $ids)
  RETURN c.id AS id, c.state AS state`;

/** What is made of a resource's own lists, and is made anew. */
export const CLEAR: readonly string[] = [
  `UNWIND $ids AS id MATCH (:Cim {graph: $graph, id: id})-[:HAS_INTERFACE]->(link:Interface)
   DETACH DELETE link`,
  `UNWIND $ids AS id MATCH (:Cim {graph: $graph, id: id})-[r:ROUTES_TO|HOSTED_ON]->() DELETE r`,
];

/** Which of the ends of these may be swept. */
export const LOOSE_TARGETS = `
  UNWIND $ids AS id MATCH (:Cim {graph: $graph, id: id})-[:ROUTES_TO|HOSTED_ON]->(n)
  WITH DISTINCT n WHERE ${LOOSE} RETURN n.id AS id`;

/** Interfaces. */
export const INTERFACES = `
  UNWIND $rows AS row
  MATCH (c:Cim {graph: $graph, id: row.compute}) WHERE c:ComputeResource
  CREATE (c)-[:HAS_INTERFACE]->(n:Cim:Interface) SET n = row.properties`;

const ITS_NETWORK = `n.scope_compute_id IS NULL OR n.scope_compute_id = row.compute`;

/** In which networks interfaces are. */
export const MEMBERSHIPS = `
  UNWIND $rows AS row
  MATCH (n:Network {graph: $graph, cidr: row.cidr}) WHERE ${ITS_NETWORK}
  MATCH (i:Cim {graph: $graph, id: row.id})
  CREATE (i)-[r:IN_NETWORK]->(n) SET r = row.properties`;

/** Routes to networks. */
export const ROUTES = `
  UNWIND $rows AS row
  MATCH (n:Network {graph: $graph, cidr: row.cidr}) WHERE ${ITS_NETWORK}
  MATCH (c:Cim {graph: $graph, id: row.compute}) WHERE c:ComputeResource
  CREATE (c)-[r:ROUTES_TO]->(n) SET r = row.properties`;

/** Routes to where no network is known. */
export const PREFIX_ROUTES = `
  UNWIND $rows AS row
  MATCH (c:Cim {graph: $graph, id: row.compute}) WHERE c:ComputeResource AND NOT EXISTS {
    MATCH (n:Network {graph: $graph, cidr: row.cidr}) WHERE ${ITS_NETWORK}
  }
  MERGE (p:Cim {graph: $graph, id: row.prefix}) SET p:Prefix, p.cidr = row.cidr
  CREATE (c)-[r:ROUTES_TO]->(p) SET r = row.properties`;

/** On which hosts resources run. */
export const HOSTS = `
  UNWIND $rows AS row
  MATCH (c:Cim {graph: $graph, id: row.compute}) WHERE c:ComputeResource
  MERGE (h:Cim {graph: $graph, id: row.host})
  WITH c, h WHERE NOT h:Decommissioned
  CREATE (c)-[:HOSTED_ON]->(h)`;

/** Every policy that can be judged. */
export const JUDGED_POLICIES = `
  MATCH (p:Policy)
  WHERE p.graph = $graph AND p.id IS NOT NULL AND p.not_judged IS NULL
  RETURN p.id AS id, p.selector AS selector ORDER BY id`;

const AS_SEEN = "c.id AS id, c {.state, .first_seen_at, .changed_at} AS seen";

/** Some resources, as their selectors see them. */
export const SEEN = `
  UNWIND $ids AS id MATCH (c:Cim {graph: $graph, id: id}) WHERE c:ComputeResource
  RETURN ${AS_SEEN}`;

/** The next resources behind one. */
export const SEEN_BEHIND = `
  MATCH (c:ComputeResource) WHERE c.graph = $graph AND c.id > $behind
  RETURN ${AS_SEEN} ORDER BY c.id LIMIT $most`;

/** The software of some resources, as selectors see it. */
export const SEEN_SOFTWARE = `
  UNWIND $ids AS id MATCH (:Cim {graph: $graph, id: id})-[:RUNS]->(s:Software)
  RETURN id, s {.*} AS software ORDER BY s.id`;

/** No policy is known to be about these any more. */
export const RELEASE = `
  UNWIND $ids AS id MATCH (:Cim {graph: $graph, id: id})<-[r:ENFORCES]-() DELETE r`;

/** These policies are not known to be about anything any more. */
export const RETRACT = `
  UNWIND $ids AS id MATCH (:Cim {graph: $graph, id: id})-[r:ENFORCES]->() DELETE r`;

/** Which policies are about which resources. */
export const ENFORCE = `
  UNWIND $rows AS row
  MATCH (p:Cim {graph: $graph, id: row.id}), (c:Cim {graph: $graph, id: row.compute})
  CREATE (p)-[:ENFORCES]->(c)`;
