/** The one place where tests get a real Neo4j: the project's own, with data in a fresh temporary folder. */
import { fileURLToPath } from "node:url";
import process from "node:process";
import {
  Neo4jProjection,
  type Neo4jProjectionOptions,
} from "../../src/projections/neo4j/projection.ts";
import { neo4jSettings } from "../../src/projections/neo4j/settings.ts";
import { type Neo4jProgram, neo4jProgram } from "../../src/setup/neo4j_install.ts";
import { type Neo4jLogin, type Neo4jServer, startNeo4j } from "../../src/setup/neo4j_server.ts";
import { SetupError } from "../../src/setup/setup_error.ts";

const local = fileURLToPath(new URL("../../data/local/neo4j", import.meta.url));

/** What to start; undefined where Java or Maven is missing: then these tests are skipped, and say how to get it. */
export const program: Neo4jProgram | undefined = await neo4jProgram({ folder: local }).catch(
  (error) => {
    const isMissing = error instanceof SetupError && /_missing$|_too_old$/.test(error.code);
    if (!isMissing || process.env["CI"] === "true") throw error;
    console.warn(`${error.message}. The tests with a real Neo4j are skipped.`);
    return undefined;
  },
);

/** A Neo4j of some tests alone. */
export interface TestNeo4j {
  /** How to log in; after {@link restart} the same. */
  login: Neo4jLogin;
  /** A projection of one of its graphs, which nobody has initialized. */
  projection(graph: string, options?: Partial<Neo4jProjectionOptions>): Neo4jProjection;
  /** Asks one of its graphs, which is `$graph`. */
  ask(graph: string, statement: string, parameters?: object): Promise<Record<string, unknown>[]>;
  /** Removes a graph, and its checkpoint. */
  remove(graph: string): Promise<void>;
  /** Kills the server at once (SIGKILL), as a power failure would. */
  kill9(): Promise<void>;
  /** Starts it again on the same data and port. */
  restart(): Promise<void>;
  /** Stops it and removes its folder. */
  stop(): Promise<void>;
}

/** Starts one, which takes some 15 s. */
export async function startTestNeo4j(): Promise<TestNeo4j> {
  const folder = await Deno.makeTempDir({ prefix: "cim-neo4j-" });
  let server: Neo4jServer = await startNeo4j(program!, folder);
  const { uri, username, password } = server;
  const kill9 = async () => {
    Deno.kill(server.pid, "SIGKILL");
    await server.ended;
  };
  const projection: TestNeo4j["projection"] = (graph, options = {}) =>
    new Neo4jProjection({ ...neo4jSettings({ uri, username, password }), graph, ...options });
  const ask: TestNeo4j["ask"] = async (graph, statement, parameters = {}) => {
    const asking = projection(graph);
    try {
      const driver = await asking.connect();
      const { records } = await driver.executeQuery(statement, { graph, ...parameters });
      return records.map((record) => record.toObject());
    } finally {
      await asking.close();
    }
  };
  return {
    login: { uri, username, password },
    projection,
    ask,
    async remove(graph) {
      await ask(graph, "MATCH (n) WHERE n.graph = $graph DETACH DELETE n");
    },
    kill9,
    async restart() {
      server = await startNeo4j(program!, folder);
      if (server.uri !== uri) throw new Error(`its port was taken: it is at ${server.uri}`);
    },
    async stop() {
      await kill9().catch(() => {}); // it was killed before
      await Deno.remove(folder, { recursive: true });
    },
  };
}
