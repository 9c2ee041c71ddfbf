/** Draws a timeline: lanes below an axis of time in UTC, bars in the colours of their kinds. */
import { type ScaleTime, scaleUtc } from "d3-scale";
import { counted, visible, whole } from "../table/text.ts";
import { GREY, PALETTE } from "./palette.ts";
import {
  EDGE,
  FAINT,
  GROUND,
  INK,
  LETTER,
  momentWords,
  picture,
  pictureTop,
  QUIET,
  textElement,
  titled,
} from "./picture.ts";
import { element, path, shortened } from "./svg.ts";
import type { Timeline } from "./timeline.ts";
import { axisMarks } from "./timeline_axis.ts";
import { type Bar, type Lane, lanesOf } from "./timeline_lanes.ts";
import type { TimelineSpan } from "./timeline_span.ts";

/** The picture's measures, in pixels. */
const WIDTH = 560;
const LEFT = 158;
const RIGHT = WIDTH - EDGE;
/** Behind what still goes on there is an arrow. */
const ARROW = 8;
const ROW = 20;
const KNOWN_ROW = 18;
const LANE_EDGE = 4;
const LINE = 20;
/** Where it is longer than this, its axis is said again below. */
const LONG = 480;
/** How wide the letters at bars are, and how many must have room for any to be written. */
const SMALL = 6.8;
const FEWEST = 5;
/** The colours of the most frequent kinds; what is of further ones is grey. */
const COLOURS = PALETTE;
const OTHER = GREY;
/** An hour on both sides of what is a single moment, in ms. */
const AROUND = 3_600_000;

/** The timeline as an SVG file. */
export function timelineSvg(timeline: Timeline): string {
  const { spans, from, until, title, summary } = timeline;
  const isEmpty = spans.length === 0;
  const around = from === until ? AROUND : 0;
  const scale = scaleUtc([isEmpty ? 0 : from - around, isEmpty ? 1 : until + around], [
    LEFT,
    RIGHT - ARROW - 2,
  ]);
  const { lanes, more, left } = lanesOf(spans, (moment) => scale(moment ?? until + around));
  const kinds = kindsOf(timeline);
  const below = [
    summary,
    ...(isEmpty ? [] : [timeline.period]),
    ...(left > 0 ? [`${counted(left, "bar")} more than there is room for in these lanes`] : []),
  ];
  const key = keyOf(kinds, spans.some(({ isKnown }) => isKnown), pictureTop(below.length));
  const top = key.bottom + 38;
  let bottom = top;
  const drawn = lanes.map((lane, at) => {
    const svg = laneOf(lane, bottom, at % 2 === 0, kinds);
    bottom += heightOf(lane);
    return svg;
  });
  const note = more > 0 ? `…and ${counted(more, "more lane", "more lanes")}` : "";
  const isLong = bottom - top > LONG;
  const end = bottom + (isLong ? LINE : 0) + (more > 0 ? LINE : 0);
  return picture(
    { title, below, description: `${timeline}` },
    { width: WIDTH, height: end + EDGE },
    key.svg,
    isEmpty ? "" : axis(scale, top, bottom),
    ...drawn,
    isLong ? axisWords(scale, bottom + 16) : "",
    note && textElement(note, { x: EDGE + 6, y: end - 4, fill: QUIET }),
  );
}

/** The kinds' colours, of the most frequent ones; others are grey. Of kinds that are equally frequent the first by name. */
function kindsOf({ spans }: Timeline): Map<string, string> {
  const counts = new Map<string, number>();
  for (const { kind, isKnown } of spans) {
    if (!isKnown) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const kinds = [...counts].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1));
  return new Map(kinds.map(([kind], at) => [kind, COLOURS[at] ?? OTHER]));
}

/** What the colours mean, in lines. */
function keyOf(
  kinds: ReadonlyMap<string, string>,
  hasKnown: boolean,
  top: number,
): { svg: string; bottom: number } {
  const coloured = [...kinds].slice(0, COLOURS.length);
  const grey = kinds.size - coloured.length;
  const entries: [sign: string, name: string][] = [
    ...coloured.map(([kind, colour]): [string, string] => [swatch(colour), kind]),
    ...(grey > 0 ? [[swatch(OTHER), counted(grey, "other kind")] as [string, string]] : []),
    ...(hasKnown ? [[outline(0, -9, 18, 12), "known to have been"] as [string, string]] : []),
  ];
  let [x, y] = [EDGE, top];
  const svg = entries.map(([sign, whole]) => {
    const name = shortened(whole, 28);
    const width = 24 + [...name].length * LETTER + 18;
    if (x > EDGE && x + width > RIGHT) [x, y] = [EDGE, y + LINE];
    const at = `translate(${Math.round(x)} ${y})`;
    x += width;
    return element("g", { transform: at }, sign, textElement(name, { x: 24, y: 1 }));
  });
  return { svg: svg.join(""), bottom: y };
}

function swatch(colour: string): string {
  return filled(0, -9, 18, 12, colour);
}

/** A bar: pale, so that words on it are read, with a full edge. */
function filled(x: number, y: number, width: number, height: number, fill: string): string {
  const place = { x, y, width, height };
  return element("rect", { ...place, rx: 2, fill: GROUND }) +
    element("rect", { ...place, rx: 2, fill, "fill-opacity": "0.42", stroke: fill });
}

function outline(x: number, y: number, width: number, height: number): string {
  const place = { x, y, width, height, rx: 2 };
  return element("rect", { ...place, fill: "none", stroke: INK, "stroke-dasharray": "4 2.5" });
}

function axis(scale: ScaleTime<number, number>, top: number, bottom: number): string {
  const lines = axisMarks(scale).marks.map(({ at }): [number, number][] => [
    [at, top - 4],
    [at, bottom],
  ]);
  return element("path", { d: path(lines, false), stroke: FAINT }) + axisWords(scale, top - 8);
}

function axisWords(scale: ScaleTime<number, number>, y: number): string {
  const { marks, unit } = axisMarks(scale);
  return textElement(`time (UTC)${unit}`, { x: EDGE + 6, y, fill: QUIET, "font-size": 12 }) +
    marks.map(({ at, text }) =>
      textElement(text, { x: at, y, "text-anchor": "middle", "font-size": 12 })
    ).join("");
}

function heightOf({ known, rows }: Lane): number {
  return 2 * LANE_EDGE + known.length * KNOWN_ROW + rows.length * ROW;
}

function laneOf(
  lane: Lane,
  top: number,
  isShaded: boolean,
  kinds: ReadonlyMap<string, string>,
): string {
  const { name, known, rows } = lane;
  const bottom = top + heightOf(lane);
  const begin = top + LANE_EDGE;
  const told = known.flatMap((row, at) => {
    const y = begin + at * KNOWN_ROW;
    const words = wordsIn(row);
    return row.map((bar, place) =>
      titled(
        `known to have been: ${barWords(bar)}`,
        outline(bar.x, y, bar.end - bar.x, bottom - LANE_EDGE / 2 - y),
        written(words[place], y + 13, QUIET),
      )
    );
  });
  const found = rows.flatMap((row, at) => {
    const y = begin + known.length * KNOWN_ROW + at * ROW;
    const words = wordsIn(row, known.flat());
    return row.map((bar, place) => {
      const colour = kinds.get(bar.spans[0]!.kind)!;
      return titled(
        barWords(bar),
        filled(bar.x, y + 2, bar.end - bar.x, ROW - 5, colour),
        isOpen(bar) ? openEnd(bar.end, y + 2, colour) : "",
        written(words[place], y + 14, INK),
      );
    });
  });
  const most = Math.floor((LEFT - EDGE - 14) / LETTER);
  const [x, y, width, height] = [EDGE, top, RIGHT - EDGE, bottom - top];
  return titled(
    name,
    isShaded ? element("rect", { x, y, width, height, fill: INK, opacity: "0.035" }) : "",
    textElement(shortened(name, most), { x: EDGE + 6, y: top + LANE_EDGE + 14 }),
  ) + told.join("") + found.join("");
}

function isOpen({ spans }: Bar): boolean {
  return spans.some(({ to }) => to === null);
}

/** What still goes on has no end: an arrow instead. */
function openEnd(x: number, y: number, fill: string): string {
  return element("path", {
    d: path([[[x, y - 1], [x + ARROW, y + (ROW - 5) / 2], [x, y + ROW - 4]]], true),
    fill,
  });
}

function barWords({ spans }: Bar): string {
  const [first] = spans;
  const { lane, kind, label, from } = first!;
  const last = spans.reduce((end, { to }) => Math.max(end, to ?? Infinity), 0);
  const until = last === Infinity ? "on, beyond the end" : `to ${momentWords(last)}`;
  const what = spans.length > 1 || label === kind ? labelOf(spans) : `${kind}: ${label}`;
  return `UTC ${momentWords(from)} ${until}: ${what}; ${lane}`;
}

/** What is written at a bar. */
function labelOf(spans: readonly TimelineSpan[]): string {
  const [first] = spans;
  return visible(spans.length > 1 ? `${whole(spans.length)} × ${first!.kind}` : first!.label);
}

/** Words at a bar, and where they begin, or end. */
interface Words {
  readonly x: number;
  readonly anchor: "start" | "end";
  readonly text: string;
}

/**
 * What the bars of a row say: on them, or else behind or before them, where there is more room.
 *
 * @param around outlines, which are not written on
 */
function wordsIn(row: readonly Bar[], around: readonly Bar[] = []): (Words | undefined)[] {
  let taken = LEFT;
  return row.map((bar, at) => {
    const { spans, x, end } = bar;
    const label = labelOf(spans);
    const needed = [...label].length;
    const outlines = around.filter((one) => one.x <= end + 4 && one.end >= x - 4);
    const behind = Math.max(end + (isOpen(bar) ? ARROW : 0), ...outlines.map(({ end }) => end)) + 5;
    const before = Math.min(x, ...outlines.map(({ x }) => x)) - 5;
    const rooms = [
      { most: lettersIn(end - x - 8), x: x + 5, anchor: "start" as const },
      {
        most: lettersIn((row[at + 1]?.x ?? RIGHT) - behind - 2),
        x: behind,
        anchor: "start" as const,
      },
      { most: lettersIn(before - taken - 4), x: before, anchor: "end" as const },
    ];
    const best = rooms.find(({ most }) => most >= needed) ??
      rooms.reduce((most, one) => one.most > most.most ? one : most);
    taken = end;
    if (best.most < Math.min(FEWEST, needed)) return undefined;
    const text = shortened(label, best.most);
    if (best === rooms[1]) taken = behind + [...text].length * SMALL;
    return { x: best.x, anchor: best.anchor, text };
  });
}

function lettersIn(room: number): number {
  return Math.max(0, Math.floor(room / SMALL));
}

/** With the ground around its letters, so that lines end there. */
function written(words: Words | undefined, y: number, fill: string): string {
  return words === undefined ? "" : textElement(words.text, {
    x: words.x,
    y,
    "text-anchor": words.anchor,
    "font-size": 12,
    fill,
  });
}
