/** The part of a log that an experiment reads. */
import type { Archive } from "../log/archive.ts";
import type { EventLog } from "../log/log.ts";
import { ExperimentError } from "./experiment_error.ts";
import type { ExperimentSpec } from "./experiment_spec.ts";
import { lastOf, ReplayRange } from "./until.ts";

/** Its first and its last sequence. */
export interface LogPart {
  from: number;
  to: number;
}

/**
 * The part of the log that a spec is about.
 *
 * @throws {ExperimentError} `experiment_unknown` where there is no such part, or nothing in it
 */
export async function partOf(
  { range: { from_sequence: from = 1, sequence, as_of } = {} }: ExperimentSpec,
  source: EventLog | Archive,
  signal: AbortSignal,
): Promise<LogPart> {
  let to: number;
  try {
    const until = {
      ...(sequence === undefined ? {} : { sequence }),
      ...(as_of === undefined ? {} : { asOf: as_of }),
    };
    to = await lastOf(source, until, signal);
  } catch (error) {
    if (!(error instanceof ReplayRange)) throw error;
    const field = / as of /.test(error.message) ? "as_of" : "sequence";
    throw new ExperimentError("experiment_unknown", `/range/${field}`, error.message, {
      cause: error,
    });
  }
  if (from <= to) return { from, to };
  const reason = `there is nothing from ${from} on: the range ends at ${to}`;
  throw new ExperimentError("experiment_unknown", "/range/from_sequence", reason);
}

/**
 * Checks that a sequence that commands are added behind is one of the part, or the one before it.
 *
 * @throws {ExperimentError} `experiment_unknown`
 */
export function checkPlaces(
  { transformations = [] }: ExperimentSpec,
  part: LogPart,
): void {
  for (const [index, one] of transformations.entries()) {
    if (!("add" in one) || typeof one.at !== "number") continue;
    if (one.at >= part.from - 1 && one.at <= part.to) continue;
    const reason = `there is no sequence ${one.at} to add behind: the range has ${
      part.from - 1
    } to ${part.to}`;
    throw new ExperimentError("experiment_unknown", `/transformations/${index}/at`, reason);
  }
}
