import { randomBytes } from "node:crypto";
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { lockedFile } from "../setup/file_lock.ts";
import {
  configPath,
  configuration,
  configured,
  disown,
  forget,
  lastPort,
  rememberPort,
  serverLogPath,
} from "./server_config.ts";
import {
  answering,
  type RunningServer,
  ServerError,
  serversOf,
  spawnServer,
  startFailure,
  stopServers,
} from "./server_process.ts";

export { ServerError, type ServerErrorCode } from "./server_process.ts";

/** The server takes a free port for this one. */
const ANY_PORT = -1;

/** This process's share in the embedded server of a folder. */
export interface EmbeddedServer extends RunningServer {
  /** How many bytes are free on its disk. A server that found none left has to be restarted, so ask before. */
  room(): Promise<number>;
  /** Gives the share back; whoever gives back the last one stops the server. More calls do nothing. */
  release(): Promise<void>;
}

/** What {@link embeddedServer} needs to know. */
export interface EmbeddedServerOptions {
  /** Where the server keeps its events, configuration and log: `data/local/nats`. Made if absent. */
  folder: string;
  /** Path of the program `nats-server`. */
  program: string;
  /** Called with one line for people when there is something to wait for. */
  progress?: ((line: string) => void) | undefined;
  /** Stops waiting and starting. */
  signal?: AbortSignal | undefined;
}

/**
 * A share in the one NATS server of `folder`, which listens only on 127.0.0.1 and only to those who
 * know its token. The first user starts it, others find it, the last one to leave stops it. A process
 * that is killed leaves nothing behind that would not be put right by the next user: its server is
 * adopted, or replaced if it does not answer, at the same port if that is free, so that clients that
 * were connected come back by themselves.
 *
 * Two locks that the kernel frees when a process dies keep this true: `users.lock`, which every user
 * holds shared while it uses the server, and `server.lock`, held while one starts or stops it. There is
 * no list of users that could be stale.
 *
 * Throws a {@link ServerError}, or the signal's reason.
 */
export async function embeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  options.signal?.throwIfAborted();
  const folder = await ownFolder(options.folder);
  const mutex = await usable(folder, () =>
    lockedFile(join(folder, "server.lock"), {
      signal: options.signal,
      waiting: () => options.progress?.("Another process is starting or stopping the event log …"),
    }));
  let users: Deno.FsFile | undefined;
  try {
    const place = await thisPlace();
    const left = await configured(folder);
    if (left !== undefined && left.place !== place && await isUsed(folder)) {
      throw new ServerError(
        "server_elsewhere",
        `The event log in ${folder} is in use by another container or machine: close it there and ` +
          `run it again`,
      );
    }
    users = await lockedFile(join(folder, "users.lock"), { shared: true, signal: options.signal });
    const server = await usable(folder, async () =>
      await findServer(folder, options.signal) ??
        await replaceServer({ ...options, folder }, place));
    const share = users;
    let released: Promise<void> | undefined;
    return {
      ...server,
      room: () => freeBytes(folder),
      release: () => released ??= leave(folder, share),
    };
  } catch (error) {
    users?.close();
    throw error;
  } finally {
    mutex.close();
  }
}

async function leave(folder: string, share: Deno.FsFile): Promise<void> {
  const mutex = await lockedFile(join(folder, "server.lock"));
  try {
    share.close();
    if (await isUsed(folder)) return;
    // Disowned before it is stopped: were this process killed between, the next user would otherwise
    // take a server that is about to end for a good one.
    await disown(folder);
    await stopServers(folder);
    await forget(folder);
  } finally {
    mutex.close();
  }
}

/** True if some process uses the server; asked only by the holder of `server.lock`. */
async function isUsed(folder: string): Promise<boolean> {
  const file = await Deno.open(join(folder, "users.lock"), { create: true, write: true });
  try {
    return !(await file.tryLock(true));
  } finally {
    file.close();
  }
}

async function findServer(
  folder: string,
  signal?: AbortSignal,
): Promise<RunningServer | undefined> {
  const known = await configured(folder);
  if (known === undefined) return undefined;
  let pids = await serversOf(folder);
  if (pids.length === 0) {
    // A starter that was killed a moment ago may have left a child that is not yet the server.
    await delay(150);
    pids = await serversOf(folder);
  }
  const [pid] = pids;
  return pid === undefined || pids.length > 1
    ? undefined
    : await answering(folder, pid, known.token, signal);
}

async function replaceServer(
  { folder, program, progress, signal }: EmbeddedServerOptions,
  place: string,
): Promise<RunningServer> {
  progress?.("Starting the event log …");
  // Clients of a killed server know its port and token, and try again and again. And a server that always listens at
  // the same port is not news to every discovery.
  const left = await configured(folder);
  const port = await lastPort(folder);
  await stopServers(folder);
  await forget(folder);
  const token = left?.token ?? randomBytes(24).toString("base64url");
  if (port !== undefined) {
    try {
      return await start(program, folder, configuration(folder, port, token, place), token, signal);
    } catch (error) {
      // Its port may belong to someone else by now.
      if (!(error instanceof ServerError && error.code === "server_start_failed")) throw error;
    }
  }
  return await start(program, folder, configuration(folder, ANY_PORT, token, place), token, signal);
}

async function start(
  program: string,
  folder: string,
  configuration: string,
  token: string,
  signal?: AbortSignal,
): Promise<RunningServer> {
  const logged = await Deno.stat(serverLogPath(folder)).then(({ size }) => size, () => 0);
  try {
    await Deno.writeTextFile(configPath(folder), configuration, { mode: 0o600 });
    const pid = spawnServer(program, folder);
    const server = await answering(folder, pid, token, signal);
    if (server === undefined) throw await startFailure(program, folder, logged);
    await rememberPort(folder, Number(new URL(server.url).port));
    return server;
  } catch (error) {
    await stopServers(folder);
    await forget(folder);
    throw error;
  }
}

/** What others than root may fill; Infinity where the system does not say. */
function freeBytes(folder: string): Promise<number> {
  return statfs(folder).then(({ bavail, bsize }) => bavail * bsize, () => Infinity);
}

/** The folder, made private to this user; its real path, so that all its users call it the same. */
function ownFolder(path: string): Promise<string> {
  return usable(path, async () => {
    await Deno.mkdir(path, { recursive: true, mode: 0o700 });
    if (Deno.build.os !== "windows") await Deno.chmod(path, 0o700);
    return await Deno.realPath(path);
  });
}

async function usable<T>(folder: string, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    // The system's own errors (EACCES, EROFS, ENOSPC …) are about the folder.
    if (!(error instanceof Error && "code" in error) || error instanceof ServerError) throw error;
    throw new ServerError(
      "server_folder_unusable",
      `The folder of the event log, ${folder}, cannot be used (${error.message}): make it writable, ` +
        `with room on its disk, and run it again`,
      { cause: error },
    );
  }
}

/**
 * Where processes see each other: this run of this machine, or a container of it. A folder may be
 * shared with a container whose locks we see and whose server we do not.
 */
async function thisPlace(): Promise<string> {
  if (Deno.build.os !== "linux") return "here";
  const boot = await Deno.readTextFile("/proc/sys/kernel/random/boot_id").catch(() => "");
  const processes = await Deno.readLink("/proc/self/ns/pid").catch(() => "");
  return `${boot.trim()} ${processes}`;
}
