/** The stream on a server that others administrate: whether it can hold the log, and whether it is still the same. */
import { jetstreamManager, type StreamConfig } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { connectNats } from "../../src/log/nats_connection.ts";
import { type JetStreamLog, openJetStream, STREAM } from "../../src/log/jetstream.ts";
import { namesIn, policies } from "../log/contract.ts";
import { until } from "./embedded_user.ts";
import { type NatsProcess, startServer } from "./nats_process.ts";

type Config = Partial<StreamConfig & { allow_atomic: boolean; allow_msg_ttl: boolean }>;

const TOKEN = "of-the-stream";
let server: NatsProcess;
let admin: NatsConnection;
const logs: JetStreamLog[] = [];

beforeAll(async () => {
  server = await startServer({
    lines: `accounts { A { jetstream: enabled, users: [
      { user: admin, password: "${TOKEN}" }
      { user: deaf, password: "${TOKEN}", permissions: { subscribe: ["_INBOX.>"] } }
    ] } }`,
  });
  admin = await connectNats({
    servers: server.url,
    user: "admin",
    pass: TOKEN,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 50,
  });
});
afterEach(async () => {
  for (const log of logs.splice(0)) await log.close();
  await (await manager()).streams.delete(STREAM).catch(() => {});
});
afterAll(async () => {
  await admin?.close();
  await server?.stop();
});

const manager = () => jetstreamManager(admin, { checkAPI: false });
const make = async (config: Config = {}) =>
  await (await manager()).streams.add({
    ...{ name: STREAM, subjects: ["infrastructure.*.*"], allow_atomic: true },
    ...config,
  });

async function open(user = "admin", patience = 5_000): Promise<JetStreamLog> {
  const url = server.url.replace("//", `//${user}:${TOKEN}@`);
  const log = await openJetStream({ url, patience });
  logs.push(log);
  return log;
}

describe("A stream that somebody else has made", () => {
  const wrong: [string, Config, RegExp][] = [
    ["a max_age", { max_age: 30 * 86_400e9 }, /max_age of 30 days .*--max-age=0s/],
    ["other subjects", { subjects: ["infrastructure.compute.*"] }, /subjects infra.*--subjects=/],
    ["its events in memory", { storage: "memory" }, /memory/],
    ["max_bytes that drop", { max_bytes: 1e6, discard: "old" }, /max_bytes drops .*--max-bytes=-1/],
    ["max_msgs that drop", { max_msgs: 10 }, /max_msgs drops .*--max-msgs=-1/],
    ["the last of each subject", { max_msgs_per_subject: 1 }, /max_msgs_per_subject/],
    ["work queue retention", { retention: "workqueue" }, /retention is workqueue/],
    ["events that expire one by one", { allow_msg_ttl: true }, /allow_msg_ttl/],
    ["no acknowledgements", { no_ack: true, allow_atomic: false }, /no_ack/],
  ];
  test.each(wrong)("with %s is refused, with what to do about it", async (_, config, message) => {
    await make(config);
    const opened = open();
    await expect(opened).rejects.toMatchObject({ code: "stream_unfit" });
    await expect(opened).rejects.toThrow(message);
  });

  test("that is a mirror, or takes in another, is refused", async () => {
    const { streams } = await manager();
    await streams.add({ name: "OTHER", subjects: ["other"] });
    await make({ mirror: { name: "OTHER" }, subjects: [], allow_atomic: false });
    await expect(open()).rejects.toThrow(/mirror/);
    await streams.delete(STREAM);
    await make({ sources: [{ name: "OTHER" }] });
    await expect(open()).rejects.toThrow(/takes in other streams/);
    await streams.delete("OTHER");
  });

  test("and lacks only what can be added safely is made better, and keeps its events", async () => {
    await make({ allow_atomic: false, max_bytes: 100e6, discard: "new" });
    await admin.request("infrastructure.x.y", "theirs");
    const log = await open();
    expect(await log.append(policies("a", "b"), 1)).toBe(3);
    const { config } = await (await manager()).streams.info(STREAM);
    expect(config).toMatchObject({
      allow_atomic: true,
      deny_delete: true,
      compression: "s2",
      max_bytes: 100e6,
    });
  });

  test("cannot be put on more servers than there are, and says which variable asks for it", async () => {
    const url = server.url.replace("//", `//admin:${TOKEN}@`);
    const expected = { code: "nats_settings", variable: "NATS_REPLICAS" };
    await expect(openJetStream({ url, replicas: 3 })).rejects.toMatchObject(expected);
    await make();
    await expect(openJetStream({ url, replicas: 3 })).rejects.toMatchObject(expected);
  });
});

describe("A stream that was deleted and made anew", () => {
  const replaced = { code: "log_replaced" };

  test.each(["admin", "deaf"])(
    "is never written to or read as if it were the same, by one who is %s",
    async (user) => {
      const log = await open(user);
      expect(await log.append(policies("a", "b", "c"), 0)).toBe(3);
      await (await manager()).streams.delete(STREAM);
      const other = await open();
      // The same number of events, so that no fence and no sequence tells them apart.
      expect(await other.append(policies("x", "y", "z"), 0)).toBe(3);
      await expect(log.append(policies("d"), 3)).rejects.toMatchObject(replaced);
      await expect(log.lastSequence()).rejects.toMatchObject(replaced);
      await expect(namesIn(log)).rejects.toMatchObject(replaced);
      await expect(log.status()).rejects.toMatchObject(replaced);
      expect(log.incarnation).not.toBe(other.incarnation);
    },
  );

  test.each(["admin", "deaf"])("ends a subscriber who is %s", async (user) => {
    const log = await open(user, Infinity);
    await log.append(policies("a"), 0);
    const seen: number[] = [];
    const subscriber = (async () => {
      for await (const { sequence } of log.subscribe()) seen.push(sequence);
    })();
    subscriber.catch(() => {});
    await until(() => seen.length === 1);
    await (await manager()).streams.delete(STREAM);
    const other = await open();
    await other.append(policies("x", "y", "z"), 0);
    await expect(subscriber).rejects.toMatchObject(replaced);
    expect(seen).toEqual([1]);
  });

  test("in the middle of a read gives nothing of the new one", async () => {
    const log = await open("deaf");
    let last = 0;
    for (let batch = 0; batch < 5; batch++) {
      last = await log.append(policies(...Array<string>(1_000).fill("old")), last);
    }
    const names: number[] = [];
    const reading = (async () => {
      for await (const { sequence, payload } of log.read()) {
        expect(new TextDecoder().decode(payload)).toContain('"old"');
        if (names.push(sequence) !== 10) continue;
        await (await manager()).streams.delete(STREAM);
        const other = await open();
        for (let at = 0; at < 6_000; at += 1_000) {
          await other.append(policies(...Array<string>(1_000).fill("new")), at);
        }
      }
    })();
    await expect(reading).rejects.toMatchObject(replaced);
  });

  test("and one that is gone is an error of its own, not a server out of reach", async () => {
    const log = await open();
    await log.append(policies("a"), 0);
    await (await manager()).streams.delete(STREAM);
    await expect(log.append(policies("b"), 1)).rejects.toMatchObject(replaced);
    await expect(log.lastSequence()).rejects.toThrow(/the stream is gone.*run this again/);
  });

  test("by a server that comes back on an empty disk is noticed too", async () => {
    const log = await open("deaf", Infinity);
    await log.append(policies("a"), 0);
    const subscriber = Array.fromAsync(log.subscribe({ from: 2 }));
    subscriber.catch(() => {});
    await server.end();
    await Deno.remove(`${server.folder}/store`, { recursive: true });
    await server.start();
    const other = await open();
    expect(await other.append(policies("x"), 0)).toBe(1);
    await expect(log.append(policies("b"), 1)).rejects.toMatchObject(replaced);
    await expect(subscriber).rejects.toMatchObject(replaced);
    expect(await namesIn(other)).toEqual(["x"]);
  });
});
