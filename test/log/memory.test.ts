import { MemoryLog } from "../../src/log/memory.ts";
import { describeLog } from "./contract.ts";

describeLog("memory", () => {
  const log = new MemoryLog(() => new Date());
  return Promise.resolve({ open: () => Promise.resolve(log), stop: () => Promise.resolve() });
});
