// Keeps a published model of a log that grows, in a process of its own, which may be killed.
import { Projector } from "../../src/projections/projector.ts";
import type { ModelName } from "../../src/replay/model_paths.ts";
import { publishedModel } from "../../src/replay/published.ts";
import { extendLog, publishedLog } from "./published_log.ts";

const [name, folder = "", begin = "", rebuild = ""] = Deno.args;
const log = await publishedLog(Number(begin));
console.log("at work");
const model = publishedModel(log, folder, {
  model: name as ModelName,
  rebuild: rebuild === "rebuild",
});
const projector = Projector.start(log, model, { stepEvents: 10 });
for (let end = Number(begin);; end += 10) {
  await projector.waitFor(end);
  await extendLog(log, end + 10);
}
