/** What all pictures of the house have in common: the ground that they are drawn on, their colours and their words. */
import { columns as inColumns, whole } from "../table/text.ts";
import { element, shortened, svgText } from "./svg.ts";

/** What everything is drawn on: light, so that a picture is read on a page of any colour. */
export const GROUND = "#fdfdfb";
/** Lines and letters. */
export const INK = "#222222";
/** What is of less importance. */
export const QUIET = "#5c5c5c";
/** Lines that only guide the eye. */
export const FAINT = "#d4d4cf";
/** What is to be looked at first: what is not as it should be. */
export const WARNING = "#b00020";
/** How wide a letter is, in pixels: about, since fonts differ. */
export const LETTER = 7.2;
/** From a picture's edge to what is drawn, in pixels. */
export const EDGE = 16;

/** How wide the letters of a title are, and those below it, in pixels. */
const TITLE_LETTER = 10.4;
const BELOW_LETTER = 6.6;
/** From line to line below the title, in pixels. */
const LINE = 19;
/** The text of a description has so many characters at most. */
const DESCRIBED = 4_000;
/** And what is said of one sign on being pointed at so many. */
const TOLD = 140;

/** What a picture says besides what is drawn. */
export interface PictureWords {
  readonly title: string;
  /** Lines below the title. */
  readonly below: readonly string[];
  /** All that is to be seen, for those who do not see it. */
  readonly description: string;
}

/** Where a picture begins that has so many lines below its title, in pixels from the top. */
export function pictureTop(lines: number): number {
  return 26 + LINE * lines + 22;
}

/**
 * A whole picture, as an SVG file.
 *
 * @param measures width and height, in pixels
 * @param inside what is drawn, as SVG
 */
export function picture(
  { title, below, description }: PictureWords,
  { width, height }: { readonly width: number; readonly height: number },
  ...inside: string[]
): string {
  const room = width - 2 * EDGE;
  const said = description.replaceAll(/\n+ */g, "; ").replaceAll(/ +/g, " ");
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: "img",
      "font-family": 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
      "font-size": 13,
      fill: INK,
    },
    element("title", {}, svgText(shortened(title, 2 * TOLD))),
    element("desc", {}, svgText(shortened(said, DESCRIBED))),
    element("rect", { width, height, rx: 6, fill: GROUND }),
    textElement(shortened(title, Math.floor(room / TITLE_LETTER)), {
      x: EDGE,
      y: 26,
      "font-size": 16,
      "font-weight": 600,
    }),
    ...below.map((line, at) =>
      textElement(shortened(line, Math.floor(room / BELOW_LETTER)), {
        x: EDGE,
        y: 26 + LINE * (at + 1),
        fill: QUIET,
      })
    ),
    ...inside,
  );
}

/** Written words. */
export function textElement(said: string, attributes: Record<string, string | number>): string {
  return element("text", attributes, svgText(said));
}

/** What is said of something drawn on being pointed at, and to those who do not see it. */
export function titled(said: string, ...inside: string[]): string {
  return element("g", {}, element("title", {}, svgText(shortened(said, TOLD))), ...inside);
}

/** A moment for people: `2026-10-04 05:16:30`. In UTC, which is to be said beside it. */
export function momentWords(millis: number): string {
  return new Date(millis).toISOString().replace("T", " ").replace(/\.\d+Z$/, "");
}

/** Parts of a line, one after the other; none where all are empty. */
export function lineOf(...parts: string[]): string {
  return parts.filter((part) => part !== "").join(" · ");
}

/** Some lines in columns, and how many there are besides of all. */
export function firstOf(rows: readonly (readonly string[])[], all: number): string[] {
  const left = all - rows.length;
  return [...inColumns(rows, "  "), ...(left > 0 ? [`  …and ${whole(left)} more`] : [])];
}
