/** The Neo4j projection on a real server, one for all of these. */
import { afterAll, beforeAll, describe } from "vitest";
import { cli } from "./neo4j_cli.ts";
import { fleet } from "./neo4j_fleet.ts";
import { graph } from "./neo4j_graph.ts";
import { laws } from "./neo4j_laws.ts";
import { plans } from "./neo4j_plans.ts";
import { program, startTestNeo4j, type TestNeo4j } from "./neo4j_server.ts";
import { task } from "./neo4j_task.ts";
import { topology } from "./neo4j_topology.ts";
import { trouble } from "./neo4j_trouble.ts";

describe.skipIf(!program)("The Neo4j projection", { timeout: 300_000 }, () => {
  let neo4j: TestNeo4j;
  beforeAll(async () => {
    // Nothing here runs for long enough that Java's second compiler would be worth its while.
    Deno.env.set("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1");
    neo4j = await startTestNeo4j();
  }, 240_000);
  afterAll(() => neo4j?.stop());

  describe("makes a graph:", () => graph(() => neo4j));
  describe("and trouble:", () => trouble(() => neo4j));
  describe("keeps the laws of projections:", () => laws(() => neo4j));
  describe("asks by index:", () => plans(() => neo4j));
  describe("on the command line:", () => cli(() => neo4j));
  describe("has a task:", task);
  describe("and a fleet:", () => fleet(() => neo4j));
  describe("and questions to a topology:", () => topology(() => neo4j));
});
