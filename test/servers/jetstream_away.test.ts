/** A server that goes away and comes back, under a log whose user is patient, and under one whose user is not. */
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { JetStreamLog } from "../../src/log/jetstream.ts";
import { openJetStream } from "../../src/log/jetstream.ts";
import { decodeEvent } from "../../src/domain/event.ts";
import { namesIn, policies } from "../log/contract.ts";
import { until } from "./embedded_user.ts";
import { type NatsProcess, startServer } from "./nats_process.ts";

let server: NatsProcess;
beforeEach(async () => {
  server = await startServer({ lines: `authorization { token: "away" }` });
});
afterEach(() => server?.stop());

const open = (patience?: number): Promise<JetStreamLog> =>
  openJetStream({ url: server.url, token: "away", ...(patience ? { patience } : {}) });

/** The names of all policies that a subscriber is given, as they come. */
function subscribed(log: JetStreamLog, signal: AbortSignal) {
  const names: string[] = [];
  const done = (async () => {
    for await (const record of log.subscribe({ signal })) {
      const event = decodeEvent(record);
      if (event.event_type === "PolicySet") names.push(event.data.name);
    }
  })();
  return { names, done };
}

describe("For one who waits as long as it takes, a server that was away for longer than most would wait", () => {
  test("is survived by subscribers without a hole or a double, by a reader, and by the log: an append fails in time, the next is written", async () => {
    const log = await open(Infinity);
    const stop = new AbortController();
    const subscriber = subscribed(log, stop.signal);
    const idle = subscribed(log, stop.signal); // has nothing to do when the server goes
    expect(await log.append(policies("a", "b"), 0)).toBe(2);
    await until(() => subscriber.names.length === 2 && idle.names.length === 2);
    await server.kill9();
    const reader = namesIn(log);
    const began = performance.now();
    await expect(log.append(policies("c"), 2)).rejects.toMatchObject({ code: "log_unavailable" });
    expect(performance.now() - began).toBeLessThan(6_000);
    await delay(1_000);
    await server.start();
    expect(await reader).toEqual(["a", "b"]);
    expect(await log.append(policies("d", "e"), 2)).toBe(4);
    await until(() => subscriber.names.length >= 4 && idle.names.length >= 4);
    await delay(100);
    expect(subscriber.names).toEqual(["a", "b", "d", "e"]);
    expect(idle.names).toEqual(subscriber.names);
    expect(await namesIn(log)).toEqual(subscriber.names);
    stop.abort();
    await subscriber.done;
    await idle.done;
    await log.close();
  });

  test("loses nothing of what was acknowledged while it went away again and again", async () => {
    const log = await open(Infinity);
    const stop = new AbortController();
    const subscriber = subscribed(log, stop.signal);
    const acknowledged: string[] = [];
    let writing = true;
    const writer = (async () => {
      for (let last = 0, batch = 0; writing; batch++) {
        const names = Array.from({ length: 1 + batch % 300 }, (_, at) => `${batch}.${at}`);
        last = await log.append(policies(...names), last);
        acknowledged.push(...names);
      }
    })();
    for (let round = 0; round < 5; round++) {
      await delay(150 + 30 * round);
      await (round % 2 ? server.end() : server.kill9());
      await server.start();
    }
    await delay(200);
    writing = false;
    await writer;
    await until(() => subscriber.names.length >= acknowledged.length);
    expect(subscriber.names).toEqual(acknowledged);
    expect(await namesIn(log)).toEqual(acknowledged);
    stop.abort();
    await subscriber.done;
    await log.close();
  });
});

test("One who does not wait is told within seconds, whatever he was about to do", async () => {
  const log = await open(300);
  expect(await log.append(policies("a"), 0)).toBe(1);
  const stop = new AbortController();
  const subscriber = subscribed(log, stop.signal);
  await until(() => subscriber.names.length === 1);
  await server.kill9();
  const attempts = await Promise.allSettled([
    subscriber.done,
    log.append(policies("b"), 1),
    namesIn(log),
    log.lastSequence(),
  ]);
  const failed = { status: "rejected", reason: { code: "log_unavailable" } };
  expect(attempts).toMatchObject([failed, failed, failed, failed]);
  await log.close();
});
