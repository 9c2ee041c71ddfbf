/** A table as HTML that needs neither a script nor a style sheet. Every value is text in it. */
import { escapeHtml } from "./escape.ts";
import { htmlCell } from "./html_cell.ts";
import type { Column, Table } from "./table.ts";
import { beginning, counted, visible, whole } from "./text.ts";
import { unitOf } from "./unit.ts";

/** How many rows are seen at once, and how many each of the folded parts below them has. */
const SEEN = 50;
const PART = 100;
/** How many rows and columns a page has at most. */
const MOST_ROWS = 1000;
const MOST_COLUMNS = 100;
/** And how many bytes of rows. */
const MOST_BYTES = 1_000_000;
/** How many characters of one value, and of all of a row. */
const VALUE = 4_000;
const ROW = 60_000;
/** How many characters of a column's name, of all their names, and of a type. */
const NAME = 120;
const NAMES = 6_000;
const TYPE = 40;

/** What is said of a table besides its values. */
export interface HtmlTableOptions {
  /** Written above it. */
  caption?: string;
  /** How many rows it has at most. */
  rows?: number;
  /** What a cell has to write for the whole table; `table` by default. */
  code?: string;
}

/**
 * The first 50 rows, further ones folded below in parts of 100, and how many rows and columns there are. It never has
 * more than about a megabyte: what is left out is said, with how to see it. Numbers stand to the right; null is a pale
 * dash; what is shown shorter says its exact value when the pointer rests on it, or unfolds.
 */
export function htmlTable(
  table: Table,
  { caption, rows: most = MOST_ROWS, code = "table" }: HtmlTableOptions = {},
): string {
  const columns = table.columns.slice(0, MOST_COLUMNS);
  const rows = htmlRows(table, columns, Math.min(most, MOST_ROWS));
  const name = Math.min(NAME, Math.floor(NAMES / Math.max(1, columns.length)));
  const head = columns.map((column) => headCell(column, name)).join("");
  const part = (from: number, to: number, above = "") =>
    `<table>${above}<thead><tr>${head}</tr></thead><tbody>\n${
      rows.slice(from, to).join("\n")
    }\n</tbody></table>`;
  const parts = [];
  for (let from = SEEN; from < rows.length; from += PART) {
    const to = Math.min(from + PART, rows.length);
    parts.push(
      `<details><summary>rows ${whole(from + 1)} to ${whole(to)}</summary>${
        part(from, to)
      }</details>`,
    );
  }
  const title = caption === undefined
    ? ""
    : `<caption style="text-align:left">${escapeHtml(visible(caption))}</caption>`;
  return `<div>${part(0, SEEN, title)}${parts.join("\n")}` +
    `<p><small style="opacity:.75">${
      escapeHtml(countText(table, rows.length, columns.length, code))
    }</small></p></div>`;
}

/** As many rows as there is room for. */
function htmlRows(table: Table, columns: readonly Column[], most: number): string[] {
  const rows: string[] = [];
  const encoder = new TextEncoder();
  const value = Math.min(VALUE, Math.floor(ROW / Math.max(1, columns.length)));
  let bytes = 0;
  for (const row of table.values) {
    if (rows.length >= most) break;
    const html = `<tr>${
      columns.map((column, at) => htmlCell(row[at], column, value)).join("")
    }</tr>`;
    bytes += encoder.encode(html).length;
    if (bytes > MOST_BYTES) break;
    rows.push(html);
  }
  if (table.values.length === 0) {
    rows.push(
      `<tr><td colspan="${
        Math.max(1, columns.length)
      }" style="text-align:left;opacity:.75">no rows</td></tr>`,
    );
  }
  return rows;
}

/** The column's name, at most so many characters of it, and small below it its type and its unit. */
function headCell(column: Column, most: number): string {
  const { name, type, numeric } = column;
  const below = [beginning(type, TYPE), unitOf(column) ?? ""].filter((one) => one !== "");
  return `<th scope="col" style="text-align:${numeric ? "right" : "left"};vertical-align:bottom">${
    escapeHtml(visible(beginning(name, most)))
  }${
    below.length > 0
      ? `<br><small style="font-weight:normal;opacity:.75">${
        escapeHtml(visible(below.join(" · ")))
      }</small>`
      : ""
  }</th>`;
}

/** How many there are, and how to see those that are not here. */
function countText(
  { values, columns }: Table,
  shown: number,
  shownColumns: number,
  code: string,
): string {
  const all = `${rowCount(values.length)}, ${counted(columns.length, "column")}`;
  const left = [
    ...(values.length > shown
      ? [`the first ${whole(shown)} are here, ${code}.slice(${shown}) has the others`]
      : []),
    ...(columns.length > shownColumns
      ? [
        `the first ${shownColumns} columns are here, ${code}.select(…) takes others by their names`,
      ]
      : []),
  ];
  return [all, ...left].join("; ");
}

/** `1 row`, `2 rows`. */
export function rowCount(total: number): string {
  return counted(total, "row");
}
