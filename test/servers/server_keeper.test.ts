import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type EmbeddedServer, embeddedServer } from "../../src/log/embedded.ts";
import { openJetStream } from "../../src/log/jetstream.ts";
import { keepServer } from "../../src/log/server_keeper.ts";
import { serversOf } from "../../src/log/server_process.ts";
import { pythonEnvironment } from "../../src/setup/python.ts";
import { namesIn, policies } from "../log/contract.ts";

test("A server that dies under somebody who works for long is started again, and leaves with the last of them", async () => {
  const project = fileURLToPath(new URL("../..", import.meta.url));
  const program = (await pythonEnvironment({ project })).program("nats-server");
  const folder = await Deno.makeTempDir({ prefix: "cim-keeper-" });
  try {
    const place = { folder: join(folder, "nats"), program };
    const shares: EmbeddedServer[] = [await embeddedServer(place)];
    const log = await openJetStream({ ...shares[0]!, patience: Infinity });
    const keeping = keepServer(log.connection, place, (share) => shares.push(share));
    let last = await log.append(policies("before"), 0);
    for (const name of ["first", "second"]) {
      Deno.kill(shares.at(-1)!.pid, "SIGKILL");
      while (shares.length < (name === "first" ? 2 : 3)) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      last = await log.append(policies(name), last);
    }
    expect(await namesIn(log)).toEqual(["before", "first", "second"]);
    await log.close();
    await keeping;
    for (const share of shares) await share.release();
    expect(await serversOf(await Deno.realPath(place.folder))).toEqual([]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
