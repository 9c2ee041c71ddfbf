/** Three servers of one cluster, of which one is killed (SIGKILL) while events are written. */
import { jetstreamManager } from "@nats-io/jetstream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeEvent } from "../../src/domain/event.ts";
import { type JetStreamLog, openJetStream, STREAM } from "../../src/log/jetstream.ts";
import { namesIn, policies } from "../log/contract.ts";
import { until } from "./embedded_user.ts";
import { type NatsProcess, startCluster } from "./nats_process.ts";

const token = "of-the-cluster";
let servers: NatsProcess[];
let url: string;
beforeAll(async () => {
  servers = await startCluster(token);
  url = servers.map((server) => server.url).join(",");
  await until(async () => (await Promise.all(servers.map(isHealthy))).every(Boolean));
});
afterAll(async () => {
  for (const server of servers ?? []) await server.stop();
});

async function isHealthy({ monitoring }: NatsProcess): Promise<boolean> {
  const answer = await fetch(`${monitoring}/healthz`).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.ok ?? false;
}

/** The server that the stream's writes go to. */
async function leader(log: JetStreamLog): Promise<NatsProcess> {
  const { streams } = await jetstreamManager(log.connection, { checkAPI: false });
  const { cluster } = await streams.info(STREAM);
  return servers[Number(cluster?.leader?.slice(1)) - 1]!;
}

describe("In a cluster of three", () => {
  test("a log that is on one server is put on three if that is asked for, and is then safe", async () => {
    const one = await openJetStream({ url, token });
    expect(one.durability.safe).toBe(false);
    expect(one.durability.because).toMatch(/power fails/);
    expect(await one.append(policies("a", "b"), 0)).toBe(2);
    const { monitoring } = await leader(one);
    await one.close();
    // Its leader syncs always, as its own port says; the other ports say nothing about it.
    for (const server of servers) {
      const asked = await openJetStream({ url, token, monitoringUrl: server.monitoring });
      expect(asked.durability.safe).toBe(server.monitoring === monitoring);
      await asked.close();
    }
    const three = await openJetStream({ url, token, replicas: 3 });
    expect(three.durability).toEqual({
      safe: true,
      because: "an event is on a majority of its 3 servers before it is acknowledged",
    });
    expect(three.incarnation).toBe(one.incarnation);
    expect(await three.append(policies("c"), 2)).toBe(3);
    expect(await namesIn(three)).toEqual(["a", "b", "c"]);
    expect((await three.status()).replicas).toBe(3);
    const { streams } = await jetstreamManager(three.connection, { checkAPI: false });
    expect((await streams.info(STREAM)).config.compression).toBe("none");
    await three.close();
  });

  test("nothing acknowledged is lost when the leader is killed, and a subscriber sees all of it once", async () => {
    const log = await openJetStream({ url, token, patience: Infinity });
    const before = await namesIn(log);
    const acknowledged: string[] = [];
    const seen: string[] = [];
    const stop = new AbortController();
    const subscriber = (async () => {
      const from = before.length + 1;
      for await (const record of log.subscribe({ from, signal: stop.signal })) {
        const event = decodeEvent(record);
        if (event.event_type === "PolicySet") seen.push(event.data.name);
      }
    })();
    let writing = true;
    const writer = (async () => {
      for (let last = before.length, batch = 0; writing; batch++) {
        const names = Array.from({ length: 1 + batch % 200 }, (_, at) => `${batch}.${at}`);
        last = await log.append(policies(...names), last);
        acknowledged.push(...names);
      }
    })();
    await until(() => acknowledged.length > 500);
    const killed = await leader(log);
    await killed.kill9();
    const then = acknowledged.length;
    await until(() => acknowledged.length > then + 500);
    await killed.start();
    await until(() => isHealthy(killed));
    writing = false;
    await writer;
    await until(() => seen.length >= acknowledged.length);
    expect(seen).toEqual(acknowledged);
    expect(await namesIn(log, before.length + 1)).toEqual(acknowledged);
    // Each server says the same, the one that was killed too.
    for (const server of servers) {
      const alone = await openJetStream({ url: server.url, token });
      expect(alone.incarnation).toBe(log.incarnation);
      expect(await alone.lastSequence()).toBe(before.length + acknowledged.length);
      await alone.close();
    }
    stop.abort();
    await subscriber;
    await log.close();
  });
});
