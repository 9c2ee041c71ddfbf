import { describe, expect, test } from "vitest";
import { CommandHandler } from "../../src/command/handler.ts";
import type { Command } from "../../src/domain/command.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { LogUnavailable } from "../../src/log/log.ts";
import { MemoryLog } from "../../src/log/memory.ts";

const clock = () => new Date();
const messages = new MessageFactory(clock);
const network = (at: number): Command =>
  messages.command("DefineNetwork", { name: `n${at}`, cidr: `10.0.${at}.0/24` }, {
    actor: "test",
    source: "declared",
  });
const policy = (at: number): Command =>
  messages.command("SetPolicy", {
    name: `p${at}`,
    severity: "info",
    selector: "true",
    rule: "true",
  }, {
    actor: "test",
    source: "declared",
  });
const open = (log: MemoryLog) => CommandHandler.open(log, messages);

/** A log that counts its appends, and waits with each until it is let go. */
function slow(log: MemoryLog) {
  const sizes: number[] = [];
  const gates: (() => void)[] = [];
  const append = log.append.bind(log);
  log.append = async (events, expected) => {
    sizes.push(events.length);
    await new Promise<void>((resolve) => gates.push(resolve));
    return await append(events, expected);
  };
  /** Lets the append go that waits, as soon as there is one. */
  const pass = async () => {
    while (gates.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    gates.shift()!();
  };
  return { sizes, pass };
}

describe("A command that is sent again", () => {
  test("is known for what it is, and answered with what it wrote the first time", async () => {
    const log = new MemoryLog(clock);
    const handler = await open(log);
    const commands = [network(1), network(2), network(3)];
    const first = await handler.submit(commands);
    // By the same handler, by one that starts later, and within one call.
    const again = [
      ...await handler.submit(commands),
      ...await (await open(log)).submit([...commands, commands[0]!]),
    ];
    for (const [at, answer] of again.entries()) {
      const { events, aggregate_id } = first[at % 3]!;
      expect(answer).toMatchObject({ outcome: "unchanged", events, aggregate_id });
      expect(answer.findings).toMatchObject([{ code: "duplicate", field: "message_id" }]);
    }
    expect(await log.lastSequence()).toBe(3);
  });

  test("also when it comes twice at once", async () => {
    const handler = await open(new MemoryLog(clock));
    const command = network(1);
    const [one, two] = await handler.submit([command, command]);
    expect(one).toMatchObject({ outcome: "accepted", events: [{ sequence: 1 }] });
    expect(two).toMatchObject({ outcome: "unchanged", events: one!.events });
  });

  test("even if since then something else has happened to the same thing", async () => {
    const handler = await open(new MemoryLog(clock));
    const command = network(1);
    await handler.submit([command]);
    const other = messages.command("DefineNetwork", { name: "other", cidr: "10.0.1.0/24" }, {
      actor: "test",
      source: "declared",
    });
    await handler.submit([other]);
    expect(await handler.submit([command])).toMatchObject([{ outcome: "unchanged" }]);
  });

  test("but one that was refused may be accepted the next time", async () => {
    const handler = await open(new MemoryLog(clock));
    const software = messages.command("ConfigureSoftware", {
      compute: "a",
      name: "x",
      kind: "package",
    }, { actor: "test", source: "observed" });
    expect(await handler.submit([software])).toMatchObject([{ outcome: "refused" }]);
    await handler.submit([
      messages.command("RegisterCompute", {
        hostname: "a",
        resource_type: "switch",
        interfaces: [],
      }, { actor: "test", source: "observed" }),
    ]);
    expect(await handler.submit([software])).toMatchObject([{ outcome: "accepted" }]);
  });
});

describe("What is submitted while a batch is on its way", () => {
  test("forms the next one, from however many callers", async () => {
    const log = new MemoryLog(clock);
    const handler = await open(log);
    const { sizes, pass } = slow(log);
    const calls = [handler.submit([network(1)])];
    for (let at = 2; at <= 40; at++) calls.push(handler.submit([network(at)]));
    await pass();
    await pass();
    const answers = (await Promise.all(calls)).flat();
    expect(sizes).toEqual([1, 39]);
    expect(answers.map(({ events }) => events[0]?.sequence))
      .toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
  });

  test("is decided on what the batch before leads to", async () => {
    const log = new MemoryLog(clock);
    const handler = await open(log);
    const { pass } = slow(log);
    const first = handler.submit([network(1)]);
    const same = handler.submit([network(1)]);
    await pass();
    await first;
    expect(await same).toMatchObject([{ outcome: "unchanged", events: [] }]);
  });

  test("is decided anew when that one could not be written", async () => {
    const log = new MemoryLog(clock);
    const handler = await open(log);
    const append = log.append.bind(log);
    let count = 0;
    log.append = async (events, expected) => {
      if (count++ === 0) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        throw new LogUnavailable("gone");
      }
      return await append(events, expected);
    };
    const first = handler.submit([network(1)]);
    const second = handler.submit([network(1)]);
    await expect(first).rejects.toThrow(LogUnavailable);
    expect(await second).toMatchObject([{ outcome: "accepted", events: [{ sequence: 1 }] }]);
  });

  test("is decided anew when somebody else was faster", async () => {
    const log = new MemoryLog(clock);
    const [mine, theirs] = [await open(log), await open(log)];
    await theirs.submit([network(1), network(2)]);
    const answers = await Promise.all(
      [network(1), network(2), network(3)].map((one) => mine.submit([one])),
    );
    expect(answers.map(([answer]) => answer!.outcome)).toEqual([
      "unchanged",
      "unchanged",
      "accepted",
    ]);
  });

  test("can be given up before its turn, and not after", async () => {
    const log = new MemoryLog(clock);
    const handler = await open(log);
    const { sizes, pass } = slow(log);
    const stop = new AbortController();
    const many = Array.from({ length: 6_000 }, (_, at) => policy(at));
    const call = handler.submit(many, stop.signal);
    let over = false;
    call.catch(() => {}).finally(() => over = true);
    await pass();
    while (sizes.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    stop.abort(new Error("enough"));
    while (!over) await Promise.race([pass(), call.catch(() => {})]);
    await expect(call).rejects.toThrow("enough");
    // The second batch was on its way, and some of the third may have been decided by then: at most 1,000 each.
    const last = await log.lastSequence();
    expect(last).toBeGreaterThanOrEqual(1_000);
    expect(last).toBeLessThanOrEqual(2_500);
    const [after] = await Promise.all([handler.submit([policy(0), policy(5_999)]), pass()]);
    expect(after).toMatchObject([{ outcome: "unchanged" }, { outcome: "accepted" }]);
  });
});

describe("A fault in deciding one command", () => {
  const broken = () =>
    Object.defineProperty({ ...policy(0) }, "data", {
      get: () => {
        throw new TypeError("a fault");
      },
    });

  test("is the end of its submission, and of no other", async () => {
    const log = new MemoryLog(clock);
    const handler = await open(log);
    const [before, faulty, after] = await Promise.allSettled([
      handler.submit([network(1)]),
      handler.submit([policy(1), broken(), policy(2)]),
      handler.submit([network(2)]),
    ]);
    expect(before).toMatchObject({ value: [{ outcome: "accepted" }] });
    expect(faulty).toMatchObject({ reason: { message: "a fault" } });
    expect(after).toMatchObject({ value: [{ outcome: "accepted" }] });
    // What was decided before the fault was written, and what comes after it was not.
    expect(await handler.submit([policy(1), policy(2)]))
      .toMatchObject([{ outcome: "unchanged" }, { outcome: "accepted" }]);
  });

  test("leaves what is on its way alone", async () => {
    const log = new MemoryLog(clock);
    const handler = await open(log);
    const { pass } = slow(log);
    const calls = [
      handler.submit([network(1)]),
      handler.submit([broken()]),
      handler.submit([network(2)]),
    ];
    const settled = Promise.allSettled(calls);
    await pass();
    await pass();
    expect((await settled).map(({ status }) => status))
      .toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(await log.lastSequence()).toBe(2);
  });
});

describe("A message in the log that is no event", () => {
  const text = (value: string) => new TextEncoder().encode(value);
  const foreign = ["", "hello", "{}", '{"event_type":"PolicySet","event_version":1}', "[1,\n2]"];

  test("is passed over and reported, and what is written after it is right", async () => {
    const log = new MemoryLog(clock);
    const warm = await open(log);
    await warm.submit([network(1)]);
    for (const [at, payload] of foreign.entries()) {
      await log.append([{ subject: "infrastructure.x.y", payload: text(payload) }], at + 1);
    }
    const late = await open(log);
    for (const handler of [warm, late]) {
      expect(await handler.submit([network(1)])).toMatchObject([{ outcome: "unchanged" }]);
      expect(handler.skipped.count).toBe(foreign.length);
      expect(handler.skipped.first[0]).toMatchObject({ sequence: 2, reason: "it is not JSON" });
    }
    expect(await warm.submit([network(2)])).toMatchObject([{ events: [{ sequence: 7 }] }]);
  });

  test("but at an event of a newer program a handler stops", async () => {
    const log = new MemoryLog(clock);
    await (await open(log)).submit([network(1)]);
    const [record] = await Array.fromAsync(log.read());
    const event = JSON.parse(new TextDecoder().decode(record!.payload));
    const payload = text(JSON.stringify({ ...event, event_version: 99 }));
    await log.append([{ subject: "infrastructure.network.defined", payload }], 1);
    await expect(open(log)).rejects.toMatchObject({ code: "newer_event", sequence: 2 });
  });
});
