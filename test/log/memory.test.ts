import { expect, test } from "vitest";
import { MemoryLog } from "../../src/log/memory.ts";
import { describeLog, policies } from "./contract.ts";

describeLog("memory", () => {
  const log = new MemoryLog(() => new Date());
  return Promise.resolve({ open: () => Promise.resolve(log), stop: () => Promise.resolve() });
});

test("the memory log's time does not go back with its clock", async () => {
  const times = ["2026-11-23T12:00:01Z", "2026-11-23T12:00:00Z"];
  const log = new MemoryLog(() => new Date(times.shift()!));
  await log.append(policies("a"), 0);
  await log.append(policies("b"), 1);
  const records = await Array.fromAsync(log.read());
  expect(records.map((record) => record.recorded_at))
    .toEqual(["2026-11-23T12:00:01.000000Z", "2026-11-23T12:00:01.000000Z"]);
});
