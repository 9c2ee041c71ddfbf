/** Pieces of SVG. */
import { escapeHtml } from "../table/escape.ts";
import { visible } from "../table/text.ts";

/** Characters that XML has no way to write, besides those that {@linkcode visible} shows as their code. */
const NOT_XML = /[\uFFFE\uFFFF]/g;

/**
 * Text as it is written in SVG, between tags and in attributes: whatever a thing is called, no character of it is markup,
 * moves another one, or makes the picture unreadable.
 */
export function svgText(text: string): string {
  return escapeHtml(visible(text).toWellFormed().replace(NOT_XML, "\uFFFD"));
}

/** Text for people, of at most so many characters. */
export function shortened(text: string, most: number): string {
  const characters = [...visible(text)];
  return characters.length > most ? `${characters.slice(0, most - 1).join("")}…` : text;
}

/** An element. Its attributes are text; what is in it is SVG already. */
export function element(
  name: string,
  attributes: Record<string, string | number>,
  ...inside: string[]
): string {
  const said = Object.entries(attributes)
    .map(([key, value]) =>
      ` ${key}="${typeof value === "number" ? digits(value) : svgText(value)}"`
    )
    .join("");
  return inside.length > 0 ? `<${name}${said}>${inside.join("")}</${name}>` : `<${name}${said}/>`;
}

/** Lines through places, in pixels. */
export function path(
  lines: readonly (readonly (readonly [number, number])[])[],
  isClosed: boolean,
): string {
  return lines.map((line) => {
    const places = line.map(([x, y]) => `${digits(x)} ${digits(y)}`).join("L");
    return `M${places}${isClosed ? "Z" : ""}`;
  }).join("");
}

/** A number of pixels, to a tenth of one. */
function digits(value: number): string {
  return String(Math.round(value * 10) / 10 || 0);
}
