/** The house style of charts: one that is read on a light page and on a dark one, for a figure does not know where it is. */
import { amountText, numberText } from "../table/number.ts";
import type { Table } from "../table/table.ts";
import { visible } from "../table/text.ts";
import { isPrefixed, unitOf } from "../table/unit.ts";
import type { ChartFigure } from "./chart.ts";
import { PALETTE } from "./palette.ts";

/**
 * Letters and lines: of all greys the one whose contrast is highest where it is lowest, 4.3:1 on JupyterLab's white and
 * on its #111. No colour has 4.5 on both. An exported page knows what it is, and has an ink of its own.
 */
export const INK = "#797979";

/** About how wide a legend is, and its letters and the sign before a name, in pixels; and how high a row of it. */
const LEGEND = { width: 700, letter: 7, entry: 52, row: 22 };

const CLEAR = "rgba(0,0,0,0)";

/** What a chart's values are amounts of. */
export interface Amount {
  /** Empty where there is none. */
  unit: string;
  /** Whether they are shares of one, to be written as per cent. */
  isShare: boolean;
}

/** What a column's values are amounts of: what is said, or else what the column says. `%` is said of shares of one. */
export function amountOf(table: Table, name: string, said?: string): Amount {
  const column = table.columns.find((one) => one.name === name);
  const own = column && unitOf({ ...column, numeric: true });
  const unit = said ?? own ?? "";
  return { unit, isShare: said === "%" && own !== "%" };
}

/** An amount as people read it. */
export function amountSaid(value: number, { unit, isShare }: Amount): string {
  if (isShare) return `${numberText(Number((value * 100).toPrecision(12)))} %`;
  return isPrefixed(unit) ? amountText(value, unit) : `${numberText(value)} ${unit}`.trim();
}

/** The axis of amounts. */
export function amountAxis({ unit, isShare }: Amount, name = ""): Record<string, unknown> {
  const title = [name, isShare || isPrefixed(unit) || unit === "%" ? "" : name ? `(${unit})` : unit]
    .filter((one) => one !== "" && one !== "()").join(" ");
  return {
    automargin: true,
    ...(title ? { title: { text: plainText(title) } } : {}),
    ...(isShare
      ? { tickformat: "~%" }
      : isPrefixed(unit)
      ? { tickformat: "~s", ticksuffix: unit }
      : unit === "%"
      ? { ticksuffix: " %" }
      : {}),
  };
}

/** How a value (`x`, `y` or `z`) is written where the pointer rests on it. */
export function hovered(which: string, { unit, isShare }: Amount): string {
  if (isShare) return `%{${which}:.4~%}`;
  if (isPrefixed(unit)) return `%{${which}:.4~s}${unit}`;
  return `%{${which}:,.6~r}${unit ? ` ${plainText(unit)}` : ""}`;
}

/** What every chart says besides its axes; notes are what is not to be seen in it. */
export function layoutOf(
  { title, notes = [], height, legend = [] }: {
    title: string;
    notes?: readonly string[];
    /** Of what is below title, notes and legend, in pixels. */
    height: number;
    /** The names in the legend, which is there where there are several. */
    legend?: readonly string[];
  },
): ChartFigure["layout"] {
  const isLegend = legend.length > 1;
  const width = legend.reduce((sum, name) => sum + LEGEND.entry + LEGEND.letter * name.length, 0);
  const top = 44 + (notes.length > 0 ? 20 : 0) +
    (isLegend ? LEGEND.row * Math.ceil(width / LEGEND.width) : 0);
  return {
    title: {
      text: plainText(title),
      ...(notes.length > 0
        ? { subtitle: { text: plainText(notes.join("; ")), font: { size: 12 } } }
        : {}),
      x: 0,
      xref: "paper",
      y: 1,
      yref: "container",
      yanchor: "top",
      pad: { t: 12 },
      font: { size: 15 },
    },
    template: TEMPLATE,
    height: height + top,
    showlegend: isLegend,
    legend: { orientation: "h", y: 1.02, yanchor: "bottom", traceorder: "normal" },
    margin: { l: 24, r: 16, t: top, b: 40 },
    font: { family: "system-ui, sans-serif", size: 13 },
  };
}

/** A figure of nothing, which says so. */
export function emptyFigure(title: string): ChartFigure {
  const axis = { visible: false };
  const text = "nothing to draw";
  return {
    data: [],
    layout: {
      ...layoutOf({ title, height: 80 }),
      xaxis: axis,
      yaxis: axis,
      annotations: [{ text, showarrow: false, xref: "paper", yref: "paper", x: 0.5, y: 0.5 }],
    },
  };
}

/** Text as plotly.js draws it: it reads some HTML in texts, and this way finds none. Nothing in it turns what is around it. */
export function plainText(value: unknown): string {
  return visible(String(value ?? "")).replace(
    /[&<>]/g,
    (character) => `&#${character.charCodeAt(0)};`,
  );
}

/** And what is seen of such a text. */
export function drawnText(text: string): string {
  return text.replace(/&#(38|60|62);/g, (_, code) => String.fromCharCode(Number(code)));
}

const AXIS = {
  gridcolor: "rgba(128,128,128,0.28)",
  zerolinecolor: "rgba(128,128,128,0.5)",
  linecolor: INK,
  tickcolor: INK,
  ticklabelstandoff: 4,
  title: { font: { size: 13 } },
  zerolinewidth: 1,
};

const TEMPLATE = {
  layout: {
    paper_bgcolor: CLEAR,
    plot_bgcolor: CLEAR,
    font: { color: INK },
    colorway: PALETTE,
    hoverlabel: { bgcolor: "#fdfdfb", bordercolor: INK, font: { color: "#222222" } },
    modebar: { bgcolor: CLEAR, color: INK, activecolor: INK },
    legend: { bgcolor: CLEAR },
    xaxis: AXIS,
    yaxis: AXIS,
  },
};
