/** What a map of a space looks like. */
import { PALETTE } from "./palette.ts";
import { GROUND, INK } from "./picture.ts";
import { element } from "./svg.ts";

/** Where the palette ends, four of Tol's ("Colour Schemes", 2021, muted). Cells have names or numbers as well. */
const COLOURS = [...PALETTE, "#332288", "#882255", "#999933", "#44aa99"];

/** What is unlike every concept. */
export const UNKNOWN = "#777777";
/** The colour of the concept at a place among a space's. */
export function colourOf(at: number): string {
  return COLOURS[at % COLOURS.length]!;
}

/** The sign of a prototype, around 0 0: a ring that does not hide what lies below, and a cross in its concept's colour. */
export function prototypeSign(colour: string): string {
  const cross = "M-4.5 0H4.5M0 -4.5V4.5";
  const ring = (stroke: string, width: number) =>
    element("circle", { r: 7.5, fill: "none", stroke, "stroke-width": width });
  const line = (stroke: string, width: number) =>
    element("path", { d: cross, stroke, "stroke-width": width, "stroke-linecap": "round" });
  return ring(GROUND, 4.5) + ring(INK, 1.6) + line(GROUND, 6.5) + line(INK, 4.2) +
    line(colour, 2.4);
}
