/** What the colours and signs on a map of a space mean, and how many things there are of each. */
import { GROUND, INK, LETTER, QUIET, WARNING } from "./picture.ts";
import { prototypeSign } from "./space_map_style.ts";
import { element, shortened, svgText } from "./svg.ts";

/** A concept in a legend. */
export interface LegendEntry {
  readonly name: string;
  readonly colour: string;
  /** Of how many things that are drawn this is what they are. */
  readonly count: number;
}

/** How many there are of what no concept says. */
export interface LegendCounts {
  readonly unknown: number;
  readonly misperceived: number;
}

/** From line to line, in pixels. */
const LINE = 21;
/** From a sign's middle to its words. */
const INDENT = 18;

/** A legend, and where it ends, in pixels. */
export function legend(
  concepts: readonly LegendEntry[],
  { unknown, misperceived }: LegendCounts,
  { x, y, width }: { readonly x: number; readonly y: number; readonly width: number },
): { svg: string; bottom: number } {
  const swatch = (fill: string, opacity: number) =>
    element("rect", { x: -8, y: -8, width: 16, height: 16, fill, "fill-opacity": opacity });
  const dot = (fill: string) => element("circle", { r: 4.5, fill, stroke: INK });
  const rows: [sign: string, name: string, count?: number][] = [
    ...concepts.map(({ name, colour, count }): [string, string, number] => [
      swatch(colour, 0.3) + dot(colour),
      name,
      count,
    ]),
    [swatch(GROUND, 1) + swatch("url(#unlike)", 1) + dot(GROUND), "unlike every one", unknown],
    [
      element("circle", { r: 8.5, fill: "none", stroke: WARNING, "stroke-width": 2 }) + dot(QUIET),
      "declared otherwise",
      misperceived,
    ],
    [prototypeSign(QUIET), "a prototype"],
  ];
  const most = Math.floor((width - INDENT - 32) / LETTER);
  const svg = rows.map(([sign, name, count], at) => {
    const line = y + at * LINE + (at >= concepts.length ? LINE / 2 : 0);
    return element(
      "g",
      { transform: `translate(${x + 8} ${line})` },
      element("title", {}, svgText(name)),
      sign,
      element("text", { x: INDENT, y: 4.5 }, svgText(shortened(name, most))),
      ...(count === undefined
        ? []
        : [element("text", { x: width - 8, y: 4.5, "text-anchor": "end" }, String(count))]),
    );
  });
  return { svg: svg.join(""), bottom: y + (rows.length + 1) * LINE };
}
