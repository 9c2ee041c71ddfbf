/** An interactive chart, and what stands in its place until a browser has drawn it. */
import { heightOf, mapsOf, pageFigure } from "./figure.ts";
import { figureTable } from "./figure_table.ts";
import { escapeHtml } from "../../table/escape.ts";
import { note, scriptJson } from "./html.ts";

/** A chart of the page. */
export interface Chart {
  /** Its HTML. */
  html: string;
  /** Whether it needs plotly.js: a map, which would have to be fetched, stays what it is without. */
  drawn: boolean;
}

/**
 * The chart of a mime bundle's figure. `still` is the HTML of the picture that came with it, `html` that of its other
 * form, which ours have as a table of their data; both may be empty. Undefined if the value is no figure.
 */
export function chart(value: unknown, still: string, html = ""): Chart | undefined {
  const figure = pageFigure(value);
  if (!figure) return undefined;
  const { data, layout, title, subtitle } = figure;
  const below = subtitle && ` <small>${escapeHtml(subtitle)}</small>`;
  const caption = (title || below) && `<figcaption>${escapeHtml(title)}${below}</figcaption>\n`;
  const rows = /<table[\s>]/.test(html)
    ? `<div class="wide html">${html}</div>`
    : figureTable(figure);
  const maps = mapsOf(figure);
  const table = rows && // open, so that it can be read where no script closes it
    `<details class="data"${
      still ? "" : " open"
    }><summary>Data of this chart</summary>${rows}</details>\n`;
  if (maps.length > 0) {
    const why = note(
      `Map (${maps.join(", ")}): it would have to be fetched, and this page fetches nothing.`,
    );
    return {
      html: `<figure class="chart">${caption}${why}\n${still}${table}</figure>`,
      drawn: false,
    };
  }
  const nothing = still || rows ? "" : note("This chart needs JavaScript.");
  return {
    html: `<figure class="chart">${caption}<div class="still">${still}${nothing}</div>` +
      `<div class="canvas" role="img" aria-label="${
        escapeHtml(title || "Chart")
      }" style="--height:${heightOf(figure)}px" hidden></div>\n` +
      `${table}<script type="application/json" class="figure">${
        scriptJson({ data, layout })
      }</script></figure>`,
    drawn: true,
  };
}
