import { Buffer } from "node:buffer";
import { basename } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { configPath, listening, serverLogPath } from "./server_config.ts";

/** What is wrong with the embedded server. */
export type ServerErrorCode =
  | "server_missing"
  | "server_start_failed"
  | "server_elsewhere"
  | "server_folder_unusable";

/** The embedded NATS server cannot be used: `message` is one line, what is wrong and what to do. */
export class ServerError extends Error {
  override name = "ServerError";
  /** Stable: what a program may branch on. */
  readonly code: ServerErrorCode;

  constructor(code: ServerErrorCode, message: string, options?: ErrorOptions) {
    super(message.replaceAll(/\s*\n\s*/g, " "), options);
    this.code = code;
  }
}

/** A server that answered to its token. */
export interface RunningServer {
  /** `nats://127.0.0.1:PORT` */
  url: string;
  /** The secret that clients of it must show. */
  token: string;
  /** Its process id. */
  pid: number;
}

/** How long a living server may take to listen, in milliseconds: opening a long log on a slow disk. */
const READY_MS = 30_000;
/** How long a server that listens may take to answer, in milliseconds. */
const ANSWER_MS = 5_000;
/** How long a server may take to end by itself, in milliseconds. */
const STOP_MS = 5_000;
const POLL_MS = 15;

/**
 * The process ids of the servers that run with this folder's configuration. Read from the system's
 * process table, never from a file: a file may name a process that is long gone or someone else's, and
 * lacks the one whose starter was killed a moment ago. A dead process that nobody reaped has no
 * command line, so it does not count.
 */
export async function serversOf(folder: string): Promise<number[]> {
  const config = configPath(folder);
  const pids: number[] = [];
  for await (const { pid, args } of processes()) {
    if (basename(args[0] ?? "").startsWith("nats-server") && args.includes(config)) pids.push(pid);
  }
  return pids;
}

async function* processes(): AsyncGenerator<{ pid: number; args: string[] }> {
  if (Deno.build.os === "linux") {
    for await (const { name } of Deno.readDir("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      const line = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
      yield { pid: Number(name), args: line.split("\0") };
    }
    return;
  }
  const { stdout } = await new Deno.Command("ps", { args: ["-axww", "-o", "pid=,args="] }).output();
  for (const line of new TextDecoder().decode(stdout).split("\n")) {
    // `ps` joins the arguments by spaces; ours are the program, "-c" and the configuration's path.
    const [, pid, program, config] = /^\s*(\d+) (.*) -c (.*)$/.exec(line) ?? [];
    if (config !== undefined) yield { pid: Number(pid), args: [program ?? "", config] };
  }
}

/** Spawns a server in a session of its own, so that Ctrl-C at the terminal does not reach it; its process id. */
export function spawnServer(program: string, folder: string): number {
  try {
    const child = new Deno.Command(program, {
      args: ["-c", configPath(folder)],
      cwd: folder,
      stdin: "null",
      stdout: "null",
      stderr: "null",
      detached: true,
    }).spawn();
    child.unref();
    return child.pid;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ServerError(
      "server_missing",
      `${program} cannot be run (${why}): remove .venv and run it again to have it made anew`,
      { cause: error },
    );
  }
}

/**
 * Waits until the server `pid` answers to `token` with JetStream; undefined if it ends, does not
 * listen within 30 s, or listens and does not answer within 5 s. Throws the signal's reason when it
 * fires.
 */
export async function answering(
  folder: string,
  pid: number,
  token: string,
  signal?: AbortSignal,
): Promise<RunningServer | undefined> {
  let end = performance.now() + READY_MS;
  for (let url: string | undefined; performance.now() < end; await delay(POLL_MS)) {
    signal?.throwIfAborted();
    if (url === undefined) {
      url = await listening(folder, pid);
      if (url !== undefined) end = performance.now() + ANSWER_MS;
    }
    if (url !== undefined && await answers(url, token)) return { url, token, pid };
    if (!(await serversOf(folder)).includes(pid)) return undefined;
  }
  return undefined;
}

/**
 * The first words of the NATS protocol, by hand: the client throws the reset of a server that dies
 * meanwhile where nobody can catch it.
 */
async function answers(url: string, token: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  let connection: Deno.TcpConn | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    connection = await Deno.connect({ hostname, port: Number(port) });
    timer = setTimeout(() => connection?.close(), ANSWER_MS);
    const hello = {
      auth_token: token,
      verbose: false,
      pedantic: false,
      lang: "probe",
      version: "0",
    };
    const request = new TextEncoder().encode(`CONNECT ${JSON.stringify(hello)}\r\nPING\r\n`);
    for (let sent = 0; sent < request.length;) sent += await connection.write(request.slice(sent));
    let text = "";
    const bytes = new Uint8Array(4096);
    while (!/^(PONG|-ERR)/m.test(text)) {
      const size = await connection.read(bytes);
      if (size === null) return false;
      text += new TextDecoder().decode(bytes.subarray(0, size));
    }
    return /^PONG/m.test(text) && /^INFO .*"jetstream":true/.test(text);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    try {
      connection?.close();
    } catch { /* Closed by the timer. */ }
  }
}

/** Ends the servers of this folder and waits until they are gone: asked first, killed after 5 s. */
export async function stopServers(folder: string): Promise<void> {
  const end = performance.now() + STOP_MS;
  let asked: number[] = [];
  for (let pids = await serversOf(folder); pids.length > 0; pids = await serversOf(folder)) {
    const late = performance.now() > end;
    for (const pid of pids) {
      if (late) kill(pid, "SIGKILL");
      else if (!asked.includes(pid)) kill(pid, "SIGTERM");
    }
    asked = pids;
    await delay(POLL_MS);
  }
}

function kill(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Why a server did not come up: the last errors of its log from byte `since` on, or of its start. */
export async function startFailure(
  program: string,
  folder: string,
  since: number,
): Promise<ServerError> {
  const log = await Deno.readFile(serverLogPath(folder)).catch(() => new Uint8Array());
  // A log that got shorter was begun anew.
  let text = new TextDecoder().decode(log.length < since ? log : log.slice(since));
  if (text.trim() === "") {
    // What it says before it has a log (a bad configuration, a missing library) went nowhere.
    const check = await new Deno.Command(program, { args: ["-t", "-c", configPath(folder)] })
      .output();
    text = new TextDecoder().decode(Buffer.concat([check.stdout, check.stderr]));
  }
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const why = lines.findLast((line) => /\[(FTL|ERR)\]/.test(line)) ?? lines.at(-1) ??
    "it said nothing";
  return new ServerError(
    "server_start_failed",
    `The event log's server did not start (${why.trim()}): see ${serverLogPath(folder)}`,
    { cause: lines.slice(-20).join("\n") },
  );
}
