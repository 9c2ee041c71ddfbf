/**
 * How fast commands become events, against raw publishing of the same payloads by the same client to the same server
 * with the same durability. What is compared takes turns in one run; the ratio is the median of those of the rounds.
 */
import { Buffer } from "node:buffer";
import { CommandHandler } from "../../src/command/handler.ts";
import type { Command } from "../../src/domain/command.ts";
import { type EncodedEvent, encodeEvent } from "../../src/domain/event.ts";
import { decide } from "../../src/domain/decision.ts";
import { Inventory } from "../../src/domain/inventory.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { publishBatch } from "../../src/log/atomic_batch.ts";
import { openJetStream } from "../../src/log/jetstream.ts";
import { startNats } from "../servers/nats.ts";
import { fleet } from "./fleet.ts";
import { type Measure, median } from "./measure.ts";

const ROUNDS = 15;
const COMMANDS = 10_000;
const BATCH = 500;
const SINGLES = 300;

const messages = new MessageFactory(() => new Date());

/** The payloads that these commands lead to. */
function payloads(commands: readonly Command[]): EncodedEvent[] {
  const inventory = new Inventory();
  return commands.flatMap((command) =>
    decide(inventory, command).facts.map((fact) => {
      const event = messages.event(fact, command, inventory.version(fact.aggregate_id) + 1);
      inventory.apply(event, inventory.sequence + 1);
      return encodeEvent(event);
    })
  );
}

/** Many commands at once, and one after the other, each against raw publishing. */
export async function writing(): Promise<Measure[]> {
  const nats = await startNats();
  const log = await openJetStream(nats);
  try {
    const handler = await CommandHandler.open(log, messages);
    const bulk = { raw: [] as number[], ours: [] as number[] };
    const single = { raw: [] as number[], ours: [] as number[] };
    let bytes = 0;
    for (let round = 0; round <= ROUNDS; round++) {
      const commands = fleet(messages, COMMANDS, `r${round}`);
      const raw = payloads(fleet(messages, COMMANDS, `p${round}`));
      bytes = Buffer.concat(raw.map(({ payload }) => payload)).length / raw.length;
      const times = {
        raw: await timed(async () => {
          let last = await log.lastSequence();
          for (let at = 0; at < raw.length; at += BATCH) {
            const batch = raw.slice(at, at + BATCH);
            await publishBatch(log.connection, batch, last);
            last += batch.length;
          }
        }),
        ours: 0,
        rawSingle: await timed(async () => {
          let last = await log.lastSequence();
          for (const event of raw.slice(2, 2 + SINGLES)) {
            await publishBatch(log.connection, [event], last++);
          }
        }),
        oursSingle: 0,
      };
      // What was published raw is in the same log: the handler reads it before it decides.
      await handler.submit(fleet(messages, 1, `w${round}`));
      times.ours = await timed(async () => {
        for (const { outcome } of await handler.submit(commands)) {
          if (outcome !== "accepted") throw new Error(`a command was ${outcome}`);
        }
      });
      const singles = fleet(messages, SINGLES, `s${round}`);
      times.oursSingle = await timed(async () => {
        for (const command of singles) await handler.submit([command]);
      });
      if (round === 0) continue; // warms up
      bulk.raw.push(times.raw);
      bulk.ours.push(times.ours);
      single.raw.push(times.rawSingle);
      single.ours.push(times.oursSingle);
    }
    const rate = (milliseconds: number) => Math.round(COMMANDS / milliseconds * 1000);
    return [{
      name: `${COMMANDS} commands, decided and appended in fenced batches (${
        Math.round(bytes)
      } B each)`,
      baseline: `raw atomic batches of ${BATCH}`,
      ours: `${rate(median(bulk.ours))}/s`,
      theirs: `${rate(median(bulk.raw))}/s`,
      ratio: median(bulk.raw.map((raw, round) => raw / bulk.ours[round]!)),
      atLeast: 0.7,
    }, {
      name: "one awaited command",
      baseline: "one awaited raw publish",
      ours: `${(median(single.ours) / SINGLES).toFixed(2)} ms`,
      theirs: `${(median(single.raw) / SINGLES).toFixed(2)} ms`,
      ratio: median(single.ours.map((ours, round) => ours / single.raw[round]!)),
      atMost: 1.5,
    }];
  } finally {
    await log.close();
    await nats.stop();
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
