/** A projection that is run once, up to where the log ends now. */
import type { EventLog } from "../log/log.ts";
import type { Projection } from "./projection.ts";
import type { ProjectionState } from "./projection_state.ts";
import { Projector, type ProjectorOptions } from "./projector.ts";

/**
 * Brings a read model up to the log's end as it is now, and closes it.
 *
 * @param options as of a projector; `through` is the log's end by default
 * @returns how it was at the end
 * @throws what ends a projector, and {@linkcode ProjectionUnavailable} after five failures in a row
 */
export async function runToEnd(
  log: EventLog,
  projection: Projection,
  options: ProjectorOptions = {},
): Promise<ProjectionState> {
  const through = options.through ?? await log.lastSequence();
  const projector = Projector.start(log, projection, { ...options, through });
  await projector.ended;
  return await projector.state();
}
