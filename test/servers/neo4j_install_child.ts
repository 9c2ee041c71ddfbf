/** Gets Neo4j into the folder that it is told, and says what came of it as JSON. */
import { neo4jProgram } from "../../src/setup/neo4j_install.ts";

const outcome = await neo4jProgram({ folder: Deno.args[0]! })
  .catch(({ name, code, message }) => ({ name, code, message }));
console.log(JSON.stringify(outcome));
