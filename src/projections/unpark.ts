/** Un-parking: events that were put aside, applied after all, once a read model can take them. */
import { decodeEvent, NewerEvent, UnreadableEvent } from "../domain/event.ts";
import { type EventLog, LogBroken } from "../log/log.ts";
import { tryStep } from "./apply_step.ts";
import {
  type ParkedEvent,
  type ProjectedEvent,
  type Projection,
  ProjectionMoved,
} from "./projection.ts";
import { STEP_BYTES, STEP_EVENTS } from "./step_assembly.ts";

/** Which events to un-park. */
export interface UnparkOptions {
  /** Only those of this aggregate; of all by default. */
  aggregate?: string;
  /** Ends it between two steps, with its reason; what was applied by then stays. */
  signal?: AbortSignal;
}

/** What came of un-parking. */
export interface Unparked {
  /** How many events were applied. */
  applied: number;
  /** What is still parked, of other aggregates too. */
  left: ParkedEvent[];
}

/** Parked events that are no further apart are read at once, with what lies between them. */
const NEAR = 100;
/** How often the checkpoint may turn out to be elsewhere, in a row. */
const MOVES = 5;

/**
 * Reads parked events from the log again and applies them, in the order of the log. Those that still fail stay parked,
 * and the later ones of their aggregates with them. The checkpoint stays where it is.
 *
 * @throws {ProjectionUnavailable} when the read model is in trouble
 * @throws {ProjectionMoved} when another projector moves the checkpoint again and again
 * @throws {LogUnavailable} when the log cannot be read
 * @throws {LogBroken} when one of them is not in it any more
 */
export async function unpark(
  log: EventLog,
  projection: Projection,
  { aggregate, signal }: UnparkOptions = {},
): Promise<Unparked> {
  const wanted = (await projection.parked())
    .filter(({ aggregate_id }) => aggregate === undefined || aggregate_id === aggregate);
  const stuck = new Set<string>();
  let applied = 0;
  for await (const events of readAgain(log, wanted, stuck, signal)) {
    const todo = [events];
    for (let next = todo.shift(); next; next = todo.shift()) {
      signal?.throwIfAborted();
      const part = next.filter(({ event }) => !stuck.has(event.aggregate_id));
      if (part.length === 0) continue;
      if (await apply(projection, part)) applied += part.length;
      else if (part.length === 1) stuck.add(part[0]!.event.aggregate_id);
      else todo.unshift(part.slice(0, part.length >> 1), part.slice(part.length >> 1));
    }
  }
  return { applied, left: await projection.parked() };
}

/** Whether the read model took them. Where the checkpoint is does not matter to them: only that nobody moves it now. */
async function apply(
  projection: Projection,
  events: readonly ProjectedEvent[],
): Promise<boolean> {
  for (let moves = 1;; moves++) {
    const { last_sequence: at } = await projection.checkpoint();
    const unpark = events.map(({ event }) => event.sequence);
    try {
      const step = { after: at, through: at, events, skipped: 0, park: [], unpark };
      return await tryStep(projection, step) === undefined;
    } catch (error) {
      if (!(error instanceof ProjectionMoved) || moves >= MOVES) throw error;
    }
  }
}

/** The parked events as they stand in the log, in parts of the size of a step. */
async function* readAgain(
  log: EventLog,
  parked: readonly ParkedEvent[],
  stuck: Set<string>,
  signal?: AbortSignal,
): AsyncGenerator<ProjectedEvent[]> {
  const wanted = new Map(parked.map((one) => [one.sequence, one]));
  let events: ProjectedEvent[] = [];
  let bytes = 0;
  for (const [from, to] of runs(parked)) {
    for await (const record of log.read({ from, to, ...(signal ? { signal } : {}) })) {
      const one = wanted.get(record.sequence);
      if (!one) continue;
      wanted.delete(record.sequence);
      try {
        events.push({ record, event: decodeEvent(record) });
        bytes += record.payload.length;
      } catch (error) {
        // It could be read when it was parked: this program is another one.
        if (!(error instanceof UnreadableEvent || error instanceof NewerEvent)) throw error;
        stuck.add(one.aggregate_id);
      }
      if (events.length >= STEP_EVENTS || bytes >= STEP_BYTES) {
        yield events;
        [events, bytes] = [[], 0];
      }
    }
    for (const sequence of wanted.keys()) {
      // The later ones of its aggregate must not be applied without it.
      if (sequence <= to) throw new LogBroken(`sequence ${sequence} is missing in it`);
    }
  }
  if (events.length > 0) yield events;
}

function runs(parked: readonly ParkedEvent[]): [from: number, to: number][] {
  const found: [number, number][] = [];
  for (const { sequence } of parked) {
    const last = found.at(-1);
    if (last && sequence - last[1] <= NEAR) last[1] = sequence;
    else found.push([sequence, sequence]);
  }
  return found;
}
