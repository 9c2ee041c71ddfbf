/** A Plotly figure as a report shows it. */
import { decodeEntities } from "./html.ts";

/** JSON's objects. */
export type JsonObject = Record<string, unknown>;

/** Whether the value is an object with keys. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What the mime type `application/vnd.plotly.v1+json` holds, as far as it counts here. */
export interface Figure {
  /** The traces. */
  data: JsonObject[];
  /** Axes, legend, and the like. */
  layout: JsonObject;
  /** The title as plain text, which the page writes above it, where it can be wrapped; empty if there is none. */
  title: string;
  /** And what is said below it. */
  subtitle: string;
}

/** Traces that draw on maps, which plotly.js fetches from servers. */
const MAPS = /^(?:choropleth|scattergeo|(?:choropleth|scatter|density)map(?:box)?)$/;

/** Tags without attributes that plotly.js draws as such, and that charts use on purpose. */
const DRAWN_TAG = /^<(?:br ?\/?|\/?(?:b|i|u|s|em|strong|sub|sup|extra))>$/;

/**
 * The figure of a mime bundle, made fit for the page: its texts are text, and the page says how wide it is, what
 * its colours are and where title and legend stand. Undefined if the value is no figure.
 */
export function pageFigure(value: unknown): Figure | undefined {
  if (!isObject(value) || !Array.isArray(value["data"])) return undefined;
  const data = value["data"].filter(isObject).map((trace) => asText(trace) as JsonObject);
  const given = isObject(value["layout"]) ? asText(value["layout"]) as JsonObject : {};
  const {
    title,
    width: _width,
    autosize: _autosize,
    paper_bgcolor: _paper,
    plot_bgcolor: _plot,
    colorway: _colorway, // the page has one for the day and one for the night
    legend,
    margin,
    images,
    ...layout
  } = given;
  if (Array.isArray(images)) {
    layout["images"] = images.filter((image) => {
      return isObject(image) && /^data:image\/(?:png|jpeg|gif|webp);/.test(String(image["source"]));
    });
  }
  // Above the chart was room for the title, which is not there any more, and a legend that lies found its place by it.
  if (isObject(margin)) layout["margin"] = { ...margin, t: 32 };
  if (isObject(legend)) {
    const { y: _y, yanchor: _yanchor, yref: _yref, ...others } = legend;
    layout["legend"] = legend["orientation"] === "h" ? others : legend;
  }
  return { data, layout, ...titleOf(title) };
}

/** The kinds of its traces that need a network, and that a page without one cannot draw. */
export function mapsOf(figure: Figure): string[] {
  const types = figure.data.map(({ type }) => String(type ?? "scatter"));
  return [...new Set(types)].filter((type) => MAPS.test(type)).sort();
}

/** The height in CSS pixels: that of the figure, or of a chart that leaves room for text. */
export function heightOf({ layout }: Figure): number {
  const height = Number(layout["height"]);
  return height >= 80 && height <= 4000 ? Math.round(height) : 420;
}

/** The title and the subtitle. */
function titleOf(title: unknown): Pick<Figure, "title" | "subtitle"> {
  const text = (value: unknown) => typeof value === "string" ? plainText(value) : "";
  if (!isObject(title)) return { title: text(title), subtitle: "" };
  const { subtitle } = title;
  return {
    title: text(title["text"]),
    subtitle: isObject(subtitle) ? text(subtitle["text"]) : "",
  };
}

/** What a reader of a text sees that plotly.js draws. */
export function plainText(text: string): string {
  return decodeEntities(text.replace(/<br ?\/?>/g, " ").replace(/<[^<>]*>/g, "")).trim();
}

/**
 * The value with every string in it such that plotly.js draws it as it is written. What looks like a tag to
 * plotly.js would become a link, a style, or vanish: a host named `<none>` has to stay readable.
 */
function asText(value: unknown): unknown {
  if (typeof value === "string") {
    return value.replace(/<([^<>]*)>/g, (tag, inner) => {
      return DRAWN_TAG.test(tag) ? tag : `&lt;${inner}&gt;`;
    });
  }
  if (Array.isArray(value)) return value.map(asText);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, asText(one)]));
}
