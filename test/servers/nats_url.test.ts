/** The log on a server that the environment names, in a process of its own each time; and secrets that stay where they are. */
import { nkeys } from "@nats-io/nats-core";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort, type NatsProcess, startServer } from "./nats_process.ts";

const SECRET = "canary-5up3r-s3cr3t";
const child = fileURLToPath(new URL("nats_url_child.ts", import.meta.url));
const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
let folder: string;
let seed: string;
let server: NatsProcess;
/** All that any process has said. */
let said = "";

beforeAll(async () => {
  folder = await Deno.makeTempDir({ prefix: "cim-url-" });
  const user = nkeys.createUser();
  seed = new TextDecoder().decode(user.getSeed());
  await Deno.mkdir(`${folder}/keys`);
  await Deno.writeTextFile(`${folder}/keys/user.nk`, seed);
  server = await startServer({
    lines: `accounts { A { jetstream: enabled, users: [
      { user: "ada", password: "${SECRET}" }, { nkey: "${user.getPublicKey()}" }
    ] } }`,
  });
});
afterAll(async () => {
  await server?.stop();
  await Deno.remove(folder, { recursive: true });
});

/** An empty variable is none: whoever runs these tests may have some of his own. */
const unset = Object.fromEntries(
  ["URL", "CREDS", "NKEY", "TOKEN", "USER", "PASSWORD", "CA", "CERT", "KEY", "REPLICAS"]
    .map((name) => [`NATS_${name}`, ""]),
);

interface Said {
  embedded?: boolean;
  durability?: { safe: boolean; because: string };
  names?: string[];
  code?: string;
  message?: string;
}

async function run(script: string, args: string[], env: Record<string, string>) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "-A", script, ...args],
    env: { ...unset, ...env, NO_COLOR: "1" },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  said += out! + err!;
  return { code, out: out!, err: err! };
}

async function opened(env: Record<string, string>): Promise<{ said: Said; err: string }> {
  const { out, err } = await run(child, [`${folder}/workspace`], env);
  return { said: JSON.parse(out) as Said, err };
}

const works = { embedded: false, names: ["a", "b"] };

describe("With NATS_URL the log is on that server, and none is started,", () => {
  test("for a user with a password, in the variables or in the URL", async () => {
    const { url } = server;
    const { said, err } = await opened({
      NATS_URL: url,
      NATS_USER: "ada",
      NATS_PASSWORD: SECRET,
    });
    expect(said).toMatchObject(works);
    expect(said.durability).toMatchObject({ safe: false });
    expect(err).toMatch(/^Warning: acknowledged events can be lost .*, up to 2 minutes of them/);
    const inUrl = await opened({ NATS_URL: url.replace("//", `//ada:${SECRET}@`) });
    expect(inUrl.said).toMatchObject(works);
  });

  test("for an nkey; and is known to be safe when its monitoring port says that it syncs always", async () => {
    const { said, err } = await opened({
      // The first of them is away.
      NATS_URL: `nats://127.0.0.1:${freePort()},${server.url}`,
      NATS_NKEY: `${folder}/keys/user.nk`,
      NATS_MONITORING_URL: server.monitoring,
    });
    expect(said).toMatchObject({ ...works, durability: { safe: true } });
    expect(err).not.toContain("Warning");
  });

  test("for a token, which stands in no output and in no file but the server's own configuration", async () => {
    const other = await startServer({
      lines: `authorization { token: "${SECRET}" }`,
      jetstream: "sync_interval: 10s",
    });
    try {
      const env = {
        NATS_URL: other.url,
        NATS_TOKEN: SECRET,
        NATS_MONITORING_URL: other.monitoring,
      };
      const { said } = await opened(env);
      expect(said).toMatchObject(works);
      expect(said.durability?.because).toMatch(
        /power fails, up to 10 s of them, its sync_interval/,
      );
      const status = await run(main, ["status"], env);
      expect(status.code).toBe(0);
      expect(status.out).toMatch(/Server +nats-server 2\.\S+ at nats:\/\/127\.0\.0\.1:\d+\n/);
      expect(status.out).toMatch(/Durability +acknowledged events can be lost/);
      expect(status.out).toMatch(/Events +2, sequences 1 to 2/);
      expect(status.err).toMatch(/^cim: acknowledged events can be lost/);
      const json = JSON.parse((await run(main, ["status", "--json"], env)).out);
      expect(json).toMatchObject({ durability: said.durability, server: { url: other.url } });
      expect(json.server.pid).toBeUndefined();
      const found = await new Deno.Command("grep", {
        args: ["-rl", "--exclude=nats.conf", SECRET, folder, other.folder],
      }).output();
      expect(new TextDecoder().decode(found.stdout)).toBe("");
    } finally {
      await other.stop();
    }
  });

  test("and whoever may not in, or finds nobody, is told so in a line", async () => {
    const { url } = server;
    const wrong = await opened({ NATS_URL: url, NATS_TOKEN: `${SECRET}-wrong` });
    expect(wrong.said).toMatchObject({ code: "log_unavailable" });
    expect(wrong.said.message).toMatch(/^the log at 127\.0\.0\.1:\d+ cannot be opened: .*author/i);
    const away = await opened({ NATS_URL: `nats://ada:${SECRET}@127.0.0.1:${freePort()}` });
    expect(away.said.message).toMatch(/cannot be opened: connection refused/);
    const both = await opened({
      NATS_URL: url.replace("//", `//ada:${SECRET}@`),
      NATS_TOKEN: SECRET,
    });
    expect(both.said).toMatchObject({ code: "nats_settings" });
    const plain = await opened({ NATS_URL: url.replace("nats:", "tls:"), NATS_TOKEN: SECRET });
    expect(plain.said.message).toMatch(/does not support 'tls'/);
    const status = await run(main, ["status"], { NATS_URL: url, NATS_REPLICAS: "nine" });
    expect(status.code).toBe(1);
    expect(status.err).toBe("cim: NATS_REPLICAS is not a number from 1 to 5: 3 is usual\n");
  });

  test("and no server is started, each log has a folder, and nothing that is secret was said", async () => {
    const names = async (of: string) =>
      (await Array.fromAsync(Deno.readDir(of), ({ name }) => name)).sort();
    expect(await names(folder)).toEqual(["keys", "workspace"]);
    expect(await names(`${folder}/workspace`)).toEqual(["logs"]);
    expect((await names(`${folder}/workspace/logs`)).length).toBe(2);
    expect(said).not.toContain(SECRET);
    expect(said).not.toContain(seed);
    expect(said.length).toBeGreaterThan(1_000);
  });
});

test("An old server is refused by its own words, and told what to install", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const connection of listener) {
      const info = {
        server_id: "OLD",
        version: "2.10.0",
        proto: 1,
        headers: true,
        max_payload: 1_048_576,
        jetstream: true,
      };
      const write = (text: string) => connection.write(new TextEncoder().encode(text));
      await write(`INFO ${JSON.stringify(info)}\r\n`);
      const chunk = new Uint8Array(4096);
      for (let size; (size = await connection.read(chunk).catch(() => null)) !== null;) {
        if (new TextDecoder().decode(chunk.subarray(0, size)).includes("PING")) {
          await write("PONG\r\n");
        }
      }
    }
  })();
  const { said } = await opened({ NATS_URL: `127.0.0.1:${listener.addr.port}` });
  expect(said).toMatchObject({ code: "server_too_old" });
  expect(said.message).toMatch(/is version 2\.10\.0, .*install nats-server 2\.14\.4 or newer/);
  listener.close();
  await serving;
});
