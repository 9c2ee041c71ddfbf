/** Where the bars of a timeline are: in lanes, and in rows of these where they overlap. */
import type { TimelineSpan } from "./timeline_span.ts";

/** A bar: one span, or several short ones of a kind that cannot be told apart at this scale. Pixels from the left. */
export interface Bar {
  readonly spans: readonly TimelineSpan[];
  readonly x: number;
  readonly end: number;
}

/** A lane. Of bars that overlap each is in a row of its own. */
export interface Lane {
  readonly name: string;
  readonly known: readonly (readonly Bar[])[];
  readonly rows: readonly (readonly Bar[])[];
}

/** Lanes, and what there was no room for. */
export interface Lanes {
  readonly lanes: readonly Lane[];
  /** How many lanes are not drawn. */
  readonly more: number;
  /** How many spans of the lanes that are drawn are not. */
  readonly left: number;
}

/** So many lanes, bars and rows of a lane are drawn at most. */
const MOST_LANES = 200;
const MOST_BARS = 500;
const MOST_ROWS = 6;
/** A bar is as wide as this at least, in pixels. */
const LEAST = 3;
/** Short bars of a kind that are closer than this, in pixels, are one. */
const GAP = 1;

/**
 * The lanes in the order in which something began in them.
 *
 * @param placeOf where a moment is, in pixels; null is what still goes on
 */
export function lanesOf(
  spans: readonly TimelineSpan[],
  placeOf: (moment: number | null) => number,
): Lanes {
  const ordered = spans.toSorted((a, b) =>
    a.from - b.from || (a.lane < b.lane ? -1 : a.lane > b.lane ? 1 : 0)
  );
  const own = [...Map.groupBy(ordered, ({ lane }) => lane)];
  const lanes: Lane[] = [];
  let [bars, left] = [0, 0];
  for (const [name, all] of own) {
    if (lanes.length === MOST_LANES || bars >= MOST_BARS) break;
    const { known = [], found = [] } = Object.groupBy(
      all,
      ({ isKnown }) => isKnown ? "known" : "found",
    );
    const [outlined, rows] = [known, found].map((some) => {
      const packed = rowsOf(barsOf(some, placeOf), MOST_BARS - bars);
      bars += packed.rows.reduce((sum, row) => sum + row.length, 0);
      left += packed.left;
      return packed.rows;
    });
    lanes.push({ name, known: outlined!, rows: rows! });
  }
  return { lanes, more: own.length - lanes.length, left };
}

/** The bars of a lane; neighbours of a kind that would be no wider than a hair are one. */
function barsOf(spans: readonly TimelineSpan[], placeOf: (moment: number | null) => number): Bar[] {
  const bars: { spans: TimelineSpan[]; x: number; end: number }[] = [];
  const short = new Map<string, typeof bars[0]>();
  for (const span of spans) {
    const x = placeOf(span.from);
    const isShort = placeOf(span.to) - x < LEAST;
    const end = isShort ? x + LEAST : placeOf(span.to);
    const last = short.get(span.kind);
    if (isShort && last && x - last.end < GAP) {
      last.spans.push(span);
      last.end = Math.max(last.end, end);
      continue;
    }
    const bar = { spans: [span], x, end };
    bars.push(bar);
    if (isShort) short.set(span.kind, bar);
  }
  return bars;
}

/** Each bar in the first row that is free (interval partitioning: bars come in the order of their beginnings). */
function rowsOf(bars: readonly Bar[], most: number): { rows: Bar[][]; left: number } {
  const rows: Bar[][] = [];
  let [count, left] = [0, 0];
  for (const bar of bars) {
    const free = rows.find((row) => row.at(-1)!.end <= bar.x);
    if (count < most && free) free.push(bar);
    else if (count < most && rows.length < MOST_ROWS) rows.push([bar]);
    else {
      left += bar.spans.length;
      continue;
    }
    count++;
  }
  return { rows, left };
}
