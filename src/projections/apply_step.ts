/** One step into a read model, whatever is wrong with single events of it. */
import { type Pace, REAL_PACE } from "./pace.ts";
import { inOrder, type Parking } from "./parking.ts";
import {
  type Projection,
  ProjectionMoved,
  ProjectionUnavailable,
  type Step,
} from "./projection.ts";
import { oneLine, ProjectionFailed } from "./projector_error.ts";

/** How often an event is tried by itself before it is parked. */
export const ATTEMPTS = 3;
/**
 * So many events in a row, each the first of its aggregate, are parked; where the next one cannot be applied either, it
 * is not about the events. A read model that takes nothing at all would otherwise be one in which everything is parked,
 * and look as if it were well.
 */
export const MOST_IN_A_ROW = 100;
/** Milliseconds between two of these tries. */
const RETRY_MS = 50;

/** What {@linkcode applyStep} needs besides. */
export interface ApplyOptions {
  /** Ends it between two writes, with its reason; what was applied by then stays. */
  signal?: AbortSignal;
  /** How to wait between two tries of one event. */
  sleep?: Pace["sleep"];
  /** {@linkcode MOST_IN_A_ROW} unless it says otherwise. */
  mostInARow?: number;
}

/** What came of a step. */
export interface Applied {
  /** How many events were applied. */
  events: number;
  /** How many were put aside. */
  parked: number;
}

/**
 * Applies a step. What the read model cannot take is looked for by halving: each half is applied by itself, with the
 * checkpoint at its end, until one event is left that fails alone. That one is tried {@linkcode ATTEMPTS} times and then
 * parked, and from there on the later events of its aggregate. Finding it costs about 2·log₂(events) writes.
 *
 * @param step a part of the log behind the checkpoint, which un-parks nothing
 * @param parking what is parked in the read model; this function keeps it up to date
 * @throws {ProjectionUnavailable} when the read model is in trouble: nothing is parked for that. A part of the step may
 *   have been applied, as the checkpoint says
 * @throws {ProjectionMoved} when the checkpoint is not where the step begins
 * @throws {ProjectionFailed} when it is not about the events: not even a step without any can be written, or more than
 *   {@linkcode MOST_IN_A_ROW} in a row cannot be applied
 */
export async function applyStep(
  projection: Projection,
  step: Step,
  parking: Parking,
  { signal, sleep = REAL_PACE.sleep, mostInARow = MOST_IN_A_ROW }: ApplyOptions = {},
): Promise<Applied> {
  const applied: Applied = { events: 0, parked: 0 };
  const todo = [step];
  for (let next = todo.shift(); next; next = todo.shift()) {
    signal?.throwIfAborted();
    const part = parking.setAside(next);
    const [culprit, ...others] = part.events;
    // Only what fails by itself is tried again: of many, each half is another try.
    let failed = await tryStep(projection, part);
    for (let tries = 1; failed && culprit && others.length === 0 && tries < ATTEMPTS; tries++) {
      await sleep(RETRY_MS, signal);
      failed = await tryStep(projection, part);
    }
    if (!failed) {
      if (culprit) parking.applied();
      applied.events += part.events.length;
      applied.parked += part.park.length;
    } else if (!culprit) {
      throw new ProjectionFailed(projection.name, part.after, failed.error);
    } else if (others.length > 0) {
      todo.unshift(...halves(part));
    } else if (parking.inARow >= mostInARow) {
      throw new ProjectionFailed(projection.name, part.after, failed.error, parking.inARow);
    } else {
      const parked = parking.park(culprit, oneLine(failed.error));
      todo.unshift({ ...part, events: [], park: inOrder([...part.park, parked]) });
    }
  }
  return applied;
}

/**
 * Applies a step, if the read model takes its events.
 *
 * @returns why it does not, if that has to do with the events
 * @throws {ProjectionUnavailable} also when the read model says of itself that it is not well: then no event is to blame
 * @throws {ProjectionMoved} when the checkpoint is elsewhere
 */
export async function tryStep(
  projection: Projection,
  step: Step,
): Promise<{ error: unknown } | undefined> {
  try {
    await projection.projectBatch(step);
    return undefined;
  } catch (error) {
    if (error instanceof ProjectionUnavailable || error instanceof ProjectionMoved) throw error;
    const { healthy, because } = await projection.healthCheck();
    if (!healthy) throw new ProjectionUnavailable(projection.name, because, { cause: error });
    return { error };
  }
}

/** A step in two, each with half of the events. Of the passed over each has those that lie in its part of the log. */
function halves(step: Step): [Step, Step] {
  const middle = step.events[step.events.length >> 1]!.event.sequence - 1;
  return [between(step, step.after, middle), between(step, middle, step.through)];
}

function between(step: Step, after: number, through: number): Step {
  const isIn = (sequence: number) => sequence > after && sequence <= through;
  const events = step.events.filter(({ event }) => isIn(event.sequence));
  const park = step.park.filter(({ sequence }) => isIn(sequence));
  const skipped = through - after - events.length - park.length;
  return { after, through, events, skipped, park, unpark: [] };
}
