/** Handlers in processes of their own over one server: they race, they are killed, and so is the server. */
import { fileURLToPath } from "node:url";
import { setTimeout as delay } from "node:timers/promises";
import { jetstreamManager } from "@nats-io/jetstream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Answer } from "../../src/command/answer.ts";
import { CommandHandler } from "../../src/command/handler.ts";
import type { RecordedEvent } from "../../src/domain/event.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { openJetStream, STREAM } from "../../src/log/jetstream.ts";
import { LogUnavailable } from "../../src/log/log.ts";
import { eventsOf } from "../command/race.ts";
import { type Line, parsed } from "./cim.ts";
import { until } from "./embedded_user.ts";
import { startNats, type TestNats } from "./nats.ts";
import { idOf, numbered } from "./numbered_command.ts";

const messages = new MessageFactory(() => new Date());
let nats: TestNats;
beforeEach(async () => {
  nats = await startNats();
});
afterEach(() => nats?.stop());

/** A writer in a process of its own, and what it has printed so far. */
class Writer {
  text = "";
  readonly child: Deno.ChildProcess;
  readonly #read: Promise<void>;

  constructor(...args: string[]) {
    const program = fileURLToPath(new URL("handler_writer.ts", import.meta.url));
    this.child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "-A", program, nats.url, ...args],
      env: { WRITER_TOKEN: nats.token },
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#read = this.#follow();
  }

  async #follow(): Promise<void> {
    const decoded = this.child.stdout.pipeThrough(new TextDecoderStream());
    for await (const chunk of decoded) this.text += chunk;
  }

  /** Waits until it has printed something. */
  async begun(): Promise<void> {
    while (this.text === "") await delay(5);
  }

  /** Lets it begin. */
  async go(): Promise<void> {
    const stdin = this.child.stdin.getWriter();
    await stdin.write(new Uint8Array([10]));
    await stdin.close();
  }

  /** The whole lines that it printed, once it has ended. */
  async lines(): Promise<string[]> {
    await this.child.status;
    await this.#read;
    return this.text.split("\n").slice(0, -1);
  }
}

async function logged(): Promise<RecordedEvent[]> {
  const log = await openJetStream(nats);
  const events = await eventsOf(log);
  await log.close();
  return events;
}

describe("Of writers that declare the same hosts to be their own", () => {
  test.each([2, 4])(
    "there are %i: one wins each host, none is starved, and all are told the truth",
    async (count) => {
      const hosts = 50;
      // Each begins with another host, so that nobody wins only because it was first to begin.
      const writers = Array.from(
        { length: count },
        (_, at) =>
          new Writer(
            "race",
            `writer-${at + 1}`,
            String(hosts),
            String(Math.floor(at * hosts / count)),
          ),
      );
      for (const writer of writers) {
        await writer.begun();
      }
      const began = Date.now();
      await Promise.all(writers.map((writer) => writer.go()));
      const told: Line[][] = await Promise.all(
        writers.map(async (writer) => parsed((await writer.lines()).slice(1).join("\n"))),
      );
      const events = await logged();
      const registered = events.filter((event) => event.event_type === "ComputeRegistered");
      const winners = new Map(registered.map((event) => [event.data.hostname, event]));
      expect(registered.length).toBe(hosts);
      expect(winners.size).toBe(hosts);
      for (const [at, answers] of told.entries()) {
        expect(answers.length).toBe(hosts);
        for (const { hostname, outcome, code, field, message, message_id, events } of answers) {
          const { actor, causation_id, event_id, sequence, aggregate_id } = winners.get(hostname)!;
          if (outcome === "accepted") {
            expect([actor, causation_id]).toEqual([`writer-${at + 1}`, message_id]);
            expect(events).toMatchObject([{ event_id, sequence }]);
          } else {
            expect([outcome, code, field]).toEqual(["refused", "hostname_taken", "hostname"]);
            expect(actor).not.toBe(`writer-${at + 1}`);
            expect(message).toContain(aggregate_id);
          }
        }
      }
      const wins = told.map((answers) =>
        answers.filter(({ outcome }: Answer) => outcome === "accepted").length
      );
      expect(wins.reduce((sum, one) => sum + one)).toBe(hosts);
      const seconds = told.map((answers) => (answers.at(-1).at - began) / 1000);
      console.log(`${count} writers: wins ${wins.join(", ")}; done after ${seconds.join(", ")} s`);
      // The last is done soon after the first. How many each wins is chance: who is ahead stays so for a while.
      expect(Math.max(...seconds)).toBeLessThan(20);
      const ids = events.map(({ event_id }) => event_id);
      expect([...ids].sort()).toEqual(ids);
    },
  );
});

test("A reader leaves nothing behind at the server, so that one who often reads can always read", async () => {
  const log = await openJetStream(nats);
  const handler = await CommandHandler.open(log, messages);
  await handler.submit(Array.from({ length: 10 }, (_, number) => numbered(messages, number)));
  for (let turn = 0; turn < 40; turn++) {
    expect((await Array.fromAsync(log.read({ from: 3, to: 7 }))).length).toBe(5);
  }
  const { streams } = await jetstreamManager(log.connection, { checkAPI: false });
  await until(async () => (await streams.info(STREAM)).state.consumer_count === 0);
  await log.close();
});

/** Fails unless each of these commands has led to one event, and the log has no hole; says how many there are. */
async function expectOnce(acknowledged: readonly number[]): Promise<number> {
  const events = await logged();
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, at) => at + 1));
  const causes = new Set(events.map(({ causation_id }) => causation_id));
  expect(causes.size).toBe(events.length);
  expect(acknowledged.filter((number) => !causes.has(idOf(number)))).toEqual([]);
  return events.length;
}

/** Sends all commands up to this number once more, as one does who does not know which were done. */
async function resend(count: number): Promise<void> {
  const log = await openJetStream(nats);
  const handler = await CommandHandler.open(log, messages);
  const before = await log.lastSequence();
  const commands = Array.from({ length: count }, (_, number) => numbered(messages, number));
  const answers = await handler.submit(commands);
  const again = answers.filter(({ findings }) => findings[0]?.code === "duplicate");
  expect(answers.filter(({ outcome }) => outcome === "accepted").length).toBe(count - before);
  expect(again.length).toBe(before);
  await log.close();
  const events = await logged();
  const done = new Map(events.map((event) => [event.event_id, event]));
  for (const [number, { events }] of answers.entries()) {
    expect(events.length).toBe(1);
    const { causation_id, sequence } = done.get(events[0]!.event_id)!;
    expect([causation_id, sequence]).toEqual([idOf(number), events[0]!.sequence]);
  }
  expect(await expectOnce(Array.from({ length: count }, (_, number) => number))).toBe(count);
}

/** The numbers of the commands in a batch. */
const batch = (first: number, size: number) => Array.from({ length: size }, (_, at) => first + at);

describe("Every acknowledged command is done once, and sent again all of them are,", () => {
  test("after five times that the writer was killed", async () => {
    const acknowledged: number[] = [];
    let next = 0;
    for (let round = 0; round < 5; round++) {
      const writer = new Writer("write", String(next));
      await writer.begun();
      await delay(5 + 60 * round);
      writer.child.kill("SIGKILL");
      for (const line of await writer.lines()) {
        const [first = 0, size = 0] = line.split(" ").map(Number);
        acknowledged.push(...batch(first, size));
        next = first + size;
      }
      // What was not acknowledged may be done or not: nobody knows yet.
      next += 450;
    }
    expect(acknowledged.length).toBeGreaterThan(500);
    await expectOnce(acknowledged);
    await resend(next);
  });

  test("after five times that the server was killed under two handlers", async () => {
    const acknowledged: number[] = [];
    let next = 0;
    for (let round = 0; round < 5; round++) {
      const logs = [
        await openJetStream({ ...nats, patience: 300 }),
        await openJetStream({ ...nats, patience: 300 }),
      ];
      const handlers = await Promise.all(
        logs.map((log) => CommandHandler.open(log, new MessageFactory(() => new Date()))),
      );
      setTimeout(() => nats.kill9(), 30 + 60 * round);
      await Promise.all(handlers.map(async (handler) => {
        try {
          for (let turn = 0;; turn++) {
            const numbers = batch(next, [1, 40, 900, 7][turn % 4]!);
            next += numbers.length;
            const answers = await handler.submit(numbers.map((one) => numbered(messages, one)));
            expect(answers.every(({ outcome }) => outcome === "accepted")).toBe(true);
            acknowledged.push(...numbers);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(LogUnavailable);
        }
      }));
      for (const log of logs) await log.close();
      await nats.restart();
      await expectOnce(acknowledged);
    }
    expect(acknowledged.length).toBeGreaterThan(500);
    await resend(next);
  });
});
