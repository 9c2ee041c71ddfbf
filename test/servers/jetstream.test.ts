import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TimeoutError } from "@nats-io/nats-core";
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

  test("every acknowledged event is there after a kill -9, none is there twice, and no batch in part", async () => {
    const acknowledged: string[] = [];
    let uncertain: string[] = [];
    for (let round = 0; round < 3; round++) {
      const log = await openJetStream(nats);
      let last = await log.lastSequence();
      const killer = setTimeout(() => nats.kill9(), 30 + 60 * round);
      try {
        for (let batch = 0; batch < 10_000; batch++) {
          const names = Array.from(
            { length: 1 + batch % 20 },
            (_, at) => `${round}.${batch}.${at}`,
          );
          uncertain = names;
          last = await log.append(policies(...names), last);
          acknowledged.push(...names);
        }
        expect.fail("the server was not killed");
      } catch (error) {
        expect(error).toBeInstanceOf(LogUnavailable);
      } finally {
        clearTimeout(killer);
        await log.close();
      }
      await nats.restart();
      const again = await openJetStream(nats);
      const there = await namesIn(again);
      if (there.length > acknowledged.length) acknowledged.push(...uncertain);
      expect(there).toEqual(acknowledged);
      await again.close();
    }
    expect(acknowledged.length).toBeGreaterThan(50);
  });

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
    const log = await openJetStream(nats);
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

  test("the wrong token is refused with a clear error", async () => {
    await expect(openJetStream({ ...nats, token: "wrong" })).rejects.toThrow(/authorization/i);
  });
});
