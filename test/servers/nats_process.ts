/** Real NATS servers with a configuration of the test's own, on loopback only. */
import { setTimeout as delay } from "node:timers/promises";
import { program } from "./embedded_user.ts";

/** A `nats-server` of one test alone. */
export interface NatsProcess {
  /** `nats://127.0.0.1:PORT`, without credentials; the same after {@link start}. */
  url: string;
  /** Its monitoring port: `http://127.0.0.1:PORT`. */
  monitoring: string;
  /** Configuration, log and events; a temporary folder. */
  folder: string;
  /** Kills it at once (SIGKILL), as a power failure would. */
  kill9(): Promise<void>;
  /** Ends it in good order; its events stay. */
  end(): Promise<void>;
  /** Starts it again on the same events and port. */
  start(): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

/** What to start. */
export interface NatsProcessOptions {
  /** More lines of configuration: how to log in, limits. */
  lines?: string;
  /** What stands in the `jetstream` block besides where it is. */
  jetstream?: string;
  /** An empty folder that is there already; it is not removed. */
  folder?: string;
}

/** Starts one server and waits until it listens. */
export async function startServer(options: NatsProcessOptions = {}): Promise<NatsProcess> {
  const { lines = "", jetstream = "sync_interval: always" } = options;
  const folder = options.folder ?? await Deno.makeTempDir({ prefix: "cim-nats-" });
  const [port, monitoring] = [freePort(), freePort()];
  await Deno.writeTextFile(
    `${folder}/nats.conf`,
    `listen: "127.0.0.1:${port}"\nhttp: "127.0.0.1:${monitoring}"\nlog_file: "${folder}/server.log"\n` +
      `jetstream { store_dir: "${folder}/store"\n${jetstream}\n}\n${lines}\n`,
  );
  let child: Deno.ChildProcess | undefined;
  const end = async (signal: Deno.Signal) => {
    try {
      child?.kill(signal);
    } catch { /* It has ended already. */ }
    await child?.status;
    child = undefined;
  };
  const server: NatsProcess = {
    url: `nats://127.0.0.1:${port}`,
    monitoring: `http://127.0.0.1:${monitoring}`,
    folder,
    async start() {
      child = new Deno.Command(program, {
        args: ["-c", `${folder}/nats.conf`],
        stdout: "null",
        stderr: "null",
      }).spawn();
      await listens(port, folder);
    },
    kill9: () => end("SIGKILL"),
    end: () => end("SIGTERM"),
    async stop() {
      await end("SIGKILL");
      if (options.folder === undefined) await Deno.remove(folder, { recursive: true });
    },
  };
  await server.start();
  return server;
}

/** Three servers of one cluster, which know each other by routes; a token lets clients in. */
export async function startCluster(token: string): Promise<NatsProcess[]> {
  const routes = [freePort(), freePort(), freePort()];
  return await Promise.all(routes.map((route, at) =>
    startServer({
      lines: `server_name: n${at + 1}\nauthorization { token: "${token}" }\n` +
        `cluster { name: c, listen: "127.0.0.1:${route}", authorization { user: r, password: "${token}" }, ` +
        `routes: [${routes.map((port) => `"nats://r:${token}@127.0.0.1:${port}"`).join(", ")}] }`,
    })
  ));
}

/** A port of 127.0.0.1 that nobody listens at. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function listens(port: number, folder: string): Promise<void> {
  for (const end = Date.now() + 20_000;; await delay(15)) {
    try {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      const read = await connection.read(new Uint8Array(64));
      connection.close();
      if (read !== null) return;
    } catch { /* Not yet. */ }
    if (Date.now() > end) throw new Error(await Deno.readTextFile(`${folder}/server.log`));
  }
}
