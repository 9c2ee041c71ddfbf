import { fileURLToPath } from "node:url";
import { embeddedServer } from "../../src/log/embedded.ts";
import { pythonEnvironment } from "../../src/setup/python.ts";

/** A real NATS server with JetStream, of one test alone. */
export interface TestNats {
  /** `nats://127.0.0.1:PORT`; after {@link restart} usually, not always, the same. */
  url: string;
  token: string;
  /** Where the server keeps its events; a temporary folder. */
  folder: string;
  pid: number;
  /** Kills the server at once (SIGKILL), as a power failure would. */
  kill9(): void;
  /** Starts it again on the same events, after {@link kill9} or an orderly stop. */
  restart(): Promise<void>;
  /** Stops the server and removes its folder. */
  stop(): Promise<void>;
}

/** The one place where tests get a NATS server: the project's own, in a fresh temporary folder. */
export async function startNats(): Promise<TestNats> {
  const project = fileURLToPath(new URL("../..", import.meta.url));
  const program = (await pythonEnvironment({ project })).program("nats-server");
  const folder = await Deno.makeTempDir({ prefix: "cim-nats-" });
  let server = await embeddedServer({ folder, program });
  let killed = false;
  const nats: TestNats = {
    url: server.url,
    token: server.token,
    folder,
    pid: server.pid,
    kill9() {
      killed = true;
      Deno.kill(server.pid, "SIGKILL");
    },
    async restart() {
      const before = server;
      if (!killed) await before.release();
      server = await embeddedServer({ folder, program });
      // Given back only now after a kill: the last to leave would clear what a killed server left.
      if (killed) await before.release();
      killed = false;
      Object.assign(nats, { url: server.url, token: server.token, pid: server.pid });
    },
    async stop() {
      await server.release();
      await Deno.remove(folder, { recursive: true });
    },
  };
  return nats;
}
