/** The archived part of a replay: whole segments at a time, from their typed copies. */
import type { Archive, ArchiveSegment } from "../log/archive.ts";
import { foldStep } from "../projections/sql/fold.ts";
import type { SqlProjection } from "../projections/sql/projection.ts";
import type { ParkedEvent } from "../projections/projection.ts";
import { isAboutPlace, isAboutValues } from "../projections/sql/database.ts";
import { dropViews, viewTyped } from "../projections/sql/typed.ts";
import { TypedCache, type TypedSegment } from "./typed_cache.ts";

/** So many events, about, are folded at once: more would need more memory, and fewer more time. */
const STEP_EVENTS = 1_000_000;

/** What is still to be replayed, and how that is followed and ended. */
export interface Rest {
  /** The last sequence to apply; Infinity for all there are. */
  last: number;
  onProgress: (done: number, total: number) => void;
  signal?: AbortSignal;
}

/**
 * Applies to an empty projection what an archive has up to a sequence. Where there is no room for the typed copies, one
 * is lost while it is read, or a segment has an event that only a newer program can read, it applies less: the rest is
 * then read from the archive itself, event by event, and no further than it is wanted.
 */
export async function replayArchive(
  projection: SqlProjection,
  archive: Archive,
  rest: Rest,
): Promise<void> {
  const segments = archive.segments.filter(({ first_sequence }) => first_sequence <= rest.last);
  if (segments.length === 0) return;
  try {
    const cache = await TypedCache.open(archive);
    try {
      await fold(projection, cache, segments, rest);
    } finally {
      await cache.close();
    }
  } catch (error) {
    rest.signal?.throwIfAborted();
    if (!isAboutPlace(error) && !isAboutValues(error)) throw error;
  }
}

async function fold(
  projection: SqlProjection,
  cache: TypedCache,
  segments: readonly ArchiveSegment[],
  { last, onProgress, signal }: Rest,
): Promise<void> {
  const typed = await cache.typed(segments, {
    onProgress: (done) => onProgress(Math.min(done, last), last),
    ...(signal ? { signal } : {}),
  });
  const parking = new FirstParked();
  let after = 0;
  for (const group of groups(typed)) {
    const through = Math.min(group.at(-1)!.segment.last_sequence, last);
    const isIn = (sequence: number) => sequence <= through;
    await foldStep(projection.database.connection, {
      after,
      through,
      skipped: group.flatMap(({ skipped }) => skipped).filter(isIn).length,
      park: group.flatMap(({ parked }) => parked).filter(({ sequence }) => isIn(sequence))
        .map((one) => parking.park(one)),
      unpark: [],
    }, {
      projection: projection.name,
      stage: (connection) =>
        viewTyped(connection, group.map(({ folder }) => folder), { after, through }),
      unstage: dropViews,
    }, signal);
    after = through;
    onProgress(through, last);
  }
}

/** As a projector parks them: behind the first of an aggregate that cannot be applied, the later ones are not tried. */
class FirstParked {
  readonly #first = new Map<string, number>();

  park(one: ParkedEvent): ParkedEvent {
    const first = this.#first.get(one.aggregate_id);
    if (first !== undefined) {
      return { ...one, reason: `event ${first} of the same aggregate is parked` };
    }
    this.#first.set(one.aggregate_id, one.sequence);
    return one;
  }
}

function* groups(typed: readonly TypedSegment[]): Generator<TypedSegment[]> {
  let group: TypedSegment[] = [];
  let events = 0;
  for (const one of typed) {
    group.push(one);
    events += one.segment.count;
    if (events < STEP_EVENTS) continue;
    yield group;
    [group, events] = [[], 0];
  }
  if (group.length > 0) yield group;
}
