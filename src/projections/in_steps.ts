/** One step is on its way into the read model while the next is assembled from the log. */
import { setImmediate } from "node:timers/promises";
import type { LogRecord } from "../domain/event.ts";
import type { Step } from "./projection.ts";
import type { StepAssembly } from "./step_assembly.ts";

/**
 * So many records are read at most before others have their turn: the step that is on its way, which does many short
 * pieces, and whoever would end it. A log that has its records at hand would not let any of them begin. That is about a
 * millisecond.
 */
const PAUSE_RECORDS = 100;

/** How to go through a log in steps. */
export interface InSteps {
  /** Reads the log from where the assembly begins; its `signal` ends that. */
  read(signal: AbortSignal): AsyncIterable<LogRecord>;
  assembly: StepAssembly;
  /** Applies a step; the next one is not begun before. */
  apply(step: Step): Promise<void>;
  /**
   * Up to this sequence, which the log has by now, steps are filled before they are applied; behind it a lone event is
   * applied at once.
   */
  target: number;
  /** Ends it behind the step that is on its way, and without an error of its own. */
  signal: AbortSignal;
}

/**
 * Reads a log to the end of `read`, in steps. Reading waits where one step is on its way and the next is full, so that
 * however slow the read model is, no more than two steps are in memory. What was read before the reading failed is
 * applied before that error is thrown.
 */
export async function inSteps(
  { read, assembly, apply, target, signal }: InSteps,
): Promise<void> {
  const stepFailed = new AbortController();
  const now: { flight?: Promise<void>; ended?: boolean; stepFault?: { error: unknown } } = {};
  const isDue = () => assembly.isFull || assembly.through >= target || now.ended;
  const launch = () => {
    delete now.flight;
    if (now.stepFault || signal.aborted || assembly.isEmpty || !isDue()) return;
    now.flight = apply(assembly.step()).then(launch, (error) => {
      delete now.flight;
      now.stepFault = { error };
      stepFailed.abort();
    });
  };
  let readFault: { error: unknown } | undefined;
  let taken = 0;
  try {
    for await (const record of read(AbortSignal.any([signal, stepFailed.signal]))) {
      assembly.take(record);
      if (!now.flight) launch();
      if (++taken % PAUSE_RECORDS === 0) await setImmediate();
      while (now.flight && assembly.isFull) await now.flight;
      if (now.stepFault || signal.aborted) break;
    }
  } catch (error) {
    if (!signal.aborted && !stepFailed.signal.aborted) readFault = { error };
  }
  now.ended = true;
  if (!now.flight) launch();
  while (now.flight) await now.flight;
  if (now.stepFault) throw now.stepFault.error;
  if (readFault) throw readFault.error;
}
