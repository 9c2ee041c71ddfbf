/** The Neo4j projection on a real server, one for all of these. */
import { afterAll, beforeAll, describe } from "vitest";
import { fleet } from "./neo4j_fleet.ts";
import { laws } from "./neo4j_laws.ts";
import { program, startTestNeo4j, type TestNeo4j } from "./neo4j_server.ts";

describe.skipIf(!program)("The Neo4j projection", () => {
  let neo4j: TestNeo4j;
  beforeAll(async () => void (neo4j = await startTestNeo4j()), 240_000);
  afterAll(() => neo4j?.stop());

  describe("keeps the laws of projections:", () => laws(() => neo4j));
  describe("and a fleet:", () => fleet(() => neo4j));
});
