/** The axis of a timeline: which moments are marked, and what is written there. */
import type { ScaleTime } from "d3-scale";
import { LETTER } from "./picture.ts";
import { type Tick, withRoom } from "./space_map_axis.ts";

/** A mark each so many pixels, about; and none closer to an end than this, where its words would leave the axis. */
const EVERY = 66;
const EDGE = 12;
const DAY = 86_400_000;

/**
 * Marks at round moments in UTC, their places in pixels, written as short as their distance allows; and the day or year
 * that all of them are of, where they do not say it themselves.
 */
export function axisMarks(scale: ScaleTime<number, number>): { marks: Tick[]; unit: string } {
  const [left, right] = scale.range() as [number, number];
  const ticks = scale.ticks(Math.floor((right - left) / EVERY));
  const step = ticks.length > 1 ? +ticks[1]! - +ticks[0]! : DAY;
  const short = scale.tickFormat(
    0,
    step >= 365 * DAY
      ? "%Y"
      : step >= 28 * DAY
      ? "%b %Y"
      : step >= DAY
      ? "%-d %b"
      : step >= 60_000
      ? "%H:%M"
      : step >= 1_000
      ? "%H:%M:%S"
      : "%S.%L s",
  );
  const date = scale.tickFormat(0, "%-d %b");
  const year = scale.tickFormat(0, "%Y");
  const wanted = ticks.map((moment) => {
    const isDay = step < DAY && +moment % DAY === 0;
    return { at: scale(moment), text: isDay ? date(moment) : short(moment) };
  });
  const [first, last] = scale.domain() as [Date, Date];
  const years = year(first) === year(last) ? year(first) : `${year(first)}–${year(last)}`;
  const isDaySaid = step >= DAY || ticks.some((moment) => +moment % DAY === 0);
  const unit = step >= 28 * DAY ? "" : isDaySaid ? ` ${years}` : ` ${date(first)} ${years}`;
  const inside = wanted.filter(({ at }) => at >= left + EDGE && at <= right - EDGE);
  return { marks: withRoom(inside, ({ at }) => at, ({ text }) => text.length * LETTER + 10), unit };
}
