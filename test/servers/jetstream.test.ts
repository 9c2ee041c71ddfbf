import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { headers, TimeoutError } from "@nats-io/nats-core";
import { openJetStream } from "../../src/log/jetstream.ts";
import { LogUnavailable, SequenceConflict } from "../../src/log/log.ts";
import { describeLog, namesIn, policies } from "../log/contract.ts";
import { startNats, type TestNats } from "./nats.ts";

describeLog("JetStream", async () => {
  const nats = await startNats();
  return { open: () => openJetStream(nats), stop: () => nats.stop() };
});

describe("On a server that fails", () => {
  let nats: TestNats;
  beforeAll(async () => {
    nats = await startNats();
  });
  afterAll(() => nats?.stop());

  test("an append that was stored but not acknowledged is known for what it is when it is sent again", async () => {
    const log = await openJetStream(nats);
    const request = log.connection.request.bind(log.connection);
    for (const names of [["lost one"], ["lost a", "lost b", "lost c"]]) {
      const last = await log.lastSequence();
      let asked = 0;
      // The answer is thrown away once, as a broken connection would: the events are in the log all the same.
      log.connection.request = async (...args: Parameters<typeof request>) => {
        const answer = await request(...args);
        if (String(args[0]).startsWith("infrastructure.") && asked++ === 0) {
          throw new TimeoutError();
        }
        return answer;
      };
      expect(await log.append(policies(...names), last)).toBe(last + names.length);
      log.connection.request = request;
      expect(await namesIn(log, last + 1)).toEqual(names);
      expect(asked).toBe(2);
    }
    await log.close();
  });

  test("and one that was not stored, because somebody else was faster, is a conflict", async () => {
    const [log, other] = [await openJetStream(nats), await openJetStream(nats)];
    const request = log.connection.request.bind(log.connection);
    const last = await log.lastSequence();
    let asked = 0;
    log.connection.request = async (...args: Parameters<typeof request>) => {
      if (String(args[0]).startsWith("infrastructure.") && asked++ === 0) {
        await other.append(policies("faster"), last);
        throw new TimeoutError();
      }
      return await request(...args);
    };
    await expect(log.append(policies("slower"), last)).rejects.toThrow(SequenceConflict);
    expect(await namesIn(log, last + 1)).toEqual(["faster"]);
    await log.close();
    await other.close();
  });

  test("a reader and a subscriber say that the server went away", async () => {
    const log = await openJetStream({ ...nats, patience: 500 });
    const last = await log.lastSequence();
    const subscriber = Array.fromAsync(log.subscribe({ from: last + 1 }));
    subscriber.catch(() => {});
    nats.kill9();
    await expect(subscriber).rejects.toThrow(LogUnavailable);
    await expect(Array.fromAsync(log.read())).rejects.toMatchObject({ code: "log_unavailable" });
    await expect(log.append(policies("x"), last)).rejects.toThrow("run this again");
    await log.close();
    await expect(openJetStream(nats)).rejects.toThrow(/cannot be opened/);
    await nats.restart();
  });

  test("a batch of which a part was dropped on the way is sent again, and never counted as written", async () => {
    const log = await openJetStream(nats);
    const publish = log.connection.publish.bind(log.connection);
    const last = await log.lastSequence();
    let sent = 0;
    // What a client does while it is disconnected: the message is gone, and nobody is told.
    log.connection.publish = (...args: Parameters<typeof publish>) => {
      if (String(args[0]).startsWith("infrastructure.") && ++sent === 3) return;
      publish(...args);
    };
    const names = Array.from({ length: 6 }, (_, at) => `part ${at}`);
    expect(await log.append(policies(...names), last)).toBe(last + names.length);
    expect(sent).toBe(2 * names.length);
    expect(await namesIn(log, last + 1)).toEqual(names);
    await log.close();
  });

  test("what others publish comes through as it is, each at its sequence", async () => {
    const log = await openJetStream(nats);
    const last = await log.lastSequence();
    const head = headers();
    head.set("Nats-Msg-Id", "theirs");
    head.set("X-Anything", "é");
    const { connection } = log;
    await connection.request("infrastructure.x.y", "not JSON", { headers: head, timeout: 5_000 });
    await connection.request("infrastructure.x.y");
    await connection.request("infrastructure.compute.registered", new Uint8Array([0xff, 0x00]));
    expect(await log.append(policies("ours"), last + 3)).toBe(last + 4);
    const records = await Array.fromAsync(log.read({ from: last + 1 }));
    expect(records.map(({ sequence }) => sequence - last)).toEqual([1, 2, 3, 4]);
    expect(records.slice(0, 3).map(({ payload }) => [...payload]))
      .toEqual([[..."not JSON"].map((letter) => letter.charCodeAt(0)), [], [0xff, 0x00]]);
    await expect(log.append(policies("late"), last + 3)).rejects.toThrow(SequenceConflict);
    await log.close();
  });

  test("the wrong token is refused with a clear error", async () => {
    await expect(openJetStream({ ...nats, token: "wrong" })).rejects.toThrow(/authorization/i);
  });
});
