/** Draws a correlation as an indented tree: a line for each node, from its cause an elbow to it. */
import type { HierarchyNode } from "d3-hierarchy";
import { counted, whole } from "../table/text.ts";
import type { CorrelationNode, CorrelationTree } from "./correlation_tree.ts";
import { GREY, PALETTE } from "./palette.ts";
import {
  EDGE,
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
import { element, shortened, svgText } from "./svg.ts";

/** The picture's measures, in pixels. */
const WIDTH = 560;
const INDENT = 26;
const ROW = 23;
/** What is folded has a second line, with names. */
const FOLDED_ROW = 42;
const LINE = 20;
/** Where the columns of sequences and times end. */
const SEQUENCE = WIDTH - EDGE - 76;
const TIME = WIDTH - EDGE;
/** How wide bold letters are, and those of names. */
const BOLD = 7.9;
const SMALL = 6.8;
/** The most lines that a tree has; of whatever comes after them the number is said. */
const MOST_ROWS = 200;

/** What the colours stand for: what kind of thing an event is about. */
const COLOURS: Record<string, string> = {
  compute: PALETTE[0]!,
  network: PALETTE[1]!,
  software: PALETTE[2]!,
  connection: PALETTE[3]!,
  policy: PALETTE[4]!,
  concept: PALETTE[5]!,
};
const OTHER = GREY;

interface Row {
  readonly node: HierarchyNode<CorrelationNode>;
  readonly x: number;
  /** The middle of its sign. */
  readonly y: number;
}

/** The tree as an SVG file. */
export function correlationTreeSvg(tree: CorrelationTree): string {
  const below = [tree.summary, tree.period];
  const all = tree.nodes;
  const key = keyOf(all, pictureTop(below.length));
  const top = key.bottom + 26;
  let y = top + 12;
  const rows = new Map<HierarchyNode<CorrelationNode>, Row>();
  for (const node of all.slice(0, MOST_ROWS)) {
    rows.set(node, { node, x: EDGE + 12 + node.depth * INDENT, y });
    y += isTall(node) ? FOLDED_ROW : ROW;
  }
  const left = all.slice(MOST_ROWS);
  const hidden = left.reduce((sum, { data, children }) => sum + (children ? 0 : data.events), 0);
  if (left.length > 0) y += LINE;
  const { first, last } = tree.root.data;
  const isOneDay = first.recorded_at.slice(0, 10) === last.recorded_at.slice(0, 10);
  return picture(
    { title: tree.title, below, description: `${tree}` },
    { width: WIDTH, height: y + EDGE / 2 },
    key.svg,
    ...[["sequence", SEQUENCE], ["time (UTC)", TIME]].map(([words, x]) =>
      textElement(String(words), {
        x: x!,
        y: top - 4,
        "text-anchor": "end",
        "font-size": 12,
        fill: QUIET,
      })
    ),
    element("path", {
      d: elbows([...rows.values()], rows),
      fill: "none",
      stroke: "#a9a9a4",
      "stroke-width": 1.4,
    }),
    ...[...rows.values()].map((row) => rowOf(row, isOneDay)),
    left.length > 0
      ? textElement(`…and ${counted(hidden, "more event", "more events")}`, {
        x: EDGE,
        y: y - 8,
        fill: QUIET,
      })
      : "",
  );
}

function isTall({ data: { kind, name } }: HierarchyNode<CorrelationNode>): boolean {
  return kind === "folded" && name !== "";
}

/** What the colours mean that are drawn. */
function keyOf(
  nodes: readonly HierarchyNode<CorrelationNode>[],
  top: number,
): { svg: string; bottom: number } {
  const abouts = new Set(nodes.map(({ data: { about } }) => about));
  let x = EDGE;
  const svg = Object.entries(COLOURS).filter(([about]) => abouts.has(about)).map(
    ([about, colour]) => {
      const sign = dot(x + 6, top - 4, 5, colour);
      const words = textElement(about, { x: x + 17, y: top });
      x += 17 + about.length * LETTER + 16;
      return sign + words;
    },
  );
  return { svg: svg.join(""), bottom: top };
}

function dot(cx: number, cy: number, r: number, fill: string): string {
  return element("circle", { cx, cy, r, fill: GROUND }) +
    element("circle", {
      cx,
      cy,
      r,
      fill,
      "fill-opacity": "0.62",
      stroke: fill,
      "stroke-width": 1.4,
    });
}

/** From each cause down to the last of what it caused, with an arm to each. */
function elbows(
  rows: readonly Row[],
  of: ReadonlyMap<HierarchyNode<CorrelationNode>, Row>,
): string {
  const bend = 7;
  return rows.flatMap(({ node, x, y }) => {
    const caused = (node.children ?? []).flatMap((child) => of.get(child) ?? []);
    const last = caused.at(-1);
    if (!last) return [];
    return [
      `M${x} ${y}V${last.y - bend}`,
      ...caused.map((one) => `M${x} ${one.y - bend}q0 ${bend} ${bend} ${bend}H${one.x}`),
    ];
  }).join("");
}

function rowOf({ node: { data }, x, y }: Row, isOneDay: boolean): string {
  const { kind, what, name, about, events, first, last } = data;
  const isRoot = kind === "root";
  const colour = Object.hasOwn(COLOURS, about) ? COLOURS[about]! : OTHER;
  const [begin, end] = [first, last].map(({ recorded_at }) => momentWords(Date.parse(recorded_at)));
  const sequences = first === last
    ? whole(first.sequence)
    : `${whole(first.sequence)}–${whole(last.sequence)}`;
  const words = x + 16;
  const room = SEQUENCE - words - sequences.length * SMALL - 10;
  const type = shortened(what, Math.floor(room / BOLD));
  const isBelow = kind === "folded";
  const most = Math.floor(
    (isBelow ? TIME - words : room - [...type].length * BOLD - 8) / SMALL,
  );
  const told = isRoot || most < 3 ? "" : svgText(shortened(name, most));
  const isEvent = kind !== "command" && kind !== "left";
  return titled(
    `${what} ${name}; ${
      first === last ? `sequence ${sequences}` : `sequences ${sequences}`
    }; ${begin}${end === begin ? "" : ` to ${end}`} UTC`,
    signOf(kind, x, y, events, colour),
    element(
      "text",
      { x: words, y: y + 4.5 },
      element("tspan", isEvent ? { "font-weight": 600 } : { fill: QUIET }, svgText(type)),
      told && !isBelow ? element("tspan", { dx: 8, "font-size": 12 }, told) : "",
    ),
    told && isBelow
      ? element("text", { x: words, y: y + 22, "font-size": 12, fill: QUIET }, told)
      : "",
    textElement(sequences, { x: SEQUENCE, y: y + 4.5, "text-anchor": "end", "font-size": 12 }),
    textElement(isOneDay ? begin!.slice(11) : begin!.slice(5, 16), {
      x: TIME,
      y: y + 4.5,
      "text-anchor": "end",
      "font-size": 12,
      fill: QUIET,
    }),
  );
}

/** A dot; a ring for what is no event; for what is folded one that is the larger the more it stands for. */
function signOf(
  kind: CorrelationNode["kind"],
  x: number,
  y: number,
  events: number,
  colour: string,
): string {
  if (kind === "event") return dot(x, y, 5, colour);
  if (kind === "folded") return dot(x, y, Math.min(11, 5.5 + 2 * Math.log10(events)), colour);
  const r = kind === "root" ? 7 : kind === "command" ? 5 : 3;
  return element("circle", { cx: x, cy: y, r, fill: GROUND, stroke: INK, "stroke-width": 1.8 });
}
