/** One Neo4j server in a folder of its own: on this machine only, and only for who knows its password. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import neo4j from "neo4j-driver";
import type { Neo4jProgram } from "./neo4j_install.ts";
import { SetupError, writing } from "./setup_error.ts";

/** How to log in to a server. */
export interface Neo4jLogin {
  /** `bolt://127.0.0.1:PORT` */
  uri: string;
  username: string;
  password: string;
}

/** A server that was started. */
export interface Neo4jServer extends Neo4jLogin {
  pid: number;
  /** Resolves when it has ended, however it came to that. */
  ended: Promise<unknown>;
  /** Ends it in good order; its data stay. */
  stop(): Promise<void>;
}

/** What a server's own file says of it: where, who, and whether its password has been set. */
interface Kept extends Neo4jLogin {
  pid: number;
}

/** The user that a new server has, with this as its password until it is changed. */
const USER = "neo4j";
/** How long a server may take to start or to end, in milliseconds: on a busy machine the first start takes a while. */
const PATIENCE_MS = 180_000;
const EVERY_MS = 100;

/**
 * Starts the server of a folder, and waits until it lets us in. The first time it is given a password at random, which
 * is kept in a file that only this user may read.
 *
 * @param folder where its data, configuration and log are
 * @throws {SetupError} `setup_failed` when it does not come up, or about the folder
 */
export async function startNeo4j(
  program: Neo4jProgram,
  folder: string,
  signal?: AbortSignal,
): Promise<Neo4jServer> {
  await writing(folder, () => Deno.mkdir(join(folder, "conf"), { recursive: true, mode: 0o700 }));
  const known = await kept(folder);
  const port = freePort(known && Number(new URL(known.uri).port));
  const password = known?.password ?? randomBytes(18).toString("base64url");
  const login = { uri: `bolt://127.0.0.1:${port}`, username: USER, password };
  await writing(folder, () => keep(folder, { ...login, pid: 0 }));
  await writing(
    folder,
    () => Deno.writeTextFile(join(folder, "conf", "neo4j.conf"), configuration(port)),
  );
  const child = new Deno.Command(program.java, {
    args: [
      ...["-Xms512m", "-Xmx512m", "-XX:+UseSerialGC"],
      ...["nio", "io"].map((name) => `--add-opens=java.base/java.${name}=ALL-UNNAMED`),
      "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
      ...["-cp", join(program.libraries, "*"), program.main],
      ...[`--home-dir=${folder}`, `--config-dir=${join(folder, "conf")}`, "--console-mode"],
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let hasEnded = false;
  const ended = child.status.then(() => hasEnded = true);
  const stop = () => end(child.pid, () => hasEnded);
  try {
    await keep(folder, { ...login, pid: child.pid });
    for (const last = Date.now() + PATIENCE_MS; !await letsIn(login);) {
      signal?.throwIfAborted();
      if (hasEnded || Date.now() > last) throw await startFailure(folder);
      await delay(EVERY_MS);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { ...login, pid: child.pid, ended, stop };
}

/** The server of a folder, where it runs: who started it may have been killed. */
export async function findNeo4j(folder: string): Promise<Neo4jServer | undefined> {
  const known = await kept(folder);
  const isRunning = async () => isAlive(known!.pid) && await letsIn(known!);
  if (!known || !await isRunning()) return undefined;
  return {
    ...known,
    get ended() {
      return (async () => {
        while (await isRunning()) await delay(1_000);
      })();
    },
    stop: () => end(known.pid, () => !isAlive(known.pid)),
  };
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Where the server of a folder is, or will be, and how to log in; undefined where there never was one. */
async function kept(folder: string): Promise<Kept | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(loginPath(folder)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function keep(folder: string, login: Kept): Promise<void> {
  const part = `${loginPath(folder)}.part`;
  await Deno.writeTextFile(part, JSON.stringify(login), { mode: 0o600 });
  await Deno.rename(part, loginPath(folder));
}

/** The file with the password, which only this user may read. */
export function loginPath(folder: string): string {
  return join(folder, "login.json");
}

function configuration(port: number): string {
  return `server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:${port}
server.bolt.advertised_address=127.0.0.1:${port}
server.http.enabled=false
server.https.enabled=false
dbms.security.auth_enabled=true
dbms.usage_report.enabled=false
db.tx_log.preallocate=false
server.memory.pagecache.size=128m
`;
}

/** Whether it lets us in. One that was never used is given its password. */
async function letsIn({ uri, username, password }: Neo4jLogin): Promise<boolean> {
  const { port } = new URL(uri);
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port: Number(port) })).close();
  } catch {
    return false;
  }
  for (const known of [password, USER]) {
    await using driver = neo4j.driver(uri, neo4j.auth.basic(username, known), {
      connectionTimeout: 5_000,
      telemetryDisabled: true,
    });
    try {
      if (known !== password) {
        await driver.executeQuery(
          "ALTER CURRENT USER SET PASSWORD FROM $known TO $password",
          { known, password },
          { database: "system" },
        );
      } else {
        await driver.executeQuery("RETURN 1", {}, { database: "neo4j" });
      }
      return true;
    } catch { /* Not yet, or not with this password. */ }
  }
  return false;
}

/** The port if nobody listens at it, or another one. */
function freePort(port = 0): number {
  try {
    using listener = Deno.listen({ hostname: "127.0.0.1", port });
    return listener.addr.port;
  } catch (error) {
    if (port === 0) throw error;
    return freePort();
  }
}

async function end(pid: number, hasEnded: () => boolean | Promise<boolean>): Promise<void> {
  const kill = (signal: Deno.Signal) => {
    try {
      Deno.kill(pid, signal);
    } catch { /* It has ended. */ }
  };
  kill("SIGTERM");
  for (const last = Date.now() + PATIENCE_MS / 6; !await hasEnded(); await delay(EVERY_MS)) {
    if (Date.now() > last) return kill("SIGKILL");
  }
}

async function startFailure(folder: string): Promise<SetupError> {
  const path = join(folder, "logs", "neo4j.log");
  const log = await Deno.readTextFile(path).catch(() => "");
  const lines = log.split("\n").filter((line) => line.trim() !== "");
  const why = lines.findLast((line) => /ERROR/.test(line)) ?? lines.at(-1) ?? "it said nothing";
  return new SetupError(
    "setup_failed",
    `Neo4j did not start (${why.trim().slice(0, 300)}): see ${path}`,
  );
}
