/** How often it is looked whether the passing of time alone has changed a verdict. */
import type { PolicyVersion } from "./policies.ts";

/** How often what reads `now` is judged where nothing happens: every five minutes, in microseconds. */
export const TICK_MICROS = 300e6;
const [HOUR, DAY, YEAR] = [3_600e6, 86_400e6, 365 * 86_400e6];

/**
 * How often a resource is judged of which nothing has been heard for some time: five minutes; an hour after a day, and a
 * day after a year. Each is a multiple of the one before, and it does not depend on how long the log is: a log that grows
 * says nothing else of what was.
 */
export function rhythm(silence: number): number {
  return silence < DAY ? TICK_MICROS : silence < YEAR ? HOUR : DAY;
}

/** Whether a policy may say something else where nothing happens but that time passes. */
export function readsNow({ compiled }: PolicyVersion): boolean {
  return !("error" in compiled) && compiled.reads.has("now");
}
