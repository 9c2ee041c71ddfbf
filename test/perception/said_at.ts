/** Logs in which things are said at given times, for the tests of what takes hours. */
import { expect } from "vitest";
import { CommandHandler } from "../../src/command/handler.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { MemoryLog } from "../../src/log/memory.ts";
import type { Said } from "../replay/history.ts";

/** When all of it begins, in milliseconds since 1970. */
export const BEGIN = Date.parse("2026-11-01T00:00:00Z");
const MINUTE = 60_000;

/** A moment, so many minutes later. */
export function minute(minutes: number): string {
  return new Date(BEGIN + minutes * MINUTE).toISOString();
}

/** How busy a resource's processors are at a minute. */
export function busy(compute: string, minutes: number, share: number): Said {
  return ["RecordMeasurements", {
    compute,
    observed_at: minute(minutes),
    points: [{
      name: "system.cpu.utilization",
      unit: "1",
      attributes: { "cpu.mode": "idle" },
      value: 1 - share,
    }],
  }];
}

/** A log in which each command was accepted at its minute; they come in that order. */
export async function saidAt(
  ...said: (readonly [minutes: number, command: Said])[]
): Promise<MemoryLog> {
  let now = BEGIN;
  const clock = () => new Date(now);
  const log = new MemoryLog(clock);
  const messages = new MessageFactory(clock);
  const handler = await CommandHandler.open(log, messages);
  for (const [minutes, [type, data]] of said.toSorted(([a], [b]) => a - b)) {
    now = Math.max(now + 1, BEGIN + minutes * MINUTE);
    const [answer] = await handler.submit([
      messages.command(type, data as never, { actor: "test", source: "observed" }),
    ]);
    expect(answer?.message).toBeUndefined();
  }
  return log;
}
