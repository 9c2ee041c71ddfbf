/** A log that is the same in every process that asks for it. */
import fc from "fast-check";
import { anyTurns, History } from "../../src/projections/laws/history.ts";

/** Some 200 events. */
export async function sameLog(): Promise<History> {
  const turns = fc.sample(anyTurns, { numRuns: 30, seed: 2026 }).flat();
  const history = await History.of(turns);
  Object.defineProperty(history.log, "incarnation", { value: "one" });
  return history;
}
