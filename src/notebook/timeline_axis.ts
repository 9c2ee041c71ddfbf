/** The axis of a timeline: which moments are marked, and what is written there. */
import type { ScaleTime } from "d3-scale";

/** A moment on an axis: its place, in pixels, and its words. */
export interface Mark {
  readonly x: number;
  readonly text: string;
}

/** A mark each so many pixels, about; and none whose words would leave the axis. */
const EVERY = 66;
const HALF = 24;
const DAY = 86_400_000;

/**
 * Marks at round moments in UTC, written as short as their distance allows; and what all of them are of, where they do
 * not say it themselves.
 */
export function axisMarks(scale: ScaleTime<number, number>): { marks: Mark[]; unit: string } {
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
    return { x: scale(moment), text: isDay ? date(moment) : short(moment) };
  });
  const [first] = scale.domain() as [Date, Date];
  const isWritten = step < DAY && ticks.some((moment) => +moment % DAY === 0);
  const unit = step >= 28 * DAY
    ? ""
    : step >= DAY || isWritten
    ? ` ${year(first)}`
    : ` ${date(first)} ${year(first)}`;
  const marks = wanted.filter(({ x }) => x >= left + HALF / 2 && x <= right - HALF / 2);
  return { marks, unit };
}
