import { describe, expect, test } from "vitest";
import { CommandHandler } from "../../src/command/handler.ts";
import type { Command } from "../../src/domain/command.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { LogUnavailable } from "../../src/log/log.ts";
import { MemoryLog } from "../../src/log/memory.ts";
import { eventsOf, testRace } from "./race.ts";

const clock = () => new Date();
const messages = new MessageFactory(clock);
const by = { actor: "test", source: "declared" } as const;

const compute = (hostname: string, memory_bytes = 1): Command =>
  messages.command("RegisterCompute", {
    hostname,
    resource_type: "switch",
    memory_bytes,
    interfaces: [],
  }, by);
const software = (compute: string, name: string): Command =>
  messages.command("ConfigureSoftware", { compute, name, kind: "package", version: "1" }, by);

describe("The command handler", () => {
  test("answers each command: accepted, unchanged or refused, and refusals hold up nothing", async () => {
    const log = new MemoryLog(clock);
    const handler = await CommandHandler.open(log, messages);
    const commands = [compute("a"), compute("a"), software("nobody", "x"), software("a", "x")];
    const answers = await handler.submit(commands);
    expect(answers.map((answer) => answer.message_id)).toEqual(
      commands.map((one) => one.message_id),
    );
    expect(answers.map((answer) => answer.outcome))
      .toEqual(["accepted", "unchanged", "refused", "accepted"]);
    expect(answers[2]).toMatchObject({ code: "unknown_compute", field: "compute", events: [] });
    const events = await eventsOf(log);
    expect(answers.flatMap((answer) => answer.events)).toEqual(
      events.map(({ event_id, event_type, sequence }) => ({ event_id, event_type, sequence })),
    );
    expect(events.map((event) => event.causation_id))
      .toEqual([commands[0]!.message_id, commands[3]!.message_id]);
  });

  test("refuses a command of the wrong shape, whoever sends it, and writes nothing", async () => {
    const log = new MemoryLog(clock);
    const handler = await CommandHandler.open(log, messages);
    const [shape, unknown] = await handler.submit([
      { ...compute("a"), data: { hostname: "a" } } as unknown as Command,
      { ...compute("a"), command: "Nonsense" } as unknown as Command,
    ]);
    expect(shape).toMatchObject({ outcome: "refused", code: "invalid", field: "resource_type" });
    expect(unknown).toMatchObject({ outcome: "refused", code: "unknown_command" });
    expect(await log.lastSequence()).toBe(0);
  });

  test.each([
    ["actor", { actor: "" }],
    ["actor", { actor: "half \ud800" }],
    ["message_id", { message_id: "order-17" }],
    ["correlation_id", { correlation_id: "x" }],
    ["causation_id", { causation_id: "x" }],
    ["occurred_at", { occurred_at: "2026-02-30T00:00:00Z" }],
    ["source", { source: "guessed" }],
    ["", {
      data: {
        toJSON: () => {
          throw new Error("no");
        },
      },
    }],
  ])("refuses a command whose %s the log could not give back", async (field, part) => {
    const log = new MemoryLog(clock);
    const handler = await CommandHandler.open(log, messages);
    const [answer] = await handler.submit([{ ...compute("a"), ...part } as unknown as Command]);
    expect(answer).toMatchObject({ outcome: "refused", code: "invalid", field });
    expect(await log.lastSequence()).toBe(0);
  });

  test("decides on what the log would give back, and not on what the sender holds in hand", async () => {
    const log = new MemoryLog(clock);
    const warm = await CommandHandler.open(log, messages);
    const mine = {
      hostname: "a",
      resource_type: "switch" as const,
      owner: "ada",
      memory_bytes: -0,
      interfaces: [],
    };
    const register = (data: typeof mine | Omit<typeof mine, "owner"> & { owner: undefined }) =>
      messages.command("RegisterCompute", data as typeof mine, by);
    await warm.submit([register(mine)]);
    mine.owner = "grace";
    const cold = await CommandHandler.open(log, messages);
    for (const handler of [warm, cold]) {
      const [same] = await handler.submit([register({ ...mine, owner: undefined })]);
      expect(same?.outcome).toBe("unchanged");
    }
    const [changed] = await warm.submit([register(mine)]);
    expect(changed?.outcome).toBe("accepted");
  });

  test("stops when the log is not the one that it knew, or has a hole", async () => {
    const log = new MemoryLog(clock);
    const handler = await CommandHandler.open(log, messages);
    await handler.submit([compute("a"), compute("b")]);
    const other = new MemoryLog(clock);
    await (await CommandHandler.open(other, messages)).submit([compute("c")]);
    const real = { append: log.append, read: log.read, lastSequence: log.lastSequence };
    Object.assign(log, {
      append: other.append.bind(other),
      read: other.read.bind(other),
      lastSequence: other.lastSequence.bind(other),
    });
    await expect(handler.submit([compute("d")])).rejects.toMatchObject({ code: "log_broken" });
    Object.assign(log, real, { read: () => real.read.call(log, { from: 2 }) });
    await expect(CommandHandler.open(log, messages)).rejects.toThrow("sequence 1 is missing");
  });

  test("refuses what would not fit into one event, and says its size", async () => {
    const log = new MemoryLog(clock);
    const handler = await CommandHandler.open(log, messages);
    const configuration = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [`key${index}`, "x".repeat(16_000)]),
    );
    const [, answer] = await handler.submit([
      compute("a"),
      messages.command("ConfigureSoftware", {
        compute: "a",
        name: "x",
        kind: "package",
        configuration,
      }, by),
    ]);
    expect(answer).toMatchObject({ outcome: "refused", code: "too_large" });
    expect(await log.lastSequence()).toBe(1);
  });

  test("knows after opening what happened before", async () => {
    const log = new MemoryLog(clock);
    await (await CommandHandler.open(log, messages)).submit([compute("a")]);
    const [answer] = await (await CommandHandler.open(log, messages)).submit([compute("a")]);
    expect(answer?.outcome).toBe("unchanged");
  });

  test("takes thousands of commands at once", async () => {
    const log = new MemoryLog(clock);
    const handler = await CommandHandler.open(log, messages);
    const answers = await handler.submit([
      compute("a"),
      ...Array.from({ length: 2500 }, (_, index) => software("a", `p${index}`)),
    ]);
    expect(answers.every((answer) => answer.outcome === "accepted")).toBe(true);
    expect((await eventsOf(log)).map((event) => event.sequence))
      .toEqual(Array.from({ length: 2501 }, (_, index) => index + 1));
  });

  test("decides on the newest state even when that is to do nothing", async () => {
    const log = new MemoryLog(clock);
    const [one, two] = await Promise.all([1, 2].map(() => CommandHandler.open(log, messages)));
    await one!.submit([compute("a", 1)]);
    await two!.submit([compute("a", 2)]);
    const [answer] = await one!.submit([compute("a", 1)]);
    expect(answer?.outcome).toBe("accepted");
    const [refusedBefore] = await two!.submit([software("b", "x")]);
    expect(refusedBefore?.outcome).toBe("refused");
    await one!.submit([compute("b")]);
    const [now] = await two!.submit([software("b", "x")]);
    expect(now?.outcome).toBe("accepted");
  });

  test("forgets what it decided when the log could not take it", async () => {
    const log = new MemoryLog(clock);
    const handler = await CommandHandler.open(log, messages);
    const append = log.append.bind(log);
    log.append = () => Promise.reject(new LogUnavailable("gone"));
    await expect(handler.submit([compute("a")])).rejects.toThrow(LogUnavailable);
    log.append = append;
    const [answer] = await handler.submit([compute("a")]);
    expect(answer).toMatchObject({ outcome: "accepted", events: [{ sequence: 1 }] });
  });

  test("stops between two appends when it is told to", async () => {
    const handler = await CommandHandler.open(new MemoryLog(clock), messages);
    const stopped = AbortSignal.abort(new Error("enough"));
    await expect(handler.submit([compute("a")], stopped)).rejects.toThrow("enough");
    const log = new MemoryLog(clock);
    await (await CommandHandler.open(log, messages)).submit([compute("a")]);
    await expect(CommandHandler.open(log, messages, { signal: stopped })).rejects.toThrow("enough");
  });
});

testRace("memory", () => {
  const log = new MemoryLog(clock);
  return Promise.resolve({ open: () => Promise.resolve(log), stop: () => Promise.resolve() });
});
