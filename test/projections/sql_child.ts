/** Projects the log of `sql_log.ts` into the database that it is told, a few events at a time, until it is killed. */
import { Projector } from "../../src/projections/projector.ts";
import { SqlProjection } from "../../src/projections/sql/projection.ts";
import { sameLog } from "./sql_log.ts";

const { log, end } = await sameLog();
const projection = new SqlProjection({ path: Deno.args[0]! });
const projector = Projector.start(log, projection, { stepEvents: 2 });
await projector.waitFor(1);
console.log("at work");
await projector.waitFor(end);
await projector.stop();
