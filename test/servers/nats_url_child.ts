// Opens a workspace as the environment says, writes two events, and says what it got; an error is shown whole.
import { openWorkspace } from "../../src/workspace.ts";
import { namesIn, policies } from "../log/contract.ts";

try {
  await using workspace = await openWorkspace({ folder: Deno.args[0] ?? "" });
  const { log, server } = workspace;
  const last = await log.lastSequence();
  await log.append(policies("a", "b"), last);
  console.log(JSON.stringify({
    embedded: server !== undefined,
    durability: log.durability,
    names: await namesIn(log, last + 1),
    status: await log.status(),
  }));
  // What somebody who debugs might print.
  console.error(Deno.inspect(workspace, { depth: 3 }), Deno.inspect(log, { depth: 3 }));
} catch (error) {
  console.error(error);
  const { code, message } = error as { code?: string; message?: string };
  console.log(JSON.stringify({ code, message }));
}
