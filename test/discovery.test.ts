import { describe, expect, test } from "vitest";
import { CommandHandler } from "../src/command/handler.ts";
import type { Command } from "../src/domain/command.ts";
import { decodeEvent } from "../src/domain/event.ts";
import { MessageFactory } from "../src/domain/message.ts";
import { discover, type DiscoveryTools } from "../src/discovery.ts";
import { LogUnavailable } from "../src/log/log.ts";
import { MemoryLog } from "../src/log/memory.ts";
import { watch, type Watched } from "../src/watch.ts";

const clock = () => new Date();

async function tools(): Promise<DiscoveryTools & { log: MemoryLog; port: CommandHandler }> {
  const log = new MemoryLog(clock);
  const messages = new MessageFactory(clock);
  const port = await CommandHandler.open(log, messages);
  const own = {
    stream: "INFRASTRUCTURE_EVENTS",
    server: { version: "2.15.1", url: "nats://127.0.0.1:4222", durability: "on disk" },
  };
  return { log, port, messages, clock, own };
}

describe("A discovery", () => {
  test("knows the system itself as software of the machine, and removes what it has not seen", async () => {
    const with_ = await tools();
    const first = await discover(with_);
    const own = first.surroundings.software.filter(({ source }) => source === "cim");
    expect(own.map(({ name }) => name)).toEqual(["cim", "duckdb", "nats-server"]);
    expect(own[2]).toMatchObject({
      version: "2.15.1",
      listening: [{ transport: "tcp", address: "127.0.0.1", port: 4222 }],
    });
    expect(first.refused).toEqual([]);
    const ghost = (source: string) =>
      with_.messages.command("ConfigureSoftware", {
        compute: first.compute_id,
        name: "ghost",
        kind: "service",
        source,
      }, { actor: "test", source: "observed" }) as Command;
    await with_.port.submit([ghost("cim"), ghost("nobody")]);
    const second = await discover(with_);
    expect(second.outcomes.removals?.accepted).toBeGreaterThanOrEqual(1);
    const events = (await Array.fromAsync(with_.log.read({ from: first.last_sequence! + 3 })))
      .map(decodeEvent);
    const removed = events.filter(({ event_type }) => event_type === "SoftwareRemoved");
    expect(removed).toContainEqual(expect.objectContaining({
      correlation_id: second.correlation_id,
      data: expect.objectContaining({ name: "ghost", source: "cim" }),
    }));
    expect(JSON.stringify(removed)).not.toContain('"nobody"');
  });

  test("removes nothing of a scope of which something was refused", async () => {
    const with_ = await tools();
    const first = await discover(with_);
    const ghost = with_.messages.command("ConfigureSoftware", {
      compute: first.compute_id,
      name: "ghost",
      kind: "service",
      source: "cim",
    }, { actor: "test", source: "observed" }) as Command;
    await with_.port.submit([ghost]);
    const handler = with_.port;
    const refusing: DiscoveryTools = {
      ...with_,
      port: {
        submit: async (commands, signal) => {
          const answers = await handler.submit(commands, signal);
          const at = commands.findIndex(({ command }) => command === "ConfigureSoftware");
          if (at >= 0) answers[at] = { ...answers[at]!, outcome: "refused", code: "invalid" };
          return answers;
        },
        removeUnseen: (scan, signal) => {
          expect(scan.complete.filter((scope) => scope.startsWith("software/"))).toEqual([]);
          return handler.removeUnseen(scan, signal);
        },
      },
    };
    expect((await discover(refusing)).refused).toHaveLength(2);
  });
});

describe("A watched machine", () => {
  test("is measured again and again, and looked at now and then, until it is enough", async () => {
    const with_ = await tools();
    const stop = new AbortController();
    const seen: Watched[] = [];
    const rhythm = { measure: 0.3, programs: 0.9, facts: 2 };
    for await (const one of watch({ ...with_, signal: stop.signal }, rhythm)) {
      seen.push(one);
      if (seen.filter(({ kind }) => kind === "discovered").length === 2) stop.abort();
    }
    expect(seen[0]).toMatchObject({ kind: "discovered" });
    const measured = seen.filter((one) => one.kind === "measured");
    expect(measured.length).toBeGreaterThanOrEqual(3);
    const values = measured.map((one) => one.values);
    expect(Math.max(...values)).toBeGreaterThan(Math.min(...values)); // with programs, and without
    const events = (await Array.fromAsync(with_.log.read())).map(decodeEvent);
    const windows = events.flatMap((event) =>
      event.event_type === "MeasurementsRecorded" ? [event.data.window_seconds ?? 0] : []
    ).slice(2);
    for (const window of windows) expect(window).toBeGreaterThan(0);
  });

  test("is watched on when the log was away", async () => {
    const with_ = await tools();
    const stop = new AbortController();
    let calls = 0;
    const port = {
      submit: (...args: Parameters<CommandHandler["submit"]>) =>
        ++calls === 6
          ? Promise.reject(new LogUnavailable("the server went away"))
          : with_.port.submit(...args),
      removeUnseen: (...args: Parameters<CommandHandler["removeUnseen"]>) =>
        with_.port.removeUnseen(...args),
    };
    const kinds: string[] = [];
    for await (const one of watch({ ...with_, port, signal: stop.signal }, { measure: 0.2 })) {
      kinds.push(one.kind);
      if (one.kind === "missed") expect(one.reason).toBe("the server went away");
      if (kinds.at(-2) === "missed") stop.abort();
    }
    expect(kinds.slice(-2)).toEqual(["missed", "measured"]);
  });
});
