/** What charts take from a table: values as numbers, moments, series with their colours, and no more points than are seen. */
import type { Table } from "../table/table.ts";
import { beginning, counted, whole } from "../table/text.ts";
import { ChartInvalid } from "./chart_invalid.ts";
import { plainText } from "./chart_layout.ts";
import { GREY, PALETTE } from "./palette.ts";

/** What is left over of a whole: grey in every chart. */
const REST = new Set(["free", "idle"]);
/** How many series are drawn at most. */
const MOST_SERIES = 100;

/** Rows of a table that belong together. */
export interface Series {
  /** As plotly.js is to have it. */
  name: string;
  /** Its rows, by their number. */
  rows: number[];
  colour: string;
  /** Its place among those with a colour of their own; -1 for a grey one. */
  at: number;
}

/** The series of a table in the order in which they come: eight in colour, others grey, and what is to be said of that. */
export function seriesOf(
  table: Table,
  name: string,
  series?: string,
): { all: Series[]; notes: string[] } {
  const names = series === undefined ? table.values.map(() => name) : table.column(series);
  const found = new Map<string, Series>();
  let coloured = 0;
  for (const [row, said] of names.entries()) {
    const name = plainText(said);
    if (!found.has(name)) {
      const at = !REST.has(name) && coloured < PALETTE.length ? coloured++ : -1;
      found.set(name, { name, rows: [], colour: PALETTE[at] ?? GREY, at });
    }
    found.get(name)!.rows.push(row);
  }
  const all = [...found.values()].slice(0, MOST_SERIES);
  const grey = all.filter(isGrey).length;
  const notes = [
    ...(grey > 0 ? [`the first ${PALETTE.length} in colour, ${whole(grey)} more in grey`] : []),
    ...(found.size > all.length
      ? [`${whole(found.size - all.length)} of ${whole(found.size)} series are not drawn`]
      : []),
  ];
  return { all, notes };
}

/** Whether the palette had no colour left for the series. */
export function isGrey({ name, at }: Pick<Series, "name" | "at">): boolean {
  return at < 0 && !REST.has(name);
}

/** What a series of a chart is called in its legend, in which grey ones are not. */
export function legendOf(one: Series): { name: string; showlegend?: boolean } {
  return isGrey(one) ? { name: one.name, showlegend: false } : { name: one.name };
}

/** The names in the legend of these series. */
export function legendNames(all: readonly Series[]): string[] {
  return all.filter((one) => !isGrey(one)).map(({ name }) => name);
}

/**
 * The values of a column as numbers; null where there is none.
 *
 * @throws {RangeError} when there is no such column
 * @throws {ChartInvalid} for a value that is no number
 */
export function numbersOf(table: Table, column: string): (number | null)[] {
  return table.column(column).map((value) => {
    if (value === null || value === undefined) return null;
    const number = typeof value === "number" || typeof value === "bigint" ||
        typeof value === "string" && /^[-+]?[\d.]/.test(value)
      ? Number(value)
      : NaN;
    if (Number.isNaN(number) && typeof value !== "number") {
      throw new ChartInvalid(
        `Cannot draw ${shown(value)} of the column ${
          JSON.stringify(column)
        }: its values have to be numbers; ` +
          `take another column, or make them numbers in the query (CAST, count(*), …)`,
      );
    }
    return Number.isFinite(number) ? number : null;
  });
}

/** Whether all values of a column are moments, or days. */
export function areMoments(values: readonly unknown[]): boolean {
  return values.some((value) => value !== null) &&
    values.every((value) => value === null || momentText(value) !== undefined);
}

/**
 * The values of a column as moments that plotly.js takes for UTC, whatever the reader's time is.
 *
 * @throws {RangeError} when there is no such column
 * @throws {ChartInvalid} for a value that is no moment
 */
export function momentsOf(table: Table, column: string): (string | null)[] {
  return table.column(column).map((value) => {
    if (value === null || value === undefined) return null;
    const text = momentText(value);
    if (text !== undefined) return text;
    throw new ChartInvalid(
      `Cannot draw ${shown(value)} of the column ${
        JSON.stringify(column)
      }: its values have to be moments, such as ` +
        `"2026-10-07T10:00:00Z"`,
    );
  });
}

function momentText(value: unknown): string | undefined {
  if (value instanceof Date && !Number.isNaN(value.getTime())) {
    return momentText(value.toISOString());
  }
  if (typeof value !== "string") return undefined;
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?:Z|\+00(?::?00)?)?)?$/
    .exec(value);
  if (!match) return undefined;
  const [, day, time] = match;
  return time === undefined
    ? day
    : `${day}T${time.replace(/\.(\d*?)0+$/, (_, digits) => digits && `.${digits}`)}`;
}

function shown(value: unknown): string {
  return beginning(typeof value === "string" ? JSON.stringify(value) : String(value), 80);
}

/**
 * Which values of a line to draw: in each of so many parts of it the lowest and the highest, its ends, and the first of
 * those that are missing, so that it is seen as it would be with all of them.
 */
export function thinned(values: readonly (number | null)[], parts: number): number[] {
  if (values.length <= 2 * parts) return [...values.keys()];
  const kept = new Set([0, values.length - 1]);
  for (let part = 0; part < parts; part++) {
    const end = Math.floor((part + 1) * values.length / parts);
    let [low, high, gap] = [-1, -1, -1];
    for (let at = Math.floor(part * values.length / parts); at < end; at++) {
      const value = values[at];
      if (value === null || value === undefined) {
        if (gap < 0) gap = at;
        continue;
      }
      if (low < 0 || value < values[low]!) low = at;
      if (high < 0 || value > values[high]!) high = at;
    }
    for (const at of [low, high, gap]) if (at >= 0) kept.add(at);
  }
  return [...kept].sort((one, other) => one - other);
}

/** What is said of points that are not drawn. */
export function thinnedNote(drawn: number, of: number, how: string): string[] {
  return drawn < of ? [`${whole(drawn)} of ${counted(of, "point")} are drawn: ${how}`] : [];
}
