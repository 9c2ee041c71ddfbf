/** The facts of a topology as the graph of a Neo4j has them. */
import type { ManagedTransaction } from "neo4j-driver";
import { checkpointOf, type Mark, markOf } from "../projections/neo4j/checkpoint.ts";
import { definition } from "../projections/neo4j/definition.ts";
import type { Neo4jProjection } from "../projections/neo4j/projection.ts";
import { CHECKPOINT } from "../projections/neo4j/statements.ts";
import { refusal, trouble } from "../projections/neo4j/trouble.ts";
import { TopologyError } from "./error.ts";
import { inOrder, type TopologyFacts } from "./facts.ts";

/** What is asked for each list of the facts; `src/projections/neo4j/schema.ts` says what there is. */
const STATEMENTS: Record<keyof TopologyFacts, string> = {
  resources: `
    MATCH (n:ComputeResource) WHERE n.graph = $graph AND n.id IS NOT NULL
    OPTIONAL MATCH (n)-[:HOSTED_ON]->(host:ComputeResource)
    RETURN n.id AS id, coalesce(n.hostname, n.id) AS name, n.resource_type AS type, host.id AS host,
      n.site AS site, n.rack AS rack, n.position AS position`,
  links: `
    MATCH (a:ComputeResource)-[r:CONNECTED_TO]->(b:ComputeResource)
    WHERE a.graph = $graph AND a.id IS NOT NULL
    RETURN r.id AS id, r.kind AS kind, a.id AS from, b.id AS to,
      r.from_interface AS from_interface, r.to_interface AS to_interface,
      r.speed_bps AS speed_bps, r.port AS port, r.process AS process`,
  addresses: `
    MATCH (c:ComputeResource)-[:HAS_INTERFACE]->(i:Interface)
    WHERE c.graph = $graph AND c.id IS NOT NULL
    UNWIND i.addresses AS cidr WITH c, i, split(cidr, '/') AS parts
    RETURN c.id AS resource, i.name AS interface, parts[0] AS address,
      toInteger(parts[1]) AS prefix_length`,
  // A route leads to each network of its prefix.
  routes: `
    MATCH (c:ComputeResource)-[r:ROUTES_TO]->() WHERE c.graph = $graph AND c.id IS NOT NULL
    WITH DISTINCT c.id AS resource, r.id AS id, r.destination AS destination, r.via AS gateway,
      r.interface AS interface, r.metric AS metric
    RETURN resource, destination, gateway, interface, metric`,
};

/** So often the graph is read until nothing was written meanwhile. */
const TRIES = 10;

/** The facts of a graph, and how far in the log it has come. */
export interface GraphFacts {
  facts: TopologyFacts;
  /** The last event that it has. */
  sequence: number;
}

/**
 * Reads the facts of a topology from the graph of a projection, which need not be initialized; they are those of the
 * tables of a model as of the event that the graph has come to.
 *
 * @throws {TopologyError} `no_graph` where there is none that is whole, of this version, and left alone for a moment
 * @throws {Neo4jSettingsError} when the server does not let us in
 * @throws {ProjectionUnavailable} when the server is not there
 */
export async function graphFacts(projection: Neo4jProjection): Promise<GraphFacts> {
  const { graph, database } = projection;
  const session = (await projection.connect()).session({
    defaultAccessMode: "READ",
    ...(database === undefined ? {} : { database }),
  });
  try {
    const made = await definition();
    for (let tries = 0; tries < TRIES; tries++) {
      const found = await session.executeRead((transaction) => read(transaction, graph, made));
      if (found) return found;
    }
  } catch (error) {
    throw refusal(error) ?? trouble(error, projection.name);
  } finally {
    await session.close();
  }
  throw new TopologyError(
    "no_graph",
    "The graph is written to without a pause: ask again when cim project neo4j has caught up",
  );
}

/** All lists; nothing, if it was written to meanwhile, for each statement sees what is committed by then. */
async function read(
  transaction: ManagedTransaction,
  graph: string,
  made: string,
): Promise<GraphFacts | undefined> {
  const ask = async (statement: string) =>
    (await transaction.run(statement, { graph })).records.map((record) => record.toObject());
  const mark = async (): Promise<Mark> => {
    const [found] = await ask(CHECKPOINT);
    const mark = found && markOf(found.checkpoint);
    if (!mark || mark.is_emptying || mark.definition !== made) {
      const why = !mark
        ? "Neo4j has no graph"
        : mark.is_emptying
        ? "The graph of Neo4j is being emptied"
        : "Another version of this program made the graph of Neo4j";
      throw new TopologyError("no_graph", `${why}: run deno task cim project neo4j`);
    }
    return mark;
  };
  const before = await mark();
  const lists: Record<string, unknown[]> = {};
  for (const [name, statement] of Object.entries(STATEMENTS)) {
    lists[name] = (await ask(statement)).map(plain);
  }
  const after = await mark();
  if (JSON.stringify(checkpointOf(before)) !== JSON.stringify(checkpointOf(after))) {
    return undefined;
  }
  return { facts: inOrder(lists as unknown as TopologyFacts), sequence: after.last_sequence };
}

/** A row with its whole numbers as numbers, as the tables have them. */
function plain(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map((
      [name, value],
    ) => [name, typeof value === "bigint" ? Number(value) : value]),
  );
}
