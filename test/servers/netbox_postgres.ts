/** A PostgreSQL of some tests alone, on loopback and only for who knows its password; what it keeps need not last. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "./nats_process.ts";
import { tether, type Tethered } from "./tether.ts";

const PATIENCE_MS = 60_000;

/** One that runs. */
export class Postgres {
  private constructor(
    readonly program: (name: string) => string,
    readonly server: Tethered,
    /** How its clients find it. */
    readonly env: { PGHOST: string; PGPORT: string; PGUSER: string; PGPASSWORD: string },
  ) {}

  /** Starts a new one. @param program where a program of it is */
  static async start(program: (name: string) => string): Promise<Postgres> {
    const folder = await Deno.makeTempDir({ prefix: "cim-postgres-" });
    // It refuses to run as root.
    const uid = Deno.uid() === 0 ? await idOf("postgres") ?? await idOf("nobody") : undefined;
    const [password, data, port] = [
      randomBytes(18).toString("hex"),
      join(folder, "data"),
      freePort(),
    ];
    await Deno.writeTextFile(join(folder, "password"), password, { mode: 0o600 });
    if (uid !== undefined) {
      for (const path of [folder, join(folder, "password")]) await Deno.chown(path, uid, null);
    }
    await run(program("initdb"), [
      ...[
        "-D",
        data,
        "-U",
        "netbox",
        "-A",
        "scram-sha-256",
        `--pwfile=${join(folder, "password")}`,
      ],
      // The same order and the same lower case on all systems.
      ...["-E", "UTF8", "--locale=C", "--locale-provider=icu", "--icu-locale=und", "--no-sync"],
    ], { uid });
    const settings = {
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      port,
      fsync: "off",
      synchronous_commit: "off",
      full_page_writes: "off",
      max_connections: 100,
    };
    const server = tether(program("postgres"), [
      ...["-D", data],
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ], { folder, log: join(folder, "log"), end: "QUIT", uid });
    const [PGHOST, PGPORT, PGUSER, PGPASSWORD] = ["127.0.0.1", String(port), "netbox", password];
    const postgres = new Postgres(program, server, { PGHOST, PGPORT, PGUSER, PGPASSWORD });
    for (const last = Date.now() + PATIENCE_MS;; await delay(50)) {
      try {
        await postgres.run("SELECT 1");
        return postgres;
      } catch (error) {
        if (Date.now() < last) continue;
        await server.stop();
        throw error;
      }
    }
  }

  /** Runs a statement that is about databases. */
  async run(statement: string): Promise<void> {
    await this.#psql("postgres", ["-c", statement]);
  }

  /** Runs a statement in a database; what came of it, a row a line. */
  async query(database: string, sql: string): Promise<string> {
    return await this.#psql(database, ["-A", "-t", "-c", sql]);
  }

  /** Makes a database as another one is at this moment, with which nobody works then. */
  async copy(from: string, to: string): Promise<void> {
    for (const last = Date.now() + PATIENCE_MS;; await delay(20)) {
      await this.run(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${from}'`,
      );
      try {
        return await this.run(`CREATE DATABASE ${to} TEMPLATE ${from}`);
      } catch (error) {
        if (Date.now() > last || !String(error).includes("being accessed")) throw error;
      }
    }
  }

  /** Fills a database from a dump (gzip). */
  async restore(database: string, dump: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    const sql = dump.pipeThrough(new DecompressionStream("gzip"));
    await this.#psql(database, ["--single-transaction"], sql);
  }

  /** Writes what is in a database to a file (gzip), for any release of PostgreSQL from this one on. */
  async dump(database: string, path: string): Promise<void> {
    const { stdout } = await run(this.program("pg_dump"), ["-O", "-x", "-d", database], {
      env: this.env,
    });
    const sql = stdout.replaceAll(/^\\(un)?restrict .*\n/gm, "");
    const file = await Deno.open(`${path}.part`, { write: true, create: true, truncate: true });
    await new Blob([sql]).stream().pipeThrough(new CompressionStream("gzip")).pipeTo(file.writable);
    await Deno.rename(`${path}.part`, path);
  }

  /** Ends it and removes what it kept. */
  async stop(): Promise<void> {
    await this.server.stop();
  }

  async #psql(
    database: string,
    args: readonly string[],
    stdin?: ReadableStream<Uint8Array<ArrayBuffer>>,
  ): Promise<string> {
    const quiet = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database];
    const { stdout } = await run(this.program("psql"), [...quiet, ...args], {
      env: this.env,
      stdin,
    });
    return stdout.trimEnd();
  }
}

interface RunOptions {
  env?: Record<string, string>;
  stdin?: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  uid?: number | undefined;
}

async function run(program: string, args: readonly string[], { env, stdin, uid }: RunOptions) {
  const child = new Deno.Command(program, {
    args: [...args],
    cwd: "/",
    stdin: stdin ? "piped" : "null",
    stdout: "piped",
    stderr: "piped",
    ...(env ? { env } : {}),
    ...(uid === undefined ? {} : { uid }),
  }).spawn();
  const ended = child.output();
  // Where it ends before it has read everything, what it said is the error.
  if (stdin) await stdin.pipeTo(child.stdin).catch(() => {});
  const { success, stdout, stderr } = await ended;
  if (!success) throw new Error(`${program}: ${new TextDecoder().decode(stderr)}`);
  return { stdout: new TextDecoder().decode(stdout) };
}

async function idOf(user: string): Promise<number | undefined> {
  const { success, stdout } = await new Deno.Command("id", {
    args: ["-u", user],
    stderr: "null",
  }).output();
  return success ? Number(new TextDecoder().decode(stdout)) : undefined;
}
