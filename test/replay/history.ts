/** A log with a little of everything in it. */
import { expect } from "vitest";
import { CommandHandler } from "../../src/command/handler.ts";
import type { CommandData, CommandType } from "../../src/domain/command.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { MemoryLog } from "../../src/log/memory.ts";

/** A text that is code in many languages, and none in a read model. */
export const HOSTILE =
  `'; DROP TABLE resources; -- "\\ $1 <img src=x onerror=alert(1)> \u0000\u2028\u202e \t\n\r é 😀`;

/** A command as a history says it. */
export type Said = { [T in CommandType]: [T, CommandData[T]] }[CommandType];

/** A log in which one command is accepted a second. */
export async function history(...said: Said[]): Promise<MemoryLog> {
  let now = Date.parse("2026-11-01T00:00:00Z");
  const clock = () => new Date(now);
  const log = new MemoryLog(clock);
  const messages = new MessageFactory(clock);
  const handler = await CommandHandler.open(log, messages);
  for (const [type, data] of said) {
    const [answer] = await handler.submit([
      messages.command(type, data as never, { actor: "test", source: "observed" }),
    ]);
    expect(answer?.message).toBeUndefined();
    now += 1000;
  }
  return log;
}

const web = {
  hostname: "web",
  resource_type: "virtual_machine" as const,
  cpu_cores: 2,
  memory_bytes: 25276063744,
  operating_system: { name: "Debian", version: "12" },
  evidence: { machine_id: "m1" },
  tags: { team: HOSTILE },
  interfaces: [
    { name: "eth0", mtu: 1500, addresses: ["10.0.0.7/24", "fd00::7/64"] },
    { name: "lo", addresses: [] },
  ],
  routes: [{ destination: "0.0.0.0/0", gateway: "10.0.0.1", interface: "eth0" }],
};
/** One of each command, and then a change. */
export const STORY: Said[] = [
  ["RegisterCompute", web],
  ["DefineNetwork", { name: HOSTILE, cidr: "10.0.0.0/24", gateway: "10.0.0.1" }],
  ["ConfigureSoftware", {
    compute: "web",
    name: HOSTILE,
    kind: "process",
    listening: [{ transport: "tcp", address: "0.0.0.0", port: 80 }],
  }],
  ["EstablishConnection", {
    from: { compute: "web" },
    to: { address: "10.0.0.9", port: 5432 },
    kind: "flow",
    transport: "tcp",
  }],
  ["SetPolicy", { name: "p", severity: "info", selector: "true", rule: "1 < 2", for: "5m" }],
  ["RecordMeasurements", {
    compute: "web",
    observed_at: "2026-10-31T23:59:59.5Z",
    window_seconds: 1,
    points: [
      { name: "system.uptime", unit: "s", value: 0.1 },
      {
        name: "system.cpu.utilization",
        unit: "1",
        attributes: { "cpu.mode": "idle" },
        value: 1e-300,
      },
    ],
  }],
  ["RegisterCompute", { ...web, memory_bytes: 2 ** 52, interfaces: [web.interfaces[1]!] }],
];
