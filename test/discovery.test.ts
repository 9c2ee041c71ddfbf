import { describe, expect, test } from "vitest";
import type { Command } from "../src/domain/command.ts";
import { decodeEvent } from "../src/domain/event.ts";
import { discover, type DiscoveryTools } from "../src/discovery.ts";
import { tools } from "./discovery_tools.ts";

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
        position: () => handler.position(),
        removeUnseen: (scan, signal) => {
          expect(scan.complete.filter((scope) => scope.startsWith("software/"))).toEqual([]);
          return handler.removeUnseen(scan, signal);
        },
      },
    };
    expect((await discover(refusing)).refused).toHaveLength(2);
  });
});
