/** The rest of a replay: what no archive has yet, from the log itself. */
import type { Archive } from "../log/archive.ts";
import { type EventLog, LogBroken } from "../log/log.ts";
import { applyStep } from "../projections/apply_step.ts";
import { inSteps } from "../projections/in_steps.ts";
import { Parking } from "../projections/parking.ts";
import type { Projection } from "../projections/projection.ts";
import { StepAssembly } from "../projections/step_assembly.ts";
import type { Rest } from "./replay_archive.ts";

/** The most events of a step: nobody waits for the first of them, so that there are more than in a projector's. */
const STEP_EVENTS = 50_000;

/**
 * Applies to a projection what a log has behind its checkpoint, up to a sequence.
 *
 * @throws {LogBroken} when the log ends before
 */
export async function replayLog(
  projection: Projection,
  log: EventLog | Archive,
  { last, onProgress, signal = new AbortController().signal }: Rest,
): Promise<void> {
  const { last_sequence: after } = await projection.checkpoint();
  if (after >= last) return;
  const parking = await Parking.of(projection);
  const assembly = new StepAssembly(after, [], STEP_EVENTS);
  await inSteps({
    read: (ended) => log.read({ from: after + 1, to: last, signal: ended }),
    assembly,
    apply: async (step) => {
      await applyStep(projection, step, parking, { signal });
      onProgress(step.through, last);
    },
    target: last,
    signal,
  });
  signal.throwIfAborted();
  if (last !== Infinity && assembly.through < last) {
    throw new LogBroken(`it ends at ${assembly.through}, and ${last} was to be read`);
  }
}
