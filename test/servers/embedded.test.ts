import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connectNats as connect } from "../../src/log/nats_connection.ts";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { embeddedServer } from "../../src/log/embedded.ts";
import { answers, program, servers, until, User } from "./embedded_user.ts";
import { startNats } from "./nats.ts";

const TIMEOUT = { timeout: 60_000 };
const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "cim-embedded-" }));
let folders = 0;

afterAll(async () => {
  expect(await servers(root)).toEqual([]);
  await Deno.remove(root, { recursive: true });
});

function newFolder(name = `n${folders++}`): string {
  return join(root, name, "nats");
}

describe("one server for all users of a folder", () => {
  test("two users share one server, and it stops when the last one leaves", TIMEOUT, async () => {
    const folder = newFolder();
    const first = await embeddedServer({ folder, program });
    const second = await embeddedServer({ folder, program });
    expect(second).toMatchObject({ url: first.url, token: first.token, pid: first.pid });
    await first.release();
    await first.release();
    expect(await answers(second)).toBe(true);
    await second.release();
    expect(await servers(folder)).toEqual([]);
    expect(Array.from(Deno.readDirSync(folder), ({ name }) => name).sort())
      .toEqual(["jetstream", "port", "server.lock", "server.log", "users.lock"]);
  });

  test("eight processes that come at once get the same server", TIMEOUT, async () => {
    const folder = newFolder();
    const users = Array.from({ length: 8 }, () => new User(folder));
    const found = await Promise.all(users.map((user) => user.server()));
    expect(new Set(found.map(({ pid, url }) => `${pid} ${url}`)).size).toBe(1);
    expect(await servers(folder)).toEqual([found[0]?.pid]);
    const starts = (await Deno.readTextFile(join(folder, "server.log"))).match(/Server is ready/g);
    expect(starts?.length).toBe(1);
    await Promise.all(users.map((user) => user.leave()));
    expect(await servers(folder)).toEqual([]);
  });

  test("whoever comes while the last one leaves gets a server that stays", TIMEOUT, async () => {
    const folder = newFolder();
    await Promise.all(Array.from({ length: 4 }, async (_, i) => {
      for (let round = 0; round < 6; round++) {
        const server = await embeddedServer({ folder, program });
        expect(await answers(server)).toBe(true);
        await delay(i * 7);
        expect(await answers(server)).toBe(true);
        await server.release();
      }
    }));
    expect(await servers(folder)).toEqual([]);
  });

  test("any path will do: spaces, quotes, signs and letters of any script", TIMEOUT, async () => {
    const folder = newFolder(`it's "odd" \\x41 $HOME {#1} ünï 日本`);
    const server = await embeddedServer({ folder, program });
    expect(await answers(server)).toBe(true);
    expect((await Deno.stat(join(folder, "jetstream"))).isDirectory).toBe(true);
    const second = await embeddedServer({ folder, program });
    expect(second.pid).toBe(server.pid);
    await second.release();
    await server.release();
  });
});

describe("what was killed is put right by the next user", () => {
  test(
    "a server whose starter was killed is adopted, and stopped on leaving",
    TIMEOUT,
    async () => {
      const folder = newFolder();
      const starter = new User(folder);
      const started = await starter.server();
      await starter.kill9();
      expect(await servers(folder)).toEqual([started.pid]);
      const next = await embeddedServer({ folder, program });
      expect(next.pid).toBe(started.pid);
      await next.release();
      expect(await servers(folder)).toEqual([]);
    },
  );

  test("starters killed at any moment never leave two servers", { timeout: 120_000 }, async () => {
    const folder = newFolder();
    // The user needs some hundred milliseconds to come as far as spawning: killed all around that.
    const begun = performance.now();
    await new User(folder).kill9();
    const probe = new User(folder);
    await probe.server();
    const needed = performance.now() - begun;
    await probe.leave();
    for (let round = 0; round < 12; round++) {
      const starter = new User(folder);
      await delay(needed * (0.6 + 0.04 * round));
      await starter.kill9();
      const next = await embeddedServer({ folder, program });
      expect(await answers(next)).toBe(true);
      expect(await servers(folder)).toEqual([next.pid]);
      await next.release();
      expect(await servers(folder)).toEqual([]);
    }
  });

  test("a killed server is replaced with every acknowledged message", TIMEOUT, async () => {
    const nats = await startNats();
    let connection = await connect({ servers: nats.url, token: nats.token });
    const manager = await jetstreamManager(connection);
    await manager.streams.add({ name: "KEPT", subjects: ["kept.*"] });
    for (let i = 1; i <= 50; i++) await jetstream(connection).publish("kept.one", `${i}`);
    const before = nats.pid;
    nats.kill9();
    await connection.close();
    await nats.restart();
    expect(nats.pid).not.toBe(before);
    connection = await connect({ servers: nats.url, token: nats.token });
    const kept = await jetstreamManager(connection);
    expect((await kept.streams.info("KEPT")).state.messages).toBe(50);
    expect((await kept.streams.getMessage("KEPT", { seq: 50 }))?.string()).toBe("50");
    await connection.close();
    await nats.stop();
    expect(await servers(nats.folder)).toEqual([]);
  });

  test("clients of a killed server come back once someone starts a new one", TIMEOUT, async () => {
    const folder = newFolder();
    const first = await embeddedServer({ folder, program });
    const client = await connect({
      servers: first.url,
      token: first.token,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 50,
    });
    Deno.kill(first.pid, "SIGKILL");
    const second = await embeddedServer({ folder, program });
    expect(second).toMatchObject({ url: first.url, token: first.token });
    expect(second.pid).not.toBe(first.pid);
    await until(() => client.flush().then(() => true, () => false));
    await client.close();
    await first.release();
    expect(await answers(second)).toBe(true);
    await second.release();
  });

  test("if a killed server's port was taken meanwhile, another is used", TIMEOUT, async () => {
    const folder = newFolder();
    const first = await embeddedServer({ folder, program });
    Deno.kill(first.pid, "SIGKILL");
    await until(async () => !(await servers(folder)).length);
    const squatter = Deno.listen({ hostname: "127.0.0.1", port: Number(new URL(first.url).port) });
    const second = await embeddedServer({ folder, program });
    expect(second.url).not.toBe(first.url);
    expect(await answers(second)).toBe(true);
    squatter.close();
    await first.release();
    await second.release();
  });

  test("a server that hangs is replaced", TIMEOUT, async () => {
    const folder = newFolder();
    const first = await embeddedServer({ folder, program });
    Deno.kill(first.pid, "SIGSTOP");
    const second = await embeddedServer({ folder, program });
    expect(await servers(folder)).toEqual([second.pid]);
    expect(second.pid).not.toBe(first.pid);
    await first.release();
    await second.release();
  });

  test("a stale file that names someone else's process does not harm it", TIMEOUT, async () => {
    const folder = newFolder();
    const starter = new User(folder);
    const { pid } = await starter.server();
    await starter.kill9();
    Deno.kill(pid, "SIGKILL");
    const sleep = new Deno.Command("sleep", { args: ["60"] }).spawn();
    const ports = (of: number) => join(folder, `nats-server_${of}.ports`);
    await Deno.copyFile(ports(pid), ports(Deno.pid));
    await Deno.rename(ports(pid), ports(sleep.pid));
    const server = await embeddedServer({ folder, program });
    expect(await answers(server)).toBe(true);
    await server.release();
    sleep.kill("SIGCONT");
    sleep.kill("SIGTERM");
    expect((await sleep.status).signal).toBe("SIGTERM");
  });

  test("Ctrl-C at one user's terminal leaves the server to the others", TIMEOUT, async () => {
    const folder = newFolder();
    const starter = new User(folder);
    await starter.server();
    const other = await embeddedServer({ folder, program });
    await starter.interrupt();
    expect(await answers(other)).toBe(true);
    await other.release();
    expect(await servers(folder)).toEqual([]);
  });
});
