/** How much is in a graph. */
import type { Neo4jProjection } from "./projection.ts";

/** How many nodes there are of each label, and relationships of each type, by their names. */
export async function countGraph(
  projection: Neo4jProjection,
): Promise<Record<string, number>> {
  const { graph, database } = projection;
  const driver = await projection.connect();
  const found: [string, number][] = [];
  for (
    const statement of [
      `MATCH (n:Cim) WHERE n.graph = $graph AND n.id IS NOT NULL AND size(labels(n)) > 1
       UNWIND [label IN labels(n) WHERE label <> 'Cim'] AS name
       RETURN name, count(*) AS count ORDER BY name`,
      `MATCH (n:Cim)-[r]->() WHERE n.graph = $graph AND n.id IS NOT NULL
       RETURN type(r) AS name, count(*) AS count ORDER BY name`,
    ]
  ) {
    const config = database === undefined ? {} : { database };
    const { records } = await driver.executeQuery(statement, { graph }, config);
    for (const record of records) found.push([record.get("name"), Number(record.get("count"))]);
  }
  return Object.fromEntries(found);
}
