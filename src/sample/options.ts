/** What is asked of a sample, and the course of time that follows from it. */

/** What a sample is made from. The same options give the same bytes. */
export interface SampleOptions {
  /** How many resources the fleet begins with; at least 10, so that each kind is there. */
  resources: number;
  /** Any whole number from 0 to 2^53 − 1. */
  seed: number;
  /** The moment it begins, RFC 3339 in UTC. */
  start: string;
  /** How long it goes on, in days; or else `events`. */
  days?: number | undefined;
  /** How many events it has, exactly. */
  events?: number | undefined;
}

/** What is taken where nothing is said. */
export const SAMPLE_DEFAULTS = {
  resources: 200,
  seed: 1,
  days: 30,
  start: "2026-10-01T00:00:00Z",
} as const;

/** Why a sample was not made, for programs. */
export type SampleErrorCode =
  /** The folder it is to go to is there, and not empty. */
  | "sample_folder_taken"
  /** An option that no sample can be made from. */
  | "sample_option";

/** A sample was not made, and nothing of it is left. */
export class SampleError extends Error {
  override readonly name = "SampleError";
  /** @param code stable, for programs */
  constructor(readonly code: SampleErrorCode, message: string) {
    super(message);
  }
}

/** When a history begins and ends, and how often each resource is measured. */
export interface Course {
  /** Milliseconds since 1970. */
  start: number;
  /** Until when its incidents are planned, and where it ends if it is to be so many days. Milliseconds since 1970. */
  end: number;
  /** How often each resource is measured, in milliseconds. */
  interval: number;
  /** How many events there are to be, where that was said. */
  events: number | undefined;
}

/** The rhythms that there are, in seconds: round ones, so that measurements of different days lie at the same times. */
const INTERVALS = [15, 30, 60, 120, 300, 600, 900, 1_800, 3_600];
/** The rhythm of a history of so many days, in seconds. */
const INTERVAL = 300;
/** A history of so many events is to be neither shorter nor longer than so many days, where a rhythm allows that. */
const SHORTEST_DAYS = 10;
const LONGEST_DAYS = 365;
/** About how many events a resource has before it is measured: what it is, its software, its cables. */
const EVENTS_AT_FIRST = 7;
const DAY = 86_400_000;

/**
 * The course of a history. Of so many days: each resource is measured every five minutes. Of so many events: every five
 * minutes as well, as long as that takes 10 to 365 days; few events of many resources are spread out (up to one an hour),
 * and many events of few resources lie closer together (down to one every 15 s, as `cim discover --watch` measures).
 *
 * @throws {SampleError} `sample_option` for an option out of its range
 */
export function courseOf(options: SampleOptions): Course {
  const { resources, events } = options;
  requireWhole("resources", resources, 10, 100_000);
  requireWhole("seed", options.seed, 0, Number.MAX_SAFE_INTEGER);
  const start = Date.parse(options.start);
  if (!/Z$/.test(options.start) || !(start >= 0) || start > Date.parse("2200-01-01T00:00:00Z")) {
    throw new SampleError(
      "sample_option",
      `start: ${options.start} is not a moment from 1970 to 2200 in UTC; say it like ${SAMPLE_DEFAULTS.start}`,
    );
  }
  if (events === undefined) {
    const days = options.days ?? SAMPLE_DEFAULTS.days;
    requireWhole("days", days, 1, 3_650);
    return { start, end: start + days * DAY, interval: INTERVAL * 1_000, events };
  }
  requireWhole("events", events, 1, 1_000_000_000);
  const measured = Math.max(resources, events - EVENTS_AT_FIRST * resources);
  const days = (interval: number) => measured / resources * interval / 86_400;
  const fitting = [...INTERVALS].reverse().filter((one) => days(one) <= LONGEST_DAYS);
  const slowest = fitting[0] ?? INTERVALS[0]!;
  const usual = Math.min(INTERVAL, slowest);
  const interval = days(usual) >= SHORTEST_DAYS
    ? usual
    : INTERVALS.find((one) => one >= usual && days(one) >= SHORTEST_DAYS) ?? slowest;
  return { start, end: start + days(interval) * DAY, interval: interval * 1_000, events };
}

function requireWhole(name: string, value: number, low: number, high: number): void {
  if (Number.isSafeInteger(value) && value >= low && value <= high) return;
  throw new SampleError(
    "sample_option",
    `${name}: ${value} is not a whole number from ${low} to ${high}`,
  );
}
