/** The topology that options mean: that of a model, or of the graph of a Neo4j. */
import { Neo4jProjection } from "../projections/neo4j/projection.ts";
import type { Until } from "../replay/until.ts";
import { graphFacts } from "../topology/graph_facts.ts";
import { Topology, topologyOf } from "../topology/topology.ts";
import { neo4jToUse } from "./project_graph.ts";
import { openSource } from "./sources.ts";
import type { Terminal } from "./terminal.ts";

/** What these options give. */
export interface TopologyOptions extends Until {
  archive?: string;
  from?: "neo4j";
}

/** A topology, and the last event that it knows. */
export interface AsOf {
  topology: Topology;
  sequence: number;
}

/**
 * Reads it, and closes what it was read from.
 *
 * @throws as `openHistory`, `replay` and `graphFacts`
 */
export async function topologySource(
  { archive, from, asOf, sequence }: TopologyOptions,
  terminal: Terminal,
): Promise<AsOf> {
  if (from === "neo4j") {
    const projection = new Neo4jProjection(await neo4jToUse());
    try {
      const found = await graphFacts(projection);
      return { topology: new Topology(found.facts), sequence: found.sequence };
    } finally {
      await projection.close();
    }
  }
  await using source = await openSource(archive, terminal);
  await using model = await source.replay({
    ...(asOf === undefined ? {} : { asOf }),
    ...(sequence === undefined ? {} : { sequence }),
  });
  return { topology: await topologyOf(model), sequence: model.checkpoint.last_sequence };
}
