/** The checkpoint as the graph has it: a node of its own, whose lock is what fences two projectors. */
import type { Checkpoint, LogIdentity } from "../projection.ts";

/** A checkpoint in the graph. */
export interface Mark extends Checkpoint, LogIdentity {
  /** Which version of the fold made the graph. */
  definition: string;
  /** How often the graph was emptied; who empties it goes on only while that is his. */
  emptied: number;
  /** Whether that is still going on: what is left of it is no graph. */
  is_emptying: boolean;
}

/** A checkpoint as the properties of its node. */
export function markProperties(mark: Partial<Mark>): Record<string, unknown> {
  const { name, ...others } = mark;
  const properties = Object.entries({ ...others, ...(name === undefined ? {} : { log: name }) });
  return Object.fromEntries(
    properties.map(([key, value]) => [key, typeof value === "number" ? BigInt(value) : value]),
  );
}

/** The other way round. */
export function markOf(properties: Record<string, unknown>): Mark {
  const { log: name, ...others } = properties;
  const values = Object.entries({ ...others, name });
  return Object.fromEntries(
    values.map(([key, value]) => [key, typeof value === "bigint" ? Number(value) : value]),
  ) as unknown as Mark;
}

/** Only what the port says of one. */
export function checkpointOf(mark: Mark): Checkpoint {
  const { first_sequence, last_sequence, events, log_hash, skipped, parked } = mark;
  return { first_sequence, last_sequence, events, log_hash, skipped, parked };
}
