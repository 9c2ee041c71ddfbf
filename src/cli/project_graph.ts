/** `cim project neo4j`: keeps the graph of a Neo4j in step with the log. */
import { join } from "node:path";
import { countGraph } from "../projections/neo4j/counts.ts";
import { GRAPH_STEP_EVENTS, Neo4jProjection } from "../projections/neo4j/projection.ts";
import {
  neo4jEnvironment,
  type Neo4jSettings,
  neo4jSettings,
  Neo4jSettingsError,
} from "../projections/neo4j/settings.ts";
import { trouble } from "../projections/neo4j/trouble.ts";
import { findNeo4j } from "../setup/neo4j_server.ts";
import { whole } from "../table/text.ts";
import { LOCAL } from "../workspace_options.ts";
import type { KeptElsewhere } from "./project_told.ts";
import type { Terminal } from "./terminal.ts";

/** Where the server of `deno task neo4j` is kept. */
export const NEO4J_FOLDER: string = join(LOCAL, "neo4j");

/**
 * The projection of a Neo4j.
 *
 * @param rebuild whether the graph that is there is made anew
 * @throws {Neo4jSettingsError} when it does not let us in
 * @throws {ProjectionUnavailable} when the graph before cannot be looked at
 */
export async function graphKept(
  settings: Neo4jSettings,
  rebuild: boolean,
  terminal: Terminal,
): Promise<KeptElsewhere> {
  const before = rebuild ? await counted(settings) : undefined;
  return {
    stepEvents: GRAPH_STEP_EVENTS,
    projection: new Neo4jProjection({
      ...settings,
      discard: rebuild,
      onAnew: (reason) => terminal.warn(`the graph is made anew: ${reason}`),
    }),
    told: async () => {
      const counts = await counted(settings);
      return {
        json: { uri: settings.uri, counts, ...(before ? { replaced: before } : {}) },
        place: ["Graph", settings.uri],
        parked: "MATCH (parked:CimParked) RETURN parked",
        rows: rowsOf(counts),
        lines: before ? differences(counts, before) : [],
      };
    },
  };
}

/**
 * The Neo4j that the environment names, or else the one that `deno task neo4j` has started.
 *
 * @throws {Neo4jSettingsError} when there is none
 */
export async function neo4jToUse(): Promise<Neo4jSettings> {
  const settings = neo4jEnvironment();
  if (settings) return settings;
  const own = await findNeo4j(NEO4J_FOLDER);
  if (own) return neo4jSettings(own);
  throw new Neo4jSettingsError(
    "NEO4J_URI",
    "is not set, and no Neo4j of this folder runs: set it with NEO4J_USERNAME and NEO4J_PASSWORD, or start one with " +
      "deno task neo4j",
  );
}

async function counted(settings: Neo4jSettings): Promise<Record<string, number>> {
  const projection = new Neo4jProjection(settings);
  try {
    return await countGraph(projection);
  } catch (error) {
    throw trouble(error, projection.name);
  } finally {
    await projection.close();
  }
}

/** How much is in a graph, in rows for people. */
function rowsOf(counts: Record<string, number>): [string, string][] {
  return Object.entries(counts).map(([name, count], at) => [
    at === 0 ? "Holds" : "",
    `${whole(count)} ${name}`,
  ]);
}

/** What a graph that was made anew has more or less of than the one before, in lines for people. */
function differences(
  counts: Record<string, number>,
  before: Record<string, number>,
): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(counts)])];
  const differing = names.filter((name) => before[name] !== counts[name]);
  if (differing.length === 0) return ["The graph that it replaces held as many of each"];
  return differing.map((name) =>
    `The graph that it replaces held ${whole(before[name] ?? 0)} ${name}, and this one ${
      whole(counts[name] ?? 0)
    }`
  );
}
