/** Acknowledged means on disk: the server or the writer is killed (SIGKILL) in mid-write, again and again. */
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openJetStream } from "../../src/log/jetstream.ts";
import { LogUnavailable } from "../../src/log/log.ts";
import { namesIn, policies } from "../log/contract.ts";
import { startNats, type TestNats } from "./nats.ts";

let nats: TestNats;
beforeEach(async () => {
  nats = await startNats();
});
afterEach(() => nats?.stop());

/** Names of a batch's events: `round.batch.place/size`. */
function batchNames(round: number, batch: number, size: number): string[] {
  return Array.from({ length: size }, (_, at) => `${round}.${batch}.${at}/${size}`);
}

/** Fails unless every batch in the log is whole and in its order. */
function expectWholeBatches(names: readonly string[]): void {
  for (let at = 0; at < names.length;) {
    const [, round, batch, size] = /^(\d+)\.(\d+)\.0\/(\d+)$/.exec(names[at]!) ?? [];
    expect(size, `${names[at]} begins a batch`).toBeDefined();
    const whole = batchNames(Number(round), Number(batch), Number(size));
    expect(names.slice(at, at += whole.length)).toEqual(whole);
  }
}

describe("Every acknowledged event is there once, and no batch in part,", () => {
  test("after twelve times that the server was killed", async () => {
    const acknowledged: string[] = [];
    for (let round = 0; round < 12; round++) {
      const log = await openJetStream({ ...nats, patience: 300 });
      let last = await log.lastSequence();
      let uncertain: string[] = [];
      const killer = setTimeout(() => nats.kill9(), 20 + 13 * round);
      try {
        for (let batch = 0; batch < 10_000; batch++) {
          // A lone event, a few, and as many as a batch takes.
          const size = [1, 7, 1000, 100][batch % 4]!;
          uncertain = batchNames(round, batch, size);
          last = await log.append(policies(...uncertain), last);
          acknowledged.push(...uncertain);
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
    expectWholeBatches(acknowledged);
    expect(acknowledged.length).toBeGreaterThan(1_000);
  });

  test("after twelve times that the writer was killed", async () => {
    const child = fileURLToPath(new URL("jetstream_writer.ts", import.meta.url));
    const acknowledged: string[] = [];
    for (let round = 0; round < 12; round++) {
      const writer = new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--no-check", "-A", child, nats.url, String(round)],
        env: { WRITER_TOKEN: nats.token },
        stdout: "piped",
      }).spawn();
      let text = "";
      for await (const chunk of writer.stdout.pipeThrough(new TextDecoderStream())) {
        // It writes as fast as it can; its first words start the clock.
        if (text === "") setTimeout(() => writer.kill("SIGKILL"), 3 + 11 * round);
        text += chunk;
      }
      await writer.status;
      acknowledged.push(
        ...text.split("\n").slice(0, -1).flatMap((line) => {
          const [batch = 0, size = 0] = line.split(" ").map(Number);
          return batchNames(round, batch, size);
        }),
      );
    }
    const log = await openJetStream(nats);
    const there = await namesIn(log);
    expectWholeBatches(there);
    expect(new Set(there).size).toBe(there.length);
    const names = new Set(there);
    expect(acknowledged.filter((name) => !names.has(name))).toEqual([]);
    // At most the last batch of each round was stored without its writer hearing of it.
    expect(there.length - acknowledged.length).toBeLessThanOrEqual(12 * 400);
    expect(acknowledged.length).toBeGreaterThan(1_000);
    await log.close();
  });
});
