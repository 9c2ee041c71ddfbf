/** When something goes wrong, and how often: incidents that are spread over a history, as many of each kind. */
import type { IncidentKind, Trace } from "./ground_truth.ts";
import {
  type Begin,
  failingDisk,
  lostRedundancy,
  misclassifiedClone,
  noisyNeighbour,
  silentHost,
  slowLeak,
} from "./incident_kinds.ts";
import { Random } from "./random.ts";
import type { World } from "./world.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * How each kind begins, and how long it lasts, in milliseconds, where the history is long enough for that. They begin in
 * this order again and again: first the one that needs most machines with which nothing else is going on.
 */
const KINDS: Record<IncidentKind, readonly [begin: Begin, shortest: number, longest: number]> = {
  noisy_neighbour: [noisyNeighbour, 6 * HOUR, 18 * HOUR],
  silent_host: [silentHost, 6 * HOUR, 30 * HOUR],
  lost_redundancy: [lostRedundancy, 12 * HOUR, 3 * DAY],
  misclassified_clone: [misclassifiedClone, 3 * DAY, 8 * DAY],
  slow_leak: [slowLeak, 3 * DAY, 6 * DAY],
  failing_disk: [failingDisk, 2 * DAY, 4 * DAY],
};

/** In a month, one in so many resources has an incident of each kind. */
const RESOURCES_OF_AN_INCIDENT = 80;
const MONTH = 30 * DAY;
/** The share of the history in which incidents begin: before there is what is normal, and none is cut off at the end. */
const FIRST = 0.15;
const LAST = 0.7;
/** None lasts longer than this share of the history. */
const LONGEST = 0.2;
/** Where no machine is fit for it another moment is tried, a share of the history later, until it is too late. */
const RETRY = 0.02;
const TOO_LATE = 0.8;

/**
 * Puts incidents into the agenda: of each kind at least one, and with larger fleets and longer histories more, one in
 * each equal part of the time.
 *
 * @param resources how many the fleet began with
 * @param from when the first measurement is, in milliseconds since 1970
 * @returns the incidents, which are added in the order in which they begin
 */
export function plan(world: World, resources: number, from: number, seed: number): Trace[] {
  const traces: Trace[] = [];
  const random = new Random(seed, "incidents");
  const length = world.course.end - from;
  const count = Math.max(
    1,
    Math.round(resources / RESOURCES_OF_AN_INCIDENT * Math.min(length, 12 * MONTH) / MONTH),
  );
  const kinds = Object.values(KINDS);
  for (const [kind, [begin, shortest, longest]] of kinds.entries()) {
    for (let index = 0; index < count; index++) {
      const part = (LAST - FIRST) * length / (count * kinds.length);
      const place = index * kinds.length + kind + random.between(0, 1);
      const at = from + FIRST * length + place * part;
      const lasts = Math.min(random.between(shortest, longest), LONGEST * length);
      const attempt = (now: number) => {
        const trace = begin(world, random, now, lasts);
        if (trace) traces.push(trace);
        else if (now < from + TOO_LATE * length) world.agenda.at(now + RETRY * length, attempt);
      };
      world.agenda.at(at, attempt);
    }
  }
  return traces;
}
