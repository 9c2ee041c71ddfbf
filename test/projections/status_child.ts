/** Runs a projector and keeps its status in the folder that it is told, until it is killed. */
import { Projector } from "../../src/projections/projector.ts";
import { keepStatus } from "../../src/projections/status_file.ts";
import { ListProjection, logOf } from "./fake.ts";

const projector = Projector.start(await logOf(3), new ListProjection());
await projector.whenCaughtUp();
const kept = keepStatus(projector, Deno.args[0]!);
console.log("ready");
await kept;
