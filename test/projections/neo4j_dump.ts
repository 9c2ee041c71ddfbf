/** What is in a graph, to compare it with another: every node and relationship, in an order that only they decide. */
import type { Neo4jProjection } from "../../src/projections/neo4j/projection.ts";

/** All of a graph but its checkpoint, what is parked, and its name. */
export interface Dump {
  /** By their ids. */
  nodes: Record<string, { labels: string[]; properties: Record<string, unknown> }>;
  /** `FROM TYPE TO` with the properties, sorted. */
  relationships: string[];
}

/** Reads all of a graph. */
export async function dumpGraph(projection: Neo4jProjection): Promise<Dump> {
  const driver = await projection.connect();
  const { graph } = projection;
  const ask = async (statement: string) =>
    (await driver.executeQuery(statement, { graph })).records;
  const nodes: Dump["nodes"] = {};
  const found = await ask(
    "MATCH (n:Cim) WHERE n.graph = $graph RETURN labels(n) AS labels, n {.*} AS properties ORDER BY n.id",
  );
  for (const record of found) {
    const { graph: _, id, ...properties } = record.get("properties");
    nodes[id] = { labels: record.get("labels").sort(), properties: sorted(properties) };
  }
  const between = await ask(
    `MATCH (a:Cim)-[r]->(b:Cim) WHERE a.graph = $graph
     RETURN a.id AS from, type(r) AS type, b.id AS to, r {.*} AS properties`,
  );
  const relationships = between.map((record) => {
    const { graph: _, ...properties } = record.get("properties");
    const ends = `${record.get("from")} ${record.get("type")} ${record.get("to")}`;
    return `${ends} ${JSON.stringify(sorted(properties))}`;
  });
  return { nodes, relationships: relationships.sort() };
}

/** Properties by their names; integers are told from numbers that are none. */
function sorted(properties: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).sort(([a], [b]) => a < b ? -1 : 1)
      .map(([name, value]) => [name, typeof value === "bigint" ? `${value}n` : value]),
  );
}
