/**
 * The one place where tests get a real NetBox: one server, and a database of its own for whoever wants one.
 *
 * An empty database takes NetBox's migrations 8 minutes, and 3 seconds from `netbox-VERSION.sql.gz` beside this file. Of a
 * release without such a file it is made by the migrations, once, in data/local/netbox, from where it may be taken.
 */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import process from "node:process";
import { freePort } from "./nats_process.ts";
import { NetBoxMissing, type NetBoxPrograms, netboxPrograms } from "./netbox_install.ts";
import { NetBoxPlace, tokenOf } from "./netbox_place.ts";
import { Postgres } from "./netbox_postgres.ts";
import { tether, type Tethered } from "./tether.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const local = fileURLToPath(new URL("../../data/local/netbox", import.meta.url));
/** The database that all others are copies of: empty, but for who may log in. */
const EMPTY = "empty";
const PATIENCE_MS = 180_000;

/** What to start; undefined where something is missing: then these tests are skipped, and say how to get it. */
export const programs: NetBoxPrograms | undefined = await netboxPrograms(local).catch((error) => {
  if (!(error instanceof NetBoxMissing) || process.env["CI"] === "true") throw error;
  console.warn(`${error.message}. The tests with a real NetBox are skipped.`);
  return undefined;
});

/** A NetBox of some tests alone. */
export interface TestNetBox {
  /** A new database: an empty one, or a copy of a place that nobody works with at the moment. */
  place(like?: NetBoxPlace): Promise<NetBoxPlace>;
  /** Ends all servers and removes what they kept. */
  stop(): Promise<void>;
}

/** Starts one, which takes some 15 s. */
export async function startTestNetBox(): Promise<TestNetBox> {
  const { python, path = "", redis, postgres: program, version } = programs!;
  const started: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (const server of started.reverse()) await server.stop();
  };
  try {
    const postgres = await Postgres.start(program);
    started.push(postgres);
    const redisPort = freePort();
    started.push(await startRedis(redis, redisPort, postgres.env.PGPASSWORD));
    const env = {
      ...postgres.env,
      PGDATABASE: EMPTY,
      REDIS_PORT: String(redisPort),
      NETBOX_CONFIGURATION: "netbox_configuration",
      NETBOX_VERSION: version,
      PYTHONPATH: path === "" ? here : `${here}:${path}`,
    };
    await postgres.run(`CREATE DATABASE ${EMPTY}`);
    await fill(postgres, python, env, version);
    const port = freePort();
    const { server, folder } = await startNetBox(python, port, env);
    started.push(server);
    const login = await firstToken(port, env.PGPASSWORD, server, folder);
    let places = 0;
    return {
      stop,
      async place(like) {
        const name = `place_${++places}`;
        await postgres.copy(like?.name ?? EMPTY, name);
        const drop = () => postgres.run(`DROP DATABASE ${name} WITH (FORCE)`);
        const query = (sql: string) => postgres.query(name, sql);
        return new NetBoxPlace(name, `http://127.0.0.1:${port}/${name}`, login, query, drop);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startRedis(program: string, port: number, password: string): Promise<Tethered> {
  const folder = await Deno.makeTempDir({ prefix: "cim-redis-" });
  const path = join(folder, "redis.conf");
  const lines = [`bind 127.0.0.1`, `port ${port}`, `requirepass ${password}`, `save ""`];
  await Deno.writeTextFile(path, lines.join("\n"));
  return tether(program, [path], { folder, log: join(folder, "log") });
}

/** Makes the empty database. */
async function fill(
  postgres: Postgres,
  python: string,
  env: Record<string, string>,
  version: string,
): Promise<void> {
  const name = `netbox-${version}.sql.gz`;
  for (const folder of [here, local]) {
    const dump = await Deno.open(join(folder, name)).catch(() => undefined);
    if (dump) return await postgres.restore(EMPTY, dump.readable);
  }
  console.warn(`There is no ${name}: NetBox makes its tables, which takes minutes …`);
  const log = join(local, "migrate.log");
  const migrating = tether(python, ["-m", "django", "migrate"], {
    log,
    env: { ...env, DJANGO_SETTINGS_MODULE: "netbox.settings" },
  });
  if (await migrating.ended !== 0) throw new Error(await Deno.readTextFile(log));
  await postgres.dump(EMPTY, join(local, name));
}

async function startNetBox(python: string, port: number, env: Record<string, string>) {
  const folder = await Deno.makeTempDir({ prefix: "cim-netbox-" });
  const server = tether(python, [
    ...["-m", "gunicorn", "netbox_places:application", `--bind=127.0.0.1:${port}`],
    `--config=${join(here, "netbox_gunicorn.py")}`,
    // A client finds its connection open for as long as behind a reverse proxy.
    ...["--preload", "--workers=2", "--threads=3", "--timeout=300", "--keep-alive=75"],
    "--graceful-timeout=1",
  ], {
    folder,
    log: join(folder, "log"),
    env: { ...env, NETBOX_ROOT: folder },
  });
  return { server, folder };
}

/** The token of who may do everything, once it answers; it is in the empty database, and so in all. */
async function firstToken(port: number, password: string, server: Tethered, folder: string) {
  let hasEnded = false;
  server.ended.then(() => hasEnded = true);
  const url = `http://127.0.0.1:${port}/${EMPTY}/api/users/tokens/provision/`;
  for (const last = Date.now() + PATIENCE_MS;; await delay(100)) {
    try {
      const answer = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ username: "admin", password }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${answer.status} ${text}`);
      return tokenOf(JSON.parse(text));
    } catch (error) {
      if (!hasEnded && error instanceof TypeError && Date.now() < last) continue;
      const log = await Deno.readTextFile(join(folder, "log")).catch(() => "it said nothing");
      throw new Error(`NetBox did not start: ${log.slice(-2_000)}`, { cause: error });
    }
  }
}
